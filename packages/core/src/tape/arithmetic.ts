/**
 * Sums, differences and products entry by entry, where the smaller operand is repeated: a row (1 × n) for every row,
 * a column (n × 1) for every column, a number (1 × 1) for every entry. The gradient of what was repeated is the sum
 * over its repetitions. O(rows · cols).
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import type { FloatArray } from "../matrix/float-array.ts";
import type { Matrix } from "../matrix/matrix.ts";
import { shapeOf } from "./shapes.ts";
import type { Value } from "./value.ts";

/** a + b. @throws InvalidArgumentError if neither shape can be repeated to the other */
export function add(a: Value, b: Value): Value {
  const [large, small] = repeats(b, a) ? [a, b] : [b, a];
  return weightedSum("sum", large, small, 1);
}

/** a − b. @throws InvalidArgumentError if neither shape can be repeated to the other */
export function sub(a: Value, b: Value): Value {
  if (repeats(b, a)) return weightedSum("difference", a, b, -1);
  return weightedSum("difference", scale(b, -1), a, 1);
}

/** a ⊙ b. @throws InvalidArgumentError if neither shape can be repeated to the other */
export function mul(a: Value, b: Value): Value {
  const [x, y] = repeats(b, a) ? [a, b] : [b, a];
  const at = strides("product", y, x);
  const { rows, cols } = x;
  const data = x.tape.allocate(rows * cols);
  productInto(data, x.data, y.data, x, at);
  return x.tape.record({
    name: "product",
    rows,
    cols,
    data,
    inputs: [x, y],
    backward(gradient) {
      if (x.needsGradient) addProduct(x.tape.accumulator(x), gradient, y.data, x, at);
      if (y.needsGradient) addFoldedProduct(y.tape.accumulator(y), gradient, x.data, x, at);
    },
  });
}

/** factor · x + offset, with plain numbers; `scale(x, -1, 1)` is 1 − x. */
export function scale(x: Value, factor: number, offset = 0): Value {
  for (const [name, value] of Object.entries({ factor, offset })) {
    if (!Number.isFinite(value)) throw new InvalidArgumentError(name, value, "a finite number");
  }
  const { rows, cols } = x;
  const data = x.tape.allocate(rows * cols);
  for (let i = 0; i < data.length; i++) data[i] = factor * x.data[i] + offset;
  return x.tape.record({
    name: "multiple",
    rows,
    cols,
    data,
    inputs: [x],
    backward(gradient) {
      const into = x.tape.accumulator(x);
      for (let i = 0; i < into.length; i++) into[i] += factor * gradient[i];
    },
  });
}

/** Entry (i, j) of the smaller operand is at i · row + j · col. */
interface Strides {
  readonly row: number;
  readonly col: number;
}

function repeats(small: Matrix, large: Matrix): boolean {
  return (small.rows === large.rows || small.rows === 1) && (small.cols === large.cols || small.cols === 1);
}

/** @throws InvalidArgumentError if `small` cannot be repeated to the shape of `large` */
function strides(name: string, small: Matrix, large: Matrix): Strides {
  if (!repeats(small, large)) {
    throw new InvalidArgumentError(
      `the ${name}'s operands`,
      `${shapeOf(large)} and ${shapeOf(small)}`,
      "of one shape, or one of them a row, a column or a number to repeat",
    );
  }
  return { row: small.rows === 1 ? 0 : small.cols, col: small.cols === 1 ? 0 : 1 };
}

/** x + sign · y with y repeated. */
function weightedSum(name: string, x: Value, y: Value, sign: 1 | -1): Value {
  const at = strides(name, y, x);
  const { rows, cols } = x;
  const data = x.tape.allocate(rows * cols);
  sumInto(data, x.data, y.data, sign, x, at);
  return x.tape.record({
    name,
    rows,
    cols,
    data,
    inputs: [x, y],
    backward(gradient) {
      if (x.needsGradient) addInto(x.tape.accumulator(x), gradient);
      if (y.needsGradient) addFolded(y.tape.accumulator(y), gradient, sign, x, at);
    },
  });
}

/** out += x. */
export function addInto(out: FloatArray, x: FloatArray): void {
  for (let i = 0; i < out.length; i++) out[i] += x[i];
}

function sumInto(
  out: FloatArray,
  x: FloatArray,
  y: FloatArray,
  sign: number,
  shape: Matrix,
  at: Strides,
): void {
  for (let i = 0, k = 0; i < shape.rows; i++) {
    for (let j = 0, from = i * at.row; j < shape.cols; j++, k++, from += at.col)
      out[k] = x[k] + sign * y[from];
  }
}

function productInto(out: FloatArray, x: FloatArray, y: FloatArray, shape: Matrix, at: Strides): void {
  for (let i = 0, k = 0; i < shape.rows; i++) {
    for (let j = 0, from = i * at.row; j < shape.cols; j++, k++, from += at.col) out[k] = x[k] * y[from];
  }
}

/** out += gradient ⊙ y with y repeated. */
function addProduct(out: FloatArray, gradient: FloatArray, y: FloatArray, shape: Matrix, at: Strides): void {
  for (let i = 0, k = 0; i < shape.rows; i++) {
    for (let j = 0, from = i * at.row; j < shape.cols; j++, k++, from += at.col)
      out[k] += gradient[k] * y[from];
  }
}

/** out += sign · gradient, summed over the repetitions of out. */
function addFolded(out: FloatArray, gradient: FloatArray, sign: number, shape: Matrix, at: Strides): void {
  for (let i = 0, k = 0; i < shape.rows; i++) {
    for (let j = 0, to = i * at.row; j < shape.cols; j++, k++, to += at.col) out[to] += sign * gradient[k];
  }
}

/** out += gradient ⊙ x, summed over the repetitions of out. */
function addFoldedProduct(
  out: FloatArray,
  gradient: FloatArray,
  x: FloatArray,
  shape: Matrix,
  at: Strides,
): void {
  for (let i = 0, k = 0; i < shape.rows; i++) {
    for (let j = 0, to = i * at.row; j < shape.cols; j++, k++, to += at.col) out[to] += gradient[k] * x[k];
  }
}
