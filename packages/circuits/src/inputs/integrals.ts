/**
 * Closed forms over two inputs of one variable: ∫ p q, ∫ p log q with ∫ p 1[q > 0], the density p q / ∫ p q, and over
 * one input the density p^k / ∫ p^k. There are as many kinds of them as there are shapes of densities:
 *
 *   states        tables                      bernoulli, categorical, indicator, discretizedLogistic
 *   gaussian      N(a, s²) N(b, t²)           gaussian
 *   gamma         x^(a + b − 2) exp(−(r + q) x)     gamma, exponential (shape 1)
 *   steps         piecewise constant          histogram, uniform (one step)
 *   counts        sums over the support       poisson, binomial, geometric, negativeBinomial
 *
 * Any two inputs of one shape have the first two; products and powers exist where they are densities of the shape
 * again, which of the counts only geometric ones are.
 */
import { CredenceError, logGamma, logSumExp } from "@credence/core";
import { type CountingFamily, eachCount, peak } from "./count.ts";
import {
  type Distribution,
  type FamilyName,
  type FiniteDistribution,
  isOverStates,
  type OfFamily,
  stateLogProbability,
  stateProbability,
  unboundInput,
} from "./distribution.ts";
import { gamma } from "./gamma.ts";
import { type Input, numericFamily } from "./input.ts";
import { digamma } from "./special-functions.ts";

const logTwoPi = 1.8378770664093453;

/** ∫ p 1[q > 0] and ∫ p log q over q > 0. */
export interface ExpectedLog {
  readonly mass: number;
  readonly log: number;
}

/** A density and the log of the factor by which it was divided. */
export interface Scaled {
  readonly distribution: Distribution;
  readonly log: number;
}

/** What one shape of densities offers; undefined where the result is none of the shape. */
interface Shape<D> {
  logInner(p: D, q: D): number | undefined;
  expectedLog(p: D, q: D): ExpectedLog;
  /** p q / ∫ p q, where log = log ∫ p q is finite. */
  product(p: D, q: D, log: number): Distribution | undefined;
  power(p: D, exponent: number): Scaled | undefined;
}

const gaussians: Shape<OfFamily<"gaussian">> = {
  logInner(p, q) {
    const std = Math.hypot(p.std, q.std);
    return -0.5 * (logTwoPi + ((p.mean - q.mean) / std) ** 2) - Math.log(std);
  },
  expectedLog(p, q) {
    const square = (p.std / q.std) ** 2 + ((p.mean - q.mean) / q.std) ** 2;
    return { mass: 1, log: -0.5 * (logTwoPi + square) - Math.log(q.std) };
  },
  product(p, q) {
    const std = Math.hypot(p.std, q.std);
    const [ofP, ofQ] = [(q.std / std) ** 2, (p.std / std) ** 2];
    return { family: "gaussian", mean: ofP * p.mean + ofQ * q.mean, std: p.std * (q.std / std) };
  },
  power(p, k) {
    if (!(k > 0)) return undefined;
    const distribution = { family: "gaussian", mean: p.mean, std: p.std / Math.sqrt(k) } as const;
    return { distribution, log: (1 - k) * (Math.log(p.std) + 0.5 * logTwoPi) - 0.5 * Math.log(k) };
  },
};

/** log ∫ x^(shape − 1) exp(−rate x) dx. */
function logGammaIntegral(shape: number, rate: number): number {
  return logGamma(shape) - shape * Math.log(rate);
}

function gammaOf(shape: number, rate: number): Distribution {
  return shape === 1 ? { family: "exponential", rate } : { family: "gamma", shape, rate };
}

