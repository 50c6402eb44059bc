/** Candidates from the best down, one at a time: a heap, because mostly only the first few are wanted. */
import type { Candidates } from "./candidates.ts";

/** A walk over the entities above 0 in descending order of value, ties by smaller id. */
export interface Descending {
  /** The value of the candidate that `next` will return; 0 when there is none. */
  peek(): number;
  /** The next entity; only to be called while `peek` is above 0. O(log candidates). */
  next(): number;
}

/** The walk over a fuzzy set of `size` entities. O(candidates). */
export function descending(set: Candidates | undefined, size: number): Descending {
  if (set === undefined) {
    // All ones: the order of the ids.
    let at = 0;
    return { peek: () => (at < size ? 1 : 0), next: () => at++ };
  }
  const { values } = set;
  const heap = set.support?.slice() ?? Int32Array.from({ length: size }, (_, i) => i);
  let length = heap.length;
  for (let i = (length >> 1) - 1; i >= 0; i--) sink(heap, length, i, values);
  return {
    peek: () => (length > 0 ? values[heap[0]] : 0),
    next: () => {
      const first = heap[0];
      length--;
      heap[0] = heap[length];
      sink(heap, length, 0, values);
      return first;
    },
  };
}

/** Moves the entry at `hole` down to where no child stands before it. */
function sink(heap: Int32Array, length: number, hole: number, values: Float64Array): void {
  const entity = heap[hole];
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= length) break;
    if (child + 1 < length && before(heap[child + 1], heap[child], values)) child++;
    if (!before(heap[child], entity, values)) break;
    heap[hole] = heap[child];
    hole = child;
  }
  heap[hole] = entity;
}

function before(a: number, b: number, values: Float64Array): boolean {
  return values[a] > values[b] || (values[a] === values[b] && a < b);
}
