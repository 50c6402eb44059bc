/** Where two inputs of one variable are both positive. */
import { type Distribution, isOverStates, type OfFamily, stateLogProbability } from "./distribution.ts";
import { numericFamily } from "./input.ts";

type Interval = readonly [from: number, to: number];

/** Intervals on which a distribution over numbers is positive, at least in their insides. */
function positiveIntervals(d: Distribution): readonly Interval[] {
  if (d.family !== "histogram") return [numericFamily(d).support(d)];
  const { edges, masses } = d as OfFamily<"histogram">;
  return masses.flatMap((mass, i): Interval[] => (mass > 0 ? [[edges[i], edges[i + 1]]] : []));
}

/** A finite number inside an interval. */
function inside([from, to]: Interval): number {
  if (Number.isFinite(from)) return Number.isFinite(to) ? from + (to - from) / 2 : from + 1;
  return Number.isFinite(to) ? to - 1 : 0;
}

/**
 * A value that both distributions of a variable of `arity` values give a positive probability, or a positive density
 * together with the values around it: densities that meet at the ends of intervals only do not overlap. An external
 * distribution may be positive anywhere. Undefined if there is none.
 */
export function commonValue(p: Distribution, q: Distribution, arity: number): number | undefined {
  if (Number.isFinite(arity)) {
    const possible = (d: Distribution, state: number): boolean => {
      if (d.family === "external") return true;
      return isOverStates(d) && stateLogProbability(d, state) > Number.NEGATIVE_INFINITY;
    };
    for (let state = 0; state < arity; state++) if (possible(p, state) && possible(q, state)) return state;
    return undefined;
  }
  // Of an external distribution everything is possible that the other one allows.
  const [known, other] = p.family === "external" ? [q, q] : [p, q.family === "external" ? p : q];
  if (known.family === "external") return 0;
  const [left, right] = [known, other].map(positiveIntervals);
  const counts = numericFamily(known).domain === "count";
  for (const a of left) {
    for (const b of right) {
      const both: Interval = [Math.max(a[0], b[0]), Math.min(a[1], b[1])];
      if (counts && both[0] <= both[1]) return both[0];
      if (!counts && both[0] < both[1]) return inside(both);
    }
  }
  return undefined;
}
