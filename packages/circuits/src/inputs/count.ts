/**
 * Families over the counts 0, 1, 2, ...
 *
 *   poisson           rate^x exp(-rate) / x!
 *   binomial          (trials choose x) p^x (1 - p)^(trials - x)
 *   geometric         (1 - p)^x p: failures before the first success
 *   negativeBinomial  Γ(x + r) / (x! Γ(r)) p^r (1 - p)^x: failures before the r-th success, r > 0
 *
 * Tails are those of the gamma and beta laws,
 *
 *   P(poisson <= x) = Q(x + 1, rate),   P(binomial > x) = I_p(x + 1, trials - x),   P(negativeBinomial <= x) = I_p(r, x + 1)
 *
 * and closed for the geometric law. Masses of short intervals, entropies and samples walk over the support from the
 * mode outwards until the rest cannot be seen in double precision: about 40 standard deviations at most.
 */
import { betaCdf, betaUpperTail, logGamma, logSumExp, type Rng } from "@credence/core";
import type { OfFamily } from "./distribution.ts";
import { clamp, type NumericFamily, positive } from "./family.ts";
import { logDifference, sampleGamma } from "./gamma.ts";
import { gammaTails, type LogTails } from "./special-functions.ts";

/** What a family of counts is defined by; the rest follows. */
interface CountFamily<D> {
  readonly fault: (d: D) => string | undefined;
  readonly logProbability: (d: D, x: number) => number;
  /** Logs of P(X <= x) and P(X > x) for an integer x >= 0. */
  readonly tails: (d: D, x: number) => LogTails;
  readonly mode: (d: D) => number;
  readonly mean: (d: D) => number;
  readonly variance: (d: D) => number;
  /** The smallest and the largest count; default 0 and Infinity. */
  readonly support?: (d: D) => readonly [from: number, to: number];
  /** Faster than a walk. */
  readonly sample?: (d: D, rng: Rng) => number;
  readonly entropy?: (d: D) => number;
}

/** A family of counts can also list them. */
export interface CountingFamily<D> extends NumericFamily<D> {
  /**
   * Calls `visit(x, log P(x))` outwards from the mode within [from, to] until the rest is negligible, or `visit`
   * says so by returning true.
   */
  walk(d: D, from: number, to: number, visit: (x: number, logP: number) => boolean): void;
}

/** x log p, which is 0 for x = 0 whatever p. */
function times(x: number, log: number): number {
  return x === 0 ? 0 : x * log;
}

const poissonFamily: CountFamily<OfFamily<"poisson">> = {
  fault: (d) => (positive(d.rate) ? undefined : "a positive rate"),
  logProbability: (d, x) => x * Math.log(d.rate) - d.rate - logGamma(x + 1),
  tails(d, x) {
    const { lower, upper } = gammaTails(x + 1, d.rate);
    return { lower: upper, upper: lower };
  },
  mode: (d) => Math.floor(d.rate),
  mean: (d) => d.rate,
  variance: (d) => d.rate,
};

export const poisson = countFamily(poissonFamily);

export const binomial = countFamily<OfFamily<"binomial">>({
  fault: (d) =>
    Number.isSafeInteger(d.trials) && d.trials >= 0 && d.p >= 0 && d.p <= 1
      ? undefined
      : "an integer number of trials from 0 and p from 0 to 1",
  logProbability(d, x) {
    if (x > d.trials) return Number.NEGATIVE_INFINITY;
    const ways = logGamma(d.trials + 1) - logGamma(x + 1) - logGamma(d.trials - x + 1);
    return ways + times(x, Math.log(d.p)) + times(d.trials - x, Math.log1p(-d.p));
  },
  tails(d, x) {
    if (x >= d.trials) return { lower: 0, upper: Number.NEGATIVE_INFINITY };
    const [a, b] = [x + 1, d.trials - x];
    return { lower: Math.log(betaUpperTail(d.p, a, b)), upper: Math.log(betaCdf(d.p, a, b)) };
  },
  mode: (d) => Math.min(d.trials, Math.floor((d.trials + 1) * d.p)),
  mean: (d) => d.trials * d.p,
  variance: (d) => d.trials * d.p * (1 - d.p),
  support: (d) => [d.p === 1 ? d.trials : 0, d.p === 0 ? 0 : d.trials],
});

export const geometric = countFamily<OfFamily<"geometric">>({
  fault: (d) => (d.p > 0 && d.p <= 1 ? undefined : "p above 0 and at most 1"),
  logProbability: (d, x) => Math.log(d.p) + times(x, Math.log1p(-d.p)),
  tails(d, x) {
    const upper = (x + 1) * Math.log1p(-d.p);
    return { lower: Math.log(-Math.expm1(upper)), upper };
  },
  mode: () => 0,
  mean: (d) => (1 - d.p) / d.p,
  variance: (d) => (1 - d.p) / (d.p * d.p),
  support: (d) => [0, d.p === 1 ? 0 : Number.POSITIVE_INFINITY],
  sample: (d, rng) => (d.p === 1 ? 0 : Math.floor(Math.log1p(-rng()) / Math.log1p(-d.p))),
  entropy: (d) => -Math.log(d.p) - times((1 - d.p) / d.p, Math.log1p(-d.p)),
});

