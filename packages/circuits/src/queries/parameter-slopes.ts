/**
 * Derivatives of an input's value (the weight of what is known of its variable, see evidence.ts) by the
 * parameters of its distribution, each as a signed sum of exponentials Σ c · exp(l), so that neither tails nor
 * parameters at the end of their range are lost:
 *
 *   states     bernoulli  ∂/∂p = θ(1) - θ(0)          categorical  ∂/∂p_s = θ(s)
 *   a value    gaussian   ∂/∂mean = f (x - mean)/std²,  ∂/∂std = f ((x - mean)²/std² - 1)/std,  and so on
 *   intervals  by the densities (or probabilities) at their ends
 *
 * Counts use P'(x) = P(x - 1) - P(x) for Poisson's rate and N (P(x - 1) - P(x)) over N - 1 trials for the
 * binomial's p, which telescope over intervals and hold at p = 0 and p = 1.
 */
import { logGamma } from "@credence/core";
import {
  type Distribution,
  type FiniteDistribution,
  isOverStates,
  type OfFamily,
} from "../inputs/distribution.ts";
import { numericFamily } from "../inputs/input.ts";
import { digamma } from "../inputs/special-functions.ts";
import type { Known } from "./evidence.ts";

/** Σ coefficient · exp(log). */
export type SignedSum = readonly (readonly [coefficient: number, log: number])[];

/** Per parameter, by its name in the distribution's record; of lists of parameters one sum per entry. */
export type ParameterSlopes = { readonly [parameter: string]: SignedSum | readonly SignedSum[] };

/** Σ c · exp(l + shift) without overflow on the way. */
export function evaluateSum(sum: SignedSum, shift: number): number {
  const top = sum.reduce((max, [c, log]) => (c === 0 ? max : Math.max(max, log)), Number.NEGATIVE_INFINITY);
  if (top + shift === Number.NEGATIVE_INFINITY) return 0;
  const rest = sum.reduce((total, [c, log]) => (c === 0 ? total : total + c * Math.exp(log - top)), 0);
  return rest === 0 ? 0 : Math.sign(rest) * Math.exp(Math.log(Math.abs(rest)) + top + shift);
}

/**
 * The derivatives by those parameters that have one in closed form. Families whose parameters are whole numbers
 * or places (trials, edges, states) leave them out.
 */
export function parameterSlopes(d: Distribution, known: Known): ParameterSlopes {
  if (isOverStates(d)) return stateSlopes(d, known);
  // A value is 1 whatever the parameters where nothing is known.
  if (known.kind === "nothing" || known.kind === "weights") return {};
  const ranges: readonly Range[] =
    known.kind === "interval" ? [[known.from, known.to]] : known.values.map((x): Range => [x, x]);
  const points = ranges.every(isPoint);
  switch (d.family) {
    case "gaussian":
      return { mean: sumOver(ranges, gaussianMean(d)), std: sumOver(ranges, gaussianStd(d)) };
    case "exponential":
      return { rate: sumOver(ranges, exponentialRate(d)) };
    case "uniform":
      return { low: sumOver(ranges, uniformEnd(d, "low")), high: sumOver(ranges, uniformEnd(d, "high")) };
    case "histogram":
      return { masses: d.masses.map((_, bin) => sumOver(ranges, histogramMass(d, bin))) };
    case "poisson":
      return { rate: sumOver(ranges, telescope(1, d)) };
    case "binomial":
      if (d.trials === 0) return { p: [] };
      return { p: sumOver(ranges, telescope(d.trials, { ...d, trials: d.trials - 1 })) };
    case "geometric":
      return { p: sumOver(ranges, geometricP(d)) };
    case "negativeBinomial": {
      const p = sumOver(ranges, negativeBinomialP(d));
      return points ? { successes: sumOver(ranges, negativeBinomialSuccesses(d)), p } : { p };
    }
    case "gamma": {
      const rate = sumOver(ranges, gammaRate(d));
      return points ? { shape: sumOver(ranges, gammaShape(d)), rate } : { rate };
    }
  }
}

/** By the parameters of a table over states; with nothing known the states weigh 1. */
function stateSlopes(d: FiniteDistribution, known: Known): ParameterSlopes {
  const logWeight = (state: number): number => (known.kind === "weights" ? known.logWeights[state] : 0);
  if (d.family === "bernoulli") {
    return {
      p: [
        [1, logWeight(1)],
        [-1, logWeight(0)],
      ],
    };
  }
  if (d.family === "categorical") {
    return { probabilities: d.probabilities.map((_, state): SignedSum => [[1, logWeight(state)]]) };
  }
  if (d.family !== "discretizedLogistic") return {};
  // P(s) = σ(t(s + ½)) - σ(t(s - ½)) with t(x) = (x - mean) / scale, and σ constant beyond the ends.
  const ends = Array.from({ length: d.states - 1 }, (_, state) => (state + 0.5 - d.mean) / d.scale);
  const byEnd = (factor: (t: number) => number): SignedSum =>
    ends.flatMap((t, state): SignedSum => {
      const log = -Math.abs(t) - 2 * Math.log1p(Math.exp(-Math.abs(t))) - Math.log(d.scale);
      return [
        [-factor(t), log + logWeight(state)],
        [factor(t), log + logWeight(state + 1)],
      ];
    });
  return { mean: byEnd(() => 1), scale: byEnd((t) => t) };
}

/** Both ends included; equal ends are a value, at which real variables have a density. */
type Range = readonly [from: number, to: number];
type Slope = (range: Range) => SignedSum;

function sumOver(ranges: readonly Range[], slope: Slope): SignedSum {
  return ranges.flatMap((range) => slope(range));
}

