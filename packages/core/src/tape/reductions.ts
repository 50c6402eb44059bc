/** Sums and means; the gradient is the same for every entry that went in. O(rows · cols) each. */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import { scale } from "./arithmetic.ts";
import { addColumnSums } from "./linear.ts";
import { shapeOf } from "./shapes.ts";
import type { Value } from "./value.ts";

/** The sum of all entries, 1 × 1; 0 for none. */
export function sum(x: Value): Value {
  const { tape } = x;
  const data = tape.allocate(1);
  let total = 0;
  for (let i = 0; i < x.data.length; i++) total += x.data[i];
  data[0] = total;
  return tape.record({
    name: "sum of all",
    rows: 1,
    cols: 1,
    data,
    inputs: [x],
    backward(g) {
      const into = tape.accumulator(x);
      for (let i = 0; i < into.length; i++) into[i] += g[0];
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
  const data = tape.allocate(rows);
  tape.backend.reduceRowsInto(data, x.data, { rows, cols }, "sum");
  return tape.record({
    name: "sums of rows",
    rows,
    cols: 1,
    data,
    inputs: [x],
    backward(g) {
      const into = tape.accumulator(x);
      for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < cols; j++) into[at++] += g[i];
    },
  });
}

/** The sum of every column, as a row. */
export function sumColumns(x: Value): Value {
  const { tape, rows, cols } = x;
  const data = tape.allocate(cols).fill(0);
  addColumnSums(data, x.data, rows, cols);
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
