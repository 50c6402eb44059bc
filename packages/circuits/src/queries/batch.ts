/**
 * Posteriors of many rows of leaf probabilities, and weighted model counts of many rows of literal weights with their
 * gradients, under one circuit (see batch-literals.ts). With p and 1 - p as the weights of a variable's literals, the
 * posterior of a literal is its weight times the slope of the log partition by it.
 */
import {
  InvalidArgumentError,
  type Matrix,
  matrix,
  type RunOptions,
  runAsync,
  runSync,
  type StepGenerator,
} from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { literalSteps } from "./batch-literals.ts";
import { requireProperties } from "./evidence.ts";

/** Options of {@link batchMarginals}. */
export interface BatchOptions<V extends string = string> extends RunOptions {
  /**
   * The variables whose posteriors are wanted, in the order of the result's columns; default all. Fewer are
   * faster.
   */
  readonly variables?: readonly V[];
}

/** The posteriors of a batch. */
export interface BatchMarginals<V extends string = string> {
  /** `contradictions` if at least one row leaves no world. */
  readonly kind: "posteriors" | "contradictions";
  /** What the columns of `probabilities` are. */
  readonly variables: readonly V[];
  /**
   * P(variable is true | row), rows × variables. The rows in `contradictions` are all 0: they have no
   * posteriors.
   */
  readonly probabilities: Matrix;
  /** Log of the total weight per row, -Infinity for the rows in `contradictions`. */
  readonly logPartitions: Float64Array;
  /** The rows that leave no world, ascending. */
  readonly contradictions: Int32Array;
}

/**
 * The posterior of every variable under every row.
 * @param rows virtual evidence: rows × circuit.variables.size probabilities, columns in the circuit's
 *   order. 0.5 says nothing about a variable (and adds log 0.5 to the row's logPartition, where absent
 *   evidence adds 0).
 * @returns the same numbers as `marginals` row by row, up to rounding. O(rows · edges)
 * @throws InvalidArgumentError for a matrix of another width or an entry outside [0, 1]
 * @throws UnknownNameError for an unknown name in `options.variables`
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable
 * @throws AbortedError if `options.signal` is aborted
 */
export function batchMarginals<V extends string>(
  circuit: Circuit<V>,
  rows: Matrix,
  options: BatchOptions<V> = {},
): BatchMarginals<V> {
  return runSync(batchSteps(circuit, rows, options), options);
}

/** {@link batchMarginals} that lets the event loop run in between. */
export function batchMarginalsAsync<V extends string>(
  circuit: Circuit<V>,
  rows: Matrix,
  options: BatchOptions<V> = {},
): Promise<BatchMarginals<V>> {
  return runAsync(batchSteps(circuit, rows, options), options);
}

function* batchSteps<V extends string>(
  circuit: Circuit<V>,
  rows: Matrix,
  options: BatchOptions<V>,
): StepGenerator<BatchMarginals<V>> {
  requireProperties(circuit, "batchMarginals", ["smooth", "decomposable"]);
  const { size } = circuit.variables;
  checkWidth(rows, size, "one per variable of the circuit");
  const names = options.variables ?? circuit.variables.names;
  const columns = names.map((name) => circuit.variables.id(name));
  checkEntries(rows, 1, "a probability from 0 to 1", "Write 0.5 where nothing is known.");
  const probabilities = matrix(rows.rows, columns.length);
  const logPartitions = new Float64Array(rows.rows);
  const contradictions: number[] = [];
  const batch = {
    circuit,
    rows: rows.rows,
    variables: columns,
    normalized: true,
    weightsInto(out: Float64Array, literal: number, from: number, count: number): void {
      let at = from * size + (literal >> 1);
      if (literal & 1) for (let r = 0; r < count; r++, at += size) out[r] = rows.data[at];
      else for (let r = 0; r < count; r++, at += size) out[r] = 1 - rows.data[at];
    },
  };
  yield* literalSteps("batchMarginals", batch, ({ from, count, logPartitions: logs, flowsInto }) => {
    logPartitions.set(logs, from);
    for (let r = 0; r < count; r++) if (logs[r] === Number.NEGATIVE_INFINITY) contradictions.push(from + r);
    const held = new Float64Array(count);
    const denied = new Float64Array(count);
    columns.forEach((v, column) => {
      flowsInto(held, 2 * v + 1);
      flowsInto(denied, 2 * v);
      for (let r = 0; r < count; r++) {
        const total = held[r] + denied[r];
        probabilities.data[(from + r) * columns.length + column] = total > 0 ? held[r] / total : 0;
      }
    });
  });
  return {
    kind: contradictions.length > 0 ? "contradictions" : "posteriors",
    variables: names,
    probabilities,
    logPartitions,
    contradictions: Int32Array.from(contradictions),
  };
}

