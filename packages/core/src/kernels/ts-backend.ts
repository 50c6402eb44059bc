/** The kernels in plain TypeScript: always available, everywhere the same, and the definition for all others. */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import type { FloatArray } from "../matrix/float-array.ts";
import { checkSide } from "../matrix/matrix.ts";
import { adagrad } from "../optimizer/adagrad.ts";
import { adamW } from "../optimizer/adam.ts";
import { sgd } from "../optimizer/sgd.ts";
import type { Backend } from "./backend.ts";
import {
  checkCsr,
  checkCsrCsr,
  checkGemm,
  checkIndexedRows,
  checkLayerNorm,
  checkLayerNormGradient,
  checkLength,
  checkMapGradient,
  checkName,
  checkOrder,
  checkOutput,
  checkPairCounts,
  checkReductionGradient,
  checkRows,
  checkSameLength,
  checkSoftmax,
  checkSoftmaxGradient,
  refuseNaNs,
} from "./checks.ts";
import { checkCircuitPass } from "./circuit-pass.ts";
import { checkLatentRows } from "./latent-tree.ts";
import { checkStep } from "./one-vs-all-step.ts";
import type { AllocatedArrays, SgdStep } from "./shapes.ts";
import { tsCircuitPass } from "./ts/circuit-pass.ts";
import { tsSoftmaxCrossEntropy } from "./ts/cross-entropy.ts";
import { elementFunctions, tsMap, tsMapGradient } from "./ts/elements.ts";
import { tsGemm } from "./ts/gemm.ts";
import { tsArgsortRows, tsGatherRows, tsScatterAddRows, tsTopKRows } from "./ts/indices.ts";
import { tsLatentLoad, tsLatentRows } from "./ts/latent-tree.ts";
import { tsLayerNorm, tsLayerNormGradient } from "./ts/layer-norm.ts";
import { tsOneVsAll } from "./ts/one-vs-all.ts";
import { tsPairCounts } from "./ts/pair-counts.ts";
import { tsMaxProduct, tsMultiplyCsr } from "./ts/products.ts";
import { tsReduceRows, tsReduceRowsGradient, tsSoftmax, tsSoftmaxGradient, tsSumColumns } from "./ts/rows.ts";
import { tsMultiplyCsrCsr } from "./ts/sparse-product.ts";

/** The names of the reductions. */
export const rowReductions: readonly string[] = ["sum", "sumOfSquares", "max", "logSumExp"];

