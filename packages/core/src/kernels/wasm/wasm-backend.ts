/**
 * The kernels in WebAssembly: every method checks its arguments as `ts` does, brings the operands into the arena, and
 * calls one compiled kernel for all chunks of a partition that the shapes alone decide.
 */
import { CredenceError } from "../../errors/credence-error.ts";
import type { FloatArray } from "../../matrix/float-array.ts";
import { checkSide } from "../../matrix/matrix.ts";
import { adagrad as adagradOptimizer } from "../../optimizer/adagrad.ts";
import { adam as adamOptimizer } from "../../optimizer/adam.ts";
import type { Csr } from "../../sparse/csr.ts";
import type {
  AdagradStep,
  AdamStep,
  AllocatedArrays,
  Backend,
  CsrProduct,
  ElementFunction,
  GemmShape,
  RowReduction,
  RowsShape,
  Semiring,
  SoftmaxShape,
} from "../backend.ts";
import {
  checkCsr,
  checkGemm,
  checkLength,
  checkName,
  checkOutput,
  checkRows,
  checkSameLength,
  checkSoftmax,
} from "../checks.ts";
import { nonFiniteLoss } from "../non-finite-loss.ts";
import { checkStep, clearIfEmpty, type OneVsAllStep } from "../one-vs-all-step.ts";
import { checkStepNumber, plainArray } from "../ts-backend.ts";
import { elementBytes, type KernelArray } from "./arena.ts";
import { hasRelaxedSimd, kernelSupport } from "./binary.ts";
import { type Engine, engine, soloCrew } from "./engine.ts";
import { kernelName, type SemiringTag } from "./kernel-names.ts";
import { wasmOneVsAll } from "./one-vs-all.ts";
import { withOperands } from "./operands.ts";

/** Options of {@link wasmBackend}. */
export interface WasmOptions {
  /**
   * Multiply and add with one rounding where the engine has it (`hasRelaxedSimd`): faster on some machines, other
   * bits, and not the same ones on every machine. Default false.
   */
  readonly fma?: boolean;
  /** Do without shared memory, as a page must that cannot have it: `allocate` then gives plain arrays. Default true. */
  readonly sharedMemory?: boolean;
}

/** Rows of a chunk of a product: a multiple of the tile's 5, and what `block` in `assembly/gemm.ts` takes at most. */
const GEMM_ROWS = 260;
/** Bytes of a row of a chunk of a product, likewise; more where B is not packed. */
const GEMM_ROW_BYTES = 1024;
const THIN_ROW_BYTES = 8192;
/** Products with fewer rows than a tile do not pack B. */
const TILE_ROWS = 5;
/** Elements of a chunk of an elementwise kernel, and stored entries of one of a sparse product. */
const CHUNK_ELEMENTS = 16384;
const CHUNK_ENTRIES = 32768;

/**
 * The kernels on the calling thread, with an arena of their own. Making one takes a few milliseconds; V8 compiles the
 * kernels again, faster, while they are first used.
 *
 * @throws CredenceError `BACKEND_UNAVAILABLE` where WebAssembly, its vectors or (if asked for) relaxed SIMD is missing
 */
export function wasmBackend(options: WasmOptions = {}): Backend {
  const { fma = false, sharedMemory = true } = options;
  checkSupport(fma);
  return backendOver("wasm", engine(fma, soloCrew, sharedMemory));
}

/** @throws CredenceError `BACKEND_UNAVAILABLE` */
export function checkSupport(fma: boolean): void {
  const { missing } = kernelSupport();
  if (missing !== undefined) throw unavailable(missing, 'Use backend(), which then chooses "ts".');
  if (fma && !hasRelaxedSimd()) {
    throw unavailable(
      "relaxed SIMD",
      "Leave fma out, or use an engine that has it (Node 22, recent browsers).",
    );
  }
}

/** The error of a backend that the engine cannot run. */
export function unavailable(missing: string, hint: string): CredenceError {
  return new CredenceError({
    code: "BACKEND_UNAVAILABLE",
    message: `This engine has no ${missing}.`,
    expected: missing,
    hint,
  });
}

