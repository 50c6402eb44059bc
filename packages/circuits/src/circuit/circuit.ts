/**
 * A probabilistic circuit: a rooted directed acyclic graph whose nodes are non-negative functions of the
 * variables,
 *
 *   input     a distribution of one variable (see inputs/distribution.ts); the literal [x_v = value] is one
 *   product   Π_c child_c(x)             (of nothing: 1)
 *   sum       Σ_c exp(w_c) · child_c(x)  (of nothing: 0)
 *
 * held as flat arrays in topological order, children before parents and the root last, so that every
 * algorithm is a loop and never a recursion. Circuits compiled from rules have literals as their only inputs:
 * leaf probabilities are not part of them but evidence, given with each query (see queries/evidence.ts).
 */
import type { Vocabulary } from "@credence/core";
import type { Input } from "../inputs/input.ts";
import type { Domain } from "./domain.ts";
import type { CircuitProperties } from "./properties.ts";

/** The kinds of nodes, as they stand in {@link Circuit.kinds}. */
export const nodeKinds = { input: 0, product: 1, sum: 2 } as const;

/** An immutable circuit; make one with `compileRules` or `circuitBuilder`. The root is node `size - 1`. */
export interface Circuit<V extends string = string> {
  /** The variables by column: every query's order, and that of the columns of a batch. */
  readonly variables: Vocabulary<V>;
  /** What each variable's values are. */
  readonly domains: readonly Domain[];
  /** Nodes. */
  readonly size: number;
  /** Edges, the usual measure of a circuit's size: one query takes time proportional to it. */
  readonly edges: number;
  /** One of {@link nodeKinds} per node. */
  readonly kinds: Uint8Array;
  /** The distributions at the inputs. */
  readonly inputs: readonly Input[];
  /** Per node: its place in {@link inputs}, -1 for products and sums. */
  readonly inputOf: Int32Array;
  /** Per node: 2 · variable + value for a literal (an indicator of a binary variable), -1 otherwise. */
  readonly literals: Int32Array;
  /**
   * The children of node n are `children[offsets[n]]` to `children[offsets[n + 1] - 1]`; size + 1 entries.
   */
  readonly offsets: Int32Array;
  readonly children: Int32Array;
  /** Per edge: log of the weight for the edges of sums, 0 for those of products. */
  readonly logWeights: Float64Array;
  /**
   * Per node: the number of the group of sums with one weight vector that it belongs to, -1 for none. Absent from
   * circuits without tied sums; see tying.ts.
   */
  readonly sumGroups?: Int32Array;
  /** Per input: the number of the group of inputs with one distribution that it belongs to, -1 for none. */
  readonly inputGroups?: Int32Array;
  /** What holds of the circuit's structure, checked at the first reading; see `checkCircuit`. */
  readonly properties: CircuitProperties;
}

/** The code of a literal: 2 · variable + value. */
export function literalCode(variable: number, value: boolean): number {
  return 2 * variable + (value ? 1 : 0);
}
