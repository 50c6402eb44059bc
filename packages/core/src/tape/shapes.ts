/** The checks that operations share. */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import { checkIndex } from "../matrix/matrix.ts";
import type { Value } from "./value.ts";

/** A shape in messages. */
export function shapeOf({ rows, cols }: { readonly rows: number; readonly cols: number }): string {
  return `${rows} x ${cols}`;
}

/** @throws InvalidArgumentError unless a shape is as expected */
export function requireShape(name: string, value: Value, rows: number, cols: number): void {
  if (value.rows === rows && value.cols === cols) return;
  throw new InvalidArgumentError(name, shapeOf(value), `${rows} x ${cols}`);
}

/** @throws InvalidArgumentError unless there are `count` of them, each an integer from 0 to size − 1 */
export function requireIndices(name: string, ids: ArrayLike<number>, count: number, size: number): void {
  if (ids.length !== count) {
    throw new InvalidArgumentError(`${name}.length`, ids.length, `${count}, one a row`);
  }
  for (let i = 0; i < count; i++) checkIndex(`${name}[${i}]`, ids[i], size);
}

/** @throws InvalidArgumentError unless `value` is a multiple of `parts`, itself an integer of at least 1 */
export function requireParts(name: string, value: number, parts: number): void {
  if (!Number.isInteger(parts) || parts < 1) {
    throw new InvalidArgumentError("parts", parts, "a positive integer");
  }
  if (value % parts !== 0) throw new InvalidArgumentError(name, value, `a multiple of ${parts}`);
}
