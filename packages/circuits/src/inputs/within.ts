/**
 * Distributions over numbers within an interval: moments, and sums over their law, given that the variable is between
 * `from` and `to`.
 *
 *   counts                 sums over the counts (see eachCount)
 *   uniform, histogram     ∫ x^k over steps, in closed form
 *   gamma, exponential     E[x^k; I] = shape (shape + 1) … (shape + k − 1) / rate^k · P_(shape + k)(I)
 *   gaussian               ∫ |x|^k p(x) on either side of 0
 *
 * Where there is an integral without a closed form that keeps its precision in tails and in narrow intervals, it is that
 * of a log-concave function, from its largest value to where it has fallen by exp(−45), in 64 panels on each side (see
 * quadrature.ts): of a gamma variable that of its logarithm. Nothing cancels; relative errors are below 1e-12, those of
 * the masses aside.
 */
import { logSumExp } from "@credence/core";
import { type CountingFamily, eachCount, peak } from "./count.ts";
import type { Distribution, FiniteDistribution, OfFamily } from "./distribution.ts";
import { clamp } from "./family.ts";
import { numericFamily } from "./input.ts";
import { eachPoint } from "./quadrature.ts";

/** A distribution over numbers. */
export type NumericDistribution = Exclude<Distribution, FiniteDistribution>;

type Visit = (x: number, logWeight: number) => void;

const negligible = 45;
const panels = 64;

/**
 * Calls `visit` with values within [from, to] and logs of weights, so that Σ g(x) exp(log weight) is E[g(X); from <= X
 * <= to] for smooth g. O(1) for real variables, as `eachCount` for counts.
 */
export function eachWithin(d: NumericDistribution, from: number, to: number, visit: Visit): void {
  const family = numericFamily(d);
  const log = (x: number): number => family.logProbability(d, x);
  switch (d.family) {
    case "uniform":
    case "histogram":
      for (const { low, high, density } of steps(d, from, to)) {
        eachPoint(low, high, 1, (x, logWeight) => visit(x, logWeight + Math.log(density)));
      }
      return;
    case "gaussian":
      eachOfSmooth(log, d.mean, from, to, d.std, visit);
      return;
    case "exponential":
      eachOfGamma({ family: "gamma", shape: 1, rate: d.rate }, Math.max(0, from), to, visit);
      return;
    case "gamma":
      eachOfGamma(d, Math.max(0, from), to, visit);
      return;
    default:
      (family as CountingFamily<Distribution>).each(d, from, to, visit);
  }
}

function eachOfGamma(d: OfFamily<"gamma">, low: number, high: number, visit: Visit): void {
  const family = numericFamily(d);
  const log = (x: number): number => family.logProbability(d, x);
  // Where the density is over before twice the lower end, so that 0, where it may bend sharply, is far.
  if (low > 0 && (high <= 2 * low || d.rate * low > 100 + 2 * d.shape)) {
    eachOfSmooth(log, family.mode(d, low, high), low, high, Math.sqrt(d.shape) / d.rate, visit);
    return;
  }
  // exp(shape u − rate exp(u)), the density of the logarithm, is largest at the log of the mean.
  eachOfSmooth(
    (u) => log(Math.exp(u)) + u,
    Math.log(family.mean(d)),
    Math.log(low),
    Math.log(high),
    1 / Math.sqrt(d.shape),
    (u, logWeight) => visit(Math.exp(u), logWeight),
  );
}

/**
 * The same for a density that rises up to `top` and falls from there, by its log. `scale` is a distance on which it
 * changes; any will do, a good one is faster.
 */
function eachOfSmooth(
  log: (x: number) => number,
  top: number,
  from: number,
  to: number,
  scale: number,
  visit: Visit,
): void {
  const start = clamp(top, from, to);
  const least = log(start) - negligible;
  const end = (direction: 1 | -1, most: number): number => {
    const seen = (distance: number): boolean => log(start + direction * distance) >= least;
    let reach = Math.min(most, scale);
    while (reach < most && seen(reach)) reach = Math.min(most, 2 * reach);
    while (reach > 0 && !seen(reach) && !seen(reach / 2)) reach /= 2;
    return start + direction * reach;
  };
  const weigh = (a: number, b: number): void => {
    if (a < b) eachPoint(a, b, panels, (x, logWeight) => visit(x, log(x) + logWeight));
  };
  weigh(start > from ? end(-1, start - from) : start, start);
  weigh(start, start < to ? end(1, to - start) : start);
}

interface Step {
  readonly low: number;
  readonly high: number;
  readonly density: number;
}

/** The parts of the steps within [from, to] that carry mass. */
function steps(d: OfFamily<"uniform" | "histogram">, from: number, to: number): Step[] {
  const { edges, masses } = d.family === "histogram" ? d : { edges: [d.low, d.high], masses: [1] };
  return masses.flatMap((mass, i): Step[] => {
    const [low, high] = [Math.max(from, edges[i]), Math.min(to, edges[i + 1])];
    return mass > 0 && low < high ? [{ low, high, density: mass / (edges[i + 1] - edges[i]) }] : [];
  });
}

/** What is said of a law by values and shares that add up to 1. */
function* sharesWithin(d: NumericDistribution, from: number, to: number) {
  const values: number[] = [];
  const logs: number[] = [];
  eachWithin(d, from, to, (x, logWeight) => {
    values.push(x);
    logs.push(logWeight);
  });
  const top = logs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const whole = logs.reduce((sum, log) => sum + Math.exp(log - top), 0);
  for (const [i, x] of values.entries()) yield { x, share: Math.exp(logs[i] - top) / whole };
}

interface TwoMoments {
  readonly mean: number;
  readonly variance: number;
}

