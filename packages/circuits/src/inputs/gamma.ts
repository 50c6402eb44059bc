/**
 * The gamma family over the positive numbers,
 *
 *   rate^shape x^(shape − 1) exp(−rate x) / Γ(shape),   x > 0
 *
 * Samples are Marsaglia and Tsang's ("A simple method for generating gamma variables", ACM TOMS 26, 2000); a shape
 * below 1 is reached from shape + 1 by the factor U^(1/shape). Below shape 1 the density has no largest value: the
 * mode is then the smallest positive number there is.
 */
import { logGamma, type Rng } from "@credence/core";
import type { OfFamily } from "./distribution.ts";
import { clamp, type NumericFamily, scale, scaleRange } from "./family.ts";
import { logNarrowIntegral } from "./quadrature.ts";
import { betweenTails, digamma, gammaTails, trigamma } from "./special-functions.ts";

type Gamma = OfFamily<"gamma">;

export const gamma: NumericFamily<Gamma> = {
  domain: "real",
  fault: (d) =>
    scale(d.shape, d.rate) && d.shape <= 1e12
      ? undefined
      : `a shape from 1e-150 to 1e12 and a rate ${scaleRange}`,
  logProbability(d, x) {
    if (x < 0 || (x === 0 && d.shape !== 1)) return Number.NEGATIVE_INFINITY;
    const power = d.shape === 1 ? 0 : (d.shape - 1) * Math.log(x);
    return d.shape * Math.log(d.rate) - logGamma(d.shape) + power - d.rate * x;
  },
  logMass(d, from, to) {
    if (!(to > 0 && from < to)) return Number.NEGATIVE_INFINITY;
    const log = (x: number) => gamma.logProbability(d, x);
    const width = (to - from) * Math.max(16, Math.sqrt(d.shape + 1));
    if (width <= from / 2 && Math.abs(log(to) - log(from)) <= 0.5) return logNarrowIntegral(log, from, to);
    return betweenTails(gammaTails(d.shape, d.rate * from), gammaTails(d.shape, d.rate * to));
  },
  support: () => [0, Number.POSITIVE_INFINITY],
  mode: (d, from, to) =>
    clamp(d.shape > 1 ? (d.shape - 1) / d.rate : d.shape === 1 ? 0 : Number.MIN_VALUE, from, to),
  sample: (d, rng) => sampleGamma(d.shape, rng) / d.rate,
  mean: (d) => d.shape / d.rate,
  variance: (d) => d.shape / (d.rate * d.rate),
  entropy: (d) => d.shape - Math.log(d.rate) + logGamma(d.shape) + (1 - d.shape) * digamma(d.shape),
};

/** A draw of rate 1, positive. */
export function sampleGamma(shape: number, rng: Rng): number {
  if (shape < 1) {
    // 1 − U is never 0; the result may be below the smallest number.
    const drawn = sampleGamma(shape + 1, rng) * (1 - rng()) ** (1 / shape);
    return Math.max(drawn, Number.MIN_VALUE);
  }
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = rng.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - rng()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Data on one point have no largest likelihood: estimates keep log(mean) − mean of log above this. */
const smallestSpread = 1e-9;

/**
 * The gamma distribution of the largest likelihood for data with the given means of x and of log x: Newton's method
 * on log(shape) − ψ(shape) = log(mean) − meanLog, in 1/shape (T. Minka, "Estimating a gamma distribution", 2002).
 * O(1).
 */
export function fitGamma(mean: number, meanLog: number): Gamma {
  const spread = Math.max(smallestSpread, Math.log(mean) - meanLog);
  let shape = (3 - spread + Math.sqrt((spread - 3) ** 2 + 24 * spread)) / (12 * spread);
  for (let round = 0; round < 50; round++) {
    const error = Math.log(shape) - digamma(shape) - spread;
    const next = 1 / (1 / shape + error / (shape * shape * (1 / shape - trigamma(shape))));
    if (!(next > 0) || Math.abs(next - shape) <= 1e-14 * shape) break;
    shape = next;
  }
  return { family: "gamma", shape, rate: shape / mean };
}
