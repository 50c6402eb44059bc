/**
 * Rows and entries by number: what one operation reads, the way back adds to, and the other way round.
 *
 *     gather:  y_i = x_{ids[i]},      ∂L/∂x_r = Σ over ids[i] = r of g_i
 *     scatter: y_r = Σ over ids[i] = r of x_i,      ∂L/∂x_i = g_{ids[i]}
 *
 * Indices are not copied: leave them as they are until the step is over. O(ids · cols).
 */
import type { FloatArray } from "../matrix/float-array.ts";
import { checkSide } from "../matrix/matrix.ts";
import { requireIndices } from "./shapes.ts";
import type { Value } from "./value.ts";

/** Row `ids[i]` of x as row i: embeddings, and rows repeated. @throws InvalidArgumentError for ids that are no rows */
export function gatherRows(x: Value, ids: ArrayLike<number>): Value {
  requireIndices("ids", ids, ids.length, x.rows);
  const { tape, cols } = x;
  const data = tape.allocate(ids.length * cols);
  for (let i = 0; i < ids.length; i++) {
    for (let j = 0, to = i * cols, from = ids[i] * cols; j < cols; j++) data[to + j] = x.data[from + j];
  }
  return tape.record({
    name: "gathering of rows",
    rows: ids.length,
    cols,
    data,
    inputs: [x],
    backward: (g) => addScattered(tape.accumulator(x), g, ids, cols),
  });
}

/**
 * Row i of x added to row `ids[i]` of a matrix of zeros with `rows` rows: sums over groups of rows.
 * @throws InvalidArgumentError unless there is an id for every row, each a row of the result
 */
export function scatterRows(x: Value, ids: ArrayLike<number>, rows: number): Value {
  checkSide("rows", rows);
  requireIndices("ids", ids, x.rows, rows);
  const { tape, cols } = x;
  const data = tape.allocate(rows * cols).fill(0);
  addScattered(data, x.data, ids, cols);
  return tape.record({
    name: "scattering of rows",
    rows,
    cols,
    data,
    inputs: [x],
    backward(g) {
      const into = tape.accumulator(x);
      for (let i = 0; i < ids.length; i++) {
        for (let j = 0, to = i * cols, from = ids[i] * cols; j < cols; j++) into[to + j] += g[from + j];
      }
    },
  });
}

/** Row `ids[i]` of out += row i of x. */
function addScattered(out: FloatArray, x: FloatArray, ids: ArrayLike<number>, cols: number): void {
  for (let i = 0; i < ids.length; i++) {
    for (let j = 0, to = ids[i] * cols, from = i * cols; j < cols; j++) out[to + j] += x[from + j];
  }
}

/** Entry (i, columns[i]) of every row, as a column. @throws InvalidArgumentError unless there is a column for each */
export function pick(x: Value, columns: ArrayLike<number>): Value {
  requireIndices("columns", columns, x.rows, x.cols);
  const { tape, rows, cols } = x;
  const data = tape.allocate(rows);
  for (let i = 0; i < rows; i++) data[i] = x.data[i * cols + columns[i]];
  return tape.record({
    name: "choice of entries",
    rows,
    cols: 1,
    data,
    inputs: [x],
    backward(g) {
      const into = tape.accumulator(x);
      for (let i = 0; i < rows; i++) into[i * cols + columns[i]] += g[i];
    },
  });
}
