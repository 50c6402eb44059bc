/**
 * Who moves the parameters, batch by batch: the kernels (a gradient, then a step of the optimizer) or the native runtime
 * (whole steps). Training asks for steps and does not know by whom they are made.
 */
import { type Backend, sharedBackend } from "@credence/core/kernels";
import type { ModelSpec } from "../models/complex.ts";
import type { EmbeddingParameters } from "../models/embedding.ts";
import { kernelLearner } from "./kernel-learner.ts";
import { nativeLearner, nativePenalty } from "./native-learner.ts";
import { nativeOf, type TrainOptions, type TrainSettings } from "./options.ts";
import type { BatchBuffer } from "./training-step.ts";

/** The parameters of a run in the hands of who moves them. */
export interface Learner {
  /** Moves the parameters by the first `count` triples; the loss before that, or NaN where it is not finite. */
  step(batch: BatchBuffer, count: number): number | Promise<number>;
  /** Brings the arrays that the learner was made with up to date. */
  settle(): void;
  /** Gives back what it holds; the arrays that it was made with are the caller's. */
  release(): void;
}

/** Who computes in a run. */
export interface Computing {
  /** For parameters and for scores between steps. */
  readonly backend: Backend;
  /** Makes the learner over live parameters. */
  learner(parameters: EmbeddingParameters, batchSize: number): Learner | Promise<Learner>;
}

/**
 * Who computes, as the option says.
 * @throws InvalidArgumentError for settings that the native backend does not have
 */
export function computing(
  spec: ModelSpec,
  settings: TrainSettings,
  given: TrainOptions["backend"],
): Computing {
  const native = nativeOf(given);
  if (native !== undefined) {
    const step = { rank: spec.rank, n3: nativePenalty(settings), rate: settings.learningRate };
    return { backend: sharedBackend(), learner: (parameters) => nativeLearner(parameters, step, native) };
  }
  const backend = (given as Backend | undefined) ?? sharedBackend();
  return {
    backend,
    learner: (parameters, batchSize) => kernelLearner(spec, settings, backend, parameters, batchSize),
  };
}
