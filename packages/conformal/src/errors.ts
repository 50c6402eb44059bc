/**
 * The package's errors: stable codes for everything that can be wrong with probabilities, labels and
 * calibration.
 */
import { CredenceError, describe, InvalidArgumentError } from "@credence/core";

/** Probabilities that are none: `row` and `column` (from 0) say where. Code `INVALID_PROBABILITIES`. */
export class InvalidProbabilitiesError extends CredenceError {
  readonly row: number;
  /** The offending class, or undefined where the row as a whole is wrong. */
  readonly column: number | undefined;

  constructor(row: number, column: number | undefined, given: string, expected: string, hint: string) {
    const place = column === undefined ? `Row ${row}` : `Row ${row}, column ${column}`;
    super({
      code: "INVALID_PROBABILITIES",
      message: `${place} (from 0) of the probabilities: ${given}.`,
      given,
      expected,
      hint,
    });
    this.row = row;
    this.column = column;
  }
}

/** Checks that `label` is a class. @throws CredenceError `LABEL_OUT_OF_RANGE` */
export function checkLabel(label: number, index: number, classes: number): void {
  if (Number.isInteger(label) && label >= 0 && label < classes) return;
  throw new CredenceError({
    code: "LABEL_OUT_OF_RANGE",
    message: `Label ${index} (from 0) is ${describe(label)}, but there are ${classes} classes.`,
    given: describe(label),
    expected: `an integer from 0 to ${classes - 1}`,
    hint: "Labels are column numbers of the probabilities, from 0.",
  });
}

/** Checks that two arrays that go together are equally long. @throws CredenceError `LENGTH_MISMATCH` */
export function checkSameLength(name: string, length: number, otherName: string, other: number): void {
  if (length === other) return;
  throw new CredenceError({
    code: "LENGTH_MISMATCH",
    message: `There are ${length} ${name} for ${other} ${otherName}.`,
    given: `${length} and ${other}`,
    expected: `as many ${name} as ${otherName}`,
    hint: "Check that both come from the same split, in the same order.",
  });
}

/** Checks that there is something to calibrate on. @throws CredenceError `EMPTY_CALIBRATION` */
export function checkNotEmpty(n: number): void {
  if (n > 0) return;
  throw new CredenceError({
    code: "EMPTY_CALIBRATION",
    message: "The calibration set is empty.",
    expected: "at least one calibration point; for a finite threshold at least 1/alpha − 1",
    hint: "Hold out labeled examples that the model was not trained on.",
  });
}

/** Checks a level such as alpha. @throws InvalidArgumentError outside (0, 1) */
export function checkLevel(name: string, value: number): void {
  if (value > 0 && value < 1) return;
  throw new InvalidArgumentError(
    name,
    value,
    "a number strictly between 0 and 1",
    "0.1 asks for 90 % coverage.",
  );
}

/** Checks a whole number. @throws InvalidArgumentError unless it is an integer of at least `least` */
export function checkCount(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new InvalidArgumentError(name, value, `an integer of at least ${least}`);
}