const isPoint = ([from, to]: Range): boolean => from === to;

function gaussianMean(d: OfFamily<"gaussian">): Slope {
  const log = (x: number) => numericFamily(d).logProbability(d, x);
  return (range) => {
    const [from, to] = range;
    if (isPoint(range)) return [[(from - d.mean) / (d.std * d.std), log(from)]];
    return [
      [1, log(from)],
      [-1, log(to)],
    ];
  };
}

function gaussianStd(d: OfFamily<"gaussian">): Slope {
  const log = (x: number) => numericFamily(d).logProbability(d, x);
  // At an infinite end the density is 0, faster than its distance grows.
  const away = (x: number) => (Number.isFinite(x) ? (x - d.mean) / d.std : 0);
  return (range) => {
    const [from, to] = range;
    if (isPoint(range)) return [[(away(from) ** 2 - 1) / d.std, log(from)]];
    return [
      [away(from), log(from)],
      [-away(to), log(to)],
    ];
  };
}

function exponentialRate(d: OfFamily<"exponential">): Slope {
  return (range) => {
    const [from, to] = [Math.max(0, range[0]), range[1]];
    if (to < 0) return [];
    if (isPoint(range)) return [[1 - d.rate * to, -d.rate * to]];
    const end: SignedSum = Number.isFinite(to) ? [[to, -d.rate * to]] : [];
    return [[-from, -d.rate * from], ...end];
  };
}

/** Where the density is cut off it has no derivative; inside, the ends stretch or squeeze it. */
function uniformEnd(d: OfFamily<"uniform">, end: "low" | "high"): Slope {
  const width = d.high - d.low;
  const sign = end === "low" ? 1 : -1;
  return (range) => {
    const [from, to] = range;
    if (isPoint(range)) return from >= d.low && from <= d.high ? [[sign / (width * width), 0]] : [];
    const overlap = Math.min(to, d.high) - Math.max(from, d.low);
    if (overlap <= 0) return [];
    const moves = end === "low" ? d.low > from : d.high < to;
    return [[(sign * (overlap / width - Number(moves))) / width, 0]];
  };
}

function histogramMass(d: OfFamily<"histogram">, bin: number): Slope {
  const [low, high] = [d.edges[bin], d.edges[bin + 1]];
  const last = bin === d.masses.length - 1;
  return (range) => {
    const [from, to] = range;
    if (isPoint(range)) {
      const inside = from >= low && (from < high || (last && from === high));
      return inside ? [[1, -Math.log(high - low)]] : [];
    }
    return [[Math.max(0, Math.min(to, high) - Math.max(from, low)) / (high - low), 0]];
  };
}

/** factor · (P(from - 1) - P(to)), which adds up P(x - 1) - P(x). */
function telescope(factor: number, d: OfFamily<"poisson"> | OfFamily<"binomial">): Slope {
  const log = (x: number) => (Number.isFinite(x) ? numericFamily(d).logProbability(d, x) : -Infinity);
  return ([from, to]) => [
    [factor, log(Math.ceil(from) - 1)],
    [-factor, log(Math.floor(to))],
  ];
}

function geometricP(d: OfFamily<"geometric">): Slope {
  // log of (1 - p)^k, which is 1 for k = 0 also where p = 1.
  const log = (k: number) => (k === 0 ? 0 : k * Math.log1p(-d.p));
  return (range) => {
    const [from, to] = [Math.max(0, Math.ceil(range[0])), Math.floor(range[1])];
    if (from > to) return [];
    // P(from <= X <= to) = (1 - p)^from - (1 - p)^(to + 1).
    const end: SignedSum = Number.isFinite(to) ? [[to + 1, log(to)]] : [];
    return from === 0 ? end : [[-from, log(from - 1)], ...end];
  };
}

/** P(X <= n) is the incomplete beta I_p(r, n + 1), whose derivative by p is a beta density. */
function negativeBinomialP({ successes: r, p }: OfFamily<"negativeBinomial">): Slope {
  const log = (n: number): number => {
    if (n < 0 || n === Number.POSITIVE_INFINITY) return Number.NEGATIVE_INFINITY;
    const failures = n === 0 ? 0 : n * Math.log1p(-p);
    return (r - 1) * Math.log(p) + failures + logGamma(r + n + 1) - logGamma(r) - logGamma(n + 1);
  };
  return ([from, to]) => [
    [1, log(Math.floor(to))],
    [-1, log(Math.ceil(from) - 1)],
  ];
}

function negativeBinomialSuccesses(d: OfFamily<"negativeBinomial">): Slope {
  return ([x]) => {
    const score = digamma(x + d.successes) - digamma(d.successes) + Math.log(d.p);
    return [[score, numericFamily(d).logProbability(d, x)]];
  };
}

/** P(X <= x) depends on rate · x alone, so that its derivative is x times the density, over the rate. */
function gammaRate(d: OfFamily<"gamma">): Slope {
  const log = (x: number) => numericFamily(d).logProbability(d, x);
  return (range) => {
    const [from, to] = [Math.max(0, range[0]), range[1]];
    if (isPoint(range)) return [[d.shape / d.rate - to, log(to)]];
    const ends: SignedSum[number][] = [];
    if (to > 0 && Number.isFinite(to)) ends.push([to / d.rate, log(to)]);
    if (from > 0) ends.push([-from / d.rate, log(from)]);
    return ends;
  };
}

function gammaShape(d: OfFamily<"gamma">): Slope {
  return ([x]) => {
    if (x <= 0) return [];
    const score = Math.log(d.rate) - digamma(d.shape) + Math.log(x);
    return [[score, numericFamily(d).logProbability(d, x)]];
  };
}
