/** The names of the compiled kernels, as `assembly/index.ts` exports them: what is done, and in which precision. */
import type { ElementKind } from "./arena.ts";

/** What is done. */
export type Operation =
  | `gemm${SemiringTag}`
  | `csr${SemiringTag}`
  | `map${"Exp" | "Log" | "Sigmoid" | "Softplus"}`
  | `row${"Sum" | "Max" | "LogSumExp"}`
  | "softmax"
  | "crossEntropy"
  | `update${"Adagrad" | "Adam"}`
  | `${"logits" | "normalize"}${"Softmax" | "Logistic"}`
  | "gradients"
  | "collect";

/** The semirings of `assembly/fold.ts`. */
export type SemiringTag = "SumProduct" | "MaxProduct" | "MaxMin" | "MaxLukasiewicz";

/** The name of an export. */
export type KernelName = `${Operation}${"Single" | "Double"}`;

/** The export that does `operation` for a kind of array. */
export function kernelName(operation: Operation, kind: Exclude<ElementKind, "integer">): KernelName {
  return `${operation}${kind === "single" ? "Single" : "Double"}`;
}
