/** `@credence/core/tape`: reverse-mode differentiation over flat matrices. */
export { gelu, relu, sigmoid, softplus, tanh } from "./activations.ts";
export type { ArenaMemory } from "./arena.ts";
export { add, mul, scale, sub } from "./arithmetic.ts";
export { concatColumns, reshape, sliceColumns, stackColumns, unstackColumns } from "./arrange.ts";
export { dropout } from "./dropout.ts";
export { gatherRows, pick, scatterRows } from "./indices.ts";
export { linear } from "./linear.ts";
export { binaryCrossEntropy, crossEntropy, type LossOptions } from "./losses.ts";
export { type BatchedMatmulOptions, batchedMatmul, type MatmulOptions, matmul } from "./products.ts";
export { mean, sum, sumColumns, sumRows } from "./reductions.ts";
export { layerNorm, logSoftmax, type SoftmaxOptions, softmax } from "./rows.ts";
export { type Operation, type StepMode, type Tape, type TapeOptions, tape } from "./tape.ts";
export type { Value } from "./value.ts";
