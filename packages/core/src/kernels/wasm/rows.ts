/** Kernels that work row by row: reductions, softmax, layer norm, their ways back, and sums of columns. */
import type { FloatArray } from "../../matrix/float-array.ts";
import {
  checkLayerNorm,
  checkLayerNormGradient,
  checkName,
  checkOutput,
  checkReductionGradient,
  checkRows,
  checkSoftmax,
  checkSoftmaxGradient,
} from "../checks.ts";
import { nonFiniteLoss } from "../non-finite-loss.ts";
import type {
  ColumnsShape,
  LayerNorm,
  LayerNormGradient,
  RowReduction,
  RowReductionGradient,
  RowsShape,
  SoftmaxRows,
  SoftmaxShape,
} from "../shapes.ts";
import type { Engine } from "./engine.ts";
import { kernelName } from "./kernel-names.ts";
import { withOperands } from "./operands.ts";
import { chunkRows, floatKind } from "./partition.ts";

/** Columns of a chunk of a sum of columns: their doubles stay in the first cache. */
const CHUNK_COLUMNS = 512;

/** {@link Backend.softmaxCrossEntropyInto} */
export function crossEntropy(
  engine: Engine,
  logits: FloatArray,
  targets: Int32Array,
  shape: SoftmaxShape,
): number {
  checkSoftmax(logits, targets, shape);
  const { rows, cols, scale = 1 } = shape;
  const offsets = shape.offsets ?? Int32Array.from({ length: rows + 1 }, (_, i) => i);
  const losses = new Float64Array(rows);
  const factors = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    factors[i] = scale * (offsets[i + 1] - offsets[i]);
    for (let t = offsets[i]; t < offsets[i + 1]; t++) losses[i] -= logits[i * cols + targets[t]];
  }
  const kind = floatKind(logits);
  const partitions = new Float64Array(rows);
  withOperands(engine.arena, (operands) => {
    const height = chunkRows(cols);
    const integers = [
      operands.output(logits, rows * cols, kind, true),
      operands.output(partitions, rows, "double", false),
      operands.input(factors, rows, "double"),
      ...[rows, cols, height],
    ];
    engine.call(kernelName("crossEntropy", kind), Math.ceil(rows / height), integers);
  });
  let total = 0;
  for (let i = 0; i < rows; i++) {
    const count = offsets[i + 1] - offsets[i];
    if (count > 0) losses[i] += count * partitions[i];
    if (!Number.isFinite(losses[i])) throw nonFiniteLoss(i, losses[i]);
    total += losses[i];
    for (let t = offsets[i]; t < offsets[i + 1]; t++) logits[i * cols + targets[t]] -= scale;
  }
  return total;
}

/** {@link Backend.softmaxInto} */
export function softmax(engine: Engine, out: FloatArray, x: FloatArray, shape: SoftmaxRows): void {
  const { rows, cols, log = false } = shape;
  checkRows(out, rows * cols, x, shape);
  const kind = floatKind(out);
  withOperands(engine.arena, (operands) => {
    const height = chunkRows(cols);
    const addresses = [operands.output(out, rows * cols, kind, false), operands.input(x, rows * cols, kind)];
    const integers = [...addresses, rows, cols, height, Number(log)];
    engine.call(kernelName("softmax", kind), Math.ceil(rows / height), integers);
  });
}

/** {@link Backend.softmaxGradientInto} */
export function softmaxGradient(
  engine: Engine,
  out: FloatArray,
  gradient: FloatArray,
  y: FloatArray,
  shape: SoftmaxRows,
): void {
  checkSoftmaxGradient(out, gradient, y, shape);
  const { rows, cols, log = false } = shape;
  const kind = floatKind(out);
  withOperands(engine.arena, (operands) => {
    const height = chunkRows(cols);
    const integers = [
      operands.output(out, rows * cols, kind, true),
      operands.input(gradient, rows * cols, kind),
      operands.input(y, rows * cols, kind),
      ...[rows, cols, height, Number(log)],
    ];
    engine.call(kernelName("softmaxGradient", kind), Math.ceil(rows / height), integers);
  });
}

const reductionTags = {
  sum: "Sum",
  sumOfSquares: "SumOfSquares",
  max: "Max",
  logSumExp: "LogSumExp",
} as const satisfies Record<RowReduction, string>;

