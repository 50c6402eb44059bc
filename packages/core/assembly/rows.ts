/**
 * Reductions of the rows of a matrix, softmax, and the ways back:
 *
 *   Σ x, Σ x², max x, log Σ_j exp x_j,  softmax(x)_j = exp(x_j − m) / Σ exp(x − m),  m = max x
 *
 * Sums are made in T over blocks of 64 elements, and from block to block in double precision, in an order
 * that the length alone decides. A NaN makes sum, log-sum-exp and softmax of its row NaN, and is passed over
 * by max.
 */
import { VECTOR, address, at, int, moved } from "./lanes";
import { exp, log } from "./math";

export class RowSum {}
export class RowSumOfSquares {}
export class RowMax {}
export class RowLogSumExp {}

/** Terms of a sum: x, x², exp(x − shift), (x − shift)², x · y. */
export class Plain {}
export class Square {}
export class Exponential {}
export class SquaredDeviation {}
export class Product {}

/** Bytes after which a partial sum goes into the double-precision one: 64 floats, 32 doubles. */
export const BLOCK: usize = 16 * VECTOR;

@inline
function term<T, K>(x: v128, y: usize, shift: v128): v128 {
  if (idof<K>() == idof<Square>()) return v128.mul<T>(x, x);
  if (idof<K>() == idof<Exponential>()) return exp<T>(v128.sub<T>(x, shift));
  if (idof<K>() == idof<Product>()) return v128.mul<T>(x, v128.load(y));
  if (idof<K>() == idof<SquaredDeviation>()) {
    const deviation = v128.sub<T>(x, shift);
    return v128.mul<T>(deviation, deviation);
  }
  return x;
}

/** Adds the lanes of a vector to a pair of doubles. */
@inline
export function widen<T>(total: v128, part: v128): v128 {
  if (sizeof<T>() == 8) return f64x2.add(total, part);
  const upper = v128.shuffle<i32>(part, part, 2, 3, 2, 3);
  return f64x2.add(f64x2.add(total, f64x2.promote_low_f32x4(part)), f64x2.promote_low_f32x4(upper));
}

/** The sum of the terms of one row of `bytes`; exponentials are kept at `to` if that is not 0. */
export function sumRow<T, K>(x: usize, y: usize, bytes: usize, shift: T, to: usize, scratch: usize): f64 {
  const shifts = v128.splat<T>(shift);
  const keep = idof<K>() == idof<Exponential>() && to != 0;
  let total = f64x2.splat(0);
  const whole = bytes & ~(VECTOR - 1);
  for (let o: usize = 0; o < whole; ) {
    const end = min(whole, o + BLOCK);
    let part = v128.splat<T>(0);
    for (; o < end; o += VECTOR) {
      const value = term<T, K>(v128.load(x + o), y + o, shifts);
      if (keep) v128.store(to + o, value);
      part = v128.add<T>(part, value);
    }
    total = widen<T>(total, part);
  }
  let sum = f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1);
  const rest = bytes - whole;
  if (rest == 0) return sum;
  memory.copy(scratch, x + whole, rest);
  if (idof<K>() == idof<Product>()) memory.copy(scratch + VECTOR, y + whole, rest);
  v128.store(scratch, term<T, K>(v128.load(scratch), scratch + VECTOR, shifts));
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

/** log Σ exp x of a row, in double precision. */
function logSumExp<T>(x: usize, bytes: usize, scratch: usize): f64 {
  const shift = shiftOf<T>(maxRow<T>(x, bytes));
  const sum = log<f64>(f64x2.splat(sumRow<T, Exponential>(x, 0, bytes, shift, 0, scratch)));
  return <f64>shift + f64x2.extract_lane(sum, 0);
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
    if (idof<R>() == idof<RowSum>()) store<T>(out, <T>sumRow<T, Plain>(x, 0, bytes, 0, 0, scratch));
    else if (idof<R>() == idof<RowMax>()) store<T>(out, maxRow<T>(x, bytes));
    else if (idof<R>() == idof<RowLogSumExp>()) store<T>(out, <T>logSumExp<T>(x, bytes, scratch));
    else store<T>(out, <T>sumRow<T, Square>(x, 0, bytes, 0, 0, scratch));
  }
}

/** What a reduction gives back to an element x: see `Backend.reduceRowsGradientInto`. */
@inline
function share<T, R>(g: v128, x: v128, shift: v128): v128 {
  if (idof<R>() == idof<RowSum>()) return g;
  if (idof<R>() == idof<RowSumOfSquares>()) return v128.mul<T>(g, v128.add<T>(x, x));
  return v128.mul<T>(g, exp<T>(v128.sub<T>(x, shift)));
}

