/** Random operands for the kernels' laws, and the bounds within which backends must agree. */
import { type Csr, csrFromEntries, type FloatArray, floatArray, type Precision, rng } from "@credence/core";
import type { Backend, Semiring } from "@credence/core/kernels";
import fc from "fast-check";

export const precision = fc.constantFrom<Precision>("float32", "float64");

export const semiring = fc.constantFrom<Semiring>("sum-product", "max-product", "max-min", "max-lukasiewicz");

/** Sides around the edges of tiles, vectors, chunks and blocks. */
export const side = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 12 }) },
  { weight: 2, arbitrary: fc.constantFrom(31, 64, 127, 129, 130, 255, 256, 257, 260, 261, 300, 521) },
);

/** The distance from 1 to the next number. */
export const unit: Readonly<Record<Precision, number>> = { float32: 2 ** -23, float64: 2 ** -52 };

/** Standard normal numbers. */
export function normals(kind: Precision, length: number, seed: string): FloatArray {
  const r = rng(seed);
  return floatArray(kind, length).map(() => r.normal()) as FloatArray;
}

/** Truth values, every fourth of them 0 or 1. */
export function truths(kind: Precision, length: number, seed: string): FloatArray {
  const r = rng(seed);
  return floatArray(kind, length).map(() => (r.int(4) === 0 ? r.int(2) : r())) as FloatArray;
}

/** The same numbers in an array that the backend uses in place, if that is wanted; to be released. */
export function held(backend: Backend, values: FloatArray, inside: boolean): FloatArray {
  if (!inside) return values;
  const kind = values instanceof Float32Array ? "float32" : "float64";
  const array: FloatArray = backend.allocate(kind, values.length);
  array.set(values);
  return array;
}

/** A sparse matrix of truth values with a given share of entries, and a few empty rows at its end. */
export function sparse(kind: Precision, rows: number, cols: number, share: number, seed: string): Csr {
  const r = rng(seed);
  const entries: { row: number[]; col: number[]; value: number[] } = { row: [], col: [], value: [] };
  for (let i = 0; i < rows - 3; i++) {
    for (let j = 0; j < cols; j++) {
      if (r() >= share) continue;
      entries.row.push(i);
      entries.col.push(j);
      entries.value.push(r());
    }
  }
  return csrFromEntries(rows, cols, entries, { precision: kind });
}

/**
 * How many entries differ by more than `units` units of the array's precision, relative to `sizes` (of the terms
 * that were added up: sums cancel) or to the entry itself. NaN agrees with NaN only, an infinity with itself.
 */
export function disagreements(
  actual: FloatArray,
  expected: ArrayLike<number>,
  units: number,
  sizes: ArrayLike<number> = expected,
): number {
  const one = unit[actual instanceof Float32Array ? "float32" : "float64"];
  const least = actual instanceof Float32Array ? 2 ** -149 : Number.MIN_VALUE;
  let wrong = 0;
  for (let i = 0; i < expected.length; i++) {
    if (Object.is(actual[i], expected[i]) || actual[i] === expected[i]) continue;
    const allowed = Math.max(units * one * Math.abs(sizes[i]), least);
    if (!(Math.abs(actual[i] - expected[i]) <= allowed)) wrong++;
  }
  return wrong;
}

/** How many entries have other bits (any NaN equals any other). */
export function differences(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let wrong = actual.length === expected.length ? 0 : 1;
  for (let i = 0; i < expected.length; i++) if (!Object.is(actual[i], expected[i])) wrong++;
  return wrong;
}
