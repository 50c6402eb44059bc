/**
 * Sparse matrices in compressed rows. Row r holds the entries `offsets[r] .. offsets[r + 1] − 1` of `indices`
 * (columns, strictly ascending within a row) and `values`; everything absent is 0. Stored zeros are allowed.
 */
import type { FloatArray } from "../matrix/float-array.ts";
import { checkIndex } from "../matrix/matrix.ts";

/** A sparse matrix in compressed sparse row form. */
export interface Csr {
  readonly rows: number;
  readonly cols: number;
  /** `rows + 1` ascending positions, from 0 to the number of entries. */
  readonly offsets: Int32Array;
  /** The column of every entry, strictly ascending within a row. */
  readonly indices: Int32Array;
  readonly values: FloatArray;
}

/** The entries of one row, as views into the matrix. */
export interface CsrRow {
  readonly indices: Int32Array;
  readonly values: FloatArray;
}

/** Entry (row, col), or 0 if none is stored. O(log entries in the row). @throws InvalidArgumentError */
export function csrGet(m: Csr, row: number, col: number): number {
  checkIndex("row", row, m.rows);
  checkIndex("col", col, m.cols);
  const { indices } = m;
  let low = m.offsets[row];
  const end = m.offsets[row + 1];
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (indices[middle] < col) low = middle + 1;
    else high = middle;
  }
  return low < end && indices[low] === col ? m.values[low] : 0;
}

/** The entries of one row, without copying. @throws InvalidArgumentError outside the rows */
export function csrRow(m: Csr, row: number): CsrRow {
  checkIndex("row", row, m.rows);
  const from = m.offsets[row];
  const to = m.offsets[row + 1];
  return { indices: m.indices.subarray(from, to), values: m.values.subarray(from, to) };
}

/**
 * Turns counts into positions in place: `offsets[i + 1]` holds the count of bucket i on entry, and
 * `offsets[i]` the first position of bucket i on return. `offsets[0]` must be 0.
 */
export function countsToOffsets(offsets: Int32Array): void {
  for (let i = 1; i < offsets.length; i++) offsets[i] += offsets[i - 1];
}
