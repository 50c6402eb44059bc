/** Draws by inversion: the x at which P(X <= x | from <= X <= to) reaches a uniform number. */
import type { Rng } from "@credence/core";
import type { NumericFamily } from "./family.ts";

/**
 * A draw within [from, to], which must have a positive mass; by bisection to the last bit, for every family.
 * O(bits of the answer) masses.
 */
export function invert<D>(family: NumericFamily<D>, d: D, from: number, to: number, rng: Rng): number {
  const discrete = family.domain === "count";
  const [least, most] = family.support(d);
  const [start, end] = [Math.max(from, least), Math.min(to, most)];
  const target = Math.log(rng()) + family.logMass(d, from, to);
  const enough = (x: number): boolean => family.logMass(d, from, x) >= target;
  const spread = Number(discrete) + 8 * Math.sqrt(family.variance(d));
  let low = Math.max(start, Math.min(family.mean(d), end) - spread);
  let high = Math.min(end, Math.max(family.mean(d), start) + spread);
  for (let step = spread; low > start && enough(low); step *= 2) low = Math.max(start, low - step);
  for (let step = spread; high < end && !enough(high); step *= 2) high = Math.min(end, high + step);
  if (discrete) [low, high] = [Math.ceil(low) - 1, Math.floor(high)];
  for (;;) {
    const middle = discrete ? Math.floor((low + high) / 2) : low + (high - low) / 2;
    if (!(middle > low && middle < high)) return high;
    if (enough(middle)) high = middle;
    else low = middle;
  }
}
