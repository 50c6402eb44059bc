/**
 * Normal forms. Negation normal form: ¬¬a = a, ¬(a ∧ b) = ¬a ∨ ¬b, ¬(a ∨ b) = ¬a ∧ ¬b. Disjunctive normal
 * form: ∧ distributed over ∨, in order. Since ∃ distributes over ∨, every disjunct has its own existential
 * variables: the same name in two disjuncts means two variables.
 *
 * The disjunctive normal form *is* the meaning of a query here (FIT, Yin et al. 2024, section 2): under a
 * t-norm that is not idempotent, other equivalent formulas have other truth values. Atoms of a conjunction are
 * a list: an atom that is written twice counts twice.
 */
import { CredenceError, InvalidArgumentError } from "@credence/core";
import type { Atom, Query, QueryFormula } from "./ast.ts";
import { printAtom } from "./print.ts";

/** An atom or a negated atom. */
export interface Literal {
  readonly atom: Atom;
  readonly negated: boolean;
}

/** A conjunction of literals, at least one. */
export type Conjunction = readonly Literal[];

export interface NormalizeOptions {
  /** The largest number of conjunctions that may come out; default 1,000. */
  readonly maxConjunctions?: number | undefined;
}

/** A literal as the query notation writes it. */
export function printLiteral({ atom, negated }: Literal): string {
  return `${negated ? "!" : ""}${printAtom(atom)}`;
}

/** The formula with negations only on atoms. O(size). */
export function toNnf(formula: QueryFormula): QueryFormula {
  return nnf(formula, false);
}

/**
 * The conjunctions whose disjunction the query is. O(size of the result), which can be exponential in the
 * size of the query; it is counted before it is made.
 * @throws CredenceError `QUERY_TOO_LARGE` if more than `maxConjunctions` would come out
 */
export function toDnf(query: Pick<Query, "formula">, options: NormalizeOptions = {}): readonly Conjunction[] {
  const limit = options.maxConjunctions ?? 1_000;
  if (!(Number.isInteger(limit) && limit > 0)) {
    throw new InvalidArgumentError("maxConjunctions", limit, "a positive integer");
  }
  const formula = toNnf(query.formula);
  const count = countConjunctions(formula);
  if (count > limit) {
    throw new CredenceError({
      code: "QUERY_TOO_LARGE",
      message: `The query's disjunctive normal form has ${count} conjunctions.`,
      given: Number.isFinite(count) ? count : String(count),
      expected: `at most ${limit}`,
      hint: "Every choice between alternatives multiplies the work: split the query, or raise maxConjunctions.",
    });
  }
  return distribute(formula);
}

function nnf(formula: QueryFormula, negate: boolean): QueryFormula {
  switch (formula.kind) {
    case "atom":
      return negate ? { kind: "not", of: formula } : formula;
    case "not":
      return nnf(formula.of, !negate);
    default: {
      const dual = formula.kind === "and" ? "or" : "and";
      return { kind: negate ? dual : formula.kind, args: formula.args.map((arg) => nnf(arg, negate)) };
    }
  }
}

/** How many conjunctions {@link toDnf} makes of a formula in negation normal form; may be Infinity. O(size). */
export function countConjunctions(formula: QueryFormula): number {
  if (formula.kind === "atom" || formula.kind === "not") return 1;
  const counts = formula.args.map(countConjunctions);
  return formula.kind === "or" ? counts.reduce((a, b) => a + b, 0) : counts.reduce((a, b) => a * b, 1);
}

/** Of a formula in negation normal form. */
function distribute(formula: QueryFormula): readonly Conjunction[] {
  switch (formula.kind) {
    case "atom":
      return [[{ atom: formula, negated: false }]];
    case "not":
      return [[{ atom: formula.of as Atom, negated: true }]];
    case "or":
      return formula.args.flatMap(distribute);
    case "and":
      return formula.args.map(distribute).reduce(crossInto, [[]] as Literal[][]);
  }
}

/** Every conjunction of `product` joined with every one of `choices`; consumes `product`. */
function crossInto(product: Literal[][], choices: readonly Conjunction[]): Literal[][] {
  if (choices.length > 1) return product.flatMap((a) => choices.map((b) => [...a, ...b]));
  // The usual case, in place: a long chain of atoms must not be copied once per atom.
  for (const conjunction of product) for (const literal of choices[0]) conjunction.push(literal);
  return product;
}
