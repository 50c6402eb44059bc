/**
 * Products in the semirings other than (+, ×), and sparse ones in all of them, entry by entry: the plain definition.
 *
 *   out[i, j] = (0 or out[i, j]) ⊕ max over p of a[i, p] ⊗ b[p, j]
 *
 * with ⊗ the product, the minimum, or Łukasiewicz's min(a, b) − (1 − max(a, b)) (see `truth/lukasiewicz.ts` for the
 * form). A NaN never wins a maximum.
 */
import type { FloatArray } from "../../matrix/float-array.ts";
import type { Csr } from "../../sparse/csr.ts";
import type { CsrProduct, GemmShape, Semiring } from "../shapes.ts";

type MaxSemiring = Exclude<Semiring, "sum-product">;

/** out = op(a) · op(b) by maxima, for each of the batch; arguments already checked. */
export function tsMaxProduct(
  out: FloatArray,
  a: FloatArray,
  b: FloatArray,
  shape: GemmShape,
  semiring: MaxSemiring,
): void {
  const { m, n, k, batch = 1 } = shape;
  for (let i = 0; i < batch; i++) {
    const part = (data: FloatArray, size: number) => data.subarray(i * size, (i + 1) * size);
    maxProduct(part(out, m * n), part(a, m * k), part(b, k * n), shape, semiring);
  }
}

function maxProduct(
  out: FloatArray,
  a: FloatArray,
  b: FloatArray,
  shape: GemmShape,
  semiring: MaxSemiring,
): void {
  const { m, n, k } = shape;
  if (shape.accumulate !== true) out.fill(0, 0, m * n);
  const row = new Float64Array(n);
  const [aOuter, aInner] = shape.transposeA === true ? [1, m] : [k, 1];
  const [bOuter, bInner] = shape.transposeB === true ? [1, k] : [n, 1];
  for (let i = 0; i < m; i++) {
    row.set(out.subarray(i * n, i * n + n));
    for (let p = 0; p < k; p++) foldRow(semiring, row, a[i * aOuter + p * aInner], b, p * bOuter, bInner);
    out.set(row, i * n);
  }
}

/** row[j] = max(row[j], x ⊗ b[from + j · step]); one loop for each semiring, so that each is compiled for one. */
function foldRow(
  semiring: MaxSemiring,
  row: Float64Array,
  x: number,
  b: FloatArray,
  from: number,
  step: number,
): void {
  let at = from;
  if (semiring === "max-product") {
    for (let j = 0; j < row.length; j++, at += step) row[j] = larger(row[j], x * b[at]);
  } else if (semiring === "max-min") {
    for (let j = 0; j < row.length; j++, at += step) row[j] = larger(row[j], smaller(x, b[at]));
  } else {
    for (let j = 0; j < row.length; j++, at += step) row[j] = larger(row[j], bounded(x, b[at]));
  }
}

/** out = matrix · x in a semiring; arguments already checked. */
export function tsMultiplyCsr(out: FloatArray, matrix: Csr, x: FloatArray, options: CsrProduct): void {
  const { semiring = "sum-product", accumulate = false } = options;
  const { rows, offsets, indices, values } = matrix;
  for (let i = 0; i < rows; i++) {
    const to = offsets[i + 1];
    let sum = accumulate ? out[i] : 0;
    if (semiring === "sum-product") {
      for (let j = offsets[i]; j < to; j++) sum += values[j] * x[indices[j]];
    } else if (semiring === "max-product") {
      for (let j = offsets[i]; j < to; j++) sum = larger(sum, values[j] * x[indices[j]]);
    } else if (semiring === "max-min") {
      for (let j = offsets[i]; j < to; j++) sum = larger(sum, smaller(values[j], x[indices[j]]));
    } else {
      for (let j = offsets[i]; j < to; j++) sum = larger(sum, bounded(values[j], x[indices[j]]));
    }
    out[i] = sum;
  }
}

/** The step of a sum, c ⊕ (a ⊗ b), as a function. */
export function foldOf(semiring: Semiring): (sum: number, a: number, b: number) => number {
  switch (semiring) {
    case "sum-product":
      return (sum, a, b) => sum + a * b;
    case "max-product":
      return (sum, a, b) => larger(sum, a * b);
    case "max-min":
      return (sum, a, b) => larger(sum, smaller(a, b));
    case "max-lukasiewicz":
      return (sum, a, b) => larger(sum, bounded(a, b));
  }
}

/** The larger of two; the first if the second is NaN. */
function larger(sum: number, value: number): number {
  if (sum < value) return value;
  return sum;
}

/** The smaller of two; the first if either is NaN. */
function smaller(a: number, b: number): number {
  if (b < a) return b;
  return a;
}

function bounded(a: number, b: number): number {
  return smaller(a, b) - (1 - larger(a, b));
}
