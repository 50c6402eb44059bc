/** The names of the compiled kernels, as `assembly/index.ts` exports them: what is done, and in which precision. */
import type { ElementKind } from "./arena.ts";

/** What is done. */
export type Operation =
  | `csr${SemiringTag}`
  | `${"gemm" | "sparse"}${"SumProduct" | "Maximum"}`
  | `${"map" | "mapGradient"}${"Exp" | "Log" | "Sigmoid" | "Softplus" | "Tanh" | "Gelu" | "Relu"}`
  | `${"row" | "rowGradient"}${"Sum" | "SumOfSquares" | "Max" | "LogSumExp"}`
  | `softmax${"" | "Gradient"}`
  | "crossEntropy"
  | `columns${"Plain" | "Standardized"}`
  | `layerNorm${"" | "Gradient"}`
  | "gather"
  | "scatterAdd"
  | "topK"
  | "argsort"
  | `update${"Adagrad" | "Adam" | "Descent" | "Momentum"}`
  | `${"logits" | "normalize"}${"Softmax" | "Logistic"}`
  | "gradients"
  | "collect"
  | "circuitTile"
  | `latent${"Load" | "Values" | "Counts" | "Collect"}`;

/** The semirings of `assembly/fold.ts`. */
export type SemiringTag = "SumProduct" | "MaxProduct" | "MaxMin" | "MaxLukasiewicz";

/** The name of an export; two of them know no precision. */
export type KernelName = `${Operation}${"Single" | "Double"}` | "sparseCount" | "pairCounts";

/** The export that does `operation` for a kind of array. */
export function kernelName(operation: Operation, kind: Exclude<ElementKind, "integer">): KernelName {
  return `${operation}${kind === "single" ? "Single" : "Double"}`;
}