const gammas: Shape<OfFamily<"gamma">> = {
  logInner(p, q) {
    const shape = p.shape + q.shape - 1;
    if (!(shape > 0)) return undefined;
    const own = logGammaIntegral(p.shape, p.rate) + logGammaIntegral(q.shape, q.rate);
    return logGammaIntegral(shape, p.rate + q.rate) - own;
  },
  expectedLog(p, q) {
    const meanLog = digamma(p.shape) - Math.log(p.rate);
    const log = (q.shape - 1) * meanLog - q.rate * gamma.mean(p) - logGammaIntegral(q.shape, q.rate);
    return { mass: 1, log };
  },
  product: (p, q) => gammaOf(p.shape + q.shape - 1, p.rate + q.rate),
  power(p, k) {
    const [shape, rate] = [k * (p.shape - 1) + 1, k * p.rate];
    if (!(shape > 0 && rate > 0)) return undefined;
    const log = logGammaIntegral(shape, rate) - k * logGammaIntegral(p.shape, p.rate);
    return { distribution: gammaOf(shape, rate), log };
  },
};

type Steps = OfFamily<"histogram">;

/** The steps of both histograms together: widths and both densities. */
function* commonSteps(p: Steps, q: Steps) {
  const edges = [...new Set([...p.edges, ...q.edges])].sort((a, b) => a - b);
  const densities = [p, q].map((d) => {
    let bin = -1;
    return (from: number): number => {
      while (bin + 1 < d.edges.length && d.edges[bin + 1] <= from) bin++;
      return bin < 0 || bin >= d.masses.length ? 0 : d.masses[bin] / (d.edges[bin + 1] - d.edges[bin]);
    };
  });
  for (let i = 0; i + 1 < edges.length; i++) {
    const [a, b] = densities.map((density) => density(edges[i]));
    yield { from: edges[i], to: edges[i + 1], width: edges[i + 1] - edges[i], a, b };
  }
}

function histogramOf(edges: readonly number[], masses: readonly number[]): Distribution {
  const [first, last] = [masses.findIndex((m) => m > 0), masses.findLastIndex((m) => m > 0)];
  if (first === last) return { family: "uniform", low: edges[first], high: edges[first + 1] };
  return { family: "histogram", edges, masses };
}

const steps: Shape<Steps> = {
  logInner(p, q) {
    let sum = 0;
    for (const { width, a, b } of commonSteps(p, q)) sum += width * a * b;
    return Math.log(sum);
  },
  expectedLog(p, q) {
    let [mass, log] = [0, 0];
    for (const { width, a, b } of commonSteps(p, q)) {
      if (a === 0 || b === 0) continue;
      mass += width * a;
      log += width * a * Math.log(b);
    }
    return { mass, log };
  },
  product(p, q, log) {
    const parts = [...commonSteps(p, q)];
    return histogramOf(
      [parts[0].from, ...parts.map((part) => part.to)],
      parts.map(({ width, a, b }) => (width * a * b) / Math.exp(log)),
    );
  },
  power(p, k) {
    const logs = p.masses.map((mass, i) => {
      const width = p.edges[i + 1] - p.edges[i];
      return mass === 0 ? Number.NEGATIVE_INFINITY : k * Math.log(mass / width) + Math.log(width);
    });
    const log = logSumExp(logs);
    return {
      distribution: histogramOf(
        p.edges,
        logs.map((x) => Math.exp(x - log)),
      ),
      log,
    };
  },
};

type Count = OfFamily<"poisson" | "binomial" | "geometric" | "negativeBinomial">;

function countFamilyOf(p: Count): CountingFamily<Distribution> {
  return numericFamily(p) as CountingFamily<Distribution>;
}

const counts: Shape<Count> = {
  logInner(p, q) {
    const [ofP, ofQ] = [countFamilyOf(p), countFamilyOf(q)];
    const [low, high] = [
      Math.max(ofP.support(p)[0], ofQ.support(q)[0]),
      Math.min(ofP.support(p)[1], ofQ.support(q)[1]),
    ];
    if (low > high) return Number.NEGATIVE_INFINITY;
    // Both are log-concave beyond their modes, or fall from 0 on: so is their product between these.
    const log = (x: number) => ofP.between(p, x) + ofQ.between(q, x);
    const modes = [ofP.mode(p, low, high), ofQ.mode(q, low, high)];
    const logs: number[] = [];
    eachCount(log, peak(log, Math.min(...modes), Math.max(...modes)), low, high, (_, logX) =>
      logs.push(logX),
    );
    return logSumExp(logs);
  },
  expectedLog(p, q) {
    let [mass, log] = [0, 0];
    const [from, to] = countFamilyOf(q).support(q);
    countFamilyOf(p).each(p, from, to, (x, logP) => {
      mass += Math.exp(logP);
      log += Math.exp(logP) * countFamilyOf(q).between(q, x);
    });
    return { mass: Math.min(1, mass), log };
  },
  product(p, q) {
    if (p.family !== "geometric" || q.family !== "geometric") return undefined;
    return { family: "geometric", p: p.p + q.p - p.p * q.p };
  },
  power(p, k) {
    if (p.family !== "geometric" || !(k > 0)) return undefined;
    const success = -Math.expm1(k * Math.log1p(-p.p));
    return { distribution: { family: "geometric", p: success }, log: k * Math.log(p.p) - Math.log(success) };
  },
};

