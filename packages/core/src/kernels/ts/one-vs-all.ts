/**
 * The 1-vs-all step as {@link OneVsAllStep} writes it, a few rows of the batch at a time, in double precision: logits
 * by one product, then per row loss and gradient, then the two products that carry the gradient on.
 */
import { floatArray, precisionOf } from "../../matrix/float-array.ts";
import { log, logistic, softplusOf } from "../elementary.ts";
import { nonFiniteLoss } from "../non-finite-loss.ts";
import { type CheckedStep, clearIfEmpty } from "../one-vs-all-step.ts";
import { tsGemm } from "./gemm.ts";
import { exponentialsInto, maximumOf, shiftOf } from "./rows.ts";

/** Rows of the batch whose logits are kept at a time. */
const STRIP = 64;

/** Arguments already checked. */
export function tsOneVsAll(step: CheckedStep): number {
  const { batch, count, d, entities, queryGradient, entityGradient } = step;
  if (clearIfEmpty(step)) return 0;
  if (!step.accumulate) entityGradient.fill(0, 0, count * d);
  const logits = new Float64Array(Math.min(STRIP, batch) * count);
  // Sums over strips would round once a strip in a single-precision array.
  const sums = precisionOf(entityGradient) === "float64" ? entityGradient : floatArray("float64", count * d);
  let total = 0;
  for (let first = 0; first < batch; first += STRIP) {
    const m = Math.min(STRIP, batch - first);
    const queries = step.queries.subarray(first * d, (first + m) * d);
    tsGemm(logits, queries, entities, { m, n: count, k: d, transposeB: true });
    for (let i = 0; i < m; i++) {
      const loss = rowGradient(logits.subarray(i * count, (i + 1) * count), step, first + i);
      if (!Number.isFinite(loss)) throw nonFiniteLoss(first + i, loss);
      total += loss;
    }
    tsGemm(queryGradient.subarray(first * d, (first + m) * d), logits, entities, { m, n: d, k: count });
    tsGemm(sums, logits, queries, { m: count, n: d, k: m, transposeA: true, accumulate: true });
  }
  if (sums !== entityGradient) for (let i = 0; i < sums.length; i++) entityGradient[i] += sums[i];
  return total;
}

/** The loss of one row; its logits become the gradient. */
function rowGradient(logits: Float64Array, step: CheckedStep, row: number): number {
  const { targets, weights, scale } = step;
  const weight = step.rowWeights[row];
  const from = step.offsets[row];
  const to = step.offsets[row + 1];
  let loss = 0;
  for (let t = from; t < to; t++) loss -= weights[t] * logits[targets[t]];
  loss += weight * (step.loss === "softmax" ? softmaxInPlace(logits) : sigmoidsInPlace(logits));
  const factor = weight * scale;
  for (let e = 0; e < logits.length; e++) logits[e] *= factor;
  for (let t = from; t < to; t++) logits[targets[t]] -= scale * weights[t];
  return loss;
}

/** Softmax; returns log Σ exp. */
function softmaxInPlace(x: Float64Array): number {
  const shift = shiftOf(maximumOf(x));
  const sum = exponentialsInto(x, shift);
  for (let e = 0; e < x.length; e++) x[e] /= sum;
  return shift + log(sum);
}

/** Sigmoids; returns Σ log(1 + exp). */
function sigmoidsInPlace(x: Float64Array): number {
  let sum = 0;
  for (let e = 0; e < x.length; e++) {
    sum += softplusOf(x[e]);
    x[e] = logistic(x[e]);
  }
  return sum;
}
