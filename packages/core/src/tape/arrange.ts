/** Values cut and put together: the gradient goes where the entry came from. O(rows · cols) each. */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import type { FloatArray } from "../matrix/float-array.ts";
import { checkSide } from "../matrix/matrix.ts";
import { addInto } from "./arithmetic.ts";
import { requireParts, shapeOf } from "./shapes.ts";
import type { Value } from "./value.ts";

/** Matrices side by side. @throws InvalidArgumentError for none, or different numbers of rows */
export function concatColumns(...parts: readonly Value[]): Value {
  const [first] = parts;
  if (first === undefined) throw new InvalidArgumentError("parts", "none", "at least one value");
  const { tape, rows } = first;
  for (const part of parts) {
    if (part.rows !== rows) throw new InvalidArgumentError("parts", shapeOf(part), `values of ${rows} rows`);
  }
  const cols = parts.reduce((sum, part) => sum + part.cols, 0);
  const data = tape.allocate(rows * cols);
  let from = 0;
  for (const part of parts) {
    copy(block(data, from, cols), block(part.data, 0, part.cols), rows, part.cols);
    from += part.cols;
  }
  return tape.record({
    name: "concatenation",
    rows,
    cols,
    data,
    inputs: parts,
    backward(g) {
      let at = 0;
      for (const part of parts) {
        if (part.needsGradient) {
          add(block(tape.accumulator(part), 0, part.cols), block(g, at, cols), rows, part.cols);
        }
        at += part.cols;
      }
    },
  });
}

/** Columns from `from` up to, not including, `to`. @throws InvalidArgumentError unless 0 ≤ from ≤ to ≤ cols */
export function sliceColumns(x: Value, from: number, to: number): Value {
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= x.cols)) {
    throw new InvalidArgumentError("columns", `[${from}, ${to})`, `a part of [0, ${x.cols})`);
  }
  const { tape, rows } = x;
  const cols = to - from;
  const data = tape.allocate(rows * cols);
  copy(block(data, 0, cols), block(x.data, from, x.cols), rows, cols);
  return tape.record({
    name: "slice",
    rows,
    cols,
    data,
    inputs: [x],
    backward: (g) => add(block(tape.accumulator(x), from, x.cols), block(g, 0, cols), rows, cols),
  });
}

/** The same numbers in rows of another length, not copied. @throws InvalidArgumentError for another number of them */
export function reshape(x: Value, rows: number, cols: number): Value {
  checkSide("rows", rows);
  checkSide("cols", cols);
  if (rows * cols !== x.rows * x.cols) {
    const expected = `${x.rows * x.cols} entries, as of ${shapeOf(x)}`;
    throw new InvalidArgumentError("the new shape", shapeOf({ rows, cols }), expected);
  }
  const { tape } = x;
  return tape.record({
    name: "reshaping",
    rows,
    cols,
    data: x.data,
    inputs: [x],
    backward: (g) => addInto(tape.accumulator(x), g),
  });
}

/**
 * Cuts the columns into `parts` equal parts and puts them one below the other: n × (parts · w) becomes (parts · n) × w,
 * as the heads of attention want it. @throws InvalidArgumentError if the columns are no multiple of the parts
 */
export function stackColumns(x: Value, parts: number): Value {
  requireParts("cols", x.cols, parts);
  return restack("stacking of columns", x, parts, x.rows, x.cols / parts, true);
}

/** Undoes {@link stackColumns}. @throws InvalidArgumentError if the rows are no multiple of the parts */
export function unstackColumns(x: Value, parts: number): Value {
  requireParts("rows", x.rows, parts);
  return restack("unstacking of columns", x, parts, x.rows / parts, x.cols, false);
}

/** Between `parts` blocks of rows × cols side by side and one below the other. */
function restack(name: string, x: Value, parts: number, rows: number, cols: number, toStack: boolean): Value {
  const { tape } = x;
  const data = tape.allocate(x.rows * x.cols);
  const beside = (of: FloatArray, p: number) => block(of, p * cols, parts * cols);
  const below = (of: FloatArray, p: number) => block(of, p * rows * cols, cols);
  const [from, to] = toStack ? [beside, below] : [below, beside];
  for (let p = 0; p < parts; p++) copy(to(data, p), from(x.data, p), rows, cols);
  return tape.record({
    name,
    rows: toStack ? parts * rows : rows,
    cols: toStack ? cols : parts * cols,
    data,
    inputs: [x],
    backward(g) {
      const into = tape.accumulator(x);
      for (let p = 0; p < parts; p++) add(from(into, p), to(g, p), rows, cols);
    },
  });
}

/** A block within a matrix: where it begins, and how far its rows are apart. */
interface Block {
  readonly data: FloatArray;
  readonly at: number;
  readonly stride: number;
}

function block(data: FloatArray, at: number, stride: number): Block {
  return { data, at, stride };
}

function copy(to: Block, from: Block, rows: number, cols: number): void {
  for (let i = 0; i < rows; i++) {
    const [a, b] = [to.at + i * to.stride, from.at + i * from.stride];
    for (let j = 0; j < cols; j++) to.data[a + j] = from.data[b + j];
  }
}

function add(to: Block, from: Block, rows: number, cols: number): void {
  for (let i = 0; i < rows; i++) {
    const [a, b] = [to.at + i * to.stride, from.at + i * from.stride];
    for (let j = 0; j < cols; j++) to.data[a + j] += from.data[b + j];
  }
}
