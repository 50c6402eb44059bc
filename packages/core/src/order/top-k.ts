/**
 * The k largest of n numbers by a heap of the best so far, whose root is the worst of them. One order for
 * everything, so that results never depend on the path: larger value first, smaller index among equals.
 * O(n + changes · log k), where on data in random order about k · ln(n / k) changes happen.
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import { refuseNaN } from "./order-statistic.ts";

/** Options of {@link topK}. */
export interface TopKOptions {
  /** Indices to leave out; default none. */
  readonly skip?: (index: number) => boolean;
}

/**
 * The indices of the `k` largest values, descending, ties by smaller index; fewer if fewer are left.
 *
 * @throws InvalidArgumentError unless k is an integer of at least 0, or if a value that is not skipped is NaN
 */
export function topK(values: ArrayLike<number>, k: number, options: TopKOptions = {}): Int32Array {
  if (!Number.isInteger(k) || k < 0) throw new InvalidArgumentError("k", k, "an integer of at least 0");
  const { skip } = options;
  const heap = new Int32Array(Math.min(k, values.length));
  let size = 0;
  for (let i = 0; i < values.length; i++) {
    const full = size === heap.length;
    // Indices come in ascending order, so an equal value behind a full heap loses its tie.
    if (full && (size === 0 || values[i] <= values[heap[0]])) continue;
    if (skip?.(i)) continue;
    refuseNaN(values[i], i);
    if (full) siftDown(values, heap, size, 0, i);
    else siftUp(values, heap, size++, i);
  }
  // Heap sort: the worst goes last, again and again.
  for (let end = size - 1; end > 0; end--) {
    const worst = heap[0];
    siftDown(values, heap, end, 0, heap[end]);
    heap[end] = worst;
  }
  return heap.subarray(0, size);
}

/** Whether index a stands behind index b in the result. */
function worse(values: ArrayLike<number>, a: number, b: number): boolean {
  return values[a] < values[b] || (values[a] === values[b] && a > b);
}

function siftUp(values: ArrayLike<number>, heap: Int32Array, hole: number, index: number): void {
  while (hole > 0) {
    const parent = (hole - 1) >> 1;
    if (!worse(values, index, heap[parent])) break;
    heap[hole] = heap[parent];
    hole = parent;
  }
  heap[hole] = index;
}

function siftDown(
  values: ArrayLike<number>,
  heap: Int32Array,
  size: number,
  hole: number,
  index: number,
): void {
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= size) break;
    if (child + 1 < size && worse(values, heap[child + 1], heap[child])) child++;
    if (!worse(values, heap[child], index)) break;
    heap[hole] = heap[child];
    hole = child;
  }
  heap[hole] = index;
}
