/** Rows of probabilities with labels drawn from them: a perfectly calibrated model. */
import { rng } from "@credence/core";

export function softmaxRows(
  seed: string,
  rows: number,
  classes: number,
): { probabilities: Float64Array[]; labels: Int32Array } {
  const stream = rng(seed);
  const labels = new Int32Array(rows);
  const probabilities = Array.from({ length: rows }, (_, i) => {
    const row = Float64Array.from({ length: classes }, () => Math.exp(1.5 * stream.normal()));
    const sum = row.reduce((a, b) => a + b, 0);
    for (let j = 0; j < classes; j++) row[j] /= sum;
    let left = stream();
    let label = 0;
    while (label < classes - 1 && left >= row[label]) left -= row[label++];
    labels[i] = label;
    return row;
  });
  return { probabilities, labels };
}
