/** What one training step against all entities is made of, and its checks. */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import type { FloatArray } from "../matrix/float-array.ts";
import { checkIndex, checkSide } from "../matrix/matrix.ts";
import { checkLength, checkName, checkOffsets, checkOutput } from "./checks.ts";

/**
 * A batch of queries (rows of `queries`) scored against every entity (rows of `entities`), s = q · e, each row with
 * its targets t of weights w, and a weight W of its own:
 *
 *   softmax   loss = Σ (W · log Σ_e exp s_e − Σ_t w_t · s_t),   g = scale · (W · softmax(s) − Σ_t w_t · one-hot(t))
 *   logistic  loss = Σ (W · Σ_e log(1 + exp s_e) − Σ_t w_t · s_t),  g = scale · (W · sigmoid(s) − Σ_t w_t · one-hot(t))
 *   queryGradient = g · entities,  entityGradient = (what it was +) gᵀ · queries
 *
 * With one target of weight 1 a row this is 1-vs-all training; with a row for each distinct (head, relation), and all
 * its targets, it is the same objective with fewer products ("grouped"), because W is by default the sum of the
 * w's; with the logistic loss and W = 1 it is KvsAll.
 */
export interface OneVsAllStep {
  readonly batch: number;
  /** How many entities. */
  readonly count: number;
  /** Length of a query and of an entity. */
  readonly d: number;
  /** batch × d. */
  readonly queries: FloatArray;
  /** count × d. */
  readonly entities: FloatArray;
  /** Row i has the targets `targets[offsets[i]] .. targets[offsets[i + 1] − 1]`; default one target a row. */
  readonly offsets?: Int32Array;
  readonly targets: Int32Array;
  /** One a target; default 1. */
  readonly weights?: FloatArray;
  /** One a row; default the sum of its targets' weights. */
  readonly rowWeights?: FloatArray;
  /** Default `softmax`. */
  readonly loss?: "softmax" | "logistic";
  /** Factor of the gradients (not of the loss), for example 1 / batch size; default 1. */
  readonly scale?: number;
  /** batch × d, overwritten. Its precision is that of the computation. */
  readonly queryGradient: FloatArray;
  /** count × d. */
  readonly entityGradient: FloatArray;
  /** Add to what `entityGradient` holds; default false: overwrite it. */
  readonly accumulate?: boolean;
}

/** A step with everything filled in. */
export type CheckedStep = Required<OneVsAllStep>;

/** @throws InvalidArgumentError as {@link Backend.oneVsAllStep} says */
export function checkStep(step: OneVsAllStep): CheckedStep {
  const { batch, count, d, queries, entities, targets, queryGradient, entityGradient } = step;
  const { scale = 1, loss = "softmax", accumulate = false } = step;
  checkSide("batch", batch);
  checkSide("count", count);
  checkSide("d", d);
  checkLength("queries", queries, batch * d);
  checkLength("entities", entities, count * d);
  checkLength("queryGradient", queryGradient, batch * d);
  checkLength("entityGradient", entityGradient, count * d);
  checkOutput("queryGradient", queryGradient, [queries, entities, entityGradient]);
  checkOutput("entityGradient", entityGradient, [queries, entities]);
  if (!Number.isFinite(scale)) throw new InvalidArgumentError("scale", scale, "a finite number");
  checkName("loss", loss, ["softmax", "logistic"]);
  const offsets = step.offsets ?? Int32Array.from({ length: batch + 1 }, (_, i) => i);
  checkOffsets(offsets, batch);
  checkLength("targets", targets, offsets[batch]);
  for (let t = offsets[0]; t < offsets[batch]; t++) checkIndex(`targets[${t}]`, targets[t], count);
  const weights = step.weights ?? new Float64Array(offsets[batch]).fill(1);
  checkLength("weights", weights, offsets[batch]);
  const rowWeights = step.rowWeights ?? sumsOf(weights, offsets, batch);
  checkLength("rowWeights", rowWeights, batch);
  return { ...step, offsets, weights, rowWeights, scale, loss, accumulate };
}

/** Does a step without queries or without entities: gradients of nothing are 0. */
export function clearIfEmpty(step: CheckedStep): boolean {
  const { batch, count, d } = step;
  if (batch * count > 0) return false;
  step.queryGradient.fill(0, 0, batch * d);
  if (!step.accumulate) step.entityGradient.fill(0, 0, count * d);
  return true;
}

function sumsOf(weights: FloatArray, offsets: Int32Array, rows: number): Float64Array {
  const sums = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    for (let t = offsets[i]; t < offsets[i + 1]; t++) sums[i] += weights[t];
  }
  return sums;
}
