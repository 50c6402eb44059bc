/** Checks that every backend makes before it touches memory, in constant time for a product. */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import type { FloatArray } from "../matrix/float-array.ts";
import { checkIndex, checkSide } from "../matrix/matrix.ts";
import type { Csr } from "../sparse/csr.ts";
import type {
  ElementGradient,
  GemmShape,
  IndexedRows,
  LayerNorm,
  LayerNormGradient,
  PairCountShape,
  RowReductionGradient,
  RowsShape,
  SoftmaxShape,
} from "./shapes.ts";

/** Any array of numbers that kernels work on. */
type NumberArray = FloatArray | Int32Array;

/** @throws InvalidArgumentError as {@link Backend.gemmInto} says */
export function checkGemm(out: FloatArray, a: FloatArray, b: FloatArray, shape: GemmShape): void {
  const { m, n, k, batch = 1, semiring = "sum-product", alpha = 1, rowVector, columnVector } = shape;
  checkSide("m", m);
  checkSide("n", n);
  checkSide("k", k);
  checkSide("batch", batch);
  checkLength("out", out, batch * m * n);
  checkLength("a", a, batch * m * k);
  checkLength("b", b, batch * k * n);
  checkSemiring(semiring);
  checkOutput("out", out, [a, b]);
  if (alpha === 1 && rowVector === undefined && columnVector === undefined) return;
  if (semiring !== "sum-product") {
    const hint = "Among truth values there is nothing to scale or to add: leave alpha and the vectors out.";
    throw new InvalidArgumentError("semiring", semiring, '"sum-product" with alpha or vectors', hint);
  }
  if (!Number.isFinite(alpha)) throw new InvalidArgumentError("alpha", alpha, "a finite number");
  for (const [name, vector, length] of [
    ["rowVector", rowVector, m],
    ["columnVector", columnVector, n],
  ] as const) {
    if (vector === undefined) continue;
    checkLength(name, vector, length);
    checkOutput("out", out, [vector]);
  }
}

/** @throws InvalidArgumentError as {@link Backend.multiplyCsrInto} says */
export function checkCsr(out: FloatArray, matrix: Csr, x: FloatArray, semiring: unknown): void {
  checkLength("out", out, matrix.rows);
  checkLength("x", x, matrix.cols);
  checkSemiring(semiring);
  checkOutput("out", out, [matrix.values, x]);
}

/** @throws InvalidArgumentError as {@link Backend.multiplyCsrCsr} says */
export function checkCsrCsr(a: Csr, b: Csr, semiring: unknown): void {
  if (a.cols !== b.rows) throw new InvalidArgumentError("b.rows", b.rows, `a.cols = ${a.cols}`);
  checkSemiring(semiring);
}

/** @throws InvalidArgumentError for sides that are not integers ≥ 0, or arrays too short */
export function checkRows(out: FloatArray, needed: number, x: FloatArray, shape: RowsShape): void {
  checkSide("rows", shape.rows);
  checkSide("cols", shape.cols);
  checkLength("out", out, needed);
  checkLength("x", x, shape.rows * shape.cols);
}

/** @throws InvalidArgumentError unless all arrays are as long as the first */
export function checkSameLength(parameters: FloatArray, others: Readonly<Record<string, FloatArray>>): void {
  for (const [name, array] of Object.entries(others)) {
    if (array.length !== parameters.length) {
      throw new InvalidArgumentError(
        `${name}.length`,
        array.length,
        `that of the parameters, ${parameters.length}`,
      );
    }
  }
}

/** @throws InvalidArgumentError unless `value` is among `names` */
export function checkName(argument: string, value: unknown, names: readonly string[]): void {
  if (names.includes(value as string)) return;
  throw new InvalidArgumentError(argument, value, `one of ${names.map((name) => `"${name}"`).join(", ")}`);
}

function checkSemiring(semiring: unknown): void {
  if (semiring === undefined) return;
  checkName("semiring", semiring, ["sum-product", "max-product", "max-min", "max-lukasiewicz"]);
}

/** @throws InvalidArgumentError if an output is one of the operands */
export function checkOutput(name: string, out: NumberArray, operands: readonly NumberArray[]): void {
  if (operands.includes(out)) throw new InvalidArgumentError(name, out, "another array than the operands");
}

/** @throws InvalidArgumentError as {@link Backend.softmaxCrossEntropyInto} says */
export function checkSoftmax(logits: FloatArray, targets: Int32Array, shape: SoftmaxShape): void {
  const { rows, cols, scale = 1, offsets } = shape;
  checkSide("rows", rows);
  checkSide("cols", cols);
  checkLength("logits", logits, rows * cols);
  if (!Number.isFinite(scale)) throw new InvalidArgumentError("scale", scale, "a finite number");
  if (offsets !== undefined) checkOffsets(offsets, rows);
  const from = offsets === undefined ? 0 : offsets[0];
  const to = offsets === undefined ? rows : offsets[rows];
  checkLength("targets", targets, to);
  for (let t = from; t < to; t++) checkIndex(`targets[${t}]`, targets[t], cols);
}

/** @throws InvalidArgumentError unless offsets ascend from 0 or more */
export function checkOffsets(offsets: Int32Array, rows: number): void {
  checkLength("offsets", offsets, rows + 1);
  if (offsets[0] < 0) throw new InvalidArgumentError("offsets[0]", offsets[0], "at least 0");
  for (let i = 0; i < rows; i++) {
    if (offsets[i + 1] < offsets[i]) {
      throw new InvalidArgumentError(`offsets[${i + 1}]`, offsets[i + 1], `at least offsets[${i}]`);
    }
  }
}

