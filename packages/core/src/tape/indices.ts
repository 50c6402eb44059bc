/**
 * Rows and entries by number: what one operation reads, the way back adds to, and the other way round.
 *
 *     gather:  y_i = x_{ids[i]},      ∂L/∂x_r = Σ over ids[i] = r of g_i
 *     scatter: y_r = Σ over ids[i] = r of x_i,      ∂L/∂x_i = g_{ids[i]}
 *
 * Indices are not copied: leave them as they are until the step is over. O(ids · cols).
 */
import { checkSide } from "../matrix/matrix.ts";
import { addInto } from "./arithmetic.ts";
import { requireIndices } from "./shapes.ts";
import type { Value } from "./value.ts";

/** Row `ids[i]` of x as row i: embeddings, and rows repeated. @throws InvalidArgumentError for ids that are no rows */
export function gatherRows(x: Value, ids: ArrayLike<number>): Value {
  requireIndices("ids", ids, ids.length, x.rows);
  const { tape, cols } = x;
  const { backend } = tape;
  const known = integers(ids);
  const shape = { rows: x.rows, cols };
  const data = tape.allocate(ids.length * cols);
  backend.gatherRowsInto(data, x.data, known, shape);
  return tape.record({
    name: "gathering of rows",
    rows: ids.length,
    cols,
    data,
    inputs: [x],
    backward: (g) => backend.scatterAddRowsInto(tape.accumulator(x), g, known, shape),
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
  const { backend } = tape;
  const known = integers(ids);
  const shape = { rows, cols };
  const data = tape.allocate(rows * cols).fill(0);
  backend.scatterAddRowsInto(data, x.data, known, shape);
  return tape.record({
    name: "scattering of rows",
    rows,
    cols,
    data,
    inputs: [x],
    backward(g) {
      const { gradient, accumulate } = tape.target(x);
      if (!accumulate) {
        backend.gatherRowsInto(gradient, g, known, shape);
        return;
      }
      const gathered = tape.allocate(gradient.length);
      backend.gatherRowsInto(gathered, g, known, shape);
      addInto(gradient, gathered);
    },
  });
}

/** Indices as kernels take them. */
function integers(ids: ArrayLike<number>): Int32Array {
  return ids instanceof Int32Array ? ids : Int32Array.from(ids);
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
