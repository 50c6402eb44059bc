/** Training by the kernels: a gradient, then a step of the optimizer over both tables. */
import { type FloatArray, precisionOf } from "@credence/core";
import type { Backend } from "@credence/core/kernels";
import type { ModelSpec } from "../models/complex.ts";
import type { EmbeddingParameters } from "../models/embedding.ts";
import { nonFiniteAsNaN } from "./diverged.ts";
import type { Learner } from "./learner.ts";
import { ADAGRAD_EPSILON, type TrainSettings } from "./options.ts";
import { stepKernel } from "./training-step.ts";

/** A learner over live parameters, in place. */
export function kernelLearner(
  spec: ModelSpec,
  settings: TrainSettings,
  backend: Backend,
  parameters: EmbeddingParameters,
  batchSize: number,
): Learner {
  const step = stepKernel(spec, parameters, batchSize, { regularizer: settings.regularizer, backend });
  const updates = (["entities", "relations"] as const).map((name) =>
    updateOf(settings, backend, parameters[name], step.gradients[name]),
  );
  return {
    step(batch, count) {
      let loss: number;
      try {
        loss = step.run(batch, count).loss;
      } catch (error) {
        loss = nonFiniteAsNaN(error);
      }
      if (Number.isFinite(loss)) for (const update of updates) update.run();
      return loss;
    },
    settle() {},
    release() {
      step.release();
      for (const update of updates) update.release();
    },
  };
}

/** Steps of one table by the chosen optimizer, or by the kernel of Adagrad. */
function updateOf(settings: TrainSettings, backend: Backend, parameters: FloatArray, gradient: FloatArray) {
  const { optimizer, learningRate } = settings;
  if (optimizer !== undefined) {
    const state = optimizer.init(parameters.length, parameters);
    return { run: () => optimizer.updateInto(parameters, gradient, state), release: () => {} };
  }
  const sums = backend.allocate(precisionOf(parameters), parameters.length);
  const rule = { learningRate, epsilon: ADAGRAD_EPSILON };
  return {
    run: () => backend.adagradInto(parameters, gradient, sums, rule),
    release: () => backend.release(sums),
  };
}