function statesOf(d: FiniteDistribution): number {
  switch (d.family) {
    case "categorical":
      return d.probabilities.length;
    case "bernoulli":
      return 2;
    case "indicator":
      return d.state + 1;
    case "discretizedLogistic":
      return d.states;
    case "external":
      throw unboundInput(d.slot);
  }
}

/** Σ f(p(s), q(s)); states beyond both tables have probability 0 under both. */
function overStates(
  p: FiniteDistribution,
  q: FiniteDistribution,
  f: (a: number, b: number) => number,
): number {
  const [ofP, ofQ] = [statesOf(p), statesOf(q)];
  let sum = 0;
  for (let s = 0; s < Math.max(ofP, ofQ); s++) {
    const a = s < ofP ? stateProbability(p, s) : 0;
    const b = s < ofQ ? stateProbability(q, s) : 0;
    sum += f(a, b);
  }
  return sum;
}

/** A table of weights of sum `total`, as the simplest distribution that has it. */
export function tableOf(weights: readonly number[], total: number): FiniteDistribution {
  const only = weights.findIndex((x) => x > 0 && x >= total);
  if (only >= 0) return { family: "indicator", state: only };
  return { family: "categorical", probabilities: weights.map((x) => x / total) };
}

const tables: Shape<FiniteDistribution> = {
  logInner: (p, q) => Math.log(overStates(p, q, (a, b) => a * b)),
  expectedLog: (p, q) => ({
    mass: overStates(p, q, (a, b) => (b > 0 ? a : 0)),
    log: overStates(p, q, (a, b) => (b > 0 && a > 0 ? a * Math.log(b) : 0)),
  }),
  product(p, q, log) {
    // An indicator's table ends at its state; that of the other, if it is none, is the whole.
    const size = Math.max(statesOf(p), statesOf(q));
    const raw = Array.from({ length: size }, (_, s) => {
      return s < statesOf(p) && s < statesOf(q) ? stateProbability(p, s) * stateProbability(q, s) : 0;
    });
    return tableOf(raw, Math.exp(log));
  },
  power(p, k) {
    if (p.family === "indicator") return { distribution: p, log: 0 };
    const logs = Array.from({ length: statesOf(p) }, (_, s) => {
      const log = stateLogProbability(p, s);
      return log === Number.NEGATIVE_INFINITY ? log : k * log;
    });
    const log = logSumExp(logs);
    const shares = logs.map((x) => Math.exp(x - log));
    return { distribution: tableOf(shares, 1), log };
  },
};

/** The shape of each family's densities, and its records as records of that shape. */
const shapes: {
  readonly [F in FamilyName]?: readonly [Shape<never>, (d: OfFamily<F>) => Distribution];
} = {
  gaussian: [gaussians, (d) => d],
  gamma: [gammas, (d) => d],
  exponential: [gammas, ({ rate }) => ({ family: "gamma", shape: 1, rate })],
  histogram: [steps, (d) => d],
  uniform: [steps, ({ low, high }) => ({ family: "histogram", edges: [low, high], masses: [1] })],
  poisson: [counts, (d) => d],
  binomial: [counts, (d) => d],
  geometric: [counts, (d) => d],
  negativeBinomial: [counts, (d) => d],
};

