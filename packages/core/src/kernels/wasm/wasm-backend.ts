/**
 * The kernels in WebAssembly: every method checks its arguments as `ts` does, brings the operands into the arena, and
 * calls a compiled kernel for all chunks of a partition that the shapes alone decide.
 */
import { CredenceError } from "../../errors/credence-error.ts";
import { checkSide } from "../../matrix/matrix.ts";
import type { Backend } from "../backend.ts";
import { checkStep, clearIfEmpty, type OneVsAllStep } from "../one-vs-all-step.ts";
import type { AllocatedArrays } from "../shapes.ts";
import { plainArray } from "../ts-backend.ts";
import { elementBytes, type KernelArray } from "./arena.ts";
import { hasRelaxedSimd, kernelSupport } from "./binary.ts";
import { wasmCircuitPass } from "./circuit-pass.ts";
import { adagrad, adam, map, mapGradient, sgd } from "./elements.ts";
import { type Engine, engine, soloCrew } from "./engine.ts";
import { argsortRows, indexedRows, pairCounts, topKRows } from "./indices.ts";
import { wasmLatentTree } from "./latent-tree.ts";
import { wasmOneVsAll } from "./one-vs-all.ts";
import { withOperands } from "./operands.ts";
import { floatKind } from "./partition.ts";
import { gemm, multiplyCsr } from "./products.ts";
import {
  crossEntropy,
  layerNorm,
  layerNormGradient,
  reduceRows,
  reduceRowsGradient,
  softmax,
  softmaxGradient,
  sumColumns,
} from "./rows.ts";
import { multiplyCsrCsr } from "./sparse-product.ts";

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
    multiplyCsrCsr: (a, b, { semiring = "sum-product" } = {}) => multiplyCsrCsr(engine, a, b, semiring),
    softmaxCrossEntropyInto: (logits, targets, shape) => crossEntropy(engine, logits, targets, shape),
    oneVsAllStep: (step) => oneVsAll(engine, step),
    circuitPass: (pass) => withOperands(engine.arena, (operands) => wasmCircuitPass(engine, operands, pass)),
    latentTree: (pass) => withOperands(engine.arena, (operands) => wasmLatentTree(engine, operands, pass)),
    softmaxInto: (out, x, shape) => softmax(engine, out, x, shape),
    softmaxGradientInto: (out, gradient, y, shape) => softmaxGradient(engine, out, gradient, y, shape),
    reduceRowsInto: (out, x, shape, by) => reduceRows(engine, out, x, shape, by),
    reduceRowsGradientInto: (out, known, by) => reduceRowsGradient(engine, out, known, by),
    sumColumnsInto: (out, x, shape) => sumColumns(engine, out, x, shape),
    layerNormInto: (out, x, norm) => layerNorm(engine, out, x, norm),
    layerNormGradientInto: (known) => layerNormGradient(engine, known),
    mapInto: (out, x, f) => map(engine, out, x, f),
    mapGradientInto: (out, known, f) => mapGradient(engine, out, known, f),
    gatherRowsInto: (out, x, ids, shape) => indexedRows(engine, out, x, ids, shape, false),
    scatterAddRowsInto: (out, x, ids, shape) => indexedRows(engine, out, x, ids, shape, true),
    topKRowsInto: (out, x, shape) => topKRows(engine, out, x, shape),
    argsortRowsInto: (out, x, shape) => argsortRows(engine, out, x, shape),
    pairCountsInto: (out, a, b, shape) => pairCounts(engine, out, a, b, shape),
    sgdInto: (parameters, gradient, velocity, step) => sgd(engine, parameters, gradient, velocity, step),
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

function oneVsAll(engine: Engine, step: OneVsAllStep): number {
  const checked = checkStep(step);
  if (clearIfEmpty(checked)) return 0;
  return withOperands(engine.arena, (operands) => wasmOneVsAll(engine, operands, checked));
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
