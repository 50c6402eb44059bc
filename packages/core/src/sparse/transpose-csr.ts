/**
 * The transpose of a sparse matrix by one counting sort on the columns. Rows are read in ascending order, so
 * every new row comes out ascending. O(entries + rows + cols).
 */
import { floatArray, precisionOf } from "../matrix/float-array.ts";
import { type Csr, countsToOffsets } from "./csr.ts";

/** The transpose, as a new matrix of the same precision. O(entries + rows + cols). */
export function transposeCsr(m: Csr): Csr {
  const { rows, cols, indices, values } = m;
  const offsets = new Int32Array(cols + 1);
  for (let e = 0; e < indices.length; e++) offsets[indices[e] + 1]++;
  countsToOffsets(offsets);
  const next = offsets.slice();
  const newIndices = new Int32Array(indices.length);
  const newValues = floatArray(precisionOf(values), values.length);
  for (let row = 0; row < rows; row++) {
    for (let e = m.offsets[row]; e < m.offsets[row + 1]; e++) {
      const at = next[indices[e]]++;
      newIndices[at] = row;
      newValues[at] = values[e];
    }
  }
  return { rows: cols, cols: rows, offsets, indices: newIndices, values: newValues };
}
