/**
 * What learning asks of an input: its sufficient statistics, and the parameters at given statistics.
 *
 * All families here but the ones without parameters to learn are exponential families,
 *
 *   P(x) = h(x) exp(θ · T(x) - A(θ)),      maximum likelihood at   E_θ[T] = mean of T over the (weighted) data,
 *
 * so that T alone carries everything a batch says, for maximum likelihood and for gradients alike:
 * ∇_θ log-likelihood = Σ T(x) - flow · E_θ[T] (R. Sundberg, "Maximum likelihood theory for incomplete data from an
 * exponential family", Scand. J. Statist. 1, 1974). A value that is missing counts as its expectation, E_θ[T], and
 * so pulls nowhere.
 *
 *   states      T_s = [x = s]        (categorical, and bernoulli as two states)
 *   gaussian    T = (x, x²)          histogram   T_i = [x in bin i]
 *   gamma       T = (x, log x)       the others  T = x
 *
 * Two are no exponential families in all of their parameters: the successes of a negative binomial stay as they are, and
 * a discretized logistic has the counts of its states for statistics, with estimates that are never worse than what was
 * there. Sums of x and x² lose digits where a gaussian's mean is more than a million standard deviations from 0.
 *
 * Statistics are preceded by the flow, except for states, where they add up to it. Gradients are with respect to
 * unconstrained numbers: logits (of states, bins and probabilities), logs of rates and of standard deviations, and
 * means as they are.
 */
import { InvalidArgumentError, logit, sigmoid } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import type { Distribution, FamilyName, OfFamily } from "../inputs/distribution.ts";
import { fitGamma } from "../inputs/gamma.ts";
import type { Input } from "../inputs/input.ts";
import { fitLogistic, logisticLogMass, logisticScores } from "../inputs/logistic.ts";
import { digamma } from "../inputs/special-functions.ts";

/** How one family learns; see the head of this file. */
interface Estimator<D> {
  /** How many numbers T has. */
  size(d: D): number;
  /** out[at ...] += weight · T(x). */
  addInto(d: D, out: Float64Array, at: number, x: number, weight: number): void;
  /** E_θ[T]. */
  expected(d: D): readonly number[];
  /** The distribution with E[T] = `mean`, of counts that add up to `flow`; α is added to counts of states. */
  estimate(d: D, mean: ArrayLike<number>, flow: number, alpha: number): D;
  /** The unconstrained parameters (infinite ones do not move), and back. */
  parameters(d: D): readonly number[];
  withParameters(d: D, parameters: ArrayLike<number>): D;
  /** The gradient of Σ T · θ - flow · A(θ) with respect to {@link Estimator.parameters}. */
  slope(d: D, sums: ArrayLike<number>, flow: number): readonly number[];
}

type LearnableName = Exclude<FamilyName, "indicator" | "uniform" | "external">;
type Estimators = { readonly [F in LearnableName]: Estimator<OfFamily<F>> };

/** The standard deviations and rates that estimates stay above: data on one point have no density otherwise. */
const varianceFloor = 1e-6;
const rateFloor = 1e-9;
const scaleFloor = 1e-3;

/** A family with T = x. */
function ofMean<D>(family: {
  readonly mean: (d: D) => number;
  readonly at: (d: D, mean: number) => D;
  readonly parameter: (d: D) => number;
  readonly withParameter: (d: D, parameter: number) => D;
  readonly slope: (d: D, sum: number, flow: number) => number;
}): Estimator<D> {
  return {
    size: () => 1,
    addInto(_, out, at, x, weight) {
      out[at] += weight * x;
    },
    expected: (d) => [family.mean(d)],
    estimate: (d, mean) => family.at(d, mean[0]),
    parameters: (d) => [family.parameter(d)],
    withParameters: (d, parameters) => family.withParameter(d, parameters[0]),
    slope: (d, sums, flow) => [family.slope(d, sums[0], flow)],
  };
}

function addState(_: unknown, out: Float64Array, at: number, x: number, weight: number): void {
  out[at + x] += weight;
}

/** Shares of states or bins from their means; the prior is α spread over them. */
function smoothed(mean: ArrayLike<number>, flow: number, alpha: number): number[] {
  const total = flow + alpha;
  return Array.from(mean, (share) => (share * flow + alpha / mean.length) / total);
}

