/**
 * Softmax cross-entropy with its gradient, row by row:
 *
 *   loss = Σ over targets t of (m + log Σⱼ exp(xⱼ − m) − x_t),  m = max x
 *   dx   = scale · (count · softmax(x) − Σ over targets of one-hot(t))
 */
import type { FloatArray } from "../../matrix/float-array.ts";
import { log } from "../elementary.ts";
import { nonFiniteLoss } from "../non-finite-loss.ts";
import type { SoftmaxShape } from "../shapes.ts";
import { exponentialsInto, maximumOf, shiftOf } from "./rows.ts";

/** The summed loss; logits become the gradient. Arguments already checked. */
export function tsSoftmaxCrossEntropy(logits: FloatArray, targets: Int32Array, shape: SoftmaxShape): number {
  const { rows, cols, scale = 1, offsets } = shape;
  let total = 0;
  for (let i = 0; i < rows; i++) {
    const from = offsets === undefined ? i : offsets[i];
    const to = offsets === undefined ? i + 1 : offsets[i + 1];
    const row = logits.subarray(i * cols, (i + 1) * cols);
    const max = shiftOf(maximumOf(row));
    let loss = 0;
    for (let t = from; t < to; t++) loss += max - row[targets[t]];
    const sum = exponentialsInto(row, max);
    // A row without targets costs nothing, even where its logarithm is infinite.
    if (to > from) loss += (to - from) * log(sum);
    if (!Number.isFinite(loss)) throw nonFiniteLoss(i, loss);
    total += loss;
    const factor = (scale * (to - from)) / sum;
    for (let j = 0; j < cols; j++) row[j] *= factor;
    for (let t = from; t < to; t++) row[targets[t]] -= scale;
  }
  return total;
}
