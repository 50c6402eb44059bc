/**
 * Sums and differences of numbers that are known by their logarithms, without overflow or cancellation:
 *
 *   log Σ exp xᵢ = m + log Σ exp(xᵢ − m),  m = max xᵢ
 *   log(1 − exp x) = log(−expm1 x) for x > −log 2, log1p(−exp x) otherwise
 *
 * The switch at −log 2 is Mächler's ("Accurately computing log(1 − exp(−|a|))", Rmpfr vignette, 2012, eq. 7).
 * −Infinity is the logarithm of 0, and the sum of nothing is 0.
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";

/**
 * log Σ exp xᵢ; −Infinity for no values or only −Infinity, +Infinity if any value is. O(n).
 *
 * @throws InvalidArgumentError if any value is NaN
 */
export function logSumExp(values: ArrayLike<number>): number {
  const max = maximum(values);
  if (!Number.isFinite(max)) return max;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.exp(values[i] - max);
  return max + Math.log(sum);
}

/** log(exp a + exp b). @throws InvalidArgumentError for NaN */
export function logAddExp(a: number, b: number): number {
  const max = Math.max(a, b);
  const min = Math.min(a, b);
  // Two equal infinities would give Infinity − Infinity.
  if (max === min && !Number.isFinite(max)) return max;
  const result = max + Math.log1p(Math.exp(min - max));
  if (Number.isNaN(result)) throw new InvalidArgumentError("a or b", result, "a number other than NaN");
  return result;
}

/** log(1 − exp x) for x ≤ 0; −Infinity at 0. @throws InvalidArgumentError for x > 0 and NaN */
export function log1mExp(x: number): number {
  if (!(x <= 0)) throw new InvalidArgumentError("x", x, "a number of at most 0, the log of a probability");
  return x > -Math.LN2 ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x));
}

/** The largest value, −Infinity for none. @throws InvalidArgumentError for NaN */
export function maximum(values: ArrayLike<number>): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value > max) max = value;
    else if (Number.isNaN(value)) {
      throw new InvalidArgumentError(`values[${i}]`, value, "a number other than NaN");
    }
  }
  return max;
}