/** Weighted model counts of a batch. */
export interface BatchCounts {
  /** Log of the weighted model count per row, -Infinity where no model has a positive weight. */
  readonly logCounts: Float64Array;
  /**
   * ∂ logCount / ∂ weight, rows × 2 · variables, laid out as the weights; 0 in rows of -Infinity. undefined unless
   * asked for.
   */
  readonly gradients: Matrix | undefined;
}

/** Options of {@link batchWeightedCounts}. */
export interface BatchCountsOptions extends RunOptions {
  /** Whether gradients are wanted as well; default false. */
  readonly gradients?: boolean;
}

/**
 * log Σ_worlds C(world) · Π weights of its literals, for many rows of weights: thousands of weighted model counts in a
 * few passes, and with p and 1 - p as weights, minus the semantic loss (Xu, Zhang, Friedman, Liang and Van den Broeck,
 * "A semantic loss function for deep learning with symbolic knowledge", ICML 2018) and its gradient.
 * @param weights rows × 2 · variables numbers from 0; column 2v is the weight of variable v being false, 2v + 1 of its
 *   being true, in the circuit's order. A weight of 0 has a gradient as well.
 * @returns O(rows · edges)
 * @throws InvalidArgumentError for a matrix of another width, or an entry that is negative or not finite
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable, or has other inputs
 *   than literals
 * @throws AbortedError if `options.signal` is aborted
 */
export function batchWeightedCounts(
  circuit: Circuit,
  weights: Matrix,
  options: BatchCountsOptions = {},
): BatchCounts {
  return runSync(countSteps(circuit, weights, options), options);
}

/** {@link batchWeightedCounts} that lets the event loop run in between. */
export function batchWeightedCountsAsync(
  circuit: Circuit,
  weights: Matrix,
  options: BatchCountsOptions = {},
): Promise<BatchCounts> {
  return runAsync(countSteps(circuit, weights, options), options);
}

function* countSteps(
  circuit: Circuit,
  weights: Matrix,
  options: BatchCountsOptions,
): StepGenerator<BatchCounts> {
  requireProperties(circuit, "batchWeightedCounts", ["smooth", "decomposable"]);
  const literals = 2 * circuit.variables.size;
  checkWidth(weights, literals, "two per variable of the circuit");
  checkEntries(weights, Number.MAX_VALUE, "a finite weight from 0", "Drop the rows with missing weights.");
  const logCounts = new Float64Array(weights.rows);
  const gradients = options.gradients ? matrix(weights.rows, literals) : undefined;
  const batch = {
    circuit,
    rows: weights.rows,
    variables: gradients === undefined ? [] : Array.from({ length: literals / 2 }, (_, v) => v),
    normalized: false,
    weightsInto(out: Float64Array, literal: number, from: number, count: number): void {
      for (let r = 0; r < count; r++) out[r] = weights.data[(from + r) * literals + literal];
    },
  };
  yield* literalSteps("batchWeightedCounts", batch, ({ from, count, logPartitions, slopesInto }) => {
    logCounts.set(logPartitions, from);
    if (gradients === undefined) return;
    const slopes = new Float64Array(count);
    for (let literal = 0; literal < literals; literal++) {
      slopesInto(slopes, literal);
      for (let r = 0; r < count; r++) gradients.data[(from + r) * literals + literal] = slopes[r];
    }
  });
  return { logCounts, gradients };
}

function checkWidth(rows: Matrix, columns: number, which: string): void {
  if (rows.cols === columns) return;
  throw new InvalidArgumentError(
    "The number of columns",
    rows.cols,
    `${columns} columns, ${which}`,
    "See circuit.variables.names.",
  );
}

function checkEntries({ rows, cols, data }: Matrix, most: number, expected: string, hint: string): void {
  for (let i = 0; i < rows * cols; i++) {
    if (data[i] >= 0 && data[i] <= most) continue;
    throw new InvalidArgumentError(
      `Entry (${Math.floor(i / cols)}, ${i % cols}) of the rows`,
      data[i],
      expected,
      hint,
    );
  }
}
