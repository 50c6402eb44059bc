/**
 * One gradient of 1-vs-all training (Lacroix et al. 2018, equations 5 and 8). For a batch of B triples
 * (h, r, t), with q = query(h, r) and s = E q the scores of all entities,
 *
 *   loss = 1/B Σ [ ln Σ_e exp(s_e) − s_t ]  +  weight/B Σ [ Ω(h) + Ω(r) + Ω(t) ],
 *
 * with Ω(z) = Σ|z|³ (N3) or Σ|z|² (F2) over the coordinates of a row: rows are penalized as often as the batch
 * has them. The gradient in closed form: with G = (softmax(s) − onehot(t)) / B, one row per triple,
 *
 *   ∂/∂Q = G E,    ∂/∂E = Gᵀ Q  plus what ∂/∂Q sends back to the heads,
 *
 * so that a step is three matrix products of B × N × width. O(B · entities · width).
 */
import { type FloatArray, floatArray, InvalidArgumentError, precisionOf } from "@credence/core";
import { type Backend, tsBackend } from "@credence/core/kernels";
import { interactionOf, type ModelSpec } from "../models/complex.ts";
import type { EmbeddingParameters } from "../models/embedding.ts";
import type { Interaction } from "../models/interaction.ts";
import { crossEntropyRowsInto } from "./cross-entropy.ts";

/** A penalty on the rows that a batch touches: N3 (cubes of moduli) or F2 (squares). */
export interface Regularizer {
  readonly kind: "n3" | "f2";
  /** 0 or more. */
  readonly weight: number;
}

/** Triples by id, in the direction in which the tail is predicted; reciprocal relations are r + R. */
export interface Batch {
  readonly heads: ArrayLike<number>;
  readonly relations: ArrayLike<number>;
  readonly tails: ArrayLike<number>;
}

/** The loss of a batch, in nats per triple, and its two parts. */
export interface BatchLoss {
  readonly loss: number;
  /** Mean cross-entropy. */
  readonly fit: number;
  readonly penalty: number;
}

/** A loss with its gradients, in the layout of the parameters. */
export interface TrainingStep extends BatchLoss {
  readonly gradients: EmbeddingParameters;
}

/** Options of {@link trainingStep}. */
export interface TrainingStepOptions {
  readonly regularizer?: Regularizer | undefined;
  readonly backend?: Backend | undefined;
}

/**
 * The loss of a batch and its gradients with respect to all rows, in the precision of the parameters.
 * @throws InvalidArgumentError an empty batch, ids that have no row, or parameters of another rank
 */
export function trainingStep(
  spec: ModelSpec,
  parameters: EmbeddingParameters,
  batch: Batch,
  options: TrainingStepOptions = {},
): TrainingStep {
  const interaction = interactionOf(spec);
  checkBatch(batch, parameters, interaction.rowLength(spec.rank));
  const step = stepKernel(spec, parameters, batch.heads.length, options);
  return { ...step.run(batch, batch.heads.length), gradients: step.gradients };
}

/** A step whose buffers are made once; see {@link stepKernel}. */
export interface StepKernel {
  /** Overwritten by every run. */
  readonly gradients: EmbeddingParameters;
  /** The loss of the first `count` triples of a batch; fills `gradients`. */
  run(batch: Batch, count: number): BatchLoss;
}

/** A training step over live parameters for batches of up to `batchSize` triples; runs allocate no arrays. */
export function stepKernel(
  spec: ModelSpec,
  parameters: EmbeddingParameters,
  batchSize: number,
  options: TrainingStepOptions,
): StepKernel {
  const interaction = interactionOf(spec);
  const { regularizer, backend = tsBackend } = options;
  const { rank } = spec;
  const width = interaction.rowLength(rank);
  const precision = precisionOf(parameters.entities);
  const n = parameters.entities.length / width;
  const queries = floatArray(precision, batchSize * width);
  const queryGradients = floatArray(precision, batchSize * width);
  const scores = floatArray(precision, batchSize * n);
  const gradients = {
    entities: floatArray(precision, parameters.entities.length),
    relations: floatArray(precision, parameters.relations.length),
  };
  const run = (batch: Batch, count: number): BatchLoss => {
    const { heads, relations, tails } = batch;
    for (let i = 0; i < count; i++) {
      const [h, r] = [heads[i] * width, relations[i] * width];
      interaction.queryInto(queries, i * width, rank, parameters.entities, h, parameters.relations, r);
    }
    backend.gemmInto(scores, queries, parameters.entities, { m: count, n, k: width, transposeB: true });
    const fit = crossEntropyRowsInto(scores, tails, count, n);
    backend.gemmInto(queryGradients, scores, parameters.entities, { m: count, n: width, k: n });
    backend.gemmInto(gradients.entities, scores, queries, { m: n, n: width, k: count, transposeA: true });
    gradients.relations.fill(0);
    for (let i = 0; i < count; i++) {
      const [h, r] = [heads[i] * width, relations[i] * width];
      interaction.backwardInto(gradients, parameters, h, r, rank, queryGradients, i * width);
    }
    const penalty = regularizer === undefined ? 0 : penalize(interaction, rank, batch, count, regularizer);
    return { loss: fit + penalty, fit, penalty };
  };
  const penalize = (
    kind: Interaction,
    coordinates: number,
    batch: Batch,
    count: number,
    { kind: norm, weight }: Regularizer,
  ): number => {
    const power = norm === "n3" ? 3 : 2;
    const scale = weight / count;
    const add = (gradient: FloatArray, rows: FloatArray, row: number): number =>
      kind.penaltyInto(gradient, rows, row * width, coordinates, power, scale);
    let sum = 0;
    for (let i = 0; i < count; i++) {
      sum += add(gradients.entities, parameters.entities, batch.heads[i]);
      sum += add(gradients.relations, parameters.relations, batch.relations[i]);
      sum += add(gradients.entities, parameters.entities, batch.tails[i]);
    }
    return sum;
  };
  return { gradients, run };
}

function checkBatch(batch: Batch, parameters: EmbeddingParameters, width: number): void {
  const count = batch.heads.length;
  if (count === 0) throw new InvalidArgumentError("batch.heads.length", 0, "positive");
  const rows = {
    heads: parameters.entities.length / width,
    relations: parameters.relations.length / width,
    tails: parameters.entities.length / width,
  };
  for (const name of ["heads", "relations", "tails"] as const) {
    if (!Number.isInteger(rows[name])) {
      throw new InvalidArgumentError("parameters", rows[name], `rows of ${width} numbers`);
    }
    if (batch[name].length !== count) {
      throw new InvalidArgumentError(`batch.${name}.length`, batch[name].length, `${count}, as of heads`);
    }
    for (let i = 0; i < count; i++) {
      const id = batch[name][i];
      if (Number.isInteger(id) && id >= 0 && id < rows[name]) continue;
      throw new InvalidArgumentError(`batch.${name}[${i}]`, id, `an integer from 0 to ${rows[name] - 1}`);
    }
  }
}
