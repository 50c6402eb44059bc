/**
 * Reductions of the rows of a matrix, and softmax:
 *
 *   sum, max, log Σ_j exp x_j,  softmax(x)_j = exp(x_j − m) / Σ exp(x − m),  m = max x
 *
 * Sums are made in T over blocks of 64 elements, and from block to block in double precision, in an order
 * that the length alone decides. A NaN makes sum, log-sum-exp and softmax of its row NaN, and is passed over
 * by max.
 */
import { VECTOR, address, at, int } from "./lanes";
import { exp, log } from "./math";

export class RowSum {}
export class RowMax {}
export class RowLogSumExp {}

/** Bytes after which a partial sum goes into the double-precision one: 64 floats, 32 doubles. */
const BLOCK: usize = 16 * VECTOR;
/** What a sum is made of: x itself, or exp(x − shift), stored at `to` if that is not 0. */
@inline
function term<T>(x: usize, exponential: bool, shift: v128, to: usize): v128 {
  let value = v128.load(x);
  if (exponential) value = exp<T>(v128.sub<T>(value, shift));
  if (to != 0) v128.store(to, value);
  return value;
}

/** Adds the lanes of a vector to a pair of doubles. */
@inline
function widen<T>(total: v128, part: v128): v128 {
  if (sizeof<T>() == 8) return f64x2.add(total, part);
  const upper = v128.shuffle<i32>(part, part, 2, 3, 2, 3);
  return f64x2.add(f64x2.add(total, f64x2.promote_low_f32x4(part)), f64x2.promote_low_f32x4(upper));
}

/** Σ x, or Σ exp(x − shift), of one row of `bytes`; the terms are kept at `to` if that is not 0. */
function sumRow<T>(x: usize, bytes: usize, exponential: bool, shift: T, to: usize, scratch: usize): f64 {
  const shifts = v128.splat<T>(shift);
  const keep = to != 0;
  let total = f64x2.splat(0);
  const whole = bytes & ~(VECTOR - 1);
  for (let o: usize = 0; o < whole; ) {
    const end = min(whole, o + BLOCK);
    let part = v128.splat<T>(0);
    for (; o < end; o += VECTOR) {
      part = v128.add<T>(part, term<T>(x + o, exponential, shifts, keep ? to + o : 0));
    }
    total = widen<T>(total, part);
  }
  let sum = f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1);
  const rest = bytes - whole;
  if (rest == 0) return sum;
  memory.copy(scratch, x + whole, rest);
  term<T>(scratch, exponential, shifts, scratch);
  for (let o: usize = 0; o < rest; o += sizeof<T>()) sum += <f64>load<T>(scratch + o);
  if (keep) memory.copy(to + whole, scratch, rest);
  return sum;
}

/** The largest element of a row, −Infinity of none. */
function maxRow<T>(x: usize, bytes: usize): T {
  let vector = v128.splat<T>(<T>-Infinity);
  const end = x + bytes;
  for (const whole = x + (bytes & ~(VECTOR - 1)); x < whole; x += VECTOR) {
    vector = v128.pmax<T>(vector, v128.load(x));
  }
  // Lane 0 in the end holds the largest of all lanes.
  vector = v128.pmax<T>(vector, v128.shuffle<i32>(vector, vector, 2, 3, 2, 3));
  if (sizeof<T>() == 4) vector = v128.pmax<T>(vector, v128.shuffle<i32>(vector, vector, 1, 1, 1, 1));
  for (; x < end; x += sizeof<T>()) vector = v128.pmax<T>(vector, v128.load_splat<T>(x));
  return v128.extract_lane<T>(vector, 0);
}

/** What is subtracted before exp: the largest element, or 0 where that is infinite and would give NaN. */
@inline
function shiftOf<T>(largest: T): T {
  return abs<T>(largest) < <T>Infinity ? largest : <T>0;
}

/** Slots: out (rows), x (rows × cols), rows, cols, rows of a chunk. */
export function reduceChunk<T, R>(args: usize, chunk: i32, scratch: usize): void {
  const cols = int(args, 3);
  const height = int(args, 4);
  const bytes = <usize>cols * sizeof<T>();
  const last = min(int(args, 2), (chunk + 1) * height);
  for (let i = chunk * height; i < last; i++) {
    const x = address(args, 1) + <usize>i * bytes;
    const out = address(args, 0) + <usize>i * sizeof<T>();
    if (idof<R>() == idof<RowSum>()) store<T>(out, <T>sumRow<T>(x, bytes, false, 0, 0, scratch));
    else if (idof<R>() == idof<RowMax>()) store<T>(out, maxRow<T>(x, bytes));
    else {
      const shift = shiftOf<T>(maxRow<T>(x, bytes));
      const sum = log<f64>(f64x2.splat(sumRow<T>(x, bytes, true, shift, 0, scratch)));
      store<T>(out, <T>(<f64>shift + f64x2.extract_lane(sum, 0)));
    }
  }
}

/** Slots: out, x (both rows × cols), rows, cols, rows of a chunk; out may be x. */
export function softmaxChunk<T>(args: usize, chunk: i32, scratch: usize): void {
  const cols = int(args, 3);
  const height = int(args, 4);
  const bytes = <usize>cols * sizeof<T>();
  const last = min(int(args, 2), (chunk + 1) * height);
  for (let i = chunk * height; i < last; i++) {
    const x = address(args, 1) + <usize>i * bytes;
    const out = address(args, 0) + <usize>i * bytes;
    const sum = sumRow<T>(x, bytes, true, shiftOf<T>(maxRow<T>(x, bytes)), out, scratch);
    // +Infinity makes all of its row NaN, not only those that overflow in this precision.
    scaleRow<T>(out, bytes, <T>(sum < Infinity ? 1 / sum : NaN));
  }
}

/**
 * Softmax times a factor of the row, and log Σ exp: what cross-entropy needs. Slots: x (rows × cols),
 * partitions (rows doubles, written), factors (rows doubles), rows, cols, rows of a chunk.
 */
export function crossEntropyChunk<T>(args: usize, chunk: i32, scratch: usize): void {
  const cols = int(args, 4);
  const height = int(args, 5);
  const bytes = <usize>cols * sizeof<T>();
  const last = min(int(args, 3), (chunk + 1) * height);
  for (let i = chunk * height; i < last; i++) {
    const x = address(args, 0) + <usize>i * bytes;
    const shift = shiftOf<T>(maxRow<T>(x, bytes));
    const sum = sumRow<T>(x, bytes, true, shift, x, scratch);
    const partition = f64x2.extract_lane(log<f64>(f64x2.splat(sum)), 0);
    store<f64>(at<f64>(address(args, 1), i), <f64>shift + partition);
    scaleRow<T>(x, bytes, <T>(load<f64>(at<f64>(address(args, 2), i)) / sum));
  }
}

/** x *= factor. */
function scaleRow<T>(x: usize, bytes: usize, factor: T): void {
  const end = x + bytes;
  const factors = v128.splat<T>(factor);
  for (const whole = x + (bytes & ~(VECTOR - 1)); x < whole; x += VECTOR) {
    v128.store(x, v128.mul<T>(v128.load(x), factors));
  }
  for (; x < end; x += sizeof<T>()) store<T>(x, <T>(load<T>(x) * factor));
}
