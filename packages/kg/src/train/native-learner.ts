/**
 * Training by the native runtime (`onnxruntime-node`, where it is installed): whole steps of ComplEx with N3 and Adagrad.
 * Between steps the tables stay with the runtime. Its sums are in another order than the kernels', so results agree to
 * rounding, and differ in the last digits from machine to machine.
 */
import { InvalidArgumentError } from "@credence/core";
import { type NativeBackend, nativeComplexStep } from "@credence/core/onnx";
import type { EmbeddingParameters } from "../models/embedding.ts";
import { nonFiniteAsNaN } from "./diverged.ts";
import type { Learner } from "./learner.ts";
import { ADAGRAD_EPSILON, type TrainSettings } from "./options.ts";

/** The weight of N3. @throws InvalidArgumentError for an optimizer or a penalty that the native step does not have */
export function nativePenalty({ optimizer, regularizer }: TrainSettings): number {
  const hint = "Leave it out, or train with the kernels.";
  if (optimizer !== undefined) {
    throw new InvalidArgumentError("optimizer", optimizer.name, "Adagrad, on the native backend", hint);
  }
  if (regularizer === undefined) return 0;
  if (regularizer.kind === "n3") return regularizer.weight;
  throw new InvalidArgumentError("regularizer.kind", regularizer.kind, "n3, on the native backend", hint);
}

/**
 * A learner over copies of the parameters.
 * @throws CredenceError `BACKEND_UNAVAILABLE` without the runtime
 */
export async function nativeLearner(
  parameters: EmbeddingParameters,
  { rank, n3, rate }: { readonly rank: number; readonly n3: number; readonly rate: number },
  { threads, runtime }: NativeBackend,
): Promise<Learner> {
  const native = await nativeComplexStep(parameters, {
    ...{ rank, n3, epsilon: ADAGRAD_EPSILON },
    ...(threads === undefined ? {} : { threads }),
    ...(runtime === undefined ? {} : { runtime }),
  });
  return {
    step({ heads, relations, tails }, count) {
      const batch = {
        heads: heads.subarray(0, count),
        relations: relations.subarray(0, count),
        tails: tails.subarray(0, count),
      };
      return native.step(batch, rate).catch(nonFiniteAsNaN);
    },
    settle() {
      const { entities, relations } = native.tables();
      parameters.entities.set(entities);
      parameters.relations.set(relations);
    },
    release() {
      // Nothing waits for the end of a session, and nothing could be done if it failed.
      native.release().catch(() => {});
    },
  };
}
