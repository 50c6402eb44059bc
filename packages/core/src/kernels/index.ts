/** `@credence/core/kernels`: the numeric engine. Importing it compiles nothing; making a backend does. */
export type { Backend } from "./backend.ts";
export { type BackendOptions, backend, sharedBackend } from "./choose-backend.ts";
export {
  type CircuitArrays,
  type CircuitOperation,
  type CircuitOperations,
  type CircuitPass,
  circuitArrays,
  releaseCircuitArrays,
} from "./circuit-pass.ts";
export { exp, log } from "./elementary.ts";
export {
  type LatentPlan,
  type LatentPlanOptions,
  type LatentShape,
  type LatentTable,
  latentPlan,
} from "./latent-plan.ts";
export {
  type LatentArrays,
  type LatentPass,
  type LatentRows,
  latentArrays,
  releaseLatentArrays,
} from "./latent-tree.ts";
export type { OneVsAllStep } from "./one-vs-all-step.ts";
export type {
  AdagradStep,
  AdamStep,
  AllocatedArrays,
  ArgsortRows,
  ColumnsShape,
  CsrCsrProduct,
  CsrProduct,
  ElementFunction,
  ElementGradient,
  GemmShape,
  IndexedRows,
  LayerNorm,
  LayerNormGradient,
  PairCountShape,
  RowReduction,
  RowReductionGradient,
  RowsShape,
  Semiring,
  SgdStep,
  SoftmaxRows,
  SoftmaxShape,
  TopKRows,
} from "./shapes.ts";
export { type WasmThreadsOptions, wasmThreadsBackend } from "./threads/wasm-threads-backend.ts";
export { tsBackend } from "./ts-backend.ts";
export { hasRelaxedSimd, type KernelSupport, kernelSupport } from "./wasm/binary.ts";
export { type WasmOptions, wasmBackend } from "./wasm/wasm-backend.ts";
