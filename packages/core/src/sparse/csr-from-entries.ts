/**
 * Sparse matrices from coordinate entries in any order: two stable counting sorts, by column and then by row
 * (radix sort with the least significant key first), and one pass that merges equal coordinates.
 * O(entries + rows + cols) time and memory.
 */
import { CredenceError, InvalidArgumentError } from "../errors/credence-error.ts";
import { floatArray, type Precision, precisionOf } from "../matrix/float-array.ts";
import { checkIndex, checkSide } from "../matrix/matrix.ts";
import { type Csr, countsToOffsets } from "./csr.ts";

/** Coordinate entries: three arrays of one length. */
export interface CsrEntries {
  readonly row: ArrayLike<number>;
  readonly col: ArrayLike<number>;
  readonly value: ArrayLike<number>;
}

/** Options of {@link csrFromEntries}. */
export interface CsrOptions {
  /** What to do with two entries at the same place; default `refuse`, an error. Sums are made in double precision. */
  readonly duplicates?: "max" | "sum" | "refuse";
  /** Precision of the values; default that of `entries.value` (anything but a Float32Array is `float64`). */
  readonly precision?: Precision;
}

/**
 * The `rows` × `cols` matrix with the given entries. Zeros are stored like other values.
 *
 * @throws InvalidArgumentError for arrays of different lengths, a place outside the matrix or a NaN
 * @throws CredenceError `DUPLICATE_ENTRY` for two entries at one place, unless `duplicates` says how to merge
 */
export function csrFromEntries(
  rows: number,
  cols: number,
  entries: CsrEntries,
  options: CsrOptions = {},
): Csr {
  const { duplicates = "refuse", precision = precisionOf(entries.value) } = options;
  if (!["max", "sum", "refuse"].includes(duplicates)) {
    throw new InvalidArgumentError("duplicates", duplicates, '"max", "sum" or "refuse"');
  }
  checkSide("rows", rows);
  checkSide("cols", cols);
  checkEntries(rows, cols, entries);
  const order = sortedBy(entries.row, rows, sortedBy(entries.col, cols, undefined));
  return merged(rows, cols, entries, order, duplicates, precision);
}

function checkEntries(rows: number, cols: number, { row, col, value }: CsrEntries): void {
  if (row.length !== value.length || col.length !== value.length) {
    const given = `${row.length}, ${col.length} and ${value.length}`;
    throw new InvalidArgumentError("the lengths of row, col and value", given, "equal");
  }
  for (let e = 0; e < value.length; e++) {
    checkIndex(`row[${e}]`, row[e], rows);
    checkIndex(`col[${e}]`, col[e], cols);
    if (typeof value[e] !== "number" || Number.isNaN(value[e])) {
      throw new InvalidArgumentError(`value[${e}]`, value[e], "a number other than NaN");
    }
  }
}

/** The entries' numbers in ascending order of `key`; those of equal keys stay in the order of `before`. */
function sortedBy(key: ArrayLike<number>, buckets: number, before: Int32Array | undefined): Int32Array {
  const next = new Int32Array(buckets + 1);
  for (let e = 0; e < key.length; e++) next[key[e] + 1]++;
  countsToOffsets(next);
  const order = new Int32Array(key.length);
  for (let position = 0; position < key.length; position++) {
    const e = before === undefined ? position : before[position];
    order[next[key[e]]++] = e;
  }
  return order;
}

function merged(
  rows: number,
  cols: number,
  entries: CsrEntries,
  order: Int32Array,
  duplicates: "max" | "sum" | "refuse",
  precision: Precision,
): Csr {
  const { row, col, value } = entries;
  const offsets = new Int32Array(rows + 1);
  const indices = new Int32Array(order.length);
  const sums = new Float64Array(order.length);
  let length = 0;
  let lastRow = -1;
  for (const e of order) {
    const at = length - 1;
    if (row[e] !== lastRow || indices[at] !== col[e]) {
      indices[length] = col[e];
      sums[length++] = value[e];
      offsets[row[e] + 1]++;
      lastRow = row[e];
    } else if (duplicates === "refuse") throw duplicateError(row[e], col[e]);
    else sums[at] = duplicates === "sum" ? sums[at] + value[e] : Math.max(sums[at], value[e]);
  }
  countsToOffsets(offsets);
  const values = floatArray(precision, length);
  values.set(sums.subarray(0, length));
  return { rows, cols, offsets, indices: indices.slice(0, length), values };
}

function duplicateError(row: number, col: number): CredenceError {
  return new CredenceError({
    code: "DUPLICATE_ENTRY",
    message: `Two entries are at row ${row}, column ${col}.`,
    given: `(${row}, ${col}) twice`,
    expected: "one entry for a place",
    hint: 'Pass { duplicates: "max" } or { duplicates: "sum" } to merge them.',
  });
}
