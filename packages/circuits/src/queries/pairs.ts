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
 * first that shares no variable with the second stands alone in its group. Where each speaks of variables that the other
 * leaves out, nodes of the second may stand alone, too.
 *
 * A group of all factors of one node and of another is held as that pair of nodes, others as interned lists, and both as
 * numbers in flat arrays: nothing is made for a group that has been met before. Each group is expanded once. If the
 * circuits are compatible (one vtree explains the products of both) the groups are pairs of nodes, O(E_p · E_q) at worst
 * and far fewer in practice; otherwise there may be exponentially many, and a limit says so. (Vergari et al., "A
 * compositional atlas of tractable circuit operations", NeurIPS 2021, algorithms 1-3, are the case of binary products
 * with aligned children.)
 */
import { CredenceError, InvalidArgumentError } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import type { Input } from "../inputs/input.ts";
import { sharingOf } from "../properties/sharing.ts";
import { pairTable } from "./pair-table.ts";

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
  /** The same of a node of q; needed where q speaks of variables that p leaves out. */
  aloneInQ?(node: number): T;
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

/**
 * The value of the pair of roots. Both circuits must be decomposable, p smooth, and the vocabulary of p
 * have all variables of q, known by their names (p need not speak of all); q must be smooth if the algebra has no
 * `alone`, or has `aloneInQ`.
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
  const groups = grouping(p, q, Math.min(options.limit ?? defaultLimit, mostGroups));
  const values: T[] = [];
  /** By group: 0 until it has been looked at, 1 if it has to be expanded, 2 once it has a value. */
  const states: number[] = [];
  const set = (group: number, value: T): void => {
    values[group] = value;
    states[group] = 2;
  };
  /** Gives a group its value if it needs no expansion. */
  const settle = (group: number): void => {
    states[group] = 1;
    const [left, right] = [groups.left(group), groups.right(group)];
    const [a, b] = [groups.single(p, left), groups.single(q, right)];
    if (right === empty && algebra.alone !== undefined) {
      set(group, algebra.alone(groups.nodes(p, left)[0]));
      return;
    }
    if (left === empty && algebra.aloneInQ !== undefined) {
      set(group, algebra.aloneInQ(groups.nodes(q, right)[0]));
      return;
    }
    const told = algebra.known?.(groups.nodes(p, left), groups.nodes(q, right));
    if (told !== undefined) set(group, told.value);
    else if (a >= 0 && b >= 0 && p.inputOf[a] >= 0 && q.inputOf[b] >= 0) {
      set(group, algebra.input(p.inputs[p.inputOf[a]], q.inputs[q.inputOf[b]]));
    }
  };
  const { absorbs } = algebra;
  /** A group of the split whose value decides that of the product, -1 if there is none. */
  const deciding = (split: number): number => {
    if (absorbs === undefined) return -1;
    for (let i = groups.from(split); i < groups.from(split + 1); i++) {
      const group = groups.at(i);
      if (states[group] === 2 && absorbs(values[group])) return group;
    }
    return -1;
  };
  const stack: number[] = [];
  /** Puts the groups of a split on the stack whose values are missing; if one decides it the others are left alone. */
  const need = (split: number): void => {
    for (let i = groups.from(split); i < groups.from(split + 1); i++) {
      const group = groups.at(i);
      if (states[group] === undefined) settle(group);
      if (states[group] === 2 && absorbs?.(values[group])) return;
    }
    for (let i = groups.from(split); i < groups.from(split + 1); i++) {
      if (states[groups.at(i)] === 1) stack.push(groups.at(i));
    }
  };
  const together = (split: number): T => {
    const decided = deciding(split);
    if (decided >= 0) return algebra.product([values[decided]]);
    const parts: T[] = [];
    for (let i = groups.from(split); i < groups.from(split + 1); i++) parts.push(values[groups.at(i)]);
    return algebra.product(parts);
  };

  return (a, b) => {
    stack.length = 0;
    const start = groups.split(a, b);
    need(start);
    /** The groups being expanded: each with its sum (2 · node, + 1 of q) and the start of its splits in `parts`. */
    const open: number[] = [];
    const parts: number[] = [];
    while (stack.length > 0) {
      const group = stack[stack.length - 1];
      if (states[group] === 2) {
        stack.pop();
        continue;
      }
      if (open[open.length - 3] !== group) {
        open.push(group, groups.sumOf(group), parts.length);
        groups.expand(group, open[open.length - 2], parts);
        const before = stack.length;
        for (let i = open[open.length - 1]; i < parts.length; i++) need(parts[i]);
        if (stack.length > before) continue;
      }
      const sum = open[open.length - 2];
      const terms: T[] = [];
      for (let i = open[open.length - 1]; i < parts.length; i++) terms.push(together(parts[i]));
      const logWeights = positiveWeights(sum % 2 === 0 ? p : q, sum >> 1);
      set(group, algebra.sum(sum % 2 === 0 ? "p" : "q", terms, logWeights));
      parts.length = open[open.length - 1];
      open.length -= 3;
      stack.pop();
    }
    return together(start);
  };
}

function positiveWeights({ offsets, logWeights }: Circuit, node: number): number[] {
  const found: number[] = [];
  for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
    if (logWeights[edge] > Number.NEGATIVE_INFINITY) found.push(logWeights[edge]);
  }
  return found;
}

/** One side of a group: 2 · node for the node's factors, 2 · list + 1 for a list of nodes. */
type Side = number;

/** The list of no nodes. */
const empty: Side = 1;

/** Above this many groups their numbers would not fit. */
const mostGroups = 2 ** 24;