/** {@link Backend.reduceRowsInto} */
export function reduceRows(
  engine: Engine,
  out: FloatArray,
  x: FloatArray,
  shape: RowsShape,
  by: RowReduction,
): void {
  const { rows, cols } = shape;
  checkRows(out, rows, x, shape);
  checkOutput("out", out, [x]);
  checkName("by", by, Object.keys(reductionTags));
  const kind = floatKind(out);
  withOperands(engine.arena, (operands) => {
    const height = chunkRows(cols);
    const addresses = [operands.output(out, rows, kind, false), operands.input(x, rows * cols, kind)];
    const integers = [...addresses, rows, cols, height];
    engine.call(kernelName(`row${reductionTags[by]}`, kind), Math.ceil(rows / height), integers);
  });
}

/** {@link Backend.reduceRowsGradientInto} */
export function reduceRowsGradient(
  engine: Engine,
  out: FloatArray,
  known: RowReductionGradient,
  by: RowReduction,
): void {
  checkReductionGradient(out, known);
  checkName("by", by, Object.keys(reductionTags));
  const { rows, cols } = known;
  const kind = floatKind(out);
  withOperands(engine.arena, (operands) => {
    const height = chunkRows(cols);
    const integers = [
      operands.output(out, rows * cols, kind, true),
      operands.input(known.gradient, rows, kind),
      operands.input(known.x, rows * cols, kind),
      operands.input(known.y, rows, kind),
      ...[rows, cols, height],
    ];
    engine.call(kernelName(`rowGradient${reductionTags[by]}`, kind), Math.ceil(rows / height), integers);
  });
}

/** {@link Backend.sumColumnsInto} */
export function sumColumns(engine: Engine, out: FloatArray, x: FloatArray, shape: ColumnsShape): void {
  checkRows(out, shape.cols, x, shape);
  checkOutput("out", out, [x]);
  const { rows, cols, accumulate = false } = shape;
  const kind = floatKind(out);
  withOperands(engine.arena, (operands) => {
    const integers = [
      operands.output(out, cols, kind, accumulate),
      operands.input(x, rows * cols, kind),
      ...[rows, cols, CHUNK_COLUMNS, Number(accumulate), 0, 0],
    ];
    engine.call(kernelName("columnsPlain", kind), Math.ceil(cols / CHUNK_COLUMNS), integers);
  });
}

/** {@link Backend.layerNormInto} */
export function layerNorm(engine: Engine, out: FloatArray, x: FloatArray, norm: LayerNorm): void {
  checkLayerNorm(out, x, norm);
  const { rows, cols, epsilon = 1e-5 } = norm;
  const kind = floatKind(out);
  withOperands(engine.arena, (operands) => {
    const height = chunkRows(cols);
    const integers = [
      operands.output(out, rows * cols, kind, false),
      operands.input(x, rows * cols, kind),
      operands.input(norm.gain, cols, kind),
      operands.input(norm.bias, cols, kind),
      operands.output(norm.statistics, 2 * rows, kind, false),
      ...[rows, cols, height],
    ];
    engine.call(kernelName("layerNorm", kind), Math.ceil(rows / height), integers, [epsilon]);
  });
}

/** {@link Backend.layerNormGradientInto} */
export function layerNormGradient(engine: Engine, known: LayerNormGradient): void {
  checkLayerNormGradient(known);
  const { rows, cols } = known;
  const kind = floatKind(known.gradient);
  withOperands(engine.arena, (operands) => {
    const gradient = operands.input(known.gradient, rows * cols, kind);
    const x = operands.input(known.x, rows * cols, kind);
    const statistics = operands.input(known.statistics, 2 * rows, kind);
    if (known.xGradient !== undefined) {
      const height = chunkRows(cols);
      const out = operands.output(known.xGradient, rows * cols, kind, true);
      const gain = operands.input(known.gain, cols, kind);
      const integers = [out, gradient, x, gain, statistics, rows, cols, height];
      engine.call(kernelName("layerNormGradient", kind), Math.ceil(rows / height), integers);
    }
    const columns = (target: FloatArray | undefined, tag: "Plain" | "Standardized") => {
      if (target === undefined) return;
      const out = operands.output(target, cols, kind, true);
      const integers = [out, gradient, rows, cols, CHUNK_COLUMNS, 1, x, statistics];
      engine.call(kernelName(`columns${tag}`, kind), Math.ceil(cols / CHUNK_COLUMNS), integers);
    };
    columns(known.gainGradient, "Standardized");
    columns(known.biasGradient, "Plain");
  });
}
