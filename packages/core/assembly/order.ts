/**
 * Orders of rows. The k largest by a heap of the best so far, whose root is the worst of them, with whole vectors of
 * smaller elements passed over at once; and the permutation that sorts, by radix (H. H. Seward, MIT, 1954) on bit
 * patterns whose order as unsigned integers is that of the numbers. Larger first or smaller first, among equals the
 * smaller column first: one order, so nothing depends on the path.
 */
import { VECTOR, address, at, int, lanes } from "./lanes";

/** Whether column a stands behind column b among the largest. */
@inline
function behind<T>(x: usize, a: i32, b: i32): bool {
  const u = load<T>(at<T>(x, a));
  const v = load<T>(at<T>(x, b));
  return u < v || (u == v && a > b);
}

@inline
function get(heap: usize, i: i32): i32 {
  return load<i32>(at<i32>(heap, i));
}

@inline
function set(heap: usize, i: i32, column: i32): void {
  store<i32>(at<i32>(heap, i), column);
}

function siftUp<T>(x: usize, heap: usize, hole: i32, column: i32): void {
  while (hole > 0) {
    const parent = (hole - 1) >> 1;
    if (!behind<T>(x, column, get(heap, parent))) break;
    set(heap, hole, get(heap, parent));
    hole = parent;
  }
  set(heap, hole, column);
}

function siftDown<T>(x: usize, heap: usize, size: i32, column: i32): void {
  let hole = 0;
  for (let child = 1; child < size; child = 2 * hole + 1) {
    if (child + 1 < size && behind<T>(x, get(heap, child + 1), get(heap, child))) child++;
    if (!behind<T>(x, get(heap, child), column)) break;
    set(heap, hole, get(heap, child));
    hole = child;
  }
  set(heap, hole, column);
}

/** The k largest of one row, at `heap`; the column of a NaN, if there is one, else −1. */
function topRow<T>(heap: usize, x: usize, cols: i32, k: i32): i32 {
  let j = 0;
  for (; j < k; j++) {
    const value = load<T>(at<T>(x, j));
    if (value != value) return j;
    siftUp<T>(x, heap, j, j);
  }
  while (j < cols) {
    const worst = v128.load_splat<T>(at<T>(x, get(heap, 0)));
    // Columns come in ascending order, so an equal number behind a full heap loses its tie.
    while (j + lanes<T>() <= cols && i32x4.all_true(v128.le<T>(v128.load(at<T>(x, j)), worst))) {
      j += lanes<T>();
    }
    if (j >= cols) break;
    const value = load<T>(at<T>(x, j));
    if (value != value) return j;
    if (value > load<T>(at<T>(x, get(heap, 0)))) siftDown<T>(x, heap, k, j);
    j++;
  }
  // Heap sort: the worst goes last, again and again.
  for (let end = k - 1; end > 0; end--) {
    const worst = get(heap, 0);
    siftDown<T>(x, heap, end, get(heap, end));
    set(heap, end, worst);
  }
  return -1;
}

/** Slots: out (rows × k), x (rows × cols), rows, cols, k, rows of a chunk, columns of NaN (rows, written). */
export function topKChunk<T>(args: usize, chunk: i32, scratch: usize): void {
  const cols = int(args, 3);
  const k = int(args, 4);
  const height = int(args, 5);
  const last = min(int(args, 2), (chunk + 1) * height);
  for (let i = chunk * height; i < last; i++) {
    const heap = address(args, 0) + <usize>i * <usize>k * 4;
    const x = address(args, 1) + <usize>i * <usize>cols * sizeof<T>();
    store<i32>(at<i32>(address(args, 6), i), topRow<T>(heap, x, cols, k));
  }
}

/** The pattern of a number as an unsigned integer of the same order; both zeros are one, and `flip` turns it round. */
@inline
function key<T>(value: T, flip: u64): u64 {
  // Adding 0 makes one zero of two.
  if (sizeof<T>() == 4) {
    const bits = reinterpret<i32>(<f32>value + <f32>0);
    return <u64>((<u32>bits ^ (<u32>(bits >> 31) | 0x80000000)) ^ <u32>flip);
  }
  const bits = reinterpret<i64>(<f64>value + <f64>0);
  return (<u64>bits ^ (<u64>(bits >> 63) | 0x8000000000000000)) ^ flip;
}

