/**
 * A Chow-Liu tree as a circuit: for every variable v and state s of its parent a sum over the states of v,
 *
 *   S_v|s = Σ_t P(t | s) · [x_v = t] · Π_children c  S_c|t,
 *
 * smooth, deterministic and structured-decomposable, with 2n - 1 sums for binary variables. Parameters are the
 * smoothed frequencies P(t | s) = (n_st + 4a / (r_u r_v)) / (n_s + 4a / r_u), counted over the rows in which both
 * variables are known.
 */
import { vocabulary } from "@credence/core";
import { type CircuitBuilder, circuitBuilder } from "../circuit/builder.ts";
import type { Circuit } from "../circuit/circuit.ts";
import type { Domain } from "../circuit/domain.ts";
import { type ChowLiuOptions, type ChowLiuTree, chowLiuTree, pairCounts } from "../learn/chow-liu.ts";
import type { StateTable } from "../learn/states.ts";

/** Options of the structures that are learned from a table. */
export interface TableCircuitOptions extends ChowLiuOptions {
  /** The names of the variables; default x0, x1, ... */
  readonly names?: readonly string[];
}

/** A builder for circuits over the columns of a table. */
export function tableBuilder(
  arities: readonly number[],
  names: readonly string[] | undefined,
  share = true,
): CircuitBuilder {
  const domains = arities.map(
    (arity): Domain => (arity === 2 ? { kind: "binary" } : { kind: "categorical", arity }),
  );
  const variables = vocabulary<string>("variable", names ?? arities.map((_, v) => `x${v}`));
  return circuitBuilder<string>(variables, { domains, share });
}

/**
 * The Chow-Liu tree of a table with its maximum-likelihood parameters, as a circuit.
 * @returns the circuit and the tree
 * @throws InvalidArgumentError as `chowLiuTree`, and for names that are not one per column
 */
export function chowLiuCircuit(
  table: StateTable,
  options: TableCircuitOptions = {},
): { readonly circuit: Circuit; readonly tree: ChowLiuTree } {
  const { pseudoCount = 1 } = options;
  const tree = chowLiuTree(table, options);
  const { arities } = table;
  const counts = pairCounts(table);
  const builder = tableBuilder(arities, options.names);
  // Nodes of v by the state of its parent; the products of v's children by the state of v.
  const nodes: number[][] = arities.map(() => []);
  const below: number[][][] = arities.map((arity) => Array.from({ length: arity }, () => []));
  for (let i = tree.order.length - 1; i >= 0; i--) {
    const v = tree.order[i];
    const u = tree.parents[v];
    const terms = below[v].map((children, state) => {
      return builder.product([builder.input(v, { family: "indicator", state }), ...children]);
    });
    const joint = u < 0 ? counts(v, v) : counts(u, v);
    const given = u < 0 ? 1 : arities[u];
    for (let s = 0; s < given; s++) {
      const own = Array.from({ length: arities[v] }, (_, t) => {
        return u < 0 ? joint[t * arities[v] + t] : joint[s * arities[v] + t];
      });
      nodes[v].push(builder.sum(terms, smoothedLogs(own, (4 * pseudoCount) / (given * arities[v]))));
      if (u >= 0) below[u][s].push(nodes[v][s]);
    }
  }
  return { circuit: builder.build(nodes[tree.root][0]), tree };
}

/** Independent variables with smoothed frequencies, the baseline of every comparison. */
export function factorizedCircuit(table: StateTable, options: TableCircuitOptions = {}): Circuit {
  const { pseudoCount = 1 } = options;
  const counts = pairCounts(table);
  const builder = tableBuilder(table.arities, options.names);
  const inputs = table.arities.map((arity, v) => {
    const joint = counts(v, v);
    const own = Array.from({ length: arity }, (_, t) => joint[t * arity + t]);
    const probabilities = smoothedLogs(own, (4 * pseudoCount) / arity).map(Math.exp);
    return builder.input(v, { family: "categorical", probabilities });
  });
  return builder.build(builder.product(inputs));
}

/** Logs of frequencies, each count raised by `pseudoCount`; without any counts all are equal. */
function smoothedLogs(counts: readonly number[], pseudoCount: number): number[] {
  const total = counts.reduce((sum, count) => sum + count + pseudoCount, 0);
  return counts.map((count) => Math.log(total === 0 ? 1 / counts.length : (count + pseudoCount) / total));
}
