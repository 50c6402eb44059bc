/** `@credence/core/layers`: small feed-forward networks with hand-derived gradients. */
export { dense } from "./dense.ts";
export {
  type FitOptions,
  fitNetwork,
  fitNetworkSteps,
  fitNetworkSync,
  type LabeledRows,
} from "./fit.ts";
export { type LossGradient, lossGradient } from "./gradient.ts";
export type { BackwardPass, Layer } from "./layer.ts";
export {
  type Evaluator,
  type EvaluatorOptions,
  evaluator,
  type Network,
  type NetworkOptions,
  network,
  probabilities,
} from "./network.ts";
export { relu } from "./relu.ts";