/** The groups met so far, by number; and splits, lists of groups that share no variables. */
function grouping(p: Circuit, q: Circuit, limit: number) {
  const sharing = sharingOf(p, q);
  const [lefts, rights]: [Side[], Side[]] = [[], []];
  const numbers = pairTable();
  const lists: (readonly number[])[] = [[]];
  const listNumbers = new Map<string, number>([["", 0]]);
  /** Split i is from offsets[i] to offsets[i + 1]. */
  const offsets = [0];
  const members: number[] = [];
  const splits = pairTable();

  const single = (circuit: Circuit, side: Side): number =>
    side % 2 === 0 && circuit.kinds[side >> 1] !== nodeKinds.product ? side >> 1 : -1;
  const nodes = (circuit: Circuit, side: Side): readonly number[] =>
    side % 2 === 1 ? lists[side >> 1] : factors(circuit, [side >> 1]);
  const sideOf = (list: number[]): Side => {
    if (list.length === 1) return 2 * list[0];
    const key = list.sort((x, y) => x - y).join();
    let number = listNumbers.get(key);
    if (number === undefined) {
      number = lists.length;
      listNumbers.set(key, number);
      lists.push(list);
    }
    return 2 * number + 1;
  };
  const add = (left: Side, right: Side): void => {
    let group = numbers.get(left, right);
    if (group < 0) {
      group = lefts.length;
      if (group > limit) throw tooMany(limit);
      numbers.set(left, right, group);
      lefts.push(left);
      rights.push(right);
    }
    members.push(group);
  };
  /** Splits factors of p and q; `whole` says how all of them together are held. */
  const splitLists = (a: readonly number[], b: readonly number[], whole?: readonly [Side, Side]): number => {
    const shares = sharing(a, b);
    if (whole !== undefined && shares.length > 0 && isConstant(shares)) {
      add(a.length === 1 ? 2 * a[0] : whole[0], b.length === 1 ? 2 * b[0] : whole[1]);
    } else {
      const found = new Map<number, readonly [a: number[], b: number[]]>();
      shares.forEach((number, i) => {
        const group = found.get(number) ?? [[], []];
        found.set(number, group);
        if (i < a.length) group[0].push(a[i]);
        else group[1].push(b[i - a.length]);
      });
      for (const [inP, inQ] of found.values()) add(sideOf(inP), sideOf(inQ));
    }
    return offsets.push(members.length) - 2;
  };
  const split = (a: number, b: number): number => {
    let number = splits.get(a, b);
    if (number < 0) {
      const [left, right] = [factors(p, [a]), factors(q, [b])];
      number = splitLists(left, right, [
        left.length === 0 ? empty : 2 * a,
        right.length === 0 ? empty : 2 * b,
      ]);
      splits.set(a, b, number);
    }
    return number;
  };

  return {
    left: (group: number) => lefts[group],
    right: (group: number) => rights[group],
    single,
    nodes,
    from: (number: number) => offsets[number],
    at: (i: number) => members[i],
    split,
    /** The sum of a group to expand, 2 · node, + 1 if it is of q: the one over the most variables. */
    sumOf(group: number): number {
      const [a, b] = [nodes(p, lefts[group]), nodes(q, rights[group])];
      // The side with fewer nodes has the larger ones; a group has a sum on it, or else on the other.
      const [ofP, ofQ] = [lastSum(p, a), lastSum(q, b)];
      return ofQ < 0 || (ofP >= 0 && a.length <= b.length) ? 2 * ofP : 2 * ofQ + 1;
    },
    /** Adds to `out` a split per term of a sum of the group. */
    expand(group: number, sum: number, out: number[]): void {
      const [left, right] = [lefts[group], rights[group]];
      const node = sum >> 1;
      const circuit = sum % 2 === 0 ? p : q;
      const other = sum % 2 === 0 ? right : left;
      const alone = (sum % 2 === 0 ? left : right) === 2 * node && other % 2 === 0;
      for (let edge = circuit.offsets[node]; edge < circuit.offsets[node + 1]; edge++) {
        if (circuit.logWeights[edge] === Number.NEGATIVE_INFINITY) continue;
        const child = circuit.children[edge];
        if (alone) out.push(sum % 2 === 0 ? split(child, other >> 1) : split(other >> 1, child));
        else {
          const swap = (list: readonly number[]) => list.map((n) => (n === node ? child : n));
          const [a, b] = [nodes(p, left), nodes(q, right)];
          const parts = sum % 2 === 0 ? [factors(p, swap(a)), b] : [a, factors(q, swap(b))];
          out.push(splitLists(parts[0], parts[1]));
        }
      }
    },
  };
}

function isConstant(numbers: Int32Array): boolean {
  for (let i = 1; i < numbers.length; i++) if (numbers[i] !== numbers[0]) return false;
  return true;
}

/** The last sum of a list, -1 if there is none. */
function lastSum(circuit: Circuit, list: readonly number[]): number {
  let last = -1;
  for (const node of list) if (circuit.kinds[node] === nodeKinds.sum) last = Math.max(last, node);
  return last;
}

/** The nodes with products replaced by their factors. */
function factors(circuit: Circuit, nodes: readonly number[]): number[] {
  const { kinds, offsets, children } = circuit;
  const found: number[] = [];
  const stack: number[] = [];
  for (let i = nodes.length - 1; i >= 0; i--) {
    for (let next: number | undefined = nodes[i]; next !== undefined; next = stack.pop()) {
      if (kinds[next] !== nodeKinds.product) found.push(next);
      else for (let edge = offsets[next]; edge < offsets[next + 1]; edge++) stack.push(children[edge]);
    }
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
