/** Tables of class probabilities at the public edge: rows of one length, entries in [0, 1], sums of 1. */
import type { MatrixInput } from "@credence/core";
import { InvalidProbabilitiesError } from "./errors.ts";

/** How probabilities are read. */
export interface ProbabilityOptions {
  /** Divide each row by its sum instead of refusing sums that are off by more than 1e-4; default false. */
  readonly normalize?: boolean;
}

/** How far the sum of a row may be from 1: enough for single precision and tables of five decimals. */
export const sumTolerance = 1e-4;

/** A table whose rows are checked as they are read. */
export interface ProbabilityTable {
  readonly rows: number;
  readonly classes: number;
  /** Copies row `i` to `out` (length `classes`). @throws InvalidProbabilitiesError */
  readInto(out: Float64Array, i: number): void;
}

/**
 * The table of an input (a Matrix, nested arrays, or a mathjs matrix); nothing is copied.
 * @param classes the number of columns required, if known
 * @throws InvalidProbabilitiesError for ragged rows, here or when the row is read
 */
export function probabilityTable(
  input: MatrixInput,
  options: ProbabilityOptions = {},
  classes?: number,
): ProbabilityTable {
  const rows = rowsOf(input);
  const cols = classes ?? rows.cols;
  const normalize = options.normalize === true;
  return {
    rows: rows.count,
    classes: cols,
    readInto(out, i) {
      const length = rows.length(i);
      if (length !== cols) throw raggedRow(i, length, cols);
      readRow(out, rows.source(i), rows.offset(i), i, normalize);
    },
  };
}

/** Row i is the `length(i)` numbers of `source(i)` from `offset(i)` on. */
interface Rows {
  readonly count: number;
  readonly cols: number;
  length(i: number): number;
  source(i: number): ArrayLike<number>;
  offset(i: number): number;
}

function rowsOf(input: MatrixInput): Rows {
  if ("toArray" in input) return rowsOf(input.toArray() as readonly ArrayLike<number>[]);
  if ("data" in input) {
    const { rows, cols, data } = input;
    if (data.length !== rows * cols) throw raggedRow(0, data.length, rows * cols);
    return { count: rows, cols, length: () => cols, source: () => data, offset: (i) => i * cols };
  }
  const lengthOf = (i: number): number => input[i]?.length ?? 0;
  return {
    count: input.length,
    cols: lengthOf(0),
    length: lengthOf,
    source: (i) => input[i],
    offset: () => 0,
  };
}

function readRow(
  out: Float64Array,
  source: ArrayLike<number>,
  offset: number,
  index: number,
  normalize: boolean,
): void {
  const most = normalize ? Number.MAX_VALUE : 1 + sumTolerance;
  let sum = 0;
  for (let j = 0; j < out.length; j++) {
    const p = source[offset + j];
    // False for NaN; and JSON's null, which compares like 0, is not a number.
    if (!(typeof p === "number" && p >= 0 && p <= most)) throw notAProbability(index, j, p);
    out[j] = p;
    sum += p;
  }
  if (normalize && sum > 0 && sum <= Number.MAX_VALUE) {
    for (let j = 0; j < out.length; j++) out[j] /= sum;
  } else if (!(Math.abs(sum - 1) <= sumTolerance)) throw wrongSum(index, sum);
}

function notAProbability(row: number, column: number, given: unknown): InvalidProbabilitiesError {
  return new InvalidProbabilitiesError(
    row,
    column,
    `${given} is not a probability`,
    "numbers in [0, 1]",
    Number.isNaN(given) || typeof given !== "number"
      ? "Drop the rows with missing values; a NaN often comes from an overflowing softmax."
      : "Give probabilities, not logits: apply a softmax first.",
  );
}

function wrongSum(row: number, sum: number): InvalidProbabilitiesError {
  return new InvalidProbabilitiesError(
    row,
    undefined,
    `the entries sum to ${sum}`,
    `a sum of 1, within ${sumTolerance}`,
    "Give the option normalize: true if the rows are weights to be divided by their sum.",
  );
}

function raggedRow(row: number, given: number, expected: number): InvalidProbabilitiesError {
  return new InvalidProbabilitiesError(
    row,
    undefined,
    `${given} entries where ${expected} are due`,
    "one probability for each class in every row",
    "Give a Matrix, nested arrays of one length or a mathjs matrix, with the classes of the calibration.",
  );
}
