/**
 * Soft-max cross-entropy of rows of scores against one true column each:
 *
 *   loss = 1/m Σ_i [ ln Σ_e exp(s_ie) − s_i,target(i) ],   ∂loss/∂s_ie = (softmax(s_i)_e − [e = target(i)]) / m.
 *
 * Each row's maximum is taken off before exp, so that nothing overflows. O(m · n).
 */
import type { FloatArray } from "@credence/core";

/** Replaces m rows of n scores by their gradient and returns the mean loss in nats. */
export function crossEntropyRowsInto(
  scores: FloatArray,
  targets: ArrayLike<number>,
  m: number,
  n: number,
): number {
  let loss = 0;
  for (let i = 0; i < m; i++) {
    const from = i * n;
    const to = from + n;
    const target = from + targets[i];
    let highest = scores[from];
    for (let j = from + 1; j < to; j++) if (scores[j] > highest) highest = scores[j];
    const score = scores[target];
    let sum = 0;
    for (let j = from; j < to; j++) {
      const e = Math.exp(scores[j] - highest);
      scores[j] = e;
      sum += e;
    }
    const scale = 1 / (sum * m);
    for (let j = from; j < to; j++) scores[j] *= scale;
    scores[target] -= 1 / m;
    loss += highest + Math.log(sum) - score;
  }
  return loss / m;
}