@inline
function loadKey<T>(keys: usize, i: i32): u64 {
  return sizeof<T>() == 4 ? <u64>load<u32>(at<u32>(keys, i)) : load<u64>(at<u64>(keys, i));
}

@inline
function storeKey<T>(keys: usize, i: i32, value: u64): void {
  if (sizeof<T>() == 4) store<u32>(at<u32>(keys, i), <u32>value);
  else store<u64>(at<u64>(keys, i), value);
}

/** One pass: from one pair of keys and columns to another, by one byte; `counts` holds where each byte goes. */
function scatter<T>(
  keys: usize, order: usize, toKeys: usize, toOrder: usize, cols: i32, shift: u64, counts: usize,
): void {
  for (let j = 0; j < cols; j++) {
    const value = loadKey<T>(keys, j);
    const count = at<i32>(counts, <i32>((value >> shift) & 255));
    const to = load<i32>(count);
    store<i32>(count, to + 1);
    storeKey<T>(toKeys, to, value);
    store<i32>(at<i32>(toOrder, to), load<i32>(at<i32>(order, j)));
  }
}

/** Counts to positions; false if all elements have the same byte, so that a pass would change nothing. */
function positions(counts: usize, cols: i32): bool {
  let sum = 0;
  for (let byte = 0; byte < 256; byte++) {
    const count = load<i32>(at<i32>(counts, byte));
    if (count == cols) return false;
    store<i32>(at<i32>(counts, byte), sum);
    sum += count;
  }
  return true;
}

/**
 * Sorts one row into `out`; the column of a NaN, if there is one, else −1. `work` holds two rows of keys and one of
 * columns.
 */
function sortRow<T>(out: usize, x: usize, cols: i32, flip: u64, work: usize, counts: usize): i32 {
  let keys = work;
  let otherKeys = work + <usize>cols * sizeof<T>();
  let order = out;
  let otherOrder = otherKeys + <usize>cols * sizeof<T>();
  const bytes = <i32>sizeof<T>();
  memory.fill(counts, 0, <usize>bytes * 1024);
  for (let j = 0; j < cols; j++) {
    const value = load<T>(at<T>(x, j));
    if (value != value) return j;
    const pattern = key<T>(value, flip);
    storeKey<T>(keys, j, pattern);
    store<i32>(at<i32>(out, j), j);
    for (let b = 0; b < bytes; b++) {
      const count = at<i32>(counts + <usize>b * 1024, <i32>((pattern >> (<u64>b << 3)) & 255));
      store<i32>(count, load<i32>(count) + 1);
    }
  }
  for (let b = 0; b < bytes; b++) {
    const own = counts + <usize>b * 1024;
    if (!positions(own, cols)) continue;
    scatter<T>(keys, order, otherKeys, otherOrder, cols, <u64>b << 3, own);
    const keptKeys = keys;
    keys = otherKeys;
    otherKeys = keptKeys;
    const keptOrder = order;
    order = otherOrder;
    otherOrder = keptOrder;
  }
  if (order != out) memory.copy(out, order, <usize>cols * 4);
  return -1;
}

/**
 * Slots: out (rows × cols), x (rows × cols), rows, cols, whether descending, chunks, workspace, bytes of it for each
 * chunk, columns of NaN (rows, written). Chunk c does rows c, c + chunks, ... `scratch` holds the counts of bytes.
 */
export function argsortChunk<T>(args: usize, chunk: i32, scratch: usize): void {
  const rows = int(args, 2);
  const cols = int(args, 3);
  const flip: u64 = int(args, 4) != 0 ? 0xffffffffffffffff : 0;
  const work = address(args, 6) + <usize>chunk * address(args, 7);
  for (let i = chunk; i < rows; i += int(args, 5)) {
    const row = <usize>i * <usize>cols;
    const x = address(args, 1) + row * sizeof<T>();
    const nan = sortRow<T>(address(args, 0) + row * 4, x, cols, flip, work, scratch);
    store<i32>(at<i32>(address(args, 8), i), nan);
  }
}