/** Slots: out (rows × cols), g (rows), x (rows × cols), y (rows), rows, cols, rows of a chunk. */
export function reduceGradientChunk<T, R>(args: usize, chunk: i32, scratch: usize): void {
  const cols = int(args, 5);
  const height = int(args, 6);
  const bytes = <usize>cols * sizeof<T>();
  const whole = bytes & ~(VECTOR - 1);
  const last = min(int(args, 4), (chunk + 1) * height);
  for (let i = chunk * height; i < last; i++) {
    const out = address(args, 0) + <usize>i * bytes;
    const x = address(args, 2) + <usize>i * bytes;
    const one = load<T>(at<T>(address(args, 1), i));
    if (idof<R>() == idof<RowMax>()) {
      addToMaximum<T>(out, x, bytes, one);
      continue;
    }
    const g = v128.splat<T>(one);
    const shift = v128.load_splat<T>(at<T>(address(args, 3), i));
    for (let o: usize = 0; o < bytes; o += VECTOR) {
      let to = out + o;
      let from = x + o;
      if (o == whole) {
        to = moved(scratch, to, bytes - whole);
        from = moved(scratch + VECTOR, from, bytes - whole);
      }
      v128.store(to, v128.add<T>(v128.load(to), share<T, R>(g, v128.load(from), shift)));
    }
    if (bytes != whole) memory.copy(out + whole, scratch, bytes - whole);
  }
}

/** Adds to where the largest element first stands, if there is one above −Infinity. */
function addToMaximum<T>(out: usize, x: usize, bytes: usize, g: T): void {
  const largest = maxRow<T>(x, bytes);
  if (largest == <T>-Infinity) return;
  let o: usize = 0;
  while (load<T>(x + o) != largest) o += sizeof<T>();
  store<T>(out + o, <T>(load<T>(out + o) + g));
}

/** Slots: out, x (both rows × cols), rows, cols, rows of a chunk, whether logarithms; out may be x. */
export function softmaxChunk<T>(args: usize, chunk: i32, scratch: usize): void {
  const cols = int(args, 3);
  const height = int(args, 4);
  const logarithms = int(args, 5) != 0;
  const bytes = <usize>cols * sizeof<T>();
  const last = min(int(args, 2), (chunk + 1) * height);
  for (let i = chunk * height; i < last; i++) {
    const x = address(args, 1) + <usize>i * bytes;
    const out = address(args, 0) + <usize>i * bytes;
    const shift = shiftOf<T>(maxRow<T>(x, bytes));
    let sum = sumRow<T, Exponential>(x, 0, bytes, shift, logarithms ? 0 : out, scratch);
    // +Infinity makes all of its row NaN, not only those that overflow in this precision; so does no weight.
    if (!(sum > 0 && sum < Infinity)) sum = NaN;
    if (logarithms) {
      const partition = <f64>shift + f64x2.extract_lane(log<f64>(f64x2.splat(sum)), 0);
      moveRow<T>(out, x, bytes, <T>partition);
    } else scaleRow<T>(out, bytes, <T>(1 / sum));
  }
}

/** out = x − shift. */
function moveRow<T>(out: usize, x: usize, bytes: usize, shift: T): void {
  const shifts = v128.splat<T>(shift);
  const whole = bytes & ~(VECTOR - 1);
  for (let o: usize = 0; o < whole; o += VECTOR) v128.store(out + o, v128.sub<T>(v128.load(x + o), shifts));
  for (let o = whole; o < bytes; o += sizeof<T>()) store<T>(out + o, <T>(load<T>(x + o) - shift));
}

/** What softmax gives back to an element, given y and ⟨g, y⟩ (or, of its logarithm, Σ g). */
@inline
function softmaxShare<T>(g: v128, y: v128, sum: v128, logarithms: bool): v128 {
  if (logarithms) return v128.sub<T>(g, v128.mul<T>(exp<T>(y), sum));
  return v128.mul<T>(y, v128.sub<T>(g, sum));
}

/** Slots: out, g, y (all rows × cols), rows, cols, rows of a chunk, whether logarithms. */
export function softmaxGradientChunk<T>(args: usize, chunk: i32, scratch: usize): void {
  const cols = int(args, 4);
  const height = int(args, 5);
  const logarithms = int(args, 6) != 0;
  const bytes = <usize>cols * sizeof<T>();
  const whole = bytes & ~(VECTOR - 1);
  const last = min(int(args, 3), (chunk + 1) * height);
  for (let i = chunk * height; i < last; i++) {
    const out = address(args, 0) + <usize>i * bytes;
    const g = address(args, 1) + <usize>i * bytes;
    const y = address(args, 2) + <usize>i * bytes;
    const sum = logarithms
      ? sumRow<T, Plain>(g, 0, bytes, 0, 0, scratch)
      : sumRow<T, Product>(g, y, bytes, 0, 0, scratch);
    const sums = v128.splat<T>(<T>sum);
    for (let o: usize = 0; o < bytes; o += VECTOR) {
      let to = out + o;
      let from = g + o;
      let value = y + o;
      if (o == whole) {
        to = moved(scratch, to, bytes - whole);
        from = moved(scratch + VECTOR, from, bytes - whole);
        value = moved(scratch + 2 * VECTOR, value, bytes - whole);
      }
      const back = softmaxShare<T>(v128.load(from), v128.load(value), sums, logarithms);
      v128.store(to, v128.add<T>(v128.load(to), back));
    }
    if (bytes != whole) memory.copy(out + whole, scratch, bytes - whole);
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
    const sum = sumRow<T, Exponential>(x, 0, bytes, shift, x, scratch);
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