export const negativeBinomial = countFamily<OfFamily<"negativeBinomial">>({
  fault: (d) =>
    positive(d.successes) && d.p > 0 && d.p <= 1
      ? undefined
      : "a positive number of successes, and p above 0 and at most 1",
  logProbability(d, x) {
    const ways = logGamma(x + d.successes) - logGamma(x + 1) - logGamma(d.successes);
    return ways + d.successes * Math.log(d.p) + times(x, Math.log1p(-d.p));
  },
  tails: (d, x) => ({
    lower: Math.log(betaCdf(d.p, d.successes, x + 1)),
    upper: Math.log(betaUpperTail(d.p, d.successes, x + 1)),
  }),
  mode: (d) => (d.successes <= 1 ? 0 : Math.floor(((d.successes - 1) * (1 - d.p)) / d.p)),
  mean: (d) => (d.successes * (1 - d.p)) / d.p,
  variance: (d) => (d.successes * (1 - d.p)) / (d.p * d.p),
  support: (d) => [0, d.p === 1 ? 0 : Number.POSITIVE_INFINITY],
  /** A poisson variable whose rate is a gamma variable. */
  sample(d, rng) {
    const rate = sampleGamma(d.successes, rng) * ((1 - d.p) / d.p);
    return rate > 0 ? poisson.sample({ family: "poisson", rate }, rng) : 0;
  },
});

/**
 * Calls `visit(x, log(x))` from `start` outwards within [low, high], in each direction until `log` is 45 below its value
 * at the start, or `visit` returns true.
 */
export function outwards(
  log: (x: number) => number,
  start: number,
  low: number,
  high: number,
  visit: (x: number, logX: number) => boolean,
): void {
  const top = log(start);
  if (top === Number.NEGATIVE_INFINITY) return;
  const negligible = (x: number): boolean => x < low || x > high || log(x) < top - 45;
  let [up, down] = [start, start - 1];
  for (let [more, less] = [true, true]; more || less; ) {
    more = more && !negligible(up);
    if (more && visit(up, log(up++))) return;
    less = less && !negligible(down);
    if (less && visit(down, log(down--))) return;
  }
}

/** Intervals of up to this many counts are added up one by one. */
const fewCounts = 64;

function countFamily<D>(family: CountFamily<D>): CountingFamily<D> {
  const logProbability = (d: D, x: number): number =>
    x >= 0 && Number.isInteger(x) ? family.logProbability(d, x) : Number.NEGATIVE_INFINITY;
  const mode = (d: D, from: number, to: number): number =>
    clamp(family.mode(d), Math.max(0, Math.ceil(from)), Math.floor(to));

  const support = (d: D) => family.support?.(d) ?? ([0, Number.POSITIVE_INFINITY] as const);

  const walk: CountingFamily<D>["walk"] = (d, from, to, visit) => {
    const [low, high] = [Math.max(0, Math.ceil(from)), Math.floor(to)];
    if (low <= high) outwards((x) => family.logProbability(d, x), mode(d, low, high), low, high, visit);
  };

  const sumOf = (d: D, from: number, to: number): number => {
    const logs: number[] = [];
    walk(d, from, to, (_, logP) => {
      logs.push(logP);
      return false;
    });
    return Math.min(0, logSumExp(logs));
  };

  return {
    domain: "count",
    fault: family.fault,
    logProbability,
    walk,
    logMass(d, from, to) {
      const [least, most] = support(d);
      const [low, high] = [Math.max(least, Math.ceil(from)), Math.min(most, Math.floor(to))];
      if (low > high) return Number.NEGATIVE_INFINITY;
      if (high - low < fewCounts) return sumOf(d, low, high);
      const none: LogTails = { lower: Number.NEGATIVE_INFINITY, upper: 0 };
      const all: LogTails = { lower: 0, upper: Number.NEGATIVE_INFINITY };
      const below = low === least ? none : family.tails(d, low - 1);
      const through = high === most ? all : family.tails(d, high);
      const log =
        below.upper < through.lower
          ? logDifference(below.upper, through.upper)
          : logDifference(through.lower, below.lower);
      // Tails below the smallest number: their first terms are what there is.
      return log === Number.NEGATIVE_INFINITY ? sumOf(d, low, high) : Math.min(0, log);
    },
    support,
    mode,
    sample(d, rng) {
      if (family.sample !== undefined) return family.sample(d, rng);
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
      if (family.entropy !== undefined) return family.entropy(d);
      let sum = 0;
      walk(d, 0, Number.POSITIVE_INFINITY, (_, logP) => {
        sum -= Math.exp(logP) * logP;
        return false;
      });
      return Math.max(0, sum);
    },
  };
}