/**
 * The mean and the variance within [from, to], which must have a positive mass. Where log densities are so far below 0
 * that differences of them are lost the law is that of its tail, exponential with relative errors of 1e-12.
 * O(as {@link eachWithin}).
 */
export function momentsWithin(d: NumericDistribution, from: number, to: number): TwoMoments {
  const family = numericFamily(d);
  const far = family.domain === "real" && family.logMass(d, from, to) < -1e12;
  if (d.family === "exponential" && from > 0) return tailMoments(-d.rate, from, to);
  if (far && d.family === "gaussian") {
    return tailMoments((d.mean - family.mode(d, from, to)) / d.std / d.std, from, to);
  }
  if (far && d.family === "gamma") {
    return tailMoments((d.shape - 1) / family.mode(d, from, to) - d.rate, from, to);
  }
  // From the first value on: of narrow intervals far from 0 the distances are the exact numbers.
  const shares = [...sharesWithin(d, from, to)];
  const origin = shares[0].x;
  const shift = shares.reduce((sum, { x, share }) => sum + share * (x - origin), 0);
  const variance = shares.reduce((sum, { x, share }) => sum + share * (x - origin - shift) ** 2, 0);
  return { mean: clamp(origin + shift, from, to), variance };
}

/** Of a density exp(slope x) on [from, to]. */
function tailMoments(slope: number, from: number, to: number): TwoMoments {
  const [rate, width] = [Math.abs(slope), to - from];
  const own: TwoMoments =
    rate * width > negligible
      ? { mean: 1 / rate, variance: 1 / rate / rate }
      : momentsWithin({ family: "exponential", rate }, 0, width);
  return { mean: slope < 0 ? from + own.mean : to - own.mean, variance: own.variance };
}

/** E[log p(X)] within [from, to], which must have a positive mass. O(as {@link eachWithin}). */
export function expectedLogWithin(d: NumericDistribution, from: number, to: number): number {
  const family = numericFamily(d);
  const log =
    family.domain === "count" ? (family as CountingFamily<Distribution>).between : family.logProbability;
  let sum = 0;
  for (const { x, share } of sharesWithin(d, from, to)) if (share > 0) sum += share * log(d, x);
  return sum;
}

/**
 * E[X^k] within [from, to], which must have a positive mass; k >= 1. Not finite where it is no double.
 * O(k) for real variables, as `eachCount` for counts.
 */
export function powerWithin(d: NumericDistribution, k: number, from: number, to: number): number {
  const family = numericFamily(d);
  const total = family.logMass(d, from, to);
  switch (d.family) {
    case "gaussian":
      if (from === Number.NEGATIVE_INFINITY && to === Number.POSITIVE_INFINITY) return gaussianPower(d, k);
      return gaussianPowerWithin(d, k, from, to, total);
    case "exponential":
      return gammaPower({ family: "gamma", shape: 1, rate: d.rate }, k, from, to, total);
    case "gamma":
      return gammaPower(d, k, from, to, total);
    case "uniform":
    case "histogram":
      return steps(d, from, to).reduce((sum, { low, high, density }) => {
        return sum + Math.exp(Math.log((high - low) * density) - total) * stepPower(low, high, k);
      }, 0);
    default: {
      // x^k p(x) rises and falls like p.
      const counting = family as CountingFamily<Distribution>;
      const log = (x: number): number => counting.between(d, x) + k * Math.log(x);
      // Nothing is below the support: a search that started there would see no rise.
      const [least, most] = family.support(d);
      const [low, high] = [Math.max(1, Math.ceil(from), least), Math.min(to, most)];
      if (low > high) return 0;
      const logs: number[] = [];
      eachCount(log, peak(log, low, high), low, Math.floor(high), (_, logX) => logs.push(logX));
      return Math.exp(logSumExp(logs) - total);
    }
  }
}

/** m_k = mean m_(k−1) + (k − 1) variance m_(k−2). */
function gaussianPower({ mean, std }: OfFamily<"gaussian">, k: number): number {
  if (mean === 0 && k % 2 === 1) return 0;
  let [before, now] = [1, mean];
  for (let i = 2; i <= k; i++) [before, now] = [now, mean * now + (i - 1) * std * std * before];
  return now;
}

function gaussianPowerWithin(
  d: OfFamily<"gaussian">,
  k: number,
  from: number,
  to: number,
  total: number,
): number {
  const family = numericFamily(d);
  // Where |x|^k p(x) is largest: x² − mean x − k std² = 0.
  const root = Math.hypot(d.mean, 2 * Math.sqrt(k) * d.std);
  const side = (sign: 1 | -1): number => {
    const [low, high] = sign > 0 ? [Math.max(0, from), to] : [from, Math.min(0, to)];
    if (!(low < high)) return 0;
    const log = (x: number): number => family.logProbability(d, x) + k * Math.log(Math.abs(x));
    const logs: number[] = [];
    eachOfSmooth(log, (d.mean + sign * root) / 2, low, high, d.std, (_, logX) => logs.push(logX));
    return sign ** k * Math.exp(logSumExp(logs) - total);
  };
  return side(1) + side(-1);
}

function gammaPower(d: OfFamily<"gamma">, k: number, from: number, to: number, total: number): number {
  let factor = Math.exp(numericFamily(d).logMass({ ...d, shape: d.shape + k }, from, to) - total);
  for (let i = 0; i < k && factor < Number.POSITIVE_INFINITY; i++) factor *= (d.shape + i) / d.rate;
  return factor;
}

/** Σ_i low^i high^(k − i) / (k + 1): the difference quotient without its cancellation. */
function stepPower(low: number, high: number, k: number): number {
  let sum = 0;
  for (let i = 0; i <= k; i++) sum += low ** i * high ** (k - i);
  return sum / (k + 1);
}
