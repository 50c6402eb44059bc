/**
 * A Chow-Liu tree as a circuit: for every variable v and state s of its parent a sum over the states of v,
 *
 *   S_v|s = Σ_t P(t | s) · [x_v = t] · Π_children c  S_c|t,
 *
 * smooth, deterministic and structured-decomposable, with 2n - 1 sums for binary variables. Parameters are the
 * smoothed frequencies P(t | s) = (n_st + 4a / (r_u r_v)) / (n_s + 4a / r_u), counted over the rows in which both
 * variables are known.
 */
import { logSumExp, vocabulary } from "@credence/core";
import { type CircuitBuilder, circuitBuilder } from "../circuit/builder.ts";
import type { Circuit } from "../circuit/circuit.ts";
import type { Domain } from "../circuit/domain.ts";
import { type ChowLiuOptions, type ChowLiuTree, checkPseudoCount, treeOfCounts } from "../learn/chow-liu.ts";
import { type PairCounts, pairCounts } from "../learn/pair-counts.ts";
import { checkTable, missing, type StateTable } from "../learn/states.ts";

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

/** A tree with its parameters. */
export interface FittedTree {
  readonly tree: ChowLiuTree;
  readonly arities: readonly number[];
  /** By variable: log P(t | s) at s · arity + t, s the parent's state (0 for the root). */
  readonly logs: readonly (readonly number[])[];
  /** Free parameters. */
  readonly parameters: number;
}

/** The Chow-Liu tree of a table (or of other pair counts) with its smoothed parameters. */
export function fitTree(
  table: StateTable,
  pseudoCount: number,
  options: ChowLiuOptions = {},
  counts: PairCounts = pairCounts(table),
): FittedTree {
  const tree = treeOfCounts(table, { ...options, pseudoCount }, counts);
  const { arities } = table;
  let parameters = 0;
  const logs = arities.map((arity, v) => {
    const u = tree.parents[v];
    const joint = counts(u < 0 ? v : u, v);
    const given = u < 0 ? 1 : arities[u];
    parameters += given * (arity - 1);
    return Array.from({ length: given }, (_, s) => {
      const own = Array.from({ length: arity }, (_, t) => joint[(u < 0 ? t : s) * arity + t]);
      return smoothedLogs(own, (4 * pseudoCount) / (given * arity));
    }).flat();
  });
  return { tree, arities, logs, parameters };
}

/** The log-likelihood of complete rows under a tree, from their pair counts. */
export function treeLogLikelihood(
  { tree, arities, logs }: FittedTree,
  table: StateTable,
  counts: PairCounts = pairCounts(table),
): number {
  let sum = 0;
  arities.forEach((arity, v) => {
    const u = tree.parents[v];
    counts(u < 0 ? v : u, v).forEach((count, i) => {
      if (count > 0) sum += count * logs[v][u < 0 ? i % arity : i];
    });
  });
  return sum;
}

/**
 * Log-likelihoods of all rows under a tree, missing values summed out. O(rows · variables), and the squares of the
 * arities for rows with missing values.
 */
export function treeLogLikelihoods({ tree, arities, logs }: FittedTree, table: StateTable): Float64Array {
  const { rows, columns } = table;
  const out = new Float64Array(rows);
  const incomplete = new Uint8Array(rows);
  arities.forEach((arity, v) => {
    const u = tree.parents[v];
    const own = logs[v];
    for (let r = 0; r < rows; r++) {
      const state = columns[v * rows + r];
      const given = u < 0 ? 0 : columns[u * rows + r];
      if (state < arity && given < missing) out[r] += own[given * arity + state];
      else incomplete[r] = 1;
    }
  });
  for (let r = 0; r < rows; r++) {
    if (incomplete[r] === 1) out[r] = incompleteLogLikelihood(tree, arities, logs, table, r);
  }
  return out;
}

/** Messages from the leaves to the root, for one row. */
function incompleteLogLikelihood(
  tree: ChowLiuTree,
  arities: readonly number[],
  logs: FittedTree["logs"],
  { rows, columns }: StateTable,
  r: number,
): number {
  const below = arities.map((arity) => new Float64Array(arity));
  for (let i = tree.order.length - 1; i >= 0; i--) {
    const v = tree.order[i];
    const state = columns[v * rows + r];
    const message = (given: number): number => {
      const row = given * arities[v];
      if (state !== missing) return logs[v][row + state] + below[v][state];
      return logSumExp(below[v].map((log, s) => logs[v][row + s] + log));
    };
    const u = tree.parents[v];
    if (u < 0) return message(0);
    for (let s = 0; s < arities[u]; s++) below[u][s] += message(s);
  }
  return 0;
}

/** Adds a tree's nodes to a builder; variable i of the tree is `variables[i]` there. Returns its root. */
export function addTree(
  builder: CircuitBuilder,
  { tree, arities, logs }: FittedTree,
  variables: readonly number[],
): number {
  // The products of each variable's children by its state.
  const below: number[][][] = arities.map((arity) => Array.from({ length: arity }, () => []));
  let root = -1;
  for (let i = tree.order.length - 1; i >= 0; i--) {
    const v = tree.order[i];
    const u = tree.parents[v];
    const terms = below[v].map((children, state) => {
      return builder.product([builder.input(variables[v], { family: "indicator", state }), ...children]);
    });
    for (let s = 0; s < (u < 0 ? 1 : arities[u]); s++) {
      const node = builder.sum(terms, logs[v].slice(s * arities[v], (s + 1) * arities[v]));
      if (u < 0) root = node;
      else below[u][s].push(node);
    }
  }
  return root;
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
  const { pseudoCount = 1, names } = options;
  checkTable(table);
  const fitted = fitTree(table, pseudoCount, options);
  const builder = tableBuilder(table.arities, names);
  const variables = table.arities.map((_, v) => v);
  return { circuit: builder.build(addTree(builder, fitted, variables)), tree: fitted.tree };
}

/**
 * Independent variables with smoothed frequencies, the baseline of every comparison.
 * @throws InvalidArgumentError for what is no table of states, a negative pseudo-count, and other names than columns
 */
export function factorizedCircuit(table: StateTable, options: TableCircuitOptions = {}): Circuit {
  const { pseudoCount = 1 } = options;
  checkTable(table);
  checkPseudoCount(pseudoCount);
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
export function smoothedLogs(counts: readonly number[], pseudoCount: number): number[] {
  const total = counts.reduce((sum, count) => sum + count + pseudoCount, 0);
  return counts.map((count) => Math.log(total === 0 ? 1 / counts.length : (count + pseudoCount) / total));
}
