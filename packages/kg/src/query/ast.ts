/**
 * Existential first-order queries with one free variable (EFO1), as plain data:
 *
 *     Q(f) = ∃ e1 … ek . φ(f, e1, …, ek),   φ built from atoms r(a, b) by not, and, or.
 *
 * All quantifiers stand outside of φ: a variable that is not free is existential, wherever it appears, also
 * below a negation. Names stay names here; they become ids only in a grounded plan. There is no node for
 * inverse relations: `~r(a, b)` is the atom r(b, a).
 */
import type { QueryShape } from "./shape.ts";

/** A variable, written `?name`. */
export interface Variable<N extends string = string> {
  readonly kind: "variable";
  readonly name: N;
}

/** An entity, by name. */
export interface Constant<E extends string = string> {
  readonly kind: "constant";
  readonly name: E;
}

export type Term = Variable | Constant;

/** Where an atom was written: offsets (UTF-16 code units) of its three names in `text`. */
export interface AtomSource {
  readonly text: string;
  readonly relation: number;
  readonly head: number;
  readonly tail: number;
}

/** relation(head, tail). `source` is there if it came from a text, and means nothing for equality. */
export interface Atom<R extends string = string> {
  readonly kind: "atom";
  readonly relation: R;
  readonly head: Term;
  readonly tail: Term;
  readonly source?: AtomSource;
}

export interface Negation {
  readonly kind: "not";
  readonly of: QueryFormula;
}

/** A conjunction or disjunction of at least two formulas. */
export interface Junction {
  readonly kind: "and" | "or";
  readonly args: readonly QueryFormula[];
}

export type QueryFormula = Atom | Negation | Junction;

/** An EFO1 query. Make it with `parseQuery`, `query`, `select`, `parseLstr` or `makeQuery`, which check it. */
export interface Query {
  readonly free: Variable;
  readonly formula: QueryFormula;
  /** What was written; for a query made by a builder, the same as `toString()`. */
  readonly text: string;
  /** The name of its shape among the 24 of the benchmarks, if it has one. */
  readonly shape: QueryShape | undefined;
  /** The query in the notation that `parseQuery` reads. */
  toString(): string;
}

/** Formulas may nest this deep: far beyond any use, and safely within any JavaScript stack. */
export const MAX_DEPTH = 256;

/** The atoms of a formula in the order in which they are written. */
export function* atomsOf(formula: QueryFormula): Generator<Atom> {
  if (formula.kind === "atom") yield formula;
  else if (formula.kind === "not") yield* atomsOf(formula.of);
  else for (const arg of formula.args) yield* atomsOf(arg);
}

/** The names of the variables among the terms of some atoms, in order of first appearance. */
export function variableNames(atoms: Iterable<Atom>): string[] {
  const names = new Set<string>();
  for (const { head, tail } of atoms) {
    if (head.kind === "variable") names.add(head.name);
    if (tail.kind === "variable") names.add(tail.name);
  }
  return [...names];
}