/** @throws InvalidArgumentError for an array shorter than `needed` */
export function checkLength(name: string, array: { readonly length: number }, needed: number): void {
  if (array.length < needed) {
    throw new InvalidArgumentError(`${name}.length`, array.length, `at least ${needed}`);
  }
}

/** An operand: its name, and how many numbers it has at least. */
type Operand = readonly [name: string, array: NumberArray, needed: number];

/** Arrays of at least so many numbers each, and a target that is none of them. @throws InvalidArgumentError */
function checkArrays(name: string, target: NumberArray, needed: number, operands: readonly Operand[]): void {
  checkLength(name, target, needed);
  for (const [operand, array, length] of operands) {
    checkLength(operand, array, length);
    if (array === target) checkOutput(name, target, [array]);
  }
}

function checkShape({ rows, cols }: RowsShape): void {
  checkSide("rows", rows);
  checkSide("cols", cols);
}

/** @throws InvalidArgumentError as {@link Backend.softmaxGradientInto} says */
export function checkSoftmaxGradient(
  out: FloatArray,
  gradient: FloatArray,
  y: FloatArray,
  shape: RowsShape,
): void {
  checkShape(shape);
  const size = shape.rows * shape.cols;
  checkArrays("out", out, size, [
    ["gradient", gradient, size],
    ["y", y, size],
  ]);
}

/** @throws InvalidArgumentError as {@link Backend.reduceRowsGradientInto} says */
export function checkReductionGradient(out: FloatArray, known: RowReductionGradient): void {
  const { rows, cols, gradient, x, y } = known;
  checkShape(known);
  checkArrays("out", out, rows * cols, [
    ["gradient", gradient, rows],
    ["x", x, rows * cols],
    ["y", y, rows],
  ]);
}

/** @throws InvalidArgumentError as {@link Backend.layerNormInto} says */
export function checkLayerNorm(out: FloatArray, x: FloatArray, norm: LayerNorm): void {
  const { rows, cols, gain, bias, statistics, epsilon = 1e-5 } = norm;
  checkRows(out, rows * cols, x, norm);
  checkArrays("out", out, rows * cols, [
    ["gain", gain, cols],
    ["bias", bias, cols],
    ["statistics", statistics, 2 * rows],
  ]);
  checkOutput("statistics", statistics, [x, gain, bias]);
  if (!(epsilon > 0 && epsilon < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError("epsilon", epsilon, "a finite number above 0");
  }
}

/** @throws InvalidArgumentError as {@link Backend.layerNormGradientInto} says */
export function checkLayerNormGradient(known: LayerNormGradient): void {
  const { rows, cols, gradient, x, gain, statistics } = known;
  checkShape(known);
  const size = rows * cols;
  const operands: readonly Operand[] = [
    ["gradient", gradient, size],
    ["x", x, size],
    ["gain", gain, cols],
    ["statistics", statistics, 2 * rows],
  ];
  // Operands that no target needs are wrong all the same.
  for (const [operand, array, length] of operands) checkLength(operand, array, length);
  for (const [name, target, needed] of [
    ["xGradient", known.xGradient, size],
    ["gainGradient", known.gainGradient, cols],
    ["biasGradient", known.biasGradient, cols],
  ] as const) {
    if (target !== undefined) checkArrays(name, target, needed, operands);
  }
}

/** @throws InvalidArgumentError as {@link Backend.mapGradientInto} says */
export function checkMapGradient(out: FloatArray, { gradient, x, y }: ElementGradient): void {
  const { length } = gradient;
  checkArrays("out", out, length, [
    ["gradient", gradient, length],
    ["x", x, length],
    ["y", y, length],
  ]);
}

/** @throws InvalidArgumentError as {@link Backend.gatherRowsInto} says, for reading or for adding */
export function checkIndexedRows(
  out: FloatArray,
  x: FloatArray,
  ids: Int32Array,
  shape: IndexedRows,
  scatter: boolean,
): void {
  checkShape(shape);
  const { rows, cols } = shape;
  const [written, read] = scatter ? [rows, ids.length] : [ids.length, rows];
  checkArrays("out", out, written * cols, [["x", x, read * cols]]);
  for (let i = 0; i < ids.length; i++) checkIndex(`ids[${i}]`, ids[i], rows);
}

/** @throws InvalidArgumentError as {@link Backend.topKRowsInto} says, but for NaN; `width` entries a row are written */
export function checkOrder(out: Int32Array, x: FloatArray, shape: RowsShape, width: number): void {
  checkShape(shape);
  if (!Number.isInteger(width) || width < 0 || width > shape.cols) {
    throw new InvalidArgumentError("k", width, `an integer from 0 to cols = ${shape.cols}`);
  }
  checkLength("x", x, shape.rows * shape.cols);
  checkLength("out", out, shape.rows * width);
}

/** The error of a NaN where an order is asked for. */
export function nanInRow(row: number, col: number): InvalidArgumentError {
  return new InvalidArgumentError(`x in row ${row}, column ${col},`, Number.NaN, "a number other than NaN");
}

/** @throws InvalidArgumentError for a NaN among rows × cols numbers */
export function refuseNaNs(x: FloatArray, { rows, cols }: RowsShape): void {
  for (let at = 0; at < rows * cols; at++) {
    if (Number.isNaN(x[at])) throw nanInRow(Math.floor(at / cols), at % cols);
  }
}

/** @throws InvalidArgumentError as {@link Backend.pairCountsInto} says */
export function checkPairCounts(out: Int32Array, a: Int32Array, b: Int32Array, shape: PairCountShape): void {
  const { m, n, words } = shape;
  checkSide("m", m);
  checkSide("n", n);
  checkSide("words", words);
  checkArrays("out", out, m * n, [
    ["a", a, m * words],
    ["b", b, n * words],
  ]);
}
