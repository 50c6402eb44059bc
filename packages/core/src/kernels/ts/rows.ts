/**
 * Rows of a matrix reduced to one number, and softmax, in double precision:
 *
 *   Σ x, Σ x², max x, log Σ exp x = m + log Σ exp(x − m),  softmax(x) = exp(x − m) / Σ exp(x − m),  m = max x
 *
 * their gradients, and the sums of columns, where an infinite m is not subtracted, because that would give NaN. In all of them exp and log are our own.
 */
import type { FloatArray } from "../../matrix/float-array.ts";
import { exp, log } from "../elementary.ts";
import type { ColumnsShape, RowReduction, RowReductionGradient, RowsShape, SoftmaxRows } from "../shapes.ts";

/** Arguments already checked. */
export function tsReduceRows(out: FloatArray, x: FloatArray, shape: RowsShape, by: RowReduction): void {
  for (let i = 0; i < shape.rows; i++) {
    const row = x.subarray(i * shape.cols, (i + 1) * shape.cols);
    if (by === "sum") out[i] = sumOf(row);
    else if (by === "sumOfSquares") out[i] = sumOfSquaresOf(row);
    else if (by === "max") out[i] = maximumOf(row);
    else out[i] = logSumExpOf(row);
  }
}

/** Adds the gradient of x, given that of its reductions y; arguments already checked. */
export function tsReduceRowsGradient(out: FloatArray, known: RowReductionGradient, by: RowReduction): void {
  const { rows, cols, gradient, x, y } = known;
  for (let i = 0, at = 0; i < rows; i++) {
    const g = gradient[i];
    if (by === "max") {
      const first = placeOfMaximum(x, at, cols);
      if (first >= 0) out[first] += g;
      at += cols;
      continue;
    }
    for (let j = 0; j < cols; j++, at++) {
      if (by === "sum") out[at] += g;
      else if (by === "sumOfSquares") out[at] += g * (2 * x[at]);
      else out[at] += g * exp(x[at] - y[i]);
    }
  }
}

/** Where the largest number first stands; −1 where none is above −Infinity. */
function placeOfMaximum(x: FloatArray, from: number, count: number): number {
  let place = -1;
  let max = Number.NEGATIVE_INFINITY;
  for (let at = from; at < from + count; at++) {
    if (!(max < x[at])) continue;
    max = x[at];
    place = at;
  }
  return place;
}

/** Arguments already checked. */
export function tsSumColumns(out: FloatArray, x: FloatArray, shape: ColumnsShape): void {
  const { rows, cols, accumulate = false } = shape;
  const sums = new Float64Array(cols);
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < cols; j++) sums[j] += x[at++];
  for (let j = 0; j < cols; j++) out[j] = accumulate ? out[j] + sums[j] : sums[j];
}

/** Arguments already checked. */
export function tsSoftmax(out: FloatArray, x: FloatArray, shape: SoftmaxRows): void {
  const { rows, cols, log: logarithm = false } = shape;
  const row = new Float64Array(cols);
  for (let i = 0, from = 0; i < rows; i++, from += cols) {
    row.set(x.subarray(from, from + cols));
    const shift = shiftOf(maximumOf(row));
    const sum = exponentialsInto(row, shift);
    const divisor = sum > 0 && sum < Number.POSITIVE_INFINITY ? sum : Number.NaN;
    if (logarithm) {
      const partition = shift + log(divisor);
      for (let j = 0; j < cols; j++) out[from + j] = x[from + j] - partition;
    } else for (let j = 0; j < cols; j++) out[from + j] = row[j] / divisor;
  }
}

/** Adds the gradient of x, given that of its softmax y; arguments already checked. */
export function tsSoftmaxGradient(
  out: FloatArray,
  gradient: FloatArray,
  y: FloatArray,
  shape: SoftmaxRows,
): void {
  const { rows, cols, log: logarithm = false } = shape;
  for (let i = 0, from = 0; i < rows; i++, from += cols) {
    const end = from + cols;
    let sum = 0;
    for (let j = from; j < end; j++) sum += logarithm ? gradient[j] : gradient[j] * y[j];
    for (let j = from; j < end; j++) {
      out[j] += logarithm ? gradient[j] - exp(y[j]) * sum : y[j] * (gradient[j] - sum);
    }
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

function sumOfSquaresOf(x: FloatArray): number {
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += x[j] * x[j];
  return sum;
}

function logSumExpOf(x: FloatArray): number {
  const shift = shiftOf(maximumOf(x));
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += exp(x[j] - shift);
  return shift + log(sum);
}
