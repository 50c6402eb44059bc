/**
 * What to decide of a component: its variable of the lowest rank, or, if that one belongs to a hard
 * exactlyOne or atMostOne over literals, all variables of that rule at once. The k + 1 conjunctions of the
 * latter share their prefixes and suffixes, so that all of them take O(k) nodes.
 */
import type { CircuitBuilder } from "../circuit/builder.ts";
import { type FormulaGraph, graphKinds, type Ref } from "./formula-graph.ts";

/** One possibility: its literals (2 · variable + value), and the node that is their product. */
export interface Possibility {
  readonly literals: readonly number[];
  readonly term: number;
}

/**
 * Mutually exclusive possibilities that exhaust what the hard rules allow.
 * @param variable the one of the lowest rank
 * @param hard the hard rules that speak of it
 */
export function decide(
  graph: FormulaGraph,
  builder: CircuitBuilder,
  variable: number,
  hard: readonly Ref[],
): Possibility[] {
  const rule = hard.find((ref) => isChoice(graph, ref));
  if (rule === undefined) {
    return [1, 0].map((value) => {
      const literal = 2 * variable + value;
      return { literals: [literal], term: literalNode(builder, literal) };
    });
  }
  const members = graph.children(rule).map((ref) => 2 * graph.variable(ref) + (1 - (ref & 1)));
  return choose(builder, members, graph.kind(rule) === graphKinds.atMostOne);
}

/** Whether a hard rule says that at most one of several literals holds. */
function isChoice(graph: FormulaGraph, ref: Ref): boolean {
  const cardinality = (ref & 1) === 0 && graph.kind(ref) >= graphKinds.exactlyOne;
  return cardinality && graph.children(ref).every((part) => graph.variable(part) >= 0);
}

/** Each of `members` alone and, if `none` may hold, none of them. */
function choose(builder: CircuitBuilder, members: readonly number[], none: boolean): Possibility[] {
  const count = members.length;
  const denied = members.map((literal) => literalNode(builder, literal ^ 1));
  const before = [builder.product([])];
  const after = [builder.product([])];
  for (let i = 0; i < count; i++) {
    before.push(builder.product([before[i], denied[i]]));
    after.push(builder.product([denied[count - 1 - i], after[i]]));
  }
  const possibilities = members.map((literal, i) => ({
    literals: members.map((other, j) => (i === j ? other : other ^ 1)),
    term: builder.product([before[i], literalNode(builder, literal), after[count - 1 - i]]),
  }));
  if (none) possibilities.push({ literals: members.map((literal) => literal ^ 1), term: before[count] });
  return possibilities;
}

function literalNode(builder: CircuitBuilder, literal: number): number {
  return builder.literal(literal >> 1, (literal & 1) === 1);
}
