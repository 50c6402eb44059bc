/**
 * The distributions that may stand at the inputs of a circuit, each over one variable. All are normalized:
 * their total mass is 1, so that a circuit whose sums are normalized is a probability distribution.
 */

/** A distribution of one variable, as a plain record. */
export type Distribution =
  | FiniteDistribution
  | { readonly family: "gaussian"; readonly mean: number; readonly std: number }
  | { readonly family: "poisson"; readonly rate: number }
  | { readonly family: "binomial"; readonly trials: number; readonly p: number }
  | { readonly family: "geometric"; readonly p: number }
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
  | { readonly family: "indicator"; readonly state: number };

/** The name of a family. */
export type FamilyName = Distribution["family"];

/** The distribution of one name. */
export type OfFamily<F extends FamilyName> = Extract<Distribution, { readonly family: F }>;

/** Whether the distribution is one over states. */
export function isOverStates(d: Distribution): d is FiniteDistribution {
  return d.family === "bernoulli" || d.family === "categorical" || d.family === "indicator";
}

/** P(X = state) of a distribution over states. */
export function stateProbability(d: FiniteDistribution, state: number): number {
  if (d.family === "bernoulli") return state === 1 ? d.p : 1 - d.p;
  return d.family === "categorical" ? d.probabilities[state] : Number(state === d.state);
}
