/**
 * Formulas in disjunctive normal form: every term is a conjunction of literals, and one of them holds. By De Morgan a
 * DNF is the negation of the CNF of its terms' negations,
 *
 *   ∨_t ∧_{l ∈ t} l = ¬ ∧_t ∨_{l ∈ t} ¬l,
 *
 * and whatever is compiled from CNFs and can be negated serves DNFs as well.
 */
import type { Cnf } from "./cnf.ts";

/** An immutable DNF over the variables 1 … n. Term t is `literals[offsets[t]]` to `literals[offsets[t + 1] - 1]`. */
export interface Dnf {
  readonly variables: number;
  /** Number of terms. Of none the formula is false; an empty term makes it true. */
  readonly terms: number;
  /** Signed literals of all terms, one term after the other. */
  readonly literals: Int32Array;
  /** terms + 1 entries. */
  readonly offsets: Int32Array;
}

/** The CNF that holds where the DNF does not. O(literals). */
export function negatedDnf({ variables, terms, literals, offsets }: Dnf): Cnf {
  return Object.freeze({
    variables,
    clauses: terms,
    literals: literals.map((literal) => -literal),
    offsets,
  });
}
