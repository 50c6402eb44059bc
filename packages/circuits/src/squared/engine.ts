/**
 * Log-likelihoods of rows and their gradients: complete rows as vectors, many at a time (amplitudes.ts), those with
 * missing values one by one as Gram matrices (gram.ts), of which the partition function is the row where all is missing.
 */
import { CredenceError } from "@credence/core";
import type { Backend } from "@credence/core/kernels";
import { checkColumns, missing, type StateTable } from "../learn/states.ts";
import { amplitudePass } from "./amplitudes.ts";
import { gramPass, type LogWeights } from "./gram.ts";
import type { SquaredShape } from "./shape.ts";

/** Likelihoods under the parameters that were loaded last. */
export interface SquaredEngine {
  load(parameters: ArrayLike<number>): void;
  /** log Z; -Infinity if the circuit is 0 everywhere. */
  logPartition(): number;
  /**
   * log Σ_x Σ_r c_r(x)² over the worlds x that agree with each of rows order[from] to order[to - 1], written from out[0]
   * on.
   */
  logSquaresInto(out: Float64Array, table: StateTable, order: Int32Array, from: number, to: number): void;
  /**
   * The same, and adds the gradient of Σ weight · log to `gradient`; without weights all are 1. Rows of which nothing
   * is possible have none.
   */
  gradientInto(
    gradient: Float64Array,
    out: Float64Array,
    table: StateTable,
    order: Int32Array,
    from: number,
    to: number,
    weights?: ArrayLike<number>,
  ): void;
  /** Adds `factor` times the gradient of log Z, which must not be -Infinity. */
  partitionGradientInto(gradient: Float64Array, factor: number): void;
  close(): void;
}

export function squaredEngine(shape: SquaredShape, backend: Backend): SquaredEngine {
  const amplitudes = amplitudePass(shape, backend);
  const grams = gramPass(shape, backend);
  const nothing: LogWeights = shape.arities.map(() => undefined);
  const visit = (
    out: Float64Array,
    table: StateTable,
    order: Int32Array,
    [from, to]: readonly [number, number],
    added?: { readonly gradient: Float64Array; readonly weights: ArrayLike<number> | undefined },
  ): void => {
    const places = Array.from({ length: to - from }, (_, i) => i);
    const holes = holesOf(table, order, from, to);
    const complete = Int32Array.from(places.filter((i) => holes[i] === 0));
    const rows = complete.map((i) => order[from + i]);
    const logs = new Float64Array(rows.length);
    for (let at = 0; at < rows.length; at += amplitudes.tile) {
      amplitudes.up(logs, table, rows, at, Math.min(rows.length, at + amplitudes.tile));
      if (added !== undefined) amplitudes.addGradient(added.gradient, added.weights);
    }
    complete.forEach((i, place) => {
      out[i] = logs[place];
    });
    for (const i of places) {
      if (holes[i] === 0) continue;
      const row = order[from + i];
      out[i] = grams.up(weightsOfRow(table, row));
      const weight = added?.weights?.[row] ?? 1;
      if (added === undefined || weight === 0 || out[i] === Number.NEGATIVE_INFINITY) continue;
      grams.down();
      grams.addGradient(added.gradient, weight);
    }
  };
  return {
    load(parameters) {
      amplitudes.load(parameters);
      grams.load(parameters);
    },
    logPartition: () => grams.up(nothing),
    logSquaresInto: (out, table, order, from, to) => visit(out, table, order, [from, to]),
    gradientInto: (gradient, out, table, order, from, to, weights) =>
      visit(out, table, order, [from, to], { gradient, weights }),
    partitionGradientInto(gradient, factor) {
      grams.up(nothing);
      grams.down();
      grams.addGradient(gradient, factor);
    },
    close() {
      amplitudes.close();
      grams.close();
    },
  };
}

/** How many values are missing from each row. Column by column, as the table is stored. */
function holesOf(table: StateTable, order: Int32Array, from: number, to: number): Int32Array {
  const holes = new Int32Array(to - from);
  for (let v = 0; v < table.cols; v++) {
    const column = table.columns.subarray(v * table.rows, (v + 1) * table.rows);
    for (let i = from; i < to; i++) if (column[order[i]] === missing) holes[i - from]++;
  }
  return holes;
}

/** Weight 1 for the state of each variable that is there. */
function weightsOfRow({ arities, columns, rows }: StateTable, row: number): LogWeights {
  return arities.map((arity, v) => {
    const state = columns[v * rows + row];
    if (state === missing) return undefined;
    const own = new Float64Array(arity).fill(Number.NEGATIVE_INFINITY);
    own[state] = 0;
    return own;
  });
}

/** @throws CredenceError `CONTRADICTION` if the circuit is 0 everywhere */
export function partitionOf(engine: Pick<SquaredEngine, "logPartition">): number {
  const logZ = engine.logPartition();
  if (logZ > Number.NEGATIVE_INFINITY) return logZ;
  throw new CredenceError({
    code: "CONTRADICTION",
    message: "The squared circuit is 0 everywhere, so nothing has a probability under it.",
    expected: "parameters with which some world has a value other than 0",
    hint: "Start from parameters that are not all 0, and train with smaller rates.",
  });
}

/** @throws InvalidArgumentError unless the table has columns of these arities, or smaller ones */
export function checkFits(arities: readonly number[], table: StateTable): void {
  checkColumns({ rows: 0, cols: arities.length, arities, columns: new Uint8Array(0) }, table);
}
