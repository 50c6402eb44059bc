/**
 * `@credence/core/layers`: what networks are made of. Feed-forward classifiers with one call ({@link fitNetwork}), and
 * blocks for models of any shape, trained step by step on a tape.
 */
export {
  type Attend,
  type AttentionCall,
  type AttentionOptions,
  attention,
  causalMask,
} from "./attention.ts";
export { type Block, block, type FunctionOf, type ParameterSpec, type Parts, weights } from "./block.ts";
export { type BlockLayer, dense } from "./dense.ts";
export { dropout } from "./dropout.ts";
export { embedding } from "./embedding.ts";
export {
  type FitOptions,
  fitNetwork,
  fitNetworkSteps,
  fitNetworkSync,
  type LabeledRows,
} from "./fit.ts";
export { type LossGradient, lossGradient } from "./gradient.ts";
export {
  constant,
  glorotUniform,
  heUniform,
  type Initialize,
  normal,
  uniform,
  zeros,
} from "./initialize.ts";
export type { BackwardPass, Layer } from "./layer.ts";
export { layerNorm } from "./layer-norm.ts";
export { gradientOf, type Model, type ModelGradient, type ModelOptions, model, onTape } from "./model.ts";
export {
  type Evaluator,
  type EvaluatorOptions,
  evaluator,
  type Network,
  type NetworkOptions,
  network,
  probabilities,
} from "./network.ts";
export { layerBlock } from "./on-tape.ts";
export { type Cell, type GatedUpdateOptions, gatedUpdate, gruCell } from "./recurrent.ts";
export { relu } from "./relu.ts";
export {
  type Predictor,
  type PredictorOptions,
  predictor,
  type Trainer,
  type TrainerOptions,
  type TrainStepReport,
  trainer,
} from "./trainer.ts";
