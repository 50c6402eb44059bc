/**
 * Families over the counts 0, 1, 2, ...
 *
 *   poisson    rate^x exp(-rate) / x!
 *   binomial   (trials choose x) p^x (1 - p)^(trials - x)
 *   geometric  (1 - p)^x p: failures before the first success
 *
 * Masses of intervals, entropies and samples walk over the support from the mode outwards until the
 * rest cannot be seen in double precision: about 40 standard deviations at most.
 */
import { logGamma, logSumExp } from "@credence/core";
import type { OfFamily } from "./distribution.ts";
import { clamp, type NumericFamily, positive } from "./family.ts";

/** What a family of counts is defined by; the rest follows. */
interface CountFamily<D> {
  readonly fault: (d: D) => string | undefined;
  readonly logProbability: (d: D, x: number) => number;
  readonly mode: (d: D) => number;
  readonly mean: (d: D) => number;
  readonly variance: (d: D) => number;
}

export const poisson = countFamily<OfFamily<"poisson">>({
  fault: (d) => (positive(d.rate) ? undefined : "a positive rate"),
  logProbability: (d, x) => x * Math.log(d.rate) - d.rate - logGamma(x + 1),
  mode: (d) => Math.floor(d.rate),
  mean: (d) => d.rate,
  variance: (d) => d.rate,
});

export const binomial = countFamily<OfFamily<"binomial">>({
  fault: (d) =>
    Number.isSafeInteger(d.trials) && d.trials >= 0 && d.p >= 0 && d.p <= 1
      ? undefined
      : "an integer number of trials from 0 and p from 0 to 1",
  logProbability(d, x) {
    if (x > d.trials) return Number.NEGATIVE_INFINITY;
    const ways = logGamma(d.trials + 1) - logGamma(x + 1) - logGamma(d.trials - x + 1);
    // 0 · log 0 is 0 here.
    const yes = x === 0 ? 0 : x * Math.log(d.p);
    return ways + yes + (x === d.trials ? 0 : (d.trials - x) * Math.log1p(-d.p));
  },
  mode: (d) => Math.min(d.trials, Math.floor((d.trials + 1) * d.p)),
  mean: (d) => d.trials * d.p,
  variance: (d) => d.trials * d.p * (1 - d.p),
});

export const geometric = countFamily<OfFamily<"geometric">>({
  fault: (d) => (d.p > 0 && d.p <= 1 ? undefined : "p above 0 and at most 1"),
  logProbability: (d, x) => Math.log(d.p) + (x === 0 ? 0 : x * Math.log1p(-d.p)),
  mode: () => 0,
  mean: (d) => (1 - d.p) / d.p,
  variance: (d) => (1 - d.p) / (d.p * d.p),
});

function countFamily<D>(family: CountFamily<D>): NumericFamily<D> {
  const logProbability = (d: D, x: number): number =>
    x >= 0 && Number.isInteger(x) ? family.logProbability(d, x) : Number.NEGATIVE_INFINITY;
  const mode = (d: D, from: number, to: number): number =>
    clamp(family.mode(d), Math.max(0, Math.ceil(from)), Math.floor(to));

  /** Calls `visit(x, log P(x))` outwards from the mode within [from, to]; stops where `visit` says so. */
  const walk = (d: D, from: number, to: number, visit: (x: number, logP: number) => boolean): void => {
    const [low, high] = [Math.max(0, Math.ceil(from)), Math.floor(to)];
    if (low > high) return;
    const start = mode(d, low, high);
    const top = family.logProbability(d, start);
    if (top === Number.NEGATIVE_INFINITY) return;
    const negligible = (x: number): boolean => x < low || x > high || family.logProbability(d, x) < top - 45;
    let [up, down] = [start, start - 1];
    for (let [more, less] = [true, true]; more || less; ) {
      more = more && !negligible(up);
      if (more && visit(up, family.logProbability(d, up++))) return;
      less = less && !negligible(down);
      if (less && visit(down, family.logProbability(d, down--))) return;
    }
  };

  return {
    domain: "count",
    fault: family.fault,
    logProbability,
    logMass(d, from, to) {
      // All of it is all of it: no sum of a thousand terms comes closer.
      if (from <= 0 && to === Number.POSITIVE_INFINITY) return 0;
      const logs: number[] = [];
      walk(d, from, to, (_, logP) => {
        logs.push(logP);
        return false;
      });
      return Math.min(0, logSumExp(logs));
    },
    mode,
    sample(d, rng) {
      let rest = rng();
      let drawn = family.mode(d);
      walk(d, 0, Number.POSITIVE_INFINITY, (x, logP) => {
        drawn = x;
        rest -= Math.exp(logP);
        return rest < 0;
      });
      return drawn;
    },
    mean: family.mean,
    variance: family.variance,
    entropy(d) {
      let sum = 0;
      walk(d, 0, Number.POSITIVE_INFINITY, (_, logP) => {
        sum -= Math.exp(logP) * logP;
        return false;
      });
      return Math.max(0, sum);
    },
  };
}