/** The backend over an engine. */
export function backendOver(name: string, engine: Engine): Backend {
  return {
    name,
    threads: engine.crew.threads,
    gemmInto: (out, a, b, shape) => gemm(engine, out, a, b, shape),
    multiplyCsrInto: (out, matrix, x, options = {}) => multiplyCsr(engine, out, matrix, x, options),
    softmaxCrossEntropyInto: (logits, targets, shape) => crossEntropy(engine, logits, targets, shape),
    oneVsAllStep: (step) => oneVsAll(engine, step),
    softmaxInto: (out, x, shape) => softmax(engine, out, x, shape),
    reduceRowsInto: (out, x, shape, by) => reduceRows(engine, out, x, shape, by),
    mapInto: (out, x, f) => map(engine, out, x, f),
    adagradInto: (parameters, gradient, sums, step) => adagrad(engine, parameters, gradient, sums, step),
    adamInto: (parameters, gradient, mean, meanSquare, step) =>
      adam(engine, [parameters, gradient, mean, meanSquare], step),
    allocate: (kind, length) => allocate(engine, kind, length),
    release: (array) => {
      if (engine.arena.owns(array)) engine.arena.release(array.byteOffset);
    },
    close: () => engine.crew.close(),
  };
}

function floatKind(array: FloatArray): "single" | "double" {
  return array instanceof Float32Array ? "single" : "double";
}

const semiringTags: Readonly<Record<Semiring, SemiringTag>> = {
  "sum-product": "SumProduct",
  "max-product": "MaxProduct",
  "max-min": "MaxMin",
  "max-lukasiewicz": "MaxLukasiewicz",
};

function gemm(engine: Engine, out: FloatArray, a: FloatArray, b: FloatArray, shape: GemmShape): void {
  checkGemm(out, a, b, shape);
  const { m, n, k, transposeA = false, transposeB = false, accumulate = false } = shape;
  if (m * n === 0) return;
  if (n === 1 && m > 1) {
    // A column is stored like a row, and products with few rows are the ones that have a fast way.
    gemm(engine, out, b, a, { ...shape, m: 1, n: m, transposeA: false, transposeB: !transposeA });
    return;
  }
  const kind = floatKind(out);
  const rowBytes = m < TILE_ROWS && !transposeB ? THIN_ROW_BYTES : GEMM_ROW_BYTES;
  const columns = rowBytes / elementBytes(kind);
  withOperands(engine.arena, (operands) => {
    const addresses = [
      operands.output(out, m * n, kind, accumulate),
      operands.input(a, m * k, kind),
      operands.input(b, k * n, kind),
    ];
    const flags = [transposeA, transposeB, accumulate].map(Number);
    const integers = [...addresses, m, n, k, ...flags, GEMM_ROWS, columns];
    const chunks = Math.ceil(m / GEMM_ROWS) * Math.ceil(n / columns);
    engine.call(kernelName(`gemm${semiringTags[shape.semiring ?? "sum-product"]}`, kind), chunks, integers);
  });
}

function multiplyCsr(engine: Engine, out: FloatArray, matrix: Csr, x: FloatArray, options: CsrProduct): void {
  checkCsr(out, matrix, x, options.semiring);
  const { semiring = "sum-product", accumulate = false } = options;
  const { rows, cols } = matrix;
  if (rows === 0) return;
  const kind = floatKind(out);
  const entries = matrix.offsets[rows];
  withOperands(engine.arena, (operands) => {
    const integers = [
      operands.output(out, rows, kind, accumulate),
      operands.input(matrix.offsets, rows + 1, "integer"),
      operands.input(matrix.indices, entries, "integer"),
      operands.input(matrix.values, entries, kind),
      operands.input(x, cols, kind),
      ...[rows, Number(accumulate), CHUNK_ENTRIES],
    ];
    // One more than full ones: empty rows after the last entry begin at its end.
    const chunks = Math.floor(entries / CHUNK_ENTRIES) + 1;
    engine.call(kernelName(`csr${semiringTags[semiring]}`, kind), chunks, integers);
  });
}

