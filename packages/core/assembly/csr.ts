/**
 * A sparse matrix times a vector in a semiring: out[i] = (0 or out[i]) ⊕ Σ_j values[j] ⊗ x[indices[j]] over
 * the stored entries of row i, in their order.
 */
import { address, at, int } from "./lanes";
import { fold } from "./fold";

/** The first row that begins at entry `position` or later; `rows` if none does. */
function firstRow(offsets: usize, rows: i32, position: i32): i32 {
  let low = 0;
  let high = rows;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (load<i32>(at<i32>(offsets, middle)) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Slots: out, offsets, indices, values, x, rows, accumulate, entries of a chunk, of which a row belongs to
 * the one in which it begins. One element at a time, but by vector instructions: a maximum of scalars
 * branches in V8.
 */
export function csrChunk<T, S>(args: usize, chunk: i32, scratch: usize): void {
  const offsets = address(args, 1);
  const rows = int(args, 5);
  const x = address(args, 4);
  const size = int(args, 7);
  const last = firstRow(offsets, rows, (chunk + 1) * size);
  let row = firstRow(offsets, rows, chunk * size);
  if (row == last) return;
  let entry = load<i32>(at<i32>(offsets, row));
  let index = at<i32>(address(args, 2), entry);
  let value = at<T>(address(args, 3), entry);
  for (; row < last; row++) {
    const out = at<T>(address(args, 0), row);
    let sum = int(args, 6) != 0 ? v128.load_splat<T>(out) : v128.splat<T>(0);
    const end = load<i32>(at<i32>(offsets, row + 1));
    for (; entry < end; entry++, index += 4, value += sizeof<T>()) {
      sum = fold<T, S>(v128.load_splat<T>(value), v128.load_splat<T>(at<T>(x, load<i32>(index))), sum);
    }
    store<T>(out, v128.extract_lane<T>(sum, 0));
  }
}