/** Probabilities of logits; a logit of -Infinity is a probability of 0. */
function softmax(logits: ArrayLike<number>): number[] {
  const max = Array.from(logits).reduce((a, b) => Math.max(a, b));
  const shares = Array.from(logits, (x) => Math.exp(x - max));
  const total = shares.reduce((a, b) => a + b, 0);
  return shares.map((share) => share / total);
}

/** The gradient of logits: counts less what the probabilities expect. A probability of 0 stays. */
function logitSlope(probabilities: readonly number[], counts: ArrayLike<number>, flow: number): number[] {
  return probabilities.map((p, s) => (p === 0 ? 0 : counts[s] - p * flow));
}

const estimators: Estimators = {
  bernoulli: {
    size: () => 2,
    addInto: addState,
    expected: (d) => [1 - d.p, d.p],
    estimate: (_, mean, flow, alpha) => ({
      family: "bernoulli",
      p: Math.min(1, (mean[1] * flow + alpha / 2) / (flow + alpha)),
    }),
    parameters: (d) => [logit(d.p)],
    withParameters: (_, [logOdds]: number[]) => ({ family: "bernoulli", p: sigmoid(logOdds) }),
    slope: (d, sums, flow) => [d.p === 0 || d.p === 1 ? 0 : sums[1] - d.p * flow],
  },
  categorical: {
    size: (d) => d.probabilities.length,
    addInto: addState,
    expected: (d) => d.probabilities,
    estimate: (_, mean, flow, alpha) => ({
      family: "categorical",
      probabilities: smoothed(mean, flow, alpha),
    }),
    parameters: (d) => d.probabilities.map(Math.log),
    withParameters: (_, logits) => ({ family: "categorical", probabilities: softmax(logits) }),
    slope: (d, sums, flow) => logitSlope(d.probabilities, sums, flow),
  },
  histogram: {
    size: (d) => d.masses.length,
    addInto(d, out, at, x, weight) {
      const last = d.masses.length - 1;
      const bin = x === d.edges[last + 1] ? last : d.edges.findIndex((edge) => edge > x) - 1;
      if (bin >= 0) out[at + bin] += weight;
    },
    expected: (d) => d.masses,
    estimate: (d, mean, flow, alpha) => ({
      family: "histogram",
      edges: d.edges,
      masses: smoothed(mean, flow, alpha),
    }),
    parameters: (d) => d.masses.map(Math.log),
    withParameters: (d, logits) => ({ family: "histogram", edges: d.edges, masses: softmax(logits) }),
    slope: (d, sums, flow) => logitSlope(d.masses, sums, flow),
  },
  gaussian: {
    size: () => 2,
    addInto(_, out, at, x, weight) {
      out[at] += weight * x;
      out[at + 1] += weight * x * x;
    },
    expected: (d) => [d.mean, d.mean * d.mean + d.std * d.std],
    estimate: (_, mean) => ({
      family: "gaussian",
      mean: mean[0],
      std: Math.sqrt(Math.max(varianceFloor, mean[1] - mean[0] * mean[0])),
    }),
    parameters: (d) => [d.mean, Math.log(d.std)],
    withParameters: (_, p) => ({
      family: "gaussian",
      mean: p[0],
      std: Math.max(Math.sqrt(varianceFloor), Math.exp(p[1])),
    }),
    slope: (d, sums, flow) => {
      const variance = d.std * d.std;
      const squares = sums[1] - 2 * d.mean * sums[0] + d.mean * d.mean * flow;
      return [(sums[0] - d.mean * flow) / variance, squares / variance - flow];
    },
  },
  poisson: ofMean({
    mean: (d) => d.rate,
    at: (_, mean) => ({ family: "poisson", rate: Math.max(rateFloor, mean) }),
    parameter: (d) => Math.log(d.rate),
    withParameter: (_, log) => ({ family: "poisson", rate: Math.max(rateFloor, Math.exp(log)) }),
    slope: (d, sum, flow) => sum - d.rate * flow,
  }),
  exponential: ofMean({
    mean: (d) => 1 / d.rate,
    at: (_, mean) => ({ family: "exponential", rate: 1 / Math.max(rateFloor, mean) }),
    parameter: (d) => Math.log(d.rate),
    withParameter: (_, log) => ({ family: "exponential", rate: Math.max(rateFloor, Math.exp(log)) }),
    slope: (d, sum, flow) => flow - d.rate * sum,
  }),
  geometric: ofMean({
    mean: (d) => (1 - d.p) / d.p,
    at: (_, mean) => ({ family: "geometric", p: 1 / (1 + mean) }),
    parameter: (d) => logit(d.p),
    withParameter: (_, logOdds) => ({
      family: "geometric",
      p: Math.max(rateFloor, sigmoid(logOdds)),
    }),
    slope: (d, sum, flow) => (1 - d.p) * flow - d.p * sum,
  }),
  negativeBinomial: ofMean({
    mean: (d) => (d.successes * (1 - d.p)) / d.p,
    at: (d, mean) => ({ ...d, p: d.successes / (d.successes + mean) }),
    parameter: (d) => logit(d.p),
    withParameter: (d, logOdds) => ({ ...d, p: Math.max(rateFloor, sigmoid(logOdds)) }),
    slope: (d, sum, flow) => d.successes * (1 - d.p) * flow - d.p * sum,
  }),
  gamma: {
    size: () => 2,
    addInto(_, out, at, x, weight) {
      out[at] += weight * x;
      out[at + 1] += weight * Math.log(x);
    },
    expected: (d) => [d.shape / d.rate, digamma(d.shape) - Math.log(d.rate)],
    estimate: (_, mean) => fitGamma(mean[0], mean[1]),
    parameters: (d) => [Math.log(d.shape), Math.log(d.rate)],
    withParameters: (_, p) => ({
      family: "gamma",
      shape: Math.max(rateFloor, Math.exp(p[0])),
      rate: Math.max(rateFloor, Math.exp(p[1])),
    }),
    slope: (d, sums, flow) => [
      d.shape * (flow * (Math.log(d.rate) - digamma(d.shape)) + sums[1]),
      d.shape * flow - d.rate * sums[0],
    ],
  },
  discretizedLogistic: {
    size: (d) => d.states,
    addInto: addState,
    expected: (d) => Array.from({ length: d.states }, (_, s) => Math.exp(logisticLogMass(d, s))),
    estimate: (d, mean, flow, alpha) => ({
      family: "discretizedLogistic",
      ...fitLogistic(d, smoothed(mean, flow, alpha)),
    }),
    parameters: (d) => [d.mean, Math.log(d.scale)],
    withParameters: (d, p) => ({ ...d, mean: p[0], scale: Math.max(scaleFloor, Math.exp(p[1])) }),
    slope: (d, sums) => {
      // Differences of counts may be negative.
      const gained = logisticScores(
        d,
        Float64Array.from(sums, (count) => Math.max(0, count)),
        1,
      );
      const lost = logisticScores(
        d,
        Float64Array.from(sums, (count) => Math.max(0, -count)),
        1,
      );
      return [gained[0] - lost[0], gained[1] - lost[1]];
    },
  },
  binomial: ofMean({
    mean: (d) => d.trials * d.p,
    at: (d, mean) => ({ family: "binomial", trials: d.trials, p: Math.min(1, mean / d.trials || 0) }),
    parameter: (d) => logit(d.p),
    withParameter: (d, logOdds) => ({ family: "binomial", trials: d.trials, p: sigmoid(logOdds) }),
    slope: (d, sum, flow) => (d.p === 0 || d.p === 1 ? 0 : sum - d.trials * d.p * flow),
  }),
};

/** How a distribution learns; undefined where it has nothing to learn. */
export function estimatorOf(d: Distribution): Estimator<Distribution> | undefined {
  // The estimators are keyed by the name that the records carry, so each meets its own records only.
  return (estimators as Partial<Record<FamilyName, unknown>>)[d.family] as
    | Estimator<Distribution>
    | undefined;
}

/** The error where rows lie where statistics have no number, such as 0 under a gamma, of which the log is taken. */
export function edgeOfSupport(
  { variables }: Pick<Circuit, "variables">,
  { variable, distribution: { family } }: Input,
): InvalidArgumentError {
  return new InvalidArgumentError(
    `The rows of ${JSON.stringify(variables.name(variable))}`,
    "a value without finite statistics",
    `values inside of what a ${family} input allows`,
    "Leave out rows at its very edge, such as 0 for a gamma.",
  );
}
