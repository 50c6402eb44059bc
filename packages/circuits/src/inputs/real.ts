/**
 * Families over real numbers.
 *
 *   gaussian     exp(-(x - mean)² / (2 std²)) / (std √(2π))
 *   exponential  rate · exp(-rate · x), x >= 0
 *   uniform      1 / (high - low), low <= x <= high
 *   histogram    masses[i] / (edges[i + 1] - edges[i]) between edges i and i + 1 (the last bin is closed)
 */
import { logAddExp, type Rng } from "@credence/core";
import type { OfFamily } from "./distribution.ts";
import { clamp, type NumericFamily, place, placeRange, scale, scaleRange } from "./family.ts";
import { logNarrowIntegral } from "./quadrature.ts";
import { betweenTails, halfNormalTails } from "./special-functions.ts";

const logRootTwoPi = 0.9189385332046728;

export const gaussian: NumericFamily<OfFamily<"gaussian">> = {
  domain: "real",
  fault: (d) => (place(d.mean) && scale(d.std) ? undefined : `a mean ${placeRange} and a std ${scaleRange}`),
  logProbability: (d, x) => -0.5 * ((x - d.mean) / d.std) ** 2 - Math.log(d.std) - logRootTwoPi,
  logMass(d, from, to) {
    const [a, b] = [(from - d.mean) / d.std, (to - d.mean) / d.std];
    // The width from the ends themselves, which those of the standardized ones may have lost.
    const width = (to - from) / d.std;
    if (width * Math.max(1, Math.abs(a), Math.abs(b)) <= 0.5) {
      return logNarrowIntegral((x) => gaussian.logProbability(d, x), from, to);
    }
    const [atA, atB] = [halfNormalTails(a), halfNormalTails(b)];
    if (a < 0 && b > 0) return logAddExp(atA.lower, atB.lower);
    // The laws of Z and −Z are the same.
    return a < 0 ? betweenTails(atB, atA) : betweenTails(atA, atB);
  },
  support: () => [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  mode: (d, from, to) => clamp(d.mean, from, to),
  sample: (d, rng) => d.mean + d.std * rng.normal(),
  mean: (d) => d.mean,
  variance: (d) => d.std * d.std,
  entropy: (d) => 0.5 + logRootTwoPi + Math.log(d.std),
};

export const exponential: NumericFamily<OfFamily<"exponential">> = {
  domain: "real",
  fault: (d) => (scale(d.rate) ? undefined : `a rate ${scaleRange}`),
  logProbability: (d, x) => (x < 0 ? Number.NEGATIVE_INFINITY : Math.log(d.rate) - d.rate * x),
  logMass(d, from, to) {
    const start = Math.max(0, from);
    if (to < start) return Number.NEGATIVE_INFINITY;
    return -d.rate * start + Math.log(-Math.expm1(-d.rate * (to - start)));
  },
  support: () => [0, Number.POSITIVE_INFINITY],
  mode: (_, from, to) => clamp(0, from, to),
  sample: (d, rng) => -Math.log1p(-rng()) / d.rate,
  mean: (d) => 1 / d.rate,
  variance: (d) => 1 / (d.rate * d.rate),
  entropy: (d) => 1 - Math.log(d.rate),
};

export const uniform: NumericFamily<OfFamily<"uniform">> = {
  domain: "real",
  fault: (d) =>
    place(d.low, d.high) && scale(d.high - d.low)
      ? undefined
      : `low < high ${placeRange}, their difference ${scaleRange}`,
  logProbability: (d, x) =>
    x >= d.low && x <= d.high ? -Math.log(d.high - d.low) : Number.NEGATIVE_INFINITY,
  logMass: (d, from, to) =>
    Math.log(Math.max(0, Math.min(to, d.high) - Math.max(from, d.low)) / (d.high - d.low)),
  support: (d) => [d.low, d.high],
  mode: (d, from, to) => clamp((d.low + d.high) / 2, from, to),
  sample: (d, rng) => d.low + (d.high - d.low) * rng(),
  mean: (d) => (d.low + d.high) / 2,
  variance: (d) => (d.high - d.low) ** 2 / 12,
  entropy: (d) => Math.log(d.high - d.low),
};

type Histogram = OfFamily<"histogram">;

/** The sum of f over the bins that carry mass. */
function overBins(d: Histogram, f: (mass: number, low: number, high: number) => number): number {
  return d.masses.reduce((sum, mass, i) => (mass === 0 ? sum : sum + f(mass, d.edges[i], d.edges[i + 1])), 0);
}

function binOf(d: Histogram, x: number): number {
  if (x === d.edges[d.edges.length - 1]) return d.masses.length - 1;
  return d.edges.findIndex((edge, i) => x >= edge && x < d.edges[i + 1]);
}

function logDensity(d: Histogram, bin: number): number {
  return Math.log(d.masses[bin] / (d.edges[bin + 1] - d.edges[bin]));
}

/** Time linear in the number of bins. */
export const histogram: NumericFamily<Histogram> = {
  domain: "real",
  fault(d) {
    if (!(Array.isArray(d.edges) && Array.isArray(d.masses))) return "edges and masses";
    const ascending = d.edges.every((edge, i) => place(edge) && (i === 0 || scale(edge - d.edges[i - 1])));
    const total = d.masses.reduce((sum, mass) => sum + (mass >= 0 ? mass : Number.NaN), 0);
    const good =
      ascending &&
      d.masses.length >= 1 &&
      d.edges.length === d.masses.length + 1 &&
      Math.abs(total - 1) < 1e-9;
    return good
      ? undefined
      : `ascending edges ${placeRange}, their differences ${scaleRange}, and one mass less, the masses adding up to 1`;
  },
  logProbability(d, x) {
    const bin = binOf(d, x);
    return bin < 0 ? Number.NEGATIVE_INFINITY : logDensity(d, bin);
  },
  logMass: (d, from, to) =>
    Math.log(
      overBins(
        d,
        (mass, low, high) => (mass * Math.max(0, Math.min(to, high) - Math.max(from, low))) / (high - low),
      ),
    ),
  support(d) {
    const [first, last] = [d.masses.findIndex((m) => m > 0), d.masses.findLastIndex((m) => m > 0)];
    return [d.edges[first], d.edges[last + 1]];
  },
  mode(d, from, to) {
    let best = -1;
    for (let i = 0; i < d.masses.length; i++) {
      const meets = d.edges[i] <= to && d.edges[i + 1] >= from;
      if (meets && (best < 0 || logDensity(d, i) > logDensity(d, best))) best = i;
    }
    return best < 0 ? from : clamp((d.edges[best] + d.edges[best + 1]) / 2, from, to);
  },
  sample(d, rng: Rng) {
    let rest = rng();
    let last = 0;
    for (let i = 0; i < d.masses.length; i++) {
      if (d.masses[i] === 0) continue;
      last = i;
      if (rest < d.masses[i]) return d.edges[i] + (rest / d.masses[i]) * (d.edges[i + 1] - d.edges[i]);
      rest -= d.masses[i];
    }
    return d.edges[last];
  },
  mean: (d) => overBins(d, (mass, low, high) => (mass * (low + high)) / 2),
  variance(d) {
    const mean = histogram.mean(d);
    return overBins(d, (mass, low, high) => mass * (((low + high) / 2 - mean) ** 2 + (high - low) ** 2 / 12));
  },
  entropy: (d) => overBins(d, (mass, low, high) => -mass * Math.log(mass / (high - low))),
};
