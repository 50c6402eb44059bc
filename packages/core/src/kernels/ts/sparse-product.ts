/**
 * The product of two sparse matrices, row by row (F. Gustavson, "Two fast algorithms for sparse matrices", ACM TOMS
 * 4(3), 1978):
 *
 *   c[i, j] = ⊕ over the entries p of a's row i, in their order, of a[i, p] ⊗ b[p, j]
 *
 * in one dense row of sums, with a list of the columns that have been met. What is 0 in the end is not stored.
 */
import { floatArray, precisionOf } from "../../matrix/float-array.ts";
import type { Csr } from "../../sparse/csr.ts";
import type { Semiring } from "../shapes.ts";
import { foldOf } from "./products.ts";

/** Arguments already checked. */
export function tsMultiplyCsrCsr(a: Csr, b: Csr, semiring: Semiring): Csr {
  const fold = foldOf(semiring);
  const offsets = new Int32Array(a.rows + 1);
  const indices: number[] = [];
  const values: number[] = [];
  const precision = precisionOf(a.values);
  const sums = new Float64Array(b.cols);
  const seenIn = new Int32Array(b.cols).fill(-1);
  const met = new Int32Array(b.cols);
  const rounded = floatArray(precision, 1);
  for (let i = 0; i < a.rows; i++) {
    let count = 0;
    for (let e = a.offsets[i]; e < a.offsets[i + 1]; e++) {
      const p = a.indices[e];
      for (let f = b.offsets[p]; f < b.offsets[p + 1]; f++) {
        const j = b.indices[f];
        if (seenIn[j] !== i) {
          seenIn[j] = i;
          sums[j] = 0;
          met[count++] = j;
        }
        sums[j] = fold(sums[j], a.values[e], b.values[f]);
      }
    }
    for (const j of met.subarray(0, count).sort()) {
      rounded[0] = sums[j];
      if (rounded[0] === 0) continue;
      indices.push(j);
      values.push(rounded[0]);
    }
    offsets[i + 1] = indices.length;
  }
  const data = floatArray(precision, values.length);
  data.set(values);
  return { rows: a.rows, cols: b.cols, offsets, indices: Int32Array.from(indices), values: data };
}
