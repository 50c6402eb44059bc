/**
 * Many matrix products of one shape, one after another in their arrays: C_i = op(A_i) op(B_i), or +=. Small ones are
 * multiplied right here, because a backend spends more on packing (and on copying) than they cost; attention over a
 * handful of slots is made of those.
 */
import type { Backend, GemmShape } from "../kernels/backend.ts";
import type { FloatArray } from "../matrix/float-array.ts";

/** Multiplications from which on a backend is faster. */
const LARGE = 8192;

/** Arguments already checked. */
export function batchedGemmInto(
  backend: Backend,
  out: FloatArray,
  a: FloatArray,
  b: FloatArray,
  batch: number,
  shape: GemmShape,
): void {
  const { m, n, k } = shape;
  if (batch === 1) {
    backend.gemmInto(out, a, b, shape);
    return;
  }
  for (let i = 0; i < batch; i++) {
    if (m * n * k < LARGE) smallGemm(out, i * m * n, a, i * m * k, b, i * k * n, shape);
    else {
      const [c, left, right] = [part(out, i, m * n), part(a, i, m * k), part(b, i, k * n)];
      backend.gemmInto(c, left, right, shape);
    }
  }
}

function part(data: FloatArray, index: number, size: number): FloatArray {
  return data.subarray(index * size, (index + 1) * size);
}

function smallGemm(
  out: FloatArray,
  outAt: number,
  a: FloatArray,
  aAt: number,
  b: FloatArray,
  bAt: number,
  shape: GemmShape,
): void {
  const { m, n, k, transposeA = false, transposeB = false, accumulate = false } = shape;
  const [aRow, aStep] = transposeA ? [1, m] : [k, 1];
  const [bCol, bStep] = transposeB ? [k, 1] : [1, n];
  for (let i = 0, to = outAt; i < m; i++) {
    for (let j = 0; j < n; j++, to++) {
      let sum = accumulate ? out[to] : 0;
      let left = aAt + i * aRow;
      let right = bAt + j * bCol;
      for (let p = 0; p < k; p++, left += aStep, right += bStep) sum += a[left] * b[right];
      out[to] = sum;
    }
  }
}
