/** `@credence/core/kernels`: the numeric engine. Importing it compiles nothing; making a backend does. */
export type {
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
} from "./backend.ts";
export { type BackendOptions, backend, sharedBackend } from "./choose-backend.ts";
export { exp, log } from "./elementary.ts";
export type { OneVsAllStep } from "./one-vs-all-step.ts";
export { type WasmThreadsOptions, wasmThreadsBackend } from "./threads/wasm-threads-backend.ts";
export { tsBackend } from "./ts-backend.ts";
export { hasRelaxedSimd, type KernelSupport, kernelSupport } from "./wasm/binary.ts";
export { type WasmOptions, wasmBackend } from "./wasm/wasm-backend.ts";
