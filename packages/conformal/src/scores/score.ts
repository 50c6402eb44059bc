/** What a nonconformity score is, and where the uniform draws of a randomized one come from. */
import { CredenceError, InvalidArgumentError, type Matrix, type MatrixInput, type Rng } from "@credence/core";
import { checkSameLength } from "../errors.ts";
import { type ProbabilityOptions, probabilityTable } from "../probabilities.ts";

/** How strange each label looks next to one row of class probabilities: larger is stranger. */
export interface NonconformityScore {
  readonly name: string;
  /** Whether the score depends on `u`. */
  readonly randomized: boolean;
  /** The score's settings, for saving; absent means none. */
  readonly parameters?: Readonly<Record<string, number>>;
  /**
   * Writes the score of every label of `row` to `out` (same length).
   * @param u the row's uniform draw in [0, 1]; 0 for a score that is not randomized
   */
  scoresInto(row: Float64Array, out: Float64Array, u: number): void;
  /** The score of one label, the same to the last bit; for speed, where that is cheaper. */
  scoreOf?(row: Float64Array, label: number, u: number): number;
  /**
   * Writes the labels with a score of at most `qhat`, ascending, and returns how many; for speed, the same
   * set.
   */
  labelsInto?(row: Float64Array, qhat: number, out: Int32Array, u: number): number;
}

/** Where a randomized score's draws come from: given numbers, or a stream. With both, `u` counts. */
export interface DrawOptions {
  /** One draw in [0, 1] for all rows, or one per row. */
  readonly u?: number | ArrayLike<number> | undefined;
  /** A stream that gives each row, in order, its draw. */
  readonly rng?: Rng | undefined;
}

/**
 * The draw of each row, asked for in order.
 * @throws CredenceError `MISSING_RANDOMNESS` for a randomized score without draws, `LENGTH_MISMATCH`;
 *   InvalidArgumentError for draws outside [0, 1]
 */
export function drawsOf(
  score: NonconformityScore,
  rows: number,
  options: DrawOptions,
): (row: number) => number {
  if (!score.randomized) return () => 0;
  const { u, rng } = options;
  if (typeof u === "number") {
    checkDraw(u);
    return () => u;
  }
  if (u !== undefined) {
    checkSameLength("draws u", u.length, "rows", rows);
    return (row) => {
      checkDraw(u[row]);
      return u[row];
    };
  }
  if (rng !== undefined) return () => rng();
  throw new CredenceError({
    code: "MISSING_RANDOMNESS",
    message: `The score ${score.name} is randomized, but was given neither draws nor a generator.`,
    expected: "the option u (a number, or one per row) or the option rng",
    hint: 'Pass rng: rng("a seed"), or make the score with randomized: false.',
  });
}

function checkDraw(u: number): void {
  if (!(u >= 0 && u <= 1)) throw new InvalidArgumentError("u", u, "a number in [0, 1]");
}

/**
 * The scores of every label of every row, as a matrix of the same shape. O(rows · classes log classes).
 * @throws InvalidProbabilitiesError; CredenceError `MISSING_RANDOMNESS`, `LENGTH_MISMATCH`
 */
export function scoreRows(
  score: NonconformityScore,
  probabilities: MatrixInput,
  options: DrawOptions & ProbabilityOptions = {},
): Matrix {
  const table = probabilityTable(probabilities, options);
  const { rows, classes: cols } = table;
  const draw = drawsOf(score, rows, options);
  const data = new Float64Array(rows * cols);
  const row = new Float64Array(cols);
  for (let i = 0; i < rows; i++) {
    table.readInto(row, i);
    score.scoresInto(row, data.subarray(i * cols, (i + 1) * cols), draw(i));
  }
  return { rows, cols, data };
}
