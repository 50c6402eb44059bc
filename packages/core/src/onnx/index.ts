/** `@credence/core/onnx`: graphs as ONNX files, and whole training steps in a native runtime that is installed. */
export { type ComplexStepOptions, complexStepGraph } from "./complex-step.ts";
export { type GraphBuilder, graphBuilder } from "./graph-builder.ts";
export {
  encodeOnnx,
  type OnnxAttribute,
  type OnnxConstant,
  type OnnxGraph,
  type OnnxNode,
  type OnnxType,
  type OnnxValue,
} from "./model.ts";
export {
  type ComplexBatch,
  type ComplexTables,
  type NativeComplexStep,
  type NativeComplexStepOptions,
  nativeComplexStep,
} from "./native-complex-step.ts";
export {
  type NativeBackend,
  type OnnxRuntime,
  type OnnxSession,
  type OnnxTensor,
  onnxRuntime,
} from "./runtime.ts";
