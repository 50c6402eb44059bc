/**
 * A formula in conjunctive normal form over variables 1 … n: every clause is a disjunction of literals, and all
 * clauses hold. Literals are written as in DIMACS files, +v and −v; all clauses lie in one flat array.
 */
import { InvalidArgumentError } from "@credence/core";

/** An immutable CNF. Clause c is `literals[offsets[c]]` to `literals[offsets[c + 1] - 1]`. */
export interface Cnf {
  /** Variables are numbered from 1 to this; those in no clause are free. */
  readonly variables: number;
  /** Number of clauses. An empty clause makes the formula unsatisfiable. */
  readonly clauses: number;
  /** Signed literals of all clauses, one clause after the other. */
  readonly literals: Int32Array;
  /** clauses + 1 entries. */
  readonly offsets: Int32Array;
}

/** More variables than this are refused: most of our tables have one entry per literal. */
export const variableLimit = 1 << 24;

/**
 * A CNF from lists of signed literals. O(literals).
 * @param variables number of variables, at most 2^24
 * @throws InvalidArgumentError for a literal that is 0, not an integer, or beyond `variables`
 */
export function cnf(variables: number, clauses: readonly (readonly number[])[]): Cnf {
  if (!(Number.isInteger(variables) && variables >= 0 && variables <= variableLimit)) {
    throw new InvalidArgumentError("variables", variables, `an integer from 0 to ${variableLimit}`);
  }
  const offsets = new Int32Array(clauses.length + 1);
  clauses.forEach((clause, c) => {
    offsets[c + 1] = offsets[c] + clause.length;
  });
  const literals = new Int32Array(offsets[clauses.length]);
  let at = 0;
  for (const clause of clauses) {
    for (const literal of clause) {
      if (!(Number.isInteger(literal) && literal !== 0 && Math.abs(literal) <= variables)) {
        const expected = `a non-zero integer from -${variables} to ${variables}`;
        throw new InvalidArgumentError("A literal", literal, expected);
      }
      literals[at++] = literal;
    }
  }
  return Object.freeze({ variables, clauses: clauses.length, literals, offsets });
}

/** The clauses as lists, in their order. */
export function clausesOf(formula: Cnf): number[][] {
  return Array.from({ length: formula.clauses }, (_, c) =>
    Array.from(formula.literals.subarray(formula.offsets[c], formula.offsets[c + 1])),
  );
}

/** The code 2 · variable + value of a signed literal, variables counted from 0 as in circuits. */
export function codeOf(literal: number): number {
  return literal > 0 ? 2 * literal - 1 : -2 * literal - 2;
}

/** The signed literal of a code; the inverse of {@link codeOf}. */
export function literalOf(code: number): number {
  return (code & 1) === 1 ? (code >> 1) + 1 : -(code >> 1) - 1;
}
