/**
 * The usual vtrees over an order of the variables: linear ones (a right-linear vtree makes SDDs into OBDDs),
 * balanced and random ones, those that follow an elimination order of a CNF, and constrained ones.
 */
import { InvalidArgumentError, rng } from "@credence/core";
import type { Cnf } from "../cnf/cnf.ts";
import { eliminationLimit, minFillElimination } from "./elimination.ts";
import { type NestedPairs, type Vtree, vtreeOf } from "./vtree.ts";

/** The variables 1 … n in turn. */
export function naturalOrder(variables: number): number[] {
  return Array.from({ length: variables }, (_, i) => i + 1);
}

/** Every left child is a leaf, the variables in the given order. O(n log n). */
export function rightLinearVtree(order: readonly number[]): Vtree {
  return vtreeOf(
    checked(order)
      .slice(0, -1)
      .reduceRight<NestedPairs>((rest, variable) => [variable, rest], order[order.length - 1]),
  );
}

/** Every right child is a leaf, the variables in the given order. O(n log n). */
export function leftLinearVtree(order: readonly number[]): Vtree {
  return vtreeOf(
    checked(order)
      .slice(1)
      .reduce<NestedPairs>((rest, variable) => [rest, variable], order[0]),
  );
}

/** Halves, the left one with ⌊n / 2⌋ of the variables. O(n log n). */
export function balancedVtree(order: readonly number[]): Vtree {
  const halve = (from: number, to: number): NestedPairs => {
    if (to - from === 1) return order[from];
    const middle = from + ((to - from) >> 1);
    return [halve(from, middle), halve(middle, to)];
  };
  return vtreeOf(halve(0, checked(order).length));
}

/**
 * A random vtree: the variables in random order, every range cut at a random place. O(n log n).
 * @param variables at least 1
 * @throws InvalidArgumentError
 */
export function randomVtree(variables: number, options: { readonly seed?: number | string } = {}): Vtree {
  if (!(Number.isInteger(variables) && variables >= 1)) {
    throw new InvalidArgumentError("variables", variables, "an integer of at least 1");
  }
  const random = rng(options.seed ?? 0);
  const order = random.shuffle(naturalOrder(variables));
  // From the inside out: neighbouring parts are joined in random order, as deep as it may become.
  const parts: NestedPairs[] = order;
  while (parts.length > 1) {
    const at = random.int(parts.length - 1);
    parts.splice(at, 2, [parts[at], parts[at + 1]]);
  }
  return vtreeOf(parts[0]);
}

/**
 * An X-constrained vtree: the variables of `first` one after the other as left leaves on the way down, and at the
 * end of it the others in a vtree of their own. Over it, an SDD decides `first` before the rest, as projected
 * counting and marginal MAP over `first` need it. Source: U. Oztok, A. Choi, A. Darwiche, "Solving PP^PP-complete
 * problems using knowledge compilation", KR 2016.
 * @param first different variables, in their order from the root on
 * @param rest the vtree of the others, as nested pairs; absent if there are none
 * @throws CredenceError `VTREE_VARIABLES` unless both together are the variables 1 … n, each once
 */
export function constrainedVtree(first: readonly number[], rest?: NestedPairs): Vtree {
  if (rest === undefined) return rightLinearVtree(first);
  return vtreeOf(first.reduceRight<NestedPairs>((below, variable) => [variable, below], rest));
}

/**
 * A vtree in which variables that occur together meet low: the elimination tree of the min-fill order of the
 * CNF's primal graph, every vertex as the left leaf beside what hangs below it. Its depth is that of the
 * elimination tree.
 * @throws InvalidArgumentError for a CNF without variables or with more than 8192
 */
export function minFillVtree(formula: Cnf): Vtree {
  checkCount(formula);
  const { order, later } = minFillElimination(formula.variables, scopesOf(formula));
  return eliminationTree(order, later);
}

/**
 * The vtree of an elimination order that is given: what {@link minFillVtree} does for an order of its own. The
 * last variable of the order is at the root. The elimination tree is that of the CNF's primal graph with the
 * edges that elimination adds.
 * @param order every variable once
 * @throws InvalidArgumentError for a CNF without variables or with more than 8192, or for another order
 */
export function eliminationVtree(formula: Cnf, order: readonly number[]): Vtree {
  checkCount(formula);
  const { variables } = formula;
  const rank = new Int32Array(variables).fill(-1);
  order.forEach((variable, place) => {
    if (Number.isInteger(variable) && variable >= 1 && variable <= variables) rank[variable - 1] = place;
  });
  if (order.length !== variables || rank.includes(-1)) {
    throw new InvalidArgumentError("order", [...order], `the variables 1 to ${variables}, each once`);
  }
  const vertices = Int32Array.from(order, (variable) => variable - 1);
  return eliminationTree(vertices, laterNeighbors(vertices, rank, scopesOf(formula)));
}

/** Per vertex the neighbours that are eliminated later, at its elimination. */
function laterNeighbors(
  order: Int32Array,
  rank: Int32Array,
  scopes: readonly Int32Array[],
): readonly Int32Array[] {
  const around: Set<number>[] = Array.from(order, () => new Set());
  for (const scope of scopes) {
    for (const a of scope) for (const b of scope) if (rank[a] < rank[b]) around[a].add(b);
  }
  for (const vertex of order) {
    // Its neighbours are joined; the first of them takes them all, and hands them on in its turn.
    let heir = -1;
    for (const other of around[vertex]) if (heir < 0 || rank[other] < rank[heir]) heir = other;
    for (const other of around[vertex]) if (other !== heir) around[heir].add(other);
  }
  return around.map((each) => Int32Array.from(each));
}

function checkCount({ variables }: Cnf): void {
  if (variables >= 1 && variables <= eliminationLimit) return;
  throw new InvalidArgumentError("formula.variables", variables, `from 1 to ${eliminationLimit}`);
}

/** The variables of each clause, from 0. */
function scopesOf(formula: Cnf): Int32Array[] {
  return Array.from({ length: formula.clauses }, (_, c) =>
    formula.literals.subarray(formula.offsets[c], formula.offsets[c + 1]).map((l) => Math.abs(l) - 1),
  );
}

/** The elimination tree: the parent of a vertex is the first of its later neighbours. */
function eliminationTree(order: Int32Array, later: readonly Int32Array[]): Vtree {
  const rank = new Int32Array(order.length);
  order.forEach((vertex, place) => {
    rank[vertex] = place;
  });
  const below: NestedPairs[][] = Array.from({ length: order.length }, () => []);
  const roots: NestedPairs[] = [];
  for (const vertex of order) {
    const own: NestedPairs = below[vertex].length === 0 ? vertex + 1 : [vertex + 1, joined(below[vertex])];
    let parent = -1;
    for (const other of later[vertex]) if (parent < 0 || rank[other] < rank[parent]) parent = other;
    (parent < 0 ? roots : below[parent]).push(own);
  }
  return vtreeOf(joined(roots));
}

/** One shape of several, in halves. */
export function joined(shapes: readonly NestedPairs[]): NestedPairs {
  let level = [...shapes];
  while (level.length > 1) {
    const next: NestedPairs[] = [];
    for (let i = 0; i < level.length; i += 2)
      next.push(i + 1 < level.length ? [level[i], level[i + 1]] : level[i]);
    level = next;
  }
  return level[0];
}

function checked(order: readonly number[]): readonly number[] {
  if (order.length > 0) return order;
  throw new InvalidArgumentError("order", order, "at least one variable");
}
