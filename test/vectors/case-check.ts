/** One reference case being checked: fields compared one by one, every disagreement kept with its numbers. */
import { close } from "../tolerance.ts";

/** One field that disagrees. */
export interface FieldFailure {
  readonly id: string;
  readonly field: string;
  readonly expected: unknown;
  readonly actual: unknown;
  readonly tolerance: number;
}

/** Thrown by a checker where a case needs what the library does not have yet: unsupported, not wrong. */
export class Unsupported extends Error {}

/** Collects the comparisons of one case. */
export interface CaseCheck {
  readonly failures: readonly FieldFailure[];
  /** Numbers, nested arrays or records of numbers, within `relative` or `absolute` of the expected ones. */
  numbers(field: string, expected: unknown, actual: unknown, relative: number, absolute?: number): void;
  /** Equality of plain data. */
  equal(field: string, expected: unknown, actual: unknown): void;
  /** A condition that has to hold. */
  holds(field: string, expected: string, actual: unknown, condition: boolean): void;
}

/** An empty check of the case `id`. */
export function caseCheck(id: string): CaseCheck {
  const failures: FieldFailure[] = [];
  const fail = (field: string, expected: unknown, actual: unknown, tolerance: number): void => {
    failures.push({ id, field, expected, actual, tolerance });
  };
  const numbers: CaseCheck["numbers"] = (field, expected, actual, relative, absolute = relative) => {
    if (isList(expected)) {
      if (!isList(actual) || actual.length !== expected.length)
        fail(`${field}.length`, expected.length, sizeOf(actual), 0);
      else
        for (let i = 0; i < expected.length; i++)
          numbers(`${field}[${i}]`, expected[i], actual[i], relative, absolute);
    } else if (typeof expected === "object" && expected !== null) {
      for (const [key, value] of Object.entries(expected)) {
        numbers(
          `${field}.${key}`,
          value,
          (actual as Record<string, unknown> | undefined)?.[key],
          relative,
          absolute,
        );
      }
    } else {
      const wanted = toNumber(expected);
      if (typeof actual !== "number" || !close(actual, wanted, relative, absolute))
        fail(field, expected, actual, relative);
    }
  };
  return {
    failures,
    numbers,
    equal(field, expected, actual) {
      if (JSON.stringify(expected) !== JSON.stringify(actual)) fail(field, expected, actual, 0);
    },
    holds(field, expected, actual, condition) {
      if (!condition) fail(field, expected, actual, 0);
    },
  };
}

/** The non-finite numbers are strings in the vectors; `null` stands for minus infinity where a README says so. */
function toNumber(value: unknown): number {
  if (value === "Infinity") return Number.POSITIVE_INFINITY;
  if (value === "-Infinity") return Number.NEGATIVE_INFINITY;
  if (value === "NaN") return Number.NaN;
  return value as number;
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function sizeOf(value: unknown): unknown {
  return isList(value) ? value.length : value;
}
