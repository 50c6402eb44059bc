/** Gradients against central finite differences, for any function of matrices. */
import { type FloatArray, type Rng, rng } from "@credence/core";
import { mul, sum, type Tape, tape, type Value } from "@credence/core/tape";
import fc from "fast-check";
import { expect } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

/** A function under test; it must do the same at every call. */
export type Build = (...inputs: Value[]) => Value;

/** The shape of an input. */
export type Shape = readonly [rows: number, cols: number];

/** Sides: none, one, and a few. */
export const side = fc.integer({ min: 0, max: 5 });
/** The same without none. */
export const positive = fc.integer({ min: 1, max: 5 });

/** Standard normal entries, or others. */
export function entries(
  count: number,
  r: Rng,
  draw: (r: Rng) => number = (own) => own.normal(),
): Float64Array {
  return Float64Array.from({ length: count }, () => draw(r));
}

/**
 * Checks ∂L/∂inputs of L = Σ w ⊙ build(inputs) with random w, in every entry, twice on one tape: what the second step
 * finds in memory must not matter.
 */
export function checkGradients(
  build: Build,
  shapes: readonly Shape[],
  seed: number | string,
  draw?: (r: Rng) => number,
): void {
  const r = rng(seed);
  const data = shapes.map(([rows, cols]) => entries(rows * cols, r, draw));
  const gradients = data.map((each) => new Float64Array(each.length).fill(Number.NaN));
  const t = tape({ precision: "float64" });
  let weights: Float64Array | undefined;
  const loss = (way: "back" | "none"): number => {
    t.begin();
    const inputs = shapes.map(([rows, cols], i) => t.parameter({ rows, cols, data: data[i] }, gradients[i]));
    const result = weighted(t, build(...inputs), () => {
      weights ??= entries(1000, rng(`${seed} weights`));
      return weights;
    });
    if (way === "back") t.backward(result);
    return result.data[0];
  };
  loss("back");
  const first = gradients.map((each) => each.slice());
  loss("back");
  expect(gradients).toEqual(first);
  for (const [i, values] of data.entries()) {
    expectDerivatives(`input ${i}`, first[i], values, () => loss("none"));
  }
}

/** Compares a gradient with central finite differences in every entry of `at`, which is moved and put back. */
export function expectDerivatives(
  name: string,
  gradient: FloatArray,
  at: FloatArray,
  loss: () => number,
): void {
  const step = 1e-5;
  for (let k = 0; k < at.length; k++) {
    const kept = at[k];
    at[k] = kept + step;
    const above = loss();
    at[k] = kept - step;
    const difference = (above - loss()) / (2 * step);
    at[k] = kept;
    if (!close(gradient[k], difference, tolerance.gradient)) {
      expect.fail(`${name}, entry ${k}: ${gradient[k]} instead of ${difference}`);
    }
  }
}

function weighted(t: Tape, y: Value, weights: () => Float64Array): Value {
  const data = weights().subarray(0, y.rows * y.cols);
  return sum(mul(y, t.constant({ rows: y.rows, cols: y.cols, data })));
}
