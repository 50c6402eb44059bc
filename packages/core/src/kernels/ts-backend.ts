/** The kernels in plain TypeScript: always available, everywhere the same, and the definition for all others. */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import type { FloatArray } from "../matrix/float-array.ts";
import { checkSide } from "../matrix/matrix.ts";
import { adagrad } from "../optimizer/adagrad.ts";
import { adam } from "../optimizer/adam.ts";
import type { AllocatedArrays, Backend, ElementFunction } from "./backend.ts";
import {
  checkCsr,
  checkGemm,
  checkLength,
  checkName,
  checkOutput,
  checkRows,
  checkSameLength,
  checkSoftmax,
} from "./checks.ts";
import { exp, log, logistic, softplusOf } from "./elementary.ts";
import { checkStep } from "./one-vs-all-step.ts";
import { tsSoftmaxCrossEntropy } from "./ts/cross-entropy.ts";
import { tsGemm } from "./ts/gemm.ts";
import { tsOneVsAll } from "./ts/one-vs-all.ts";
import { tsMaxProduct, tsMultiplyCsr } from "./ts/products.ts";
import { tsReduceRows, tsSoftmax } from "./ts/rows.ts";

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
  softmaxCrossEntropyInto(logits, targets, shape) {
    checkSoftmax(logits, targets, shape);
    return tsSoftmaxCrossEntropy(logits, targets, shape);
  },
  oneVsAllStep(step) {
    return tsOneVsAll(checkStep(step));
  },
  softmaxInto(out, x, shape) {
    checkRows(out, shape.rows * shape.cols, x, shape);
    tsSoftmax(out, x, shape);
  },
  reduceRowsInto(out, x, shape, by) {
    checkRows(out, shape.rows, x, shape);
    checkOutput("out", out, [x]);
    checkName("by", by, ["sum", "max", "logSumExp"]);
    tsReduceRows(out, x, shape, by);
  },
  mapInto(out, x, f) {
    checkLength("out", out, x.length);
    const apply = elementFunction(f);
    for (let i = 0; i < x.length; i++) out[i] = apply(x[i]);
  },
  adagradInto(parameters, gradient, sums, step) {
    checkSameLength(parameters, { gradient, sums });
    adagrad(step).updateInto(parameters, gradient, { sumOfSquares: sums });
  },
  adamInto(parameters, gradient, mean, meanSquare, step) {
    checkSameLength(parameters, { gradient, mean, meanSquare });
    checkStepNumber(step.step);
    const steps = Int32Array.of(step.step - 1);
    adam(step).updateInto(parameters, gradient, { mean, meanSquare, steps });
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

/** The function of a name. @throws InvalidArgumentError */
function elementFunction(name: ElementFunction): (x: number) => number {
  checkName("f", name, ["exp", "log", "sigmoid", "softplus"]);
  return { exp, log, sigmoid: logistic, softplus: softplusOf }[name];
}
