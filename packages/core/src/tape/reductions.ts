/** Sums and means; the gradient is the same for every entry that went in. O(rows · cols) each. */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import { scale } from "./arithmetic.ts";
import { shapeOf } from "./shapes.ts";
import type { Value } from "./value.ts";

/** The sum of all entries, 1 × 1; 0 for none. */
export function sum(x: Value): Value {
  const { tape } = x;
  const { backend } = tape;
  const all = { rows: 1, cols: x.rows * x.cols };
  const data = tape.allocate(1);
  backend.reduceRowsInto(data, x.data, all, "sum");
  return tape.record({
    name: "sum of all",
    rows: 1,
    cols: 1,
    data,
    inputs: [x],
    backward(gradient) {
      backend.reduceRowsGradientInto(tape.accumulator(x), { ...all, gradient, x: x.data, y: data }, "sum");
    },
  });
}

/** The mean of all entries, 1 × 1. @throws InvalidArgumentError for a value without entries */
export function mean(x: Value): Value {
  if (x.rows * x.cols === 0) throw new InvalidArgumentError("x", shapeOf(x), "at least one entry");
  return scale(sum(x), 1 / (x.rows * x.cols));
}

/** The sum of every row, as a column. */
export function sumRows(x: Value): Value {
  const { tape, rows, cols } = x;
  const { backend } = tape;
  const data = tape.allocate(rows);
  backend.reduceRowsInto(data, x.data, { rows, cols }, "sum");
  return tape.record({
    name: "sums of rows",
    rows,
    cols: 1,
    data,
    inputs: [x],
    backward(gradient) {
      const known = { rows, cols, gradient, x: x.data, y: data };
      backend.reduceRowsGradientInto(tape.accumulator(x), known, "sum");
    },
  });
}

/** The sum of every column, as a row. */
export function sumColumns(x: Value): Value {
  const { tape, rows, cols } = x;
  const data = tape.allocate(cols);
  tape.backend.sumColumnsInto(data, x.data, { rows, cols });
  return tape.record({
    name: "sums of columns",
    rows: 1,
    cols,
    data,
    inputs: [x],
    backward(g) {
      const into = tape.accumulator(x);
      for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < cols; j++) into[at++] += g[j];
    },
  });
}
