/** Inputs under what is known of their variable: their best value, a sample, and what they expect of their log. */
import { logSumExp, type Rng } from "@credence/core";
import type { Known } from "../queries/evidence.ts";
import { type Distribution, isOverStates, stateLogProbability, unboundInput } from "./distribution.ts";
import { type Input, numericFamily } from "./input.ts";
import { invert } from "./inversion.ts";
import { expectedLogWithin } from "./within.ts";

/** A value, and its log weight: probability or density, times the weight that the finding gives it. */
export interface WeighedValue {
  readonly value: number;
  readonly logValue: number;
}

/** The value of the largest weight; of several the first. */
export function inputMode({ distribution: d }: Input, known: Known, arity: number): WeighedValue {
  requireBound(d);
  let best: WeighedValue = { value: 0, logValue: Number.NEGATIVE_INFINITY };
  const offer = (value: number, logValue: number): void => {
    if (logValue > best.logValue) best = { value, logValue };
  };
  if (isOverStates(d)) {
    for (let state = 0; state < arity; state++) {
      const weight = known.kind === "weights" ? known.logWeights[state] : 0;
      offer(state, stateLogProbability(d, state) + weight);
    }
    return best;
  }
  const family = numericFamily(d);
  if (known.kind === "values") for (const x of known.values) offer(x, family.logProbability(d, x));
  else {
    const [from, to] = rangeOf(known);
    const mode = family.mode(d, from, to);
    offer(mode, family.logProbability(d, mode));
  }
  return best;
}

/** A draw from the input's distribution given the finding, which must have a positive weight. */
export function sampleInput({ distribution: d }: Input, known: Known, arity: number, rng: Rng): number {
  requireBound(d);
  if (isOverStates(d)) {
    const logWeight = (state: number) => (known.kind === "weights" ? known.logWeights[state] : 0);
    return draw(
      Float64Array.from({ length: arity }, (_, s) => stateLogProbability(d, s) + logWeight(s)),
      rng,
    );
  }
  const family = numericFamily(d);
  if (known.kind === "nothing") return family.sample(d, rng);
  if (known.kind === "values") {
    return known.values[
      draw(
        Float64Array.from(known.values, (x) => family.logProbability(d, x)),
        rng,
      )
    ];
  }
  const [from, to] = rangeOf(known);
  return invert(family, d, from, to, rng);
}

/** @throws CredenceError `UNBOUND_INPUT` for an external distribution */
function requireBound(d: Distribution): void {
  if (d.family === "external") throw unboundInput(d.slot);
}

/** An index with probability proportional to exp(logWeights[i]), of which at least one is finite. */
export function draw(logWeights: Float64Array, rng: Rng): number {
  const max = logWeights.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const weights = logWeights.map((w) => Math.exp(w - max));
  let rest = rng() * weights.reduce((a, b) => a + b, 0);
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    last = i;
    rest -= weights[i];
    if (rest < 0) break;
  }
  return last;
}

/** The interval that a number is known to be in. */
export function rangeOf(known: Known): readonly [from: number, to: number] {
  return known.kind === "interval" ? [known.from, known.to] : [-Infinity, Infinity];
}

/** E[log weight] of an input under its own distribution given the finding, which must have a positive weight. */
export function expectedLogWeight(
  { distribution: d }: Input,
  known: Known,
  shares: readonly number[],
): number {
  requireBound(d);
  if (isOverStates(d)) {
    return shares.reduce((sum, share, state) => {
      if (share === 0) return sum;
      const weight = known.kind === "weights" ? known.logWeights[state] : 0;
      return sum + share * (stateLogProbability(d, state) + weight);
    }, 0);
  }
  const family = numericFamily(d);
  if (known.kind === "interval") return expectedLogWithin(d, known.from, known.to);
  if (known.kind !== "values") return -family.entropy(d);
  const logs = known.values.map((x) => family.logProbability(d, x));
  const total = logSumExp(logs);
  return logs.reduce(
    (sum, log) => (log > Number.NEGATIVE_INFINITY ? sum + Math.exp(log - total) * log : sum),
    0,
  );
}
