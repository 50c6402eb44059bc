/** Checks that every backend makes before it touches memory, in constant time for a product. */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import type { FloatArray } from "../matrix/float-array.ts";
import { checkIndex, checkSide } from "../matrix/matrix.ts";
import type { Csr } from "../sparse/csr.ts";
import type { GemmShape, RowsShape, SoftmaxShape } from "./backend.ts";

/** @throws InvalidArgumentError as {@link Backend.gemmInto} says */
export function checkGemm(out: FloatArray, a: FloatArray, b: FloatArray, shape: GemmShape): void {
  const { m, n, k } = shape;
  checkSide("m", m);
  checkSide("n", n);
  checkSide("k", k);
  checkLength("out", out, m * n);
  checkLength("a", a, m * k);
  checkLength("b", b, k * n);
  checkSemiring(shape.semiring);
  checkOutput("out", out, [a, b]);
}

/** @throws InvalidArgumentError as {@link Backend.multiplyCsrInto} says */
export function checkCsr(out: FloatArray, matrix: Csr, x: FloatArray, semiring: unknown): void {
  checkLength("out", out, matrix.rows);
  checkLength("x", x, matrix.cols);
  checkSemiring(semiring);
  checkOutput("out", out, [matrix.values, x]);
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
export function checkOutput(name: string, out: FloatArray, operands: readonly FloatArray[]): void {
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