interface Shaped {
  readonly shape: Shape<Distribution>;
  readonly record: Distribution;
}

function shaped(d: Distribution): Shaped {
  if (d.family === "external") throw unboundInput(d.slot);
  // The records of a shape meet the functions of that shape only.
  if (isOverStates(d)) return { shape: tables as unknown as Shape<Distribution>, record: d };
  const [shape, convert] = shapes[d.family] as readonly [Shape<never>, (d: Distribution) => Distribution];
  return { shape: shape as unknown as Shape<Distribution>, record: convert(d) };
}

/** Whether two inputs have an inner product in closed form, or even a product in a family. */
export function haveProduct(p: Input, q: Input, needed: "inner" | "product"): boolean {
  if (p.distribution.family === "external" || q.distribution.family === "external") return false;
  const [a, b] = [shaped(p.distribution), shaped(q.distribution)];
  const log = a.shape === b.shape ? a.shape.logInner(a.record, b.record) : undefined;
  if (log === undefined || needed === "inner" || log === Number.NEGATIVE_INFINITY) return log !== undefined;
  return a.shape.product(a.record, b.record, log) !== undefined;
}

/** Whether an input to a power is in a family. */
export function hasPower({ distribution: p }: Input, exponent: number): boolean {
  if (exponent === 1) return true;
  if (p.family === "external") return false;
  const { shape, record } = shaped(p);
  return shape.power(record, exponent) !== undefined;
}

/** log ∫ p(x) q(x) dx. @throws CredenceError `UNSUPPORTED_QUERY` where there is no closed form */
export function logInner({ distribution: p }: Input, { distribution: q }: Input): number {
  const [a, b] = [shaped(p), shaped(q)];
  const log = a.shape === b.shape ? a.shape.logInner(a.record, b.record) : undefined;
  if (log === undefined) throw noClosedForm(p, q);
  return log;
}

/**
 * mass = ∫ p 1[q > 0] and log = ∫ p log q over q > 0.
 * @throws CredenceError `UNSUPPORTED_QUERY` where there is no closed form
 */
export function expectedLog({ distribution: p }: Input, { distribution: q }: Input): ExpectedLog {
  const [a, b] = [shaped(p), shaped(q)];
  if (a.shape !== b.shape) throw noClosedForm(p, q);
  return a.shape.expectedLog(a.record, b.record);
}

/**
 * The density p q / ∫ p q of two inputs with log = log ∫ p q > -Infinity.
 * @throws CredenceError `UNSUPPORTED_QUERY` where it is in no family
 */
export function productOf({ distribution: p }: Input, { distribution: q }: Input, log: number): Distribution {
  const [a, b] = [shaped(p), shaped(q)];
  const product = a.shape === b.shape ? a.shape.product(a.record, b.record, log) : undefined;
  if (product === undefined) throw noClosedForm(p, q);
  return product;
}

/**
 * p^exponent as a density and the log of a factor; 0 stays 0 whatever the exponent.
 * @throws CredenceError `UNSUPPORTED_QUERY` where it is in no family
 */
export function powerOf({ distribution: p }: Input, exponent: number): Scaled {
  if (exponent === 1) return { distribution: p, log: 0 };
  const { shape, record } = shaped(p);
  const power = shape.power(record, exponent);
  if (power !== undefined) return power;
  throw new CredenceError({
    code: "UNSUPPORTED_QUERY",
    message: `A ${p.family} input to the power ${exponent} is no distribution of any family.`,
    given: p.family,
    expected:
      "inputs over states, of gaussian, gamma, exponential, uniform, histogram or geometric densities",
    hint: "Small natural powers of such inputs can be summed: logInnerProduct of the circuit with itself.",
  });
}

function noClosedForm(p: Distribution, q: Distribution): CredenceError {
  return new CredenceError({
    code: "UNSUPPORTED_QUERY",
    message: `There is no closed form for a ${p.family} input with a ${q.family} one.`,
    given: `${p.family}, ${q.family}`,
    expected: "two inputs over states, two counts, two gaussian, two gamma or two piecewise constant ones",
    hint: "Estimate the quantity from samples of the first circuit.",
  });
}