/** The TypeScript backend. */
export const tsBackend: Backend = {
  name: "ts",
  threads: 1,
  gemmInto(out, a, b, shape) {
    checkGemm(out, a, b, shape);
    const { semiring = "sum-product" } = shape;
    if (semiring === "sum-product") tsGemm(out, a, b, shape);
    else tsMaxProduct(out, a, b, shape, semiring);
  },
  multiplyCsrInto(out, matrix, x, options = {}) {
    checkCsr(out, matrix, x, options.semiring);
    tsMultiplyCsr(out, matrix, x, options);
  },
  multiplyCsrCsr(a, b, { semiring = "sum-product" } = {}) {
    checkCsrCsr(a, b, semiring);
    return tsMultiplyCsrCsr(a, b, semiring);
  },
  softmaxCrossEntropyInto(logits, targets, shape) {
    checkSoftmax(logits, targets, shape);
    return tsSoftmaxCrossEntropy(logits, targets, shape);
  },
  oneVsAllStep(step) {
    return tsOneVsAll(checkStep(step));
  },
  latentTree(pass) {
    if (pass.pass === "load") return tsLatentLoad(pass.arrays);
    checkLatentRows(pass.arrays, pass.rows);
    tsLatentRows(pass.arrays, pass.rows, pass.pass === "counts");
  },
  circuitPass(pass) {
    checkCircuitPass(pass);
    tsCircuitPass(pass);
  },
  softmaxInto(out, x, shape) {
    checkRows(out, shape.rows * shape.cols, x, shape);
    tsSoftmax(out, x, shape);
  },
  softmaxGradientInto(out, gradient, y, shape) {
    checkSoftmaxGradient(out, gradient, y, shape);
    tsSoftmaxGradient(out, gradient, y, shape);
  },
  reduceRowsInto(out, x, shape, by) {
    checkRows(out, shape.rows, x, shape);
    checkOutput("out", out, [x]);
    checkName("by", by, rowReductions);
    tsReduceRows(out, x, shape, by);
  },
  reduceRowsGradientInto(out, known, by) {
    checkReductionGradient(out, known);
    checkName("by", by, rowReductions);
    tsReduceRowsGradient(out, known, by);
  },
  sumColumnsInto(out, x, shape) {
    checkRows(out, shape.cols, x, shape);
    checkOutput("out", out, [x]);
    tsSumColumns(out, x, shape);
  },
  layerNormInto(out, x, norm) {
    checkLayerNorm(out, x, norm);
    tsLayerNorm(out, x, norm);
  },
  layerNormGradientInto(known) {
    checkLayerNormGradient(known);
    tsLayerNormGradient(known);
  },
  mapInto(out, x, f) {
    checkLength("out", out, x.length);
    checkName("f", f, elementFunctions);
    tsMap(out, x, f);
  },
  mapGradientInto(out, known, f) {
    checkMapGradient(out, known);
    checkName("f", f, elementFunctions);
    tsMapGradient(out, known, f);
  },
  gatherRowsInto(out, x, ids, shape) {
    checkIndexedRows(out, x, ids, shape, false);
    tsGatherRows(out, x, ids, shape.cols);
  },
  scatterAddRowsInto(out, x, ids, shape) {
    checkIndexedRows(out, x, ids, shape, true);
    tsScatterAddRows(out, x, ids, shape.cols);
  },
  topKRowsInto(out, x, shape) {
    checkOrder(out, x, shape, shape.k);
    refuseNaNs(x, shape);
    tsTopKRows(out, x, shape);
  },
  argsortRowsInto(out, x, shape) {
    checkOrder(out, x, shape, shape.cols);
    refuseNaNs(x, shape);
    tsArgsortRows(out, x, shape);
  },
  pairCountsInto(out, a, b, shape) {
    checkPairCounts(out, a, b, shape);
    tsPairCounts(out, a, b, shape);
  },
  sgdInto(parameters, gradient, velocity, step) {
    checkSgd(parameters, gradient, velocity, step);
    sgd(step).updateInto(parameters, gradient, velocity === undefined ? {} : { velocity });
  },
  adagradInto(parameters, gradient, sums, step) {
    checkSameLength(parameters, { gradient, sums });
    adagrad(step).updateInto(parameters, gradient, { sumOfSquares: sums });
  },
  adamInto(parameters, gradient, mean, meanSquare, step) {
    checkSameLength(parameters, { gradient, mean, meanSquare });
    checkStepNumber(step.step);
    const steps = Int32Array.of(step.step - 1);
    const optimizer = adamW({ ...step, weightDecay: step.weightDecay ?? 0 });
    optimizer.updateInto(parameters, gradient, { mean, meanSquare, steps });
  },
  allocate(kind, length) {
    return plainArray(kind, length);
  },
  release() {},
  close() {},
};

/** A zeroed array of a kind. @throws InvalidArgumentError */
export function plainArray<K extends keyof AllocatedArrays>(kind: K, length: number): AllocatedArrays[K] {
  checkSide("length", length);
  checkName("kind", kind, ["float32", "float64", "int32"]);
  const array: FloatArray | Int32Array =
    kind === "float32"
      ? new Float32Array(length)
      : kind === "float64"
        ? new Float64Array(length)
        : new Int32Array(length);
  return array as AllocatedArrays[K];
}

/** @throws InvalidArgumentError unless `step` is an integer ≥ 1 */
export function checkStepNumber(step: number): void {
  if (!Number.isInteger(step) || step < 1)
    throw new InvalidArgumentError("step", step, "an integer of at least 1");
}

/** @throws InvalidArgumentError as {@link Backend.sgdInto} says */
export function checkSgd(
  parameters: FloatArray,
  gradient: FloatArray,
  velocity: FloatArray | undefined,
  step: SgdStep,
): void {
  checkSameLength(parameters, velocity === undefined ? { gradient } : { gradient, velocity });
  // Making the optimizer checks its settings.
  sgd(step);
  const { momentum = 0 } = step;
  if (momentum > 0 === (velocity !== undefined)) return;
  const expected = momentum > 0 ? "an array, because there is momentum" : "undefined, without momentum";
  throw new InvalidArgumentError("velocity", velocity, expected);
}
