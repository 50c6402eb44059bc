/**
 * Rows of a matrix reduced to one number, and softmax, in double precision:
 *
 *   sum, max, log Σ exp x = m + log Σ exp(x − m),  softmax(x) = exp(x − m) / Σ exp(x − m),  m = max x
 *
 * where an infinite m is not subtracted, because that would give NaN. In all of them exp and log are our own.
 */
import type { FloatArray } from "../../matrix/float-array.ts";
import type { RowReduction, RowsShape } from "../backend.ts";
import { exp, log } from "../elementary.ts";

/** Arguments already checked. */
export function tsReduceRows(out: FloatArray, x: FloatArray, shape: RowsShape, by: RowReduction): void {
  for (let i = 0; i < shape.rows; i++) {
    const row = x.subarray(i * shape.cols, (i + 1) * shape.cols);
    if (by === "sum") out[i] = sumOf(row);
    else if (by === "max") out[i] = maximumOf(row);
    else out[i] = logSumExpOf(row);
  }
}

/** Arguments already checked. */
export function tsSoftmax(out: FloatArray, x: FloatArray, shape: RowsShape): void {
  const { cols } = shape;
  const row = new Float64Array(cols);
  for (let from = 0; from < shape.rows * cols; from += cols) {
    row.set(x.subarray(from, from + cols));
    const sum = exponentialsInto(row, shiftOf(maximumOf(row)));
    const divisor = sum < Number.POSITIVE_INFINITY ? sum : Number.NaN;
    for (let j = 0; j < cols; j++) out[from + j] = row[j] / divisor;
  }
}

/** x becomes exp(x − shift); returns the sum. */
export function exponentialsInto(x: FloatArray, shift: number): number {
  let sum = 0;
  for (let j = 0; j < x.length; j++) {
    const value = exp(x[j] - shift);
    sum += value;
    x[j] = value;
  }
  return sum;
}

/** The largest number, −Infinity for none. */
export function maximumOf(x: FloatArray): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < x.length; j++) if (max < x[j]) max = x[j];
  return max;
}

/** What may be subtracted before exp. */
export function shiftOf(max: number): number {
  return Number.isFinite(max) ? max : 0;
}

function sumOf(x: FloatArray): number {
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += x[j];
  return sum;
}

function logSumExpOf(x: FloatArray): number {
  const shift = shiftOf(maximumOf(x));
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += exp(x[j] - shift);
  return shift + log(sum);
}
