/** Dense matrices: a row-major flat array and its shape, nothing else. Entry (i, j) is `data[i·cols + j]`. */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import { type FloatArray, floatArray, type Precision, precisionOf } from "./float-array.ts";

/** A dense matrix, row-major: `data` has `rows · cols` entries. */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly data: FloatArray;
}

/**
 * A matrix of the given shape over `data` (not copied), or of zeros.
 *
 * @param data `rows · cols` numbers in row-major order; a precision's name for zeros of it; default `float64`
 * @throws InvalidArgumentError for a negative or fractional side, or data of another length
 */
export function matrix(rows: number, cols: number, data: FloatArray | Precision = "float64"): Matrix {
  checkSide("rows", rows);
  checkSide("cols", cols);
  const length = rows * cols;
  if (length > 2 ** 32) throw new InvalidArgumentError("rows · cols", length, "at most 2^32 entries");
  if (typeof data === "string") return { rows, cols, data: floatArray(data, length) };
  if (data.length !== length) {
    throw new InvalidArgumentError("data.length", data.length, `rows · cols = ${rows} · ${cols} = ${length}`);
  }
  return { rows, cols, data };
}

/** Row `row` as a view: writing to it writes to the matrix. @throws InvalidArgumentError outside the rows */
export function matrixRow(m: Matrix, row: number): FloatArray {
  checkIndex("row", row, m.rows);
  return m.data.subarray(row * m.cols, (row + 1) * m.cols);
}

/** The transpose, as a new matrix of the same precision. O(rows · cols), block by block for the cache's sake. */
export function transpose(m: Matrix): Matrix {
  const { rows, cols, data } = m;
  const out = floatArray(precisionOf(data), data.length);
  const block = 32;
  for (let i0 = 0; i0 < rows; i0 += block) {
    const i1 = Math.min(rows, i0 + block);
    for (let j0 = 0; j0 < cols; j0 += block) {
      const j1 = Math.min(cols, j0 + block);
      for (let i = i0; i < i1; i++) {
        for (let j = j0; j < j1; j++) out[j * rows + i] = data[i * cols + j];
      }
    }
  }
  return { rows: cols, cols: rows, data: out };
}

/** @throws InvalidArgumentError unless `side` is an integer from 0 to 2^31 − 1 */
export function checkSide(name: string, side: number): void {
  if (!Number.isInteger(side) || side < 0 || side >= 2 ** 31) {
    throw new InvalidArgumentError(name, side, "an integer from 0 to 2^31 - 1");
  }
}

/** @throws InvalidArgumentError unless `index` is an integer from 0 to `size` − 1 */
export function checkIndex(name: string, index: number, size: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= size) {
    const expected = size === 0 ? "nothing: there are none" : `an integer from 0 to ${size - 1}`;
    throw new InvalidArgumentError(name, index, expected);
  }
}
