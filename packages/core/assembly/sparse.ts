/**
 * The product of two sparse matrices in a semiring, row by row (F. Gustavson, ACM TOMS 4(3), 1978):
 *
 *   c[i, j] = ⊕ over the entries p of a's row i, in their order, of a[i, p] ⊗ b[p, j]
 *
 * Which columns a row has met is kept in a bitmap, and which words of that are not 0 in a second one, so that they
 * come out in order without sorting and the bitmaps are clean again afterwards: a row costs its terms and
 * cols / 4096 words. The host first has the places of every row counted, then makes room for them; what is 0 in the
 * end is not stored, so a row may hold fewer entries than places.
 */
import {
  MAX_MIN, MAX_PRODUCT, MaxLukasiewicz, MaxMin, MaxProduct, SumProduct, fold, isSumProduct,
} from "./fold";
import { address, at, int } from "./lanes";

// Slots. A matrix is its offsets, indices and (where they are needed) values.
const A = 0;
const B = 3;
const ROWS = 6;
const COLS = 7;
/** Rows of a chunk. */
const HEIGHT = 8;
/** Every chunk has bitmaps and a row of sums here. */
const WORKSPACE = 9;
const WORKSPACE_BYTES = 10;
/** An integer a row, written: places, then entries. */
const COUNTS = 11;
/** Where the places of every row begin, and the room. */
const OFFSETS = 12;
const INDICES = 13;
const VALUES = 14;
const SEMIRING = 15;

/** One step in the semiring of a number: finding the sum costs more than the choice. */
@inline
function foldIn<T>(semiring: i32, a: v128, b: v128, c: v128): v128 {
  if (isSumProduct(semiring)) return fold<T, SumProduct>(a, b, c);
  if (semiring == MAX_PRODUCT) return fold<T, MaxProduct>(a, b, c);
  if (semiring == MAX_MIN) return fold<T, MaxMin>(a, b, c);
  return fold<T, MaxLukasiewicz>(a, b, c);
}

/** Bytes of the bitmap of so many bits, whole words of 64. */
@inline
function bitmapBytes(bits: i32): usize {
  return ((<usize>bits + 63) >>> 6) << 3;
}

/** Sets bit j in both bitmaps; whether it was not yet set. */
@inline
function meet(bits: usize, summary: usize, j: i32): bool {
  const word = bits + ((<usize>j >>> 6) << 3);
  const old = load<u64>(word);
  const bit = <u64>1 << (<u64>j & 63);
  if ((old & bit) != 0) return false;
  store<u64>(word, old | bit);
  if (old == 0) {
    const above = summary + ((<usize>j >>> 12) << 3);
    store<u64>(above, load<u64>(above) | (<u64>1 << (<u64>(j >>> 6) & 63)));
  }
  return true;
}

@inline
function rowBegin(args: usize, matrix: i32, row: i32): i32 {
  return load<i32>(at<i32>(address(args, matrix), row));
}

/** How many places every row of the product has. */
export function sparseCountChunk(args: usize, chunk: i32, scratch: usize): void {
  const size = bitmapBytes(int(args, COLS));
  const bits = address(args, WORKSPACE) + <usize>chunk * address(args, WORKSPACE_BYTES);
  const summary = bits + size;
  memory.fill(bits, 0, size + bitmapBytes(<i32>(size >>> 3)));
  const last = min(int(args, ROWS), (chunk + 1) * int(args, HEIGHT));
  for (let i = chunk * int(args, HEIGHT); i < last; i++) {
    let count = 0;
    const end = rowBegin(args, A, i + 1);
    for (let e = rowBegin(args, A, i); e < end; e++) {
      const p = load<i32>(at<i32>(address(args, A + 1), e));
      const stop = rowBegin(args, B, p + 1);
      for (let f = rowBegin(args, B, p); f < stop; f++) {
        if (meet(bits, summary, load<i32>(at<i32>(address(args, B + 1), f)))) count++;
      }
    }
    store<i32>(at<i32>(address(args, COUNTS), i), count);
    if (count > 0) clear(bits, summary, size);
  }
}

/** Clears both bitmaps where they are set. */
function clear(bits: usize, summary: usize, size: usize): void {
  const words = bitmapBytes(<i32>(size >>> 3));
  for (let s: usize = 0; s < words; s += 8) {
    for (let above = load<u64>(summary + s); above != 0; above &= above - 1) {
      store<u64>(bits + (s << 6) + (<usize>ctz<u64>(above) << 3), 0);
    }
    store<u64>(summary + s, 0);
  }
}

/** The entries of every row, at the beginning of its places, and how many they are. */
export function sparseChunk<T>(args: usize, chunk: i32, scratch: usize): void {
  const size = bitmapBytes(int(args, COLS));
  const bits = address(args, WORKSPACE) + <usize>chunk * address(args, WORKSPACE_BYTES);
  const summary = bits + size;
  const sums = summary + bitmapBytes(<i32>(size >>> 3));
  const semiring = int(args, SEMIRING);
  memory.fill(bits, 0, sums - bits);
  const last = min(int(args, ROWS), (chunk + 1) * int(args, HEIGHT));
  for (let i = chunk * int(args, HEIGHT); i < last; i++) {
    const end = rowBegin(args, A, i + 1);
    for (let e = rowBegin(args, A, i); e < end; e++) {
      const value = v128.load_splat<T>(at<T>(address(args, A + 2), e));
      const p = load<i32>(at<i32>(address(args, A + 1), e));
      const stop = rowBegin(args, B, p + 1);
      for (let f = rowBegin(args, B, p); f < stop; f++) {
        const j = load<i32>(at<i32>(address(args, B + 1), f));
        const sum = at<T>(sums, j);
        const old = meet(bits, summary, j) ? v128.splat<T>(0) : v128.load_splat<T>(sum);
        const term = v128.load_splat<T>(at<T>(address(args, B + 2), f));
        store<T>(sum, v128.extract_lane<T>(foldIn<T>(semiring, value, term, old), 0));
      }
    }
    const from = load<i32>(at<i32>(address(args, OFFSETS), i));
    const indices = at<i32>(address(args, INDICES), from);
    const count = gatherRow<T>(indices, at<T>(address(args, VALUES), from), bits, summary, size, sums);
    store<i32>(at<i32>(address(args, COUNTS), i), count);
  }
}

/** Writes out what is not 0, in the order of columns, and clears the bitmaps. */
function gatherRow<T>(
  indices: usize, values: usize, bits: usize, summary: usize, size: usize, sums: usize,
): i32 {
  let count = 0;
  const words = bitmapBytes(<i32>(size >>> 3));
  for (let s: usize = 0; s < words; s += 8) {
    for (let above = load<u64>(summary + s); above != 0; above &= above - 1) {
      const word = (s << 6) + (<usize>ctz<u64>(above) << 3);
      for (let set = load<u64>(bits + word); set != 0; set &= set - 1) {
        const j = <i32>((word << 3) + <usize>ctz<u64>(set));
        const value = load<T>(at<T>(sums, j));
        if (value == 0) continue;
        store<i32>(at<i32>(indices, count), j);
        store<T>(at<T>(values, count), value);
        count++;
      }
      store<u64>(bits + word, 0);
    }
    store<u64>(summary + s, 0);
  }
  return count;
}
