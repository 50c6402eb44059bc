/**
 * The permutation that sorts: a bottom-up merge sort of indices, stable in both directions. O(n log n).
 * Typed arrays throughout: several times faster than sorting indices with a comparison function.
 */
import { refuseNaN } from "./order-statistic.ts";

/** Options of {@link argsort}. */
export interface ArgsortOptions {
  /** Largest first; default false. Equal values keep the order of their indices either way. */
  readonly descending?: boolean;
}

/** Runs of this length are made by insertion. */
const RUN = 12;

/**
 * The indices of `values` in ascending order of value, ties by smaller index.
 *
 * @throws InvalidArgumentError if any value is NaN
 */
export function argsort(values: ArrayLike<number>, options: ArgsortOptions = {}): Int32Array {
  const n = values.length;
  const sign = options.descending === true ? -1 : 1;
  const keys = new Float64Array(n);
  let from = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    refuseNaN(values[i], i);
    keys[i] = sign * values[i];
    from[i] = i;
  }
  for (let start = 0; start < n; start += RUN) insertionSort(keys, from, start, Math.min(n, start + RUN));
  let to = new Int32Array(n > RUN ? n : 0);
  for (let width = RUN; width < n; width *= 2) {
    for (let start = 0; start < n; start += 2 * width) {
      merge(keys, from, to, start, Math.min(n, start + width), Math.min(n, start + 2 * width));
    }
    const kept = from;
    from = to;
    to = kept;
  }
  return from;
}

function insertionSort(keys: Float64Array, order: Int32Array, start: number, end: number): void {
  for (let i = start + 1; i < end; i++) {
    const index = order[i];
    const key = keys[index];
    let hole = i;
    while (hole > start && keys[order[hole - 1]] > key) {
      order[hole] = order[hole - 1];
      hole--;
    }
    order[hole] = index;
  }
}

/** Merges the sorted runs [start, middle) and [middle, end) of `from` into `to`; the left one wins ties. */
function merge(
  keys: Float64Array,
  from: Int32Array,
  to: Int32Array,
  start: number,
  middle: number,
  end: number,
): void {
  let left = start;
  let right = middle;
  for (let at = start; at < end; at++) {
    const takeLeft = right >= end || (left < middle && keys[from[left]] <= keys[from[right]]);
    to[at] = takeLeft ? from[left++] : from[right++];
  }
}
