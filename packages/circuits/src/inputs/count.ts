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
 * and closed for the geometric law. Probabilities are Poisson ones, in which nothing large cancels (C. Loader, "Fast
 * and accurate computation of binomial probabilities", 2000):
 *
 *   binomial(x; n, p) = poisson(x; n p) poisson(n − x; n (1 − p)) / poisson(n; n)
 *
 * Masses of short intervals, entropies and other sums go through the counts that can be seen in double precision, and
 * through integrals where these are too many (see eachCount).
 */
import { betaCdf, betaUpperTail, logSumExp, type Rng } from "@credence/core";
import type { OfFamily } from "./distribution.ts";
import { clamp, type NumericFamily } from "./family.ts";
import { sampleGamma } from "./gamma.ts";
import { invert } from "./inversion.ts";
import { eachPoint } from "./quadrature.ts";
import { betweenTails, gammaTails, type LogTails, logFactor } from "./special-functions.ts";

/** Means are at most this, so that all counts of a visible probability, up to 45 times as large, are exact numbers. */
const largest = 1e12;

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

/** A family of counts can also go through them. */
export interface CountingFamily<D> extends NumericFamily<D> {
  /** log P(x), continued smoothly between the counts of the support. */
  between(d: D, x: number): number;
  /** Calls `visit` as {@link eachCount} does for log P(x) within [from, to]. */
  each(d: D, from: number, to: number, visit: (x: number, logWeight: number) => void): void;
}

/** x log p, which is 0 for x = 0 whatever p. */
function times(x: number, log: number): number {
  return x === 0 ? 0 : x * log;
}

/**
 * log of (a + b)! / (a! b!) p^a (1 − p)^b for real a, b >= 0: three Poisson laws, of which nothing of the size of a + b
 * is left to cancel.
 */
function logSplit(a: number, b: number, p: number): number {
  const n = a + b;
  if (n === 0) return 0;
  return logFactor(a, n * p) + logFactor(b, n * (1 - p)) - logFactor(n, n);
}

const poissonFamily: CountFamily<OfFamily<"poisson">> = {
  fault: (d) => (d.rate > 0 && d.rate <= largest ? undefined : `a rate above 0 and at most ${largest}`),
  logProbability: (d, x) => logFactor(x, d.rate),
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
    Number.isSafeInteger(d.trials) && d.trials >= 0 && d.trials <= largest && d.p >= 0 && d.p <= 1
      ? undefined
      : `an integer number of trials from 0 to ${largest} and p from 0 to 1`,
  logProbability(d, x) {
    if (x > d.trials) return Number.NEGATIVE_INFINITY;
    if (d.p === 0 || d.p === 1) return x === d.trials * d.p ? 0 : Number.NEGATIVE_INFINITY;
    return logSplit(x, d.trials - x, d.p);
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
  fault: (d) => (d.p >= 1 / largest && d.p <= 1 ? undefined : `p from ${1 / largest} to 1`),
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
    d.successes > 0 && d.p >= 1 / largest && d.p <= 1 && Math.max(1, d.successes) / d.p <= largest
      ? undefined
      : `a positive number of successes and p from ${1 / largest} to 1, of a mean of at most ${largest}`,
  logProbability(d, x) {
    if (d.p === 1) return x === 0 ? 0 : Number.NEGATIVE_INFINITY;
    if (x === 0) return d.successes * Math.log(d.p);
    return Math.log(d.successes / (d.successes + x)) + logSplit(d.successes, x, d.p);
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

/** Terms below the largest by this much, in logs, are left out. */
const negligible = 45;

/** Sums of up to four times this many terms are added up one by one; of longer ones this many at ends that are cut off. */
const oneByOne = 2 ** 16;

/**
 * Calls `visit(x, log)` so that Σ g(x) exp(log) over the calls is Σ_x g(x) exp(log(x)) over the counts x in [low, high],
 * for a `log` that rises up to `start` and falls from there (`start` in [low, high]), and a smooth g. Counts whose terms
 * are below the largest by more than 45 in logs are left out. Where more than 2^18 are left, sums are replaced by
 * integrals from half a count below to half a count above (Euler and Maclaurin's formula from the middles, whose first
 * correction is a 24th of the slope), after 2^16 counts at each end at which the terms do not fade out: relative errors
 * are then below 1e-10. O(terms) up to 2^18 of them, O(1) beyond.
 */
export function eachCount(
  log: (x: number) => number,
  start: number,
  low: number,
  high: number,
  visit: (x: number, log: number) => void,
): void {
  const top = log(start);
  if (top === Number.NEGATIVE_INFINITY) return;
  const from = start - reach((k) => log(start - k) >= top - negligible, start - low);
  const to = start + reach((k) => log(start + k) >= top - negligible, high - start);
  const list = (a: number, b: number): void => {
    for (let x = a; x <= b; x++) visit(x, log(x));
  };
  if (to - from < 4 * oneByOne) {
    list(from, to);
    return;
  }
  const fades = (x: number): boolean => log(x) < top - negligible + 5;
  const [a, b] = [fades(from) ? from : from + oneByOne, fades(to) ? to : to - oneByOne];
  list(from, a - 1);
  // Next to an end the terms may be powers of the distance from it: panels grow with that.
  const widest = (b - a) / 256;
  for (let x = a - 0.5; x < b + 0.5; ) {
    const away = Math.min(x - low + 1, high - x + 1);
    const next = Math.min(b + 0.5, x + Math.min(widest, away / 4));
    eachPoint(x, next, 1, (point, logWeight) => visit(point, log(point) + logWeight));
    x = next;
  }
  list(b + 1, to);
}

/** A count from `low` to `high` where a function that rises and then falls is largest. O(log of it). */
export function peak(log: (x: number) => number, low: number, high: number): number {
  return low + reach((k) => k === 0 || log(low + k - 1) < log(low + k), high - low);
}

/** The largest k in [0, most] up to which a condition holds that holds at 0; O(log k). `most` may be infinite. */
function reach(holds: (k: number) => boolean, most: number): number {
  let known = 0;
  let step = 1;
  while (known + step <= most && holds(known + step)) {
    known += step;
    step *= 2;
  }
  for (; step >= 1; step /= 2) if (known + step <= most && holds(known + step)) known += step;
  return known;
}

/** A count of log probabilities `log`, by going outwards from the mode. O(standard deviations). */
function drawOutwards(log: (x: number) => number, mode: number, rng: Rng): number {
  const least = log(mode) - negligible;
  let rest = rng();
  for (let [up, down] = [mode, mode - 1]; ; up++, down--) {
    const [above, below] = [log(up), log(down)];
    rest -= Math.exp(above);
    if (rest < 0) return up;
    rest -= Math.exp(below);
    if (rest < 0) return down;
    // What is left of the draw is rounding.
    if (above < least && below < least) return mode;
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

  const each: CountingFamily<D>["each"] = (d, from, to, visit) => {
    const [low, high] = [Math.max(0, Math.ceil(from)), Math.min(Number.MAX_SAFE_INTEGER, Math.floor(to))];
    if (low <= high) eachCount((x) => family.logProbability(d, x), mode(d, low, high), low, high, visit);
  };

  const sumOf = (d: D, from: number, to: number): number => {
    const logs: number[] = [];
    each(d, from, to, (_, logP) => logs.push(logP));
    return Math.min(0, logSumExp(logs));
  };

  const numeric: CountingFamily<D> = {
    domain: "count",
    fault: family.fault,
    logProbability,
    between: family.logProbability,
    each,
    logMass(d, from, to) {
      const [least, most] = support(d);
      const [low, high] = [Math.max(least, Math.ceil(from)), Math.min(most, Math.floor(to))];
      if (low > high) return Number.NEGATIVE_INFINITY;
      if (high - low < fewCounts) return sumOf(d, low, high);
      const none: LogTails = { lower: Number.NEGATIVE_INFINITY, upper: 0 };
      const all: LogTails = { lower: 0, upper: Number.NEGATIVE_INFINITY };
      const below = low === least ? none : family.tails(d, low - 1);
      const through = high === most ? all : family.tails(d, high);
      const log = betweenTails(below, through);
      // Tails below the smallest number: their first terms are what there is.
      return log === Number.NEGATIVE_INFINITY ? sumOf(d, low, high) : Math.min(0, log);
    },
    support,
    mode,
    sample(d, rng) {
      if (family.sample !== undefined) return family.sample(d, rng);
      if (family.variance(d) > 1e6) return invert(numeric, d, 0, Number.POSITIVE_INFINITY, rng);
      return drawOutwards((x) => logProbability(d, x), family.mode(d), rng);
    },
    mean: family.mean,
    variance: family.variance,
    entropy(d) {
      if (family.entropy !== undefined) return family.entropy(d);
      let sum = 0;
      each(d, 0, Number.POSITIVE_INFINITY, (x, logWeight) => {
        sum -= Math.exp(logWeight) * family.logProbability(d, x);
      });
      return Math.max(0, sum);
    },
  };
  return numeric;
}
