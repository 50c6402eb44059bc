/**
 * A distribution over classes as evidence on Boolean variables of which exactly one is true. A soft-max row q is one
 * finding about all of them together, not n findings about one each: the world in which class i holds must weigh
 * q_i, which it does with the leaf weights
 *
 *   θ_i(true) = q_i,  θ_i(false) = 1        so that  Π_j θ_j(x_j) = q_i  where x_i alone is true
 *
 * Entered as leaf probabilities, θ_i = (1 - q_i, q_i), it would count by its odds and come out sharpened. Where only
 * leaf probabilities can be given (batches), p_i = q_i / (1 + q_i) has the odds q_i: the same posteriors, and a
 * partition that is smaller by the factor Π (1 + q_i).
 */
import { InvalidArgumentError } from "@credence/core";

/** Findings of {@link categoricalEvidence}: one pair of weights per class. */
export type CategoricalEvidence<V extends string = string> = {
  readonly [K in V]: { readonly weights: readonly [whenFalse: number, whenTrue: number] };
};

/**
 * Evidence that says how probable each class is; spread it together with what else is known. The variables must
 * exclude each other under the rules (`exactlyOne(…).` or `atMostOne(…).`); with atMostOne, "none of them" weighs 1.
 * @param probabilities by name, at least 0 and not all 0. They need not add up to 1: their scale only moves the
 *   partition
 * @throws InvalidArgumentError
 */
export function categoricalEvidence<V extends string>(
  probabilities: {
    readonly [K in V]: number;
  },
): CategoricalEvidence<V> {
  const entries = Object.entries(probabilities) as [V, number][];
  checkRow(entries.map(([, q]) => q));
  const findings = entries.map(([name, q]) => [name, { weights: [1, q] }]);
  return Object.fromEntries(findings) as CategoricalEvidence<V>;
}

/**
 * The leaf probabilities q / (1 + q) that stand for a row of class probabilities where only leaf probabilities can be
 * given, such as the rows of `batchMarginals`. A class that is certain becomes 1/2, and one that is excluded 0: it
 * is the rule that classes exclude each other that makes them add up.
 * @throws InvalidArgumentError as {@link categoricalEvidence}
 */
export function categoricalLeaves(probabilities: ArrayLike<number>): Float64Array {
  checkRow(probabilities);
  return Float64Array.from(probabilities, (q) => q / (1 + q));
}

function checkRow(row: ArrayLike<number>): void {
  let total = 0;
  for (let i = 0; i < row.length; i++) {
    if (!(row[i] >= 0 && row[i] < Number.POSITIVE_INFINITY)) {
      throw new InvalidArgumentError("A class probability", row[i], "a number from 0");
    }
    total += row[i];
  }
  if (total > 0) return;
  throw new InvalidArgumentError("The class probabilities", row, "at least one above 0");
}
