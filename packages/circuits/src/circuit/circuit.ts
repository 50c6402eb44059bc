/**
 * A probabilistic circuit over binary variables: a rooted directed acyclic graph whose nodes are functions of
 * worlds x ∈ {0, 1}^n,
 *
 *   literal   [x_v = value]
 *   product   Π_c child_c(x)             (of nothing: 1)
 *   sum       Σ_c exp(w_c) · child_c(x)  (of nothing: 0)
 *
 * held as flat arrays in topological order, children before parents and the root last, so that every
 * algorithm is a loop and never a recursion. Leaf probabilities are not part of a circuit: they are evidence,
 * given with each query (see queries/evidence.ts).
 */
import type { Vocabulary } from "@credence/core";
import type { CircuitProperties } from "./properties.ts";

/** The kinds of nodes, as they stand in {@link Circuit.kinds}. */
export const nodeKinds = { literal: 0, product: 1, sum: 2 } as const;

/** An immutable circuit; make one with `compileRules` or `circuitBuilder`. The root is node `size - 1`. */
export interface Circuit<V extends string = string> {
  /** The variables by column: every query's order, and that of the columns of a batch. */
  readonly variables: Vocabulary<V>;
  /** Nodes. */
  readonly size: number;
  /** Edges, the usual measure of a circuit's size: one query takes time proportional to it. */
  readonly edges: number;
  /** One of {@link nodeKinds} per node. */
  readonly kinds: Uint8Array;
  /** Per node: 2 · variable + value for a literal, -1 otherwise. */
  readonly literals: Int32Array;
  /**
   * The children of node n are `children[offsets[n]]` to `children[offsets[n + 1] - 1]`; size + 1 entries.
   */
  readonly offsets: Int32Array;
  readonly children: Int32Array;
  /** Per edge: log of the weight for the edges of sums, 0 for those of products. */
  readonly logWeights: Float64Array;
  /** What holds of the circuit's structure, checked at the first reading; see `checkCircuit`. */
  readonly properties: CircuitProperties;
}

/** The code of a literal: 2 · variable + value. */
export function literalCode(variable: number, value: boolean): number {
  return 2 * variable + (value ? 1 : 0);
}
