/**
 * Smoothed mutual information of two variables, in nats, from their pair counts n:
 *
 *   I = Σ_st P(s, t) log [ P(s, t) / (P(s) P(t)) ],    P(s, t) = (n_st + 4a / (r s)) / (N + 4a)
 *
 * for r and s states, so that a is the pseudo-count per pair of binary states.
 */
import { type Matrix, matrix } from "@credence/core";
import type { PairCounts } from "./pair-counts.ts";
import type { StateTable } from "./states.ts";

/** Of all pairs: variables × variables. */
export function mutualInformationMatrix(
  { cols, arities }: Pick<StateTable, "cols" | "arities">,
  pseudoCount: number,
  counts: PairCounts,
): Matrix {
  const information = matrix(cols, cols);
  const largest = arities.reduce((a, b) => Math.max(a, b), 0);
  const scratch = new Float64Array(largest * largest);
  for (let v = 0; v < cols; v++) {
    for (let w = 0; w < v; w++) {
      const pair = counts(v, w, scratch);
      const nats =
        arities[v] === 2 && arities[w] === 2
          ? binaryInformation(pair, pseudoCount)
          : pairInformation(pair, arities[v], arities[w], pseudoCount);
      information.data[v * cols + w] = nats;
      information.data[w * cols + v] = nats;
    }
  }
  return information;
}

/** x log x, 0 at 0. */
function entropyTerm(x: number): number {
  return x > 0 ? x * Math.log(x) : 0;
}

/** Two binary variables: the usual case, without any memory. N I = Σ n log n - Σ rows - Σ columns + N log N. */
function binaryInformation(counts: Float64Array, a: number): number {
  const [n00, n01, n10, n11] = [counts[0] + a, counts[1] + a, counts[2] + a, counts[3] + a];
  const total = n00 + n01 + n10 + n11;
  if (total === 0) return 0;
  const joint = entropyTerm(n00) + entropyTerm(n01) + entropyTerm(n10) + entropyTerm(n11);
  const left = entropyTerm(n00 + n01) + entropyTerm(n10 + n11);
  const right = entropyTerm(n00 + n10) + entropyTerm(n01 + n11);
  return (joint - left - right + entropyTerm(total)) / total;
}

function pairInformation(counts: Float64Array, r: number, s: number, pseudoCount: number): number {
  const share = (4 * pseudoCount) / (r * s);
  const rowSums = new Float64Array(r);
  const colSums = new Float64Array(s);
  let [joint, total] = [0, 0];
  for (let i = 0; i < r * s; i++) {
    const count = counts[i] + share;
    rowSums[Math.floor(i / s)] += count;
    colSums[i % s] += count;
    joint += entropyTerm(count);
    total += count;
  }
  if (total === 0) return 0;
  const left = rowSums.reduce((sum, count) => sum + entropyTerm(count), 0);
  const right = colSums.reduce((sum, count) => sum + entropyTerm(count), 0);
  return (joint - left - right + entropyTerm(total)) / total;
}
