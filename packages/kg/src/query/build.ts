/** Queries from typed values: `select(y).where(won("TuringAward", x), not(bornIn(x, "Canada")))`. */
import { InvalidArgumentError, UnknownNameError, type Vocabulary } from "@credence/core";
import type { Atom, Query, QueryFormula, Term, Variable } from "./ast.ts";
import { makeQuery } from "./query.ts";

/**
 * Variables by name: `const { x, y } = variables("x", "y")`.
 */
export function variables<const N extends readonly string[]>(
  ...names: N
): { readonly [K in N[number]]: Variable<K> } {
  const made = names.map((name) => [name, Object.freeze({ kind: "variable", name })]);
  return Object.fromEntries(made) as { readonly [K in N[number]]: Variable<K> };
}

/** The atom relation(head, tail); a text is the name of an entity. */
export function atom<R extends string>(relation: R, head: string | Term, tail: string | Term): Atom<R> {
  return { kind: "atom", relation, head: toTerm(head, "head"), tail: toTerm(tail, "tail") };
}

/** Not. Under an existential variable it reads "for some x not", never "for no x": see `ast.ts`. */
export function not(of: QueryFormula): QueryFormula {
  return { kind: "not", of };
}

/** The conjunction of one or more formulas. @throws InvalidArgumentError for none */
export function and(...args: QueryFormula[]): QueryFormula {
  return junction("and", args);
}

/** The disjunction of one or more formulas. @throws InvalidArgumentError for none */
export function or(...args: QueryFormula[]): QueryFormula {
  return junction("or", args);
}

/** A query in the making: its free variable is chosen. */
export interface Selection {
  /** The query whose body is the conjunction of the formulas. @throws as {@link makeQuery} does */
  where(...conjuncts: QueryFormula[]): Query;
}

/** Starts a query that asks for the values of `free`. */
export function select(free: Variable): Selection {
  return { where: (...conjuncts) => makeQuery(free, and(...conjuncts)) };
}

/** For every relation of a graph a function that makes its atoms. */
export type Relations<E extends string, R extends string> = {
  readonly [K in R]: (head: E | Variable, tail: E | Variable) => Atom<K>;
};

/**
 * The relations of a graph (or of a truth model) as functions that make atoms:
 * `const { bornIn } = relationsOf(graph); bornIn(x, "Canada")`. On a graph with literal names a misspelt one
 * does not compile; on any graph, reading a relation that it lacks throws.
 * @throws UnknownNameError on reading an unknown relation
 */
export function relationsOf<E extends string, R extends string>(graph: {
  readonly entities: Vocabulary<E>;
  readonly relations: Vocabulary<R>;
}): Relations<E, R> {
  const makers: Record<string, unknown> = Object.create(null);
  for (const name of graph.relations.names) {
    makers[name] = (head: E | Variable, tail: E | Variable) => atom(name, head, tail);
  }
  return new Proxy(Object.freeze(makers), {
    get: (target, key) => {
      if (typeof key === "symbol" || key in target) return target[key as string];
      // Promise machinery and JSON.stringify look for these two on any object.
      if (key === "then" || key === "toJSON") return undefined;
      throw new UnknownNameError("relation", key, graph.relations.names);
    },
  }) as Relations<E, R>;
}

/** A term from what callers write for one. */
export function toTerm(value: string | Term, argument: string): Term {
  if (typeof value === "string") return { kind: "constant", name: value };
  if (value?.kind === "variable" || value?.kind === "constant") return value;
  throw new InvalidArgumentError(argument, value, "a variable or the name of an entity");
}

function junction(kind: "and" | "or", args: readonly QueryFormula[]): QueryFormula {
  if (args.length === 0) throw new InvalidArgumentError(`${kind}(...)`, args, "at least one formula");
  return args.length === 1 ? args[0] : { kind, args };
}
