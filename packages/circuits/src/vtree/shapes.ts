/**
 * The usual vtrees over an order of the variables: linear ones (a right-linear vtree makes SDDs into OBDDs),
 * balanced ones, and those that follow the structure of a CNF.
 */
import { InvalidArgumentError } from "@credence/core";
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
 * A vtree in which variables that occur together meet low: the elimination tree of the min-fill order of the
 * CNF's primal graph, every vertex as the left leaf beside what hangs below it. Its depth is that of the
 * elimination tree.
 * @throws InvalidArgumentError for a CNF without variables or with more than 8192
 */
export function minFillVtree(formula: Cnf): Vtree {
  const { variables } = formula;
  if (!(variables >= 1 && variables <= eliminationLimit)) {
    throw new InvalidArgumentError("formula.variables", variables, `from 1 to ${eliminationLimit}`);
  }
  const scopes = Array.from({ length: formula.clauses }, (_, c) =>
    formula.literals.subarray(formula.offsets[c], formula.offsets[c + 1]).map((l) => Math.abs(l) - 1),
  );
  const { order, later } = minFillElimination(variables, scopes);
  const rank = new Int32Array(variables);
  order.forEach((vertex, place) => {
    rank[vertex] = place;
  });
  const below: NestedPairs[][] = Array.from({ length: variables }, () => []);
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
function joined(shapes: readonly NestedPairs[]): NestedPairs {
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
