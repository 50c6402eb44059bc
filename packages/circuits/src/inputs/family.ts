/** What every family of distributions over numbers offers; finite ones need nothing but their table. */
import type { Rng } from "@credence/core";

/** The functions of one family; all are exact up to rounding, and take constant time unless they say otherwise. */
export interface NumericFamily<D> {
  /** What the variable is: `real` has densities, `count` probabilities. */
  readonly domain: "real" | "count";
  /** What is wrong with the parameters, if anything is. */
  fault(d: D): string | undefined;
  /** Log density, or log probability; -Infinity outside the support. */
  logProbability(d: D, x: number): number;
  /** log P(from <= X <= to), for from <= to, either of which may be infinite. */
  logMass(d: D, from: number, to: number): number;
  /** The smallest interval that has all the mass. */
  support(d: D): readonly [from: number, to: number];
  /** The most probable value in [from, to]. */
  mode(d: D, from: number, to: number): number;
  sample(d: D, rng: Rng): number;
  mean(d: D): number;
  variance(d: D): number;
  /** Entropy in nats (differential for `real`). */
  entropy(d: D): number;
}

/** `x` moved into [from, to]. */
export function clamp(x: number, from: number, to: number): number {
  return Math.min(to, Math.max(from, x));
}

/** All numbers positive and finite. */
export function positive(...values: readonly number[]): boolean {
  return values.every((value) => value > 0 && value < Number.POSITIVE_INFINITY);
}

const [least, most] = [1e-150, 1e150];

/** In words: what {@link scale} and {@link place} ask for. */
export const scaleRange = `from ${least} to ${most}`;
export const placeRange = `from ${-most} to ${most}`;

/** Rates and widths whose squares are numbers as well, neither 0 nor infinite. */
export function scale(...values: readonly number[]): boolean {
  return values.every((value) => value >= least && value <= most);
}

/** Places whose squares and differences are finite. */
export function place(...values: readonly number[]): boolean {
  return values.every((value) => value >= -most && value <= most);
}
