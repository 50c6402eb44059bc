/**
 * One gradient of 1-vs-all training (Lacroix et al. 2018, equations 5 and 8). For a batch of B triples
 * (h, r, t), with q = query(h, r) and s = E q the scores of all entities,
 *
 *   loss = 1/B Σ [ ln Σ_e exp(s_e) − s_t ]  +  weight/B Σ [ Ω(h) + Ω(r) + Ω(t) ],
 *
 * with Ω(z) = Σ|z|³ (N3) or Σ|z|² (F2) over the coordinates of a row: rows are penalized as often as the batch
 * has them. The gradient in closed form: with G = (softmax(s) − onehot(t)) / B, one row per triple,
 *
 *   ∂/∂Q = G E,    ∂/∂E = Gᵀ Q  plus what ∂/∂Q sends back to the heads.
 *
 * Scores, cross-entropy and these two products are the backend's `oneVsAllStep`; queries, their way back and the
 * penalty are the interaction's. O(B · entities · width).
 */
import { InvalidArgumentError, precisionOf } from "@credence/core";
import { type Backend, sharedBackend } from "@credence/core/kernels";
import { interactionOf, type ModelSpec } from "../models/complex.ts";
import type { EmbeddingParameters } from "../models/embedding.ts";

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

/** The same in typed arrays, of which a step uses the first entries. */
export interface BatchBuffer extends Batch {
  readonly heads: Int32Array;
  readonly relations: Int32Array;
  readonly tails: Int32Array;
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
 * @throws CredenceError `NON_FINITE` if the loss is not finite
 */
export function trainingStep(
  spec: ModelSpec,
  parameters: EmbeddingParameters,
  batch: Batch,
  options: TrainingStepOptions = {},
): TrainingStep {
  checkBatch(batch, parameters, interactionOf(spec).rowLength(spec.rank));
  const step = stepKernel(spec, parameters, batch.heads.length, options);
  const buffer = {
    heads: Int32Array.from(batch.heads),
    relations: Int32Array.from(batch.relations),
    tails: Int32Array.from(batch.tails),
  };
  const loss = step.run(buffer, batch.heads.length);
  const gradients = {
    entities: step.gradients.entities.slice(),
    relations: step.gradients.relations.slice(),
  };
  step.release();
  return { ...loss, gradients };
}

/** A step whose buffers are made once; see {@link stepKernel}. */
export interface StepKernel {
  /** Overwritten by every run. */
  readonly gradients: EmbeddingParameters;
  /** The loss of the first `count` triples of a batch; fills `gradients`. */
  run(batch: BatchBuffer, count: number): BatchLoss;
  /** Gives the buffers back to the backend; the step cannot run after that. */
  release(): void;
}

/** A training step over live parameters for batches of up to `batchSize` triples, with trusted arguments. */
export function stepKernel(
  spec: ModelSpec,
  parameters: EmbeddingParameters,
  batchSize: number,
  options: TrainingStepOptions,
): StepKernel {
  const interaction = interactionOf(spec);
  const { regularizer, backend = sharedBackend() } = options;
  const { rank } = spec;
  const { entities, relations } = parameters;
  const width = interaction.rowLength(rank);
  const precision = precisionOf(entities);
  const queries = backend.allocate(precision, batchSize * width);
  const queryGradient = backend.allocate(precision, batchSize * width);
  const gradients = {
    entities: backend.allocate(precision, entities.length),
    relations: backend.allocate(precision, relations.length),
  };

  /** Gradients of the penalty of one row, which is returned. */
  const penalize = (from: "entities" | "relations", row: number, power: 2 | 3, scale: number): number =>
    interaction.penaltyInto(gradients[from], parameters[from], row * width, rank, power, scale);
  const penalizeBatch = (batch: BatchBuffer, count: number, { kind, weight }: Regularizer): number => {
    const power = kind === "n3" ? 3 : 2;
    const scale = weight / count;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      sum += penalize("entities", batch.heads[i], power, scale);
      sum += penalize("relations", batch.relations[i], power, scale);
      sum += penalize("entities", batch.tails[i], power, scale);
    }
    return sum;
  };

  return {
    gradients,
    run(batch, count) {
      const { heads, relations: ids, tails } = batch;
      for (let i = 0; i < count; i++) {
        interaction.queryInto(
          queries,
          i * width,
          rank,
          entities,
          heads[i] * width,
          relations,
          ids[i] * width,
        );
      }
      const total = backend.oneVsAllStep({
        batch: count,
        count: entities.length / width,
        d: width,
        queries,
        entities,
        targets: tails,
        scale: 1 / count,
        queryGradient,
        entityGradient: gradients.entities,
      });
      gradients.relations.fill(0);
      for (let i = 0; i < count; i++) {
        const [h, r] = [heads[i] * width, ids[i] * width];
        interaction.backwardInto(gradients, parameters, h, r, rank, queryGradient, i * width);
      }
      const fit = total / count;
      const penalty = regularizer === undefined ? 0 : penalizeBatch(batch, count, regularizer);
      return { loss: fit + penalty, fit, penalty };
    },
    release() {
      for (const array of [queries, queryGradient, gradients.entities, gradients.relations]) {
        backend.release(array);
      }
    },
  };
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
