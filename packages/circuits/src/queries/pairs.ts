/**
 * Recursion over pairs of circuits. Both are products of nodes over one scope, A = Π a_i and B = Π b_j:
 *
 *   - products are replaced by their factors;
 *   - factors that share no variables, directly or through others, separate: what is asked of A and B is put
 *     together from what is asked of the groups;
 *   - a group of one input each is a closed form;
 *   - otherwise a sum in the group is expanded, its terms taken one by one.
 *
 * The second circuit may speak of fewer variables (a formula, say) and need not be smooth then; a node of the
 * first that shares no variable with the second stands alone in its group.
 *
 * Each group is met once. If the circuits are compatible (one vtree explains the products of both) the groups
 * are pairs of nodes, O(E_p · E_q) at worst and far fewer in practice; otherwise there may be exponentially
 * many, and a limit says so. (Vergari et al., "A compositional atlas of tractable circuit operations", NeurIPS
 * 2021, algorithms 1-3, are the case of binary products with aligned children.)
 */
import { CredenceError, InvalidArgumentError } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import type { Input } from "../inputs/input.ts";
import { sharingOf } from "../properties/sharing.ts";

/** What is asked of a pair; see {@link foldPairs}. */
export interface PairAlgebra<T> {
  /** The value of two inputs of one variable. */
  input(p: Input, q: Input): T;
  /** The value of groups that share no variables; `product([])` is that of two constants 1. */
  product(groups: readonly T[]): T;
  /** The value of an expanded sum: the terms' values, with log weights. */
  sum(side: "p" | "q", terms: readonly T[], logWeights: readonly number[]): T;
  /** The value of a group that can be told from its nodes, if it can; else it is expanded. */
  known?(a: readonly number[], b: readonly number[]): { readonly value: T } | undefined;
  /** Whether any product with a group of this value has this value: 0, for one. */
  absorbs?(value: T): boolean;
  /** The value of a node of p beside the constant 1; needed where q speaks of fewer variables than p. */
  alone?(node: number): T;
}

/** Options of {@link pairFolder}. */
export interface PairOptions {
  /** How many groups are looked at before the recursion gives up; default 2,000,000. */
  readonly limit?: number;
}

const defaultLimit = 2_000_000;

/** @throws InvalidArgumentError unless both circuits are over the same variables with the same domains */
export function requireSameVariables(p: Circuit, q: Circuit): void {
  const names = (circuit: Circuit) => circuit.variables.names.map((name, v) => [name, circuit.domains[v]]);
  if (JSON.stringify(names(p)) === JSON.stringify(names(q))) return;
  throw new InvalidArgumentError(
    "The second circuit",
    q.variables.names.join(", "),
    `over the variables of the first, in their order: ${p.variables.names.join(", ")}`,
  );
}

/** @throws InvalidArgumentError unless every variable of q is one of p, with the same domain */
export function requireVariablesOf(p: Circuit, q: Circuit): void {
  q.variables.names.forEach((name, v) => {
    const domain = p.variables.has(name) ? p.domains[p.variables.id(name)] : undefined;
    if (JSON.stringify(domain) === JSON.stringify(q.domains[v])) return;
    throw new InvalidArgumentError(
      "A variable of the second circuit",
      name,
      `one of the first, with the same domain: ${p.variables.names.join(", ")}`,
    );
  });
}

/** A group: nodes of p and of q, flattened, sorted, over the same variables; and its value once it is found. */
interface Group<T> {
  a: readonly number[];
  b: readonly number[];
  found: { readonly value: T } | undefined;
}

/** How a group is put together from smaller ones. */
interface Frame<T> {
  readonly group: Group<T>;
  readonly parts: readonly (readonly Group<T>[])[];
  readonly side: "p" | "q";
  readonly logWeights: readonly number[];
}

type Split<T> = (a: readonly number[], b: readonly number[]) => readonly Group<T>[];

/**
 * The value of the pair of roots. Both circuits must be decomposable, p smooth, and q over variables of p, known
 * by their names; q must be smooth if the algebra has no `alone`.
 * @throws CredenceError `PAIR_LIMIT`; `SCOPE_LIMIT` for circuits that are large and split scopes differently
 */
export function foldPairs<T>(p: Circuit, q: Circuit, algebra: PairAlgebra<T>, options: PairOptions = {}): T {
  return pairFolder(p, q, algebra, options)(p.size - 1, q.size - 1);
}

/**
 * The same for any pairs of nodes of which the first speaks of all variables that the second speaks of; what has
 * been found for one pair is kept for the next.
 */
