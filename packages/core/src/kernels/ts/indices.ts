/** Rows by number: what is read and what is added to; and the orders of rows, by core's own `topK` and `argsort`. */
import type { FloatArray } from "../../matrix/float-array.ts";
import { argsort } from "../../order/argsort.ts";
import { topK } from "../../order/top-k.ts";
import type { ArgsortRows, TopKRows } from "../shapes.ts";

/** Arguments already checked. */
export function tsGatherRows(out: FloatArray, x: FloatArray, ids: Int32Array, cols: number): void {
  for (let i = 0; i < ids.length; i++) {
    for (let j = 0, to = i * cols, from = ids[i] * cols; j < cols; j++) out[to + j] = x[from + j];
  }
}

/** Arguments already checked. */
export function tsScatterAddRows(out: FloatArray, x: FloatArray, ids: Int32Array, cols: number): void {
  for (let i = 0; i < ids.length; i++) {
    for (let j = 0, to = ids[i] * cols, from = i * cols; j < cols; j++) out[to + j] += x[from + j];
  }
}

/** Arguments already checked, and no number is NaN. */
export function tsTopKRows(out: Int32Array, x: FloatArray, { rows, cols, k }: TopKRows): void {
  for (let i = 0; i < rows; i++) out.set(topK(x.subarray(i * cols, (i + 1) * cols), k), i * k);
}

/** Arguments already checked, and no number is NaN. */
export function tsArgsortRows(out: Int32Array, x: FloatArray, shape: ArgsortRows): void {
  const { rows, cols, descending = false } = shape;
  for (let i = 0; i < rows; i++) {
    out.set(argsort(x.subarray(i * cols, (i + 1) * cols), { descending }), i * cols);
  }
}
