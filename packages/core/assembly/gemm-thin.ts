/**
 * Products with fewer rows than a tile, matrix by vector among them: rows of B go straight into the sums, or, where B
 * is transposed, squares of it are turned in registers. Every sum is made in the order that `gemm.ts` gives it.
 */
import {
  MAX_MIN, MAX_PRODUCT, MaxLukasiewicz, MaxMin, MaxProduct, SumProduct, fold, isSumProduct,
} from "./fold";
import { VECTOR, at } from "./lanes";

/**
 * Products with fewer rows than a tile, over columns [0, columns): B is read once, in place, where packing
 * would cost more than multiplying. Steps of p stay in order.
 */
export function thin<T>(
  semiring: i32,
  out: usize, outPitch: usize, accumulate: bool,
  a: usize, rowStep: usize, step: usize,
  b: usize, bPitch: usize, transposeB: bool,
  rows: i32, columns: i32, k: i32, alpha: T,
): void {
  const bytes = <usize>columns * sizeof<T>();
  for (let i = 0; i < rows; i++, out += outPitch, a += rowStep) {
    if (!accumulate) memory.fill(out, 0, bytes);
    if (isSumProduct(semiring)) {
      thinRow<T, SumProduct>(out, a, step, b, bPitch, transposeB, columns, k, alpha);
    } else if (semiring == MAX_PRODUCT) {
      thinRow<T, MaxProduct>(out, a, step, b, bPitch, transposeB, columns, k, alpha);
    } else if (semiring == MAX_MIN) {
      thinRow<T, MaxMin>(out, a, step, b, bPitch, transposeB, columns, k, alpha);
    } else thinRow<T, MaxLukasiewicz>(out, a, step, b, bPitch, transposeB, columns, k, alpha);
  }
}

function thinRow<T, S>(
  out: usize, a: usize, step: usize,
  b: usize, bPitch: usize, transposeB: bool, columns: i32, k: i32, alpha: T,
): void {
  if (transposeB) thinDots<T, S>(out, a, step, b, bPitch, columns, k, alpha);
  else {
    const bytes = <usize>columns * sizeof<T>();
    for (let p = 0; p < k; p++) {
      thinAxpy<T, S>(out, a + <usize>p * step, b + <usize>p * bPitch, bytes, alpha);
    }
  }
}

/** out ⊕= a ⊗ (a row of B). */
function thinAxpy<T, S>(out: usize, a: usize, b: usize, bytes: usize, alpha: T): void {
  const x = v128.load_splat<T>(a);
  const factor = v128.splat<T>(alpha);
  let o: usize = 0;
  for (const end = bytes & ~(VECTOR - 1); o < end; o += VECTOR) {
    v128.store(out + o, fold<T, S>(x, scaled<T, S>(v128.load(b + o), factor), v128.load(out + o)));
  }
  for (; o < bytes; o += sizeof<T>()) foldOne<T, S>(out + o, x, b + o, factor);
}

/** An element of B times alpha, which only ordinary arithmetic has. */
@inline
function scaled<T, S>(b: v128, alpha: v128): v128 {
  return idof<S>() == idof<SumProduct>() ? v128.mul<T>(b, alpha) : b;
}

/** One element, by the same instructions as a whole vector. */
@inline
function foldOne<T, S>(out: usize, a: v128, b: usize, alpha: v128): void {
  const term = scaled<T, S>(v128.load_splat<T>(b), alpha);
  store<T>(out, v128.extract_lane<T>(fold<T, S>(a, term, v128.load_splat<T>(out)), 0));
}

/**
 * out[j] ⊕= Σ_p a[p] ⊗ b[j][p], a vector of columns at a time, whose squares of B are turned in registers.
 */
function thinDots<T, S>(
  out: usize, a: usize, step: usize,
  b: usize, pitch: usize, columns: i32, k: i32, alpha: T,
): void {
  const factor = v128.splat<T>(alpha);
  const lanes = 16 / <i32>sizeof<T>();
  const turned = k & ~(lanes - 1);
  let j = 0;
  for (; j + lanes <= columns; j += lanes, out += VECTOR, b += <usize>lanes * pitch) {
    let sum = v128.load(out);
    let x = a;
    for (let p = 0; p < turned; p += lanes, x += <usize>lanes * step) {
      sum = foldSquare<T, S>(sum, x, step, at<T>(b, p), pitch, factor);
    }
    v128.store(out, sum);
    for (let p = turned; p < k; p++, x += step) {
      for (let l = 0; l < lanes; l++) {
        foldOne<T, S>(at<T>(out, l), v128.load_splat<T>(x), at<T>(b + <usize>l * pitch, p), factor);
      }
    }
  }
  for (; j < columns; j++, out += sizeof<T>(), b += pitch) {
    for (let p = 0; p < k; p++) {
      foldOne<T, S>(out, v128.load_splat<T>(a + <usize>p * step), at<T>(b, p), factor);
    }
  }
}

@inline
function foldSquare<T, S>(sum: v128, a: usize, step: usize, b: usize, pitch: usize, alpha: v128): v128 {
  const x0 = scaled<T, S>(v128.load(b), alpha);
  const x1 = scaled<T, S>(v128.load(b + pitch), alpha);
  if (sizeof<T>() == 8) {
    sum = fold<T, S>(v128.load_splat<T>(a), v128.shuffle<f64>(x0, x1, 0, 2), sum);
    return fold<T, S>(v128.load_splat<T>(a + step), v128.shuffle<f64>(x0, x1, 1, 3), sum);
  }
  const x2 = scaled<T, S>(v128.load(b + 2 * pitch), alpha);
  const x3 = scaled<T, S>(v128.load(b + 3 * pitch), alpha);
  const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
  sum = fold<T, S>(v128.load_splat<T>(a), v128.shuffle<f64>(low01, low23, 0, 2), sum);
  sum = fold<T, S>(v128.load_splat<T>(a + step), v128.shuffle<f64>(low01, low23, 1, 3), sum);
  sum = fold<T, S>(v128.load_splat<T>(a + 2 * step), v128.shuffle<f64>(high01, high23, 0, 2), sum);
  return fold<T, S>(v128.load_splat<T>(a + 3 * step), v128.shuffle<f64>(high01, high23, 1, 3), sum);
}