export function pairFolder<T>(
  p: Circuit,
  q: Circuit,
  algebra: PairAlgebra<T>,
  options: PairOptions = {},
): (a: number, b: number) => T {
  const { limit = defaultLimit } = options;
  const split = splitter<T>(p, q, limit);
  /** The value of a group that needs no expansion. */
  const settled = ({ a, b }: Group<T>): { readonly value: T } | undefined => {
    if (b.length === 0 && algebra.alone !== undefined) return { value: algebra.alone(a[0]) };
    const told = algebra.known?.(a, b);
    if (told !== undefined) return told;
    if (a.length !== 1 || b.length !== 1) return undefined;
    const [ofP, ofQ] = [p.inputOf[a[0]], q.inputOf[b[0]]];
    return ofP >= 0 && ofQ >= 0 ? { value: algebra.input(p.inputs[ofP], q.inputs[ofQ]) } : undefined;
  };
  /** Values what needs no expansion; if one of them decides the product, the others are not asked for. */
  const settle = (groups: readonly Group<T>[]): readonly Group<T>[] => {
    for (const group of groups) {
      group.found ??= settled(group);
      if (group.found !== undefined && algebra.absorbs?.(group.found.value)) return [group];
    }
    return groups;
  };
  const together = (groups: readonly Group<T>[]): T => {
    return algebra.product(groups.map(({ found }) => (found as { readonly value: T }).value));
  };
  return (a, b) => {
    const stack: Frame<T>[] = [];
    const need = (groups: readonly Group<T>[]): void => {
      for (const group of groups) {
        if (group.found === undefined) stack.push(expand(p, q, group, (x, y) => settle(split(x, y))));
      }
    };
    const start = settle(split([a], [b]));
    need(start);
    while (stack.length > 0) {
      const { group, parts, side, logWeights } = stack[stack.length - 1];
      const before = stack.length;
      if (group.found === undefined) for (const part of parts) need(part);
      if (stack.length > before) continue;
      group.found ??= { value: algebra.sum(side, parts.map(together), logWeights) };
      // Its nodes are not needed any more, only its value.
      group.a = group.b = none;
      stack.pop();
    }
    return together(start);
  };
}

const none: readonly number[] = [];

/** Expands one sum of a group: the one over the most variables. */
function expand<T>(p: Circuit, q: Circuit, group: Group<T>, split: Split<T>): Frame<T> {
  // The side with fewer nodes has the larger ones; a group has a sum on it, or else on the other.
  const sums = (circuit: Circuit, nodes: readonly number[]) =>
    nodes.filter((node) => circuit.kinds[node] === nodeKinds.sum);
  const [inP, inQ] = [sums(p, group.a), sums(q, group.b)];
  const side = inQ.length === 0 || (inP.length > 0 && group.a.length <= group.b.length) ? "p" : "q";
  const [circuit, node] = side === "p" ? [p, inP[inP.length - 1]] : [q, inQ[inQ.length - 1]];
  const parts: (readonly Group<T>[])[] = [];
  const logWeights: number[] = [];
  for (let edge = circuit.offsets[node]; edge < circuit.offsets[node + 1]; edge++) {
    if (circuit.logWeights[edge] === Number.NEGATIVE_INFINITY) continue;
    const swap = (nodes: readonly number[]) => nodes.map((n) => (n === node ? circuit.children[edge] : n));
    parts.push(side === "p" ? split(swap(group.a), group.b) : split(group.a, swap(group.b)));
    logWeights.push(circuit.logWeights[edge]);
  }
  return { group, parts, side, logWeights };
}

/** Flattens products and groups what shares variables; equal groups are one. */
function splitter<T>(p: Circuit, q: Circuit, limit: number): Split<T> {
  const sharing = sharingOf(p, q);
  const pairs = new Map<number, Group<T>>();
  const others = new Map<string, Group<T>>();
  const intern = <K>(known: Map<K, Group<T>>, key: K, a: number[], b: number[]): Group<T> => {
    const before = known.get(key);
    if (before !== undefined) return before;
    if (pairs.size + others.size > limit) throw tooMany(limit);
    const group: Group<T> = { a, b, found: undefined };
    known.set(key, group);
    return group;
  };
  const groupOf = (a: number[], b: number[]): Group<T> => {
    if (a.length === 1 && b.length === 1) return intern(pairs, a[0] * q.size + b[0], a, b);
    a.sort((x, y) => x - y);
    b.sort((x, y) => x - y);
    return intern(others, `${a.join()};${b.join()}`, a, b);
  };
  return (a, b) => {
    const [ofP, ofQ] = [factors(p, a), factors(q, b)];
    const numbers = sharing(ofP, ofQ);
    const groups = new Map<number, readonly [a: number[], b: number[]]>();
    numbers.forEach((number, i) => {
      const group = groups.get(number) ?? [[], []];
      groups.set(number, group);
      if (i < ofP.length) group[0].push(ofP[i]);
      else group[1].push(ofQ[i - ofP.length]);
    });
    return Array.from(groups.values(), (group) => groupOf(...group));
  };
}

/** The nodes with products replaced by their factors. */
function factors(circuit: Circuit, nodes: readonly number[]): number[] {
  const found: number[] = [];
  const stack = [...nodes];
  while (stack.length > 0) {
    const node = stack.pop() as number;
    if (circuit.kinds[node] !== nodeKinds.product) found.push(node);
    else
      for (let e = circuit.offsets[node]; e < circuit.offsets[node + 1]; e++) stack.push(circuit.children[e]);
  }
  return found;
}

function tooMany(limit: number): CredenceError {
  return new CredenceError({
    code: "PAIR_LIMIT",
    message: `The two circuits have more than ${limit} pairs of parts to compare.`,
    given: limit,
    expected: "circuits whose products split the variables along one vtree",
    hint: "checkCompatible names a product that does not fit the others.",
  });
}
