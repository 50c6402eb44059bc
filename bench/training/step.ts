/** One training step of ComplEx at the size of FB15k-237, made ready for a backend: what kg's trainer does a batch. */
import { normalsInto, rng } from "@credence/core";
import type { Backend } from "@credence/core/kernels";
import { complex } from "@credence/kg";
import { computing, type Learner } from "../../packages/kg/src/train/learner.ts";
import { type TrainOptions, trainSettings } from "../../packages/kg/src/train/options.ts";

/** Entities, relations with their reciprocal ones, complex coordinates, and triples a batch. */
export const size = { entities: 14541, relations: 474, rank: 100, batch: 512 };

/** A step; the same batch every time, whose content costs nothing and changes nothing. */
export interface ReadyStep {
  run(): number | Promise<number>;
  release(): void;
}

/** Parameters, learner and batch on a backend. */
export async function readyStep(backend: TrainOptions["backend"] & {}): Promise<ReadyStep> {
  const spec = complex({ rank: size.rank });
  const options: TrainOptions = {
    ...{ backend, batchSize: size.batch, learningRate: 0.1 },
    regularizer: { kind: "n3", weight: 0.05 },
  };
  const who = computing(spec, trainSettings(spec, options), backend);
  const random = rng("training");
  const parameters = {
    entities: normals(who.backend, size.entities * 2 * size.rank),
    relations: normals(who.backend, size.relations * 2 * size.rank),
  };
  const learner: Learner = await who.learner(parameters, size.batch);
  const column = (below: number) => Int32Array.from({ length: size.batch }, () => random.int(below));
  const batch = {
    heads: column(size.entities),
    relations: column(size.relations),
    tails: column(size.entities),
  };
  return { run: () => learner.step(batch, size.batch), release: () => learner.release() };
}

function normals(backend: Backend, length: number): Float32Array {
  const out = backend.allocate("float32", length);
  normalsInto(out, rng("parameters"));
  for (let i = 0; i < length; i++) out[i] *= 0.1;
  return out;
}
