/**
 * Exact order statistics: the k-th smallest of n numbers, an element of the input, never interpolated.
 * Quickselect with the median of three as pivot (Hoare, Algorithm 65, CACM 4(7), 1961), on a copy; a range that
 * shrinks too slowly is sorted instead, so O(n) on average and O(n log n) at worst.
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";

/**
 * The `k`-th smallest value, counted from 1. Infinities are ordered like numbers; the input stays as it is.
 *
 * @throws InvalidArgumentError unless k is an integer from 1 to n, or if any value is NaN
 */
export function orderStatistic(values: ArrayLike<number>, k: number): number {
  const n = values.length;
  if (!Number.isInteger(k) || k < 1 || k > n) {
    const expected = n === 0 ? "nothing: there are no values" : `an integer from 1 to ${n}`;
    throw new InvalidArgumentError("k", k, expected);
  }
  const copy = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    refuseNaN(values[i], i);
    copy[i] = values[i];
  }
  return select(copy, k - 1);
}

/** The element that sorting would put at position `k` (from 0); reorders `a`. */
function select(a: Float64Array, k: number): number {
  let low = 0;
  let high = a.length - 1;
  let patience = 2 * Math.ceil(Math.log2(a.length + 1));
  while (high - low > 8 && patience-- > 0) {
    const pivot = medianOfThree(a[low], a[(low + high) >>> 1], a[high]);
    let i = low - 1;
    let j = high + 1;
    for (;;) {
      do i++;
      while (a[i] < pivot);
      do j--;
      while (a[j] > pivot);
      if (i >= j) break;
      const kept = a[i];
      a[i] = a[j];
      a[j] = kept;
    }
    // Everything up to j is at most the pivot, everything after it at least the pivot.
    if (k <= j) high = j;
    else low = j + 1;
  }
  return a.subarray(low, high + 1).sort()[k - low];
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/** @throws InvalidArgumentError for NaN and holes, which have no place in an order */
export function refuseNaN(value: number, index: number): void {
  if (!(value <= Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError(`values[${index}]`, value, "a number other than NaN");
  }
}
