/**
 * Numbers in JSON, where infinities are the texts "Infinity" and "-Infinity", and documents that are checked.
 */
import { CredenceError, describe } from "@credence/core";

/** A number as JSON can hold it. */
export function numberToJson(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** The number of a JSON value, or undefined if it is none. */
export function numberFromJson(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (value === "Infinity" || value === "-Infinity") return Number(value);
  return undefined;
}

/** @throws CredenceError `INVALID_DOCUMENT` */
export function invalidDocument(kind: string, what: string, given: unknown, expected: string): CredenceError {
  return new CredenceError({
    code: "INVALID_DOCUMENT",
    message: `This is not a saved ${kind}: ${what} is ${describe(given)}.`,
    given: describe(given),
    expected,
    hint: "Give the text or the value that toJSON() made, unchanged.",
  });
}