function crossEntropy(engine: Engine, logits: FloatArray, targets: Int32Array, shape: SoftmaxShape): number {
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

function oneVsAll(engine: Engine, step: OneVsAllStep): number {
  const checked = checkStep(step);
  if (clearIfEmpty(checked)) return 0;
  return withOperands(engine.arena, (operands) => wasmOneVsAll(engine, operands, checked));
}

/** Rows of a chunk of a kernel that works row by row. */
function chunkRows(cols: number): number {
  return Math.max(1, Math.floor(CHUNK_ELEMENTS / Math.max(1, cols)));
}

function softmax(engine: Engine, out: FloatArray, x: FloatArray, shape: RowsShape): void {
  const { rows, cols } = shape;
  checkRows(out, rows * cols, x, shape);
  const kind = floatKind(out);
  withOperands(engine.arena, (operands) => {
    const height = chunkRows(cols);
    const addresses = [operands.output(out, rows * cols, kind, false), operands.input(x, rows * cols, kind)];
    const integers = [...addresses, rows, cols, height];
    engine.call(kernelName("softmax", kind), Math.ceil(rows / height), integers);
  });
}

const reductionTags = { sum: "Sum", max: "Max", logSumExp: "LogSumExp" } as const;

function reduceRows(
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
    engine.call(kernelName(`row${reductionTags[by]}`, kind), Math.ceil(rows / height), [
      ...addresses,
      ...[rows, cols, height],
    ]);
  });
}

const functionTags = { exp: "Exp", log: "Log", sigmoid: "Sigmoid", softplus: "Softplus" } as const;

function map(engine: Engine, out: FloatArray, x: FloatArray, f: ElementFunction): void {
  const { length } = x;
  checkLength("out", out, length);
  checkName("f", f, Object.keys(functionTags));
  const kind = floatKind(out);
  withOperands(engine.arena, (operands) => {
    const addresses = [operands.output(out, length, kind, false), operands.input(x, length, kind)];
    const integers = [...addresses, length, CHUNK_ELEMENTS];
    engine.call(kernelName(`map${functionTags[f]}`, kind), Math.ceil(length / CHUNK_ELEMENTS), integers);
  });
}

function adagrad(
  engine: Engine,
  parameters: FloatArray,
  gradient: FloatArray,
  sums: FloatArray,
  step: AdagradStep,
): void {
  checkSameLength(parameters, { gradient, sums });
  // Making the optimizer checks its settings.
  adagradOptimizer(step);
  update(engine, "Adagrad", [parameters, gradient, sums], [step.learningRate, step.epsilon]);
}

function adam(engine: Engine, arrays: readonly FloatArray[], settings: AdamStep): void {
  const [parameters, gradient, mean, meanSquare] = arrays;
  const { learningRate, beta1, beta2, epsilon, step } = settings;
  checkSameLength(parameters, { gradient, mean, meanSquare });
  checkStepNumber(step);
  adamOptimizer(settings);
  const rate = learningRate / (1 - beta1 ** step);
  const root = Math.sqrt(1 - beta2 ** step);
  update(engine, "Adam", arrays, [rate, epsilon, beta1, 1 - beta1, beta2, 1 - beta2, root]);
}

/** One update; all arrays but the second (the gradient) are written. */
function update(
  engine: Engine,
  optimizer: "Adagrad" | "Adam",
  arrays: readonly FloatArray[],
  settings: readonly number[],
): void {
  const { length } = arrays[0];
  const kind = floatKind(arrays[0]);
  withOperands(engine.arena, (operands) => {
    const addresses = arrays.map((array, i) =>
      i === 1 ? operands.input(array, length, kind) : operands.output(array, length, kind, true),
    );
    while (addresses.length < 4) addresses.push(0);
    const chunks = Math.ceil(length / CHUNK_ELEMENTS);
    engine.call(
      kernelName(`update${optimizer}`, kind),
      chunks,
      [...addresses, length, CHUNK_ELEMENTS],
      settings,
    );
  });
}

function allocate<K extends keyof AllocatedArrays>(
  engine: Engine,
  kind: K,
  length: number,
): AllocatedArrays[K] {
  const { arena } = engine;
  if (!arena.shared) return plainArray(kind, length);
  const plain = plainArray(kind, 0);
  checkSide("length", length);
  const element = plain instanceof Int32Array ? "integer" : floatKind(plain);
  const address = arena.allocate(length * elementBytes(element));
  const array: KernelArray = arena.view(element, address, length);
  array.fill(0);
  return array as AllocatedArrays[K];
}
