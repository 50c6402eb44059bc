/** Matrices as users have them, turned into ours at the public edge. */
import { CredenceError, describe } from "../errors/credence-error.ts";
import { floatArray, isFloatArray, type Precision, precisionOf } from "./float-array.ts";
import type { Matrix } from "./matrix.ts";

/**
 * What is taken for a matrix: ours, nested arrays (of rows; typed arrays are rows too), or any object with a
 * `toArray()` that gives nested arrays, such as the matrices of mathjs.
 */
export type MatrixInput = Matrix | readonly ArrayLike<number>[] | { toArray(): unknown };

/** Options of {@link toMatrix}. */
export interface ToMatrixOptions {
  /** Precision of the result; default that of the input, where nested arrays of plain numbers are `float64`. */
  readonly precision?: Precision;
}

/**
 * The matrix of an input. A Matrix that already has the wanted precision is returned as it is, so the result
 * may share memory with the input. Infinities pass, NaN does not. O(rows · cols).
 *
 * @throws CredenceError `INVALID_SHAPE` for ragged rows, data that do not fill the shape or a lone vector;
 *   `INVALID_ENTRY` for an entry that is not a number, with its row and column
 */
export function toMatrix(input: MatrixInput, options: ToMatrixOptions = {}): Matrix {
  if (isMatrix(input)) return fromMatrix(input, options.precision ?? precisionOf(input.data));
  const nested: unknown = isConvertible(input) ? input.toArray() : input;
  if (!Array.isArray(nested)) throw shapeError(describe(nested), "a matrix or an array of rows");
  return fromRows(nested, options.precision ?? (nested[0] instanceof Float32Array ? "float32" : "float64"));
}

function fromMatrix(input: Matrix, precision: Precision): Matrix {
  const { rows, cols, data } = input;
  const sides = Number.isInteger(rows) && Number.isInteger(cols) && rows >= 0 && cols >= 0;
  if (!sides || data.length !== rows * cols) {
    throw shapeError(`${rows} x ${cols} over ${data.length} numbers`, "rows · cols numbers");
  }
  for (let i = 0; i < data.length; i++) {
    if (Number.isNaN(data[i])) throw entryError(Math.floor(i / cols), i % cols, data[i]);
  }
  if (precisionOf(data) === precision) return input;
  const copy = floatArray(precision, data.length);
  copy.set(data);
  return { rows, cols, data: copy };
}

function fromRows(nested: readonly unknown[], precision: Precision): Matrix {
  const rows = nested.length;
  const cols = rows === 0 ? 0 : rowLength(nested[0], 0);
  const data = floatArray(precision, rows * cols);
  for (let i = 0; i < rows; i++) {
    const length = rowLength(nested[i], i);
    if (length !== cols) {
      throw shapeError(`row ${i} has ${length} entries, row 0 has ${cols}`, "rows of one length");
    }
    const row = nested[i] as ArrayLike<unknown>;
    for (let j = 0; j < cols; j++) {
      const entry = row[j];
      if (typeof entry !== "number" || Number.isNaN(entry)) throw entryError(i, j, entry);
      data[i * cols + j] = entry;
    }
  }
  return { rows, cols, data };
}

function rowLength(row: unknown, index: number): number {
  if (Array.isArray(row)) return row.length;
  if (ArrayBuffer.isView(row) && !(row instanceof DataView)) {
    return (row as unknown as ArrayLike<number>).length;
  }
  throw shapeError(`row ${index} is ${describe(row)}`, "an array of numbers in every row");
}

function isMatrix(input: unknown): input is Matrix {
  if (typeof input !== "object" || input === null) return false;
  const { rows, cols, data } = input as Partial<Matrix>;
  return typeof rows === "number" && typeof cols === "number" && isFloatArray(data);
}

function isConvertible(input: unknown): input is { toArray(): unknown } {
  return (
    typeof input === "object" &&
    input !== null &&
    typeof (input as { toArray?: unknown }).toArray === "function"
  );
}

function shapeError(given: string, expected: string): CredenceError {
  return new CredenceError({
    code: "INVALID_SHAPE",
    message: `This is not a matrix: ${given}.`,
    given,
    expected,
    hint: "Give nested arrays such as [[1, 2], [3, 4]]; a single row is [[1, 2]].",
  });
}

function entryError(row: number, col: number, entry: unknown): CredenceError {
  return new CredenceError({
    code: "INVALID_ENTRY",
    message: `The matrix entry in row ${row}, column ${col} (from 0) is ${describe(entry)}.`,
    given: describe(entry),
    expected: "a number other than NaN",
    hint: "Remove the rows with missing values or fill them in first.",
  });
}
