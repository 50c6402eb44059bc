/** softmax(x)ᵢ = exp(xᵢ − m) / Σⱼ exp(xⱼ − m) with m = max x, and its logarithm xᵢ − log Σⱼ exp xⱼ. */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import type { FloatArray } from "../matrix/float-array.ts";
import { maximum } from "./log-sum-exp.ts";

/**
 * out = softmax(x), non-negative with sum 1 (up to rounding); `out` may be `x`. −Infinity gets probability 0.
 * Sums in double precision. O(n).
 *
 * @throws InvalidArgumentError for different lengths, NaN, +Infinity, or if every value is −Infinity
 */
export function softmaxInto(out: FloatArray, x: ArrayLike<number>): void {
  const max = finiteMaximum(out, x);
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += Math.exp(x[i] - max);
  // The exponentials are made twice, so that single precision rounds only once.
  for (let i = 0; i < x.length; i++) out[i] = Math.exp(x[i] - max) / sum;
}

/**
 * out = log softmax(x), at most 0; `out` may be `x`. −Infinity stays. Sums in double precision. O(n).
 *
 * @throws InvalidArgumentError for different lengths, NaN, +Infinity, or if every value is −Infinity
 */
export function logSoftmaxInto(out: FloatArray, x: ArrayLike<number>): void {
  const max = finiteMaximum(out, x);
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += Math.exp(x[i] - max);
  const logSum = Math.log(sum);
  // Subtracting the maximum first keeps the digits of the difference when all values are large.
  for (let i = 0; i < x.length; i++) out[i] = x[i] - max - logSum;
}

function finiteMaximum(out: FloatArray, x: ArrayLike<number>): number {
  if (out.length !== x.length) throw new InvalidArgumentError("out.length", out.length, `${x.length}`);
  const max = maximum(x);
  if (x.length > 0 && !Number.isFinite(max)) {
    const expected = "a finite number: softmax needs at least one, and no +Infinity";
    throw new InvalidArgumentError("the largest value", max, expected);
  }
  return max;
}
