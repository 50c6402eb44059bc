/** The argument checks that the layers share. */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import { type FloatArray, type Precision, precisionOf } from "../matrix/float-array.ts";

/** A whole number of at least 1. @throws InvalidArgumentError */
export function requireSize(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError(name, value, "a positive integer");
  }
}

/** A finite number from `low` on. @throws InvalidArgumentError */
export function requireAtLeast(name: string, value: number, low: number): void {
  if (!(value >= low && Number.isFinite(value))) {
    throw new InvalidArgumentError(name, value, `a finite number of at least ${low}`);
  }
}

/** The first `count` entries are there and finite. One addition an entry. @throws InvalidArgumentError */
export function requireFinite(name: string, data: FloatArray, count: number): void {
  if (data.length < count) {
    throw new InvalidArgumentError(`${name} length`, data.length, `at least ${count}`);
  }
  let zero = 0;
  for (let i = 0; i < count; i++) zero += data[i] * 0;
  if (zero === 0) return;
  const at = data.subarray(0, count).findIndex((value) => !Number.isFinite(value));
  throw new InvalidArgumentError(
    `${name}[${at}]`,
    data[at],
    "a finite number",
    "A rectifier would turn a missing number into 0 and the answer would look sound; fill it in first.",
  );
}

/** An array of the precision that the network's parameters have. @throws InvalidArgumentError */
export function requirePrecision(name: string, data: FloatArray, precision: Precision): void {
  if (precisionOf(data) !== precision) {
    throw new InvalidArgumentError(name, data, `a ${precision} array, as the parameters are`);
  }
}
