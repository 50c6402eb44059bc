/**
 * The distributions that may stand at the inputs of a circuit, each over one variable. All are normalized:
 * their total mass is 1, so that a circuit whose sums are normalized is a probability distribution.
 */
import { CredenceError } from "@credence/core";
import { logisticLogMass } from "./logistic.ts";

/** A distribution of one variable, as a plain record. */
export type Distribution =
  | FiniteDistribution
  | { readonly family: "gaussian"; readonly mean: number; readonly std: number }
  | { readonly family: "gamma"; readonly shape: number; readonly rate: number }
  | { readonly family: "poisson"; readonly rate: number }
  | { readonly family: "binomial"; readonly trials: number; readonly p: number }
  | { readonly family: "geometric"; readonly p: number }
  /** Failures before the `successes`-th success, each of probability p; `successes` may be any positive number. */
  | { readonly family: "negativeBinomial"; readonly successes: number; readonly p: number }
  | { readonly family: "exponential"; readonly rate: number }
  | { readonly family: "uniform"; readonly low: number; readonly high: number }
  | { readonly family: "histogram"; readonly edges: readonly number[]; readonly masses: readonly number[] };

/** Distributions over the states of a binary or categorical variable. */
export type FiniteDistribution =
  /** P(1) = p. Binary variables. */
  | { readonly family: "bernoulli"; readonly p: number }
  /** One probability per state. */
  | { readonly family: "categorical"; readonly probabilities: readonly number[] }
  /** All mass on one state: [x = state], which for binary variables is a literal. */
  | { readonly family: "indicator"; readonly state: number }
  /** A logistic variable rounded to the states 0 to states - 1, which are in order; see logistic.ts. */
  | {
      readonly family: "discretizedLogistic";
      readonly mean: number;
      readonly scale: number;
      readonly states: number;
    }
  /**
   * A distribution that is not part of the circuit: it comes from outside (a network, a sensor) by its place in a
   * list, with `bindExternals`, before a query needs it. Of variables of any domain.
   */
  | { readonly family: "external"; readonly slot: number };

/** The name of a family. */
export type FamilyName = Distribution["family"];

/** The distribution of one name. */
export type OfFamily<F extends FamilyName> = Extract<Distribution, { readonly family: F }>;

/** The fields of each family's records, in the order in which they are written. */
export const parameterNames: { readonly [F in FamilyName]: readonly string[] } = {
  bernoulli: ["p"],
  categorical: ["probabilities"],
  indicator: ["state"],
  discretizedLogistic: ["mean", "scale", "states"],
  external: ["slot"],
  gaussian: ["mean", "std"],
  gamma: ["shape", "rate"],
  exponential: ["rate"],
  uniform: ["low", "high"],
  histogram: ["edges", "masses"],
  poisson: ["rate"],
  binomial: ["trials", "p"],
  geometric: ["p"],
  negativeBinomial: ["successes", "p"],
};

const overStates: ReadonlySet<FamilyName> = new Set<FamilyName>([
  "bernoulli",
  "categorical",
  "indicator",
  "discretizedLogistic",
  "external",
]);

/** Whether the distribution is one over states (external ones included, whatever their variable). */
export function isOverStates(d: Distribution): d is FiniteDistribution {
  return overStates.has(d.family);
}

/**
 * P(X = state) of a distribution over states.
 * @throws CredenceError `UNBOUND_INPUT` for an external one
 */
export function stateProbability(d: FiniteDistribution, state: number): number {
  switch (d.family) {
    case "bernoulli":
      return state === 1 ? d.p : 1 - d.p;
    case "categorical":
      return d.probabilities[state];
    case "indicator":
      return Number(state === d.state);
    case "discretizedLogistic":
      return Math.exp(logisticLogMass(d, state));
    case "external":
      throw unboundInput(d.slot);
  }
}

/** log P(X = state), also where the probability itself is too small a number. @throws as `stateProbability` */
export function stateLogProbability(d: FiniteDistribution, state: number): number {
  if (d.family === "discretizedLogistic") return logisticLogMass(d, state);
  return Math.log(stateProbability(d, state));
}

/** The error of a query that needs an input which is not there yet. */
export function unboundInput(slot: number): CredenceError {
  return new CredenceError({
    code: "UNBOUND_INPUT",
    message: `The external input of slot ${slot} has no distribution yet.`,
    given: slot,
    expected: "a circuit whose external inputs that the query meets are bound",
    hint: "Bind it first: bindExternals(circuit, values), with one entry per slot.",
  });
}
