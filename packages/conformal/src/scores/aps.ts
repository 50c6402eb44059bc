/**
 * APS, adaptive prediction sets: the probability of all labels down to y in descending order, less a uniform
 * share of y's own,
 *
 *   s(y) = Σ_{z ranked at or above y} p_z − u p_y,
 *
 * and its regularized form RAPS, which adds penalty · max(0, rank − kreg). Y. Romano, M. Sesia, E. Candès,
 * NeurIPS 2020; A. Angelopoulos et al., ICLR 2021. Ranks count from 1; ties go by the smaller label, here and
 * everywhere. Sums run down the ranks, so that equal rows have equal scores to the last bit. O(classes log
 * classes).
 */
import { InvalidArgumentError } from "@credence/core";
import { labelHeap } from "./label-heap.ts";
import { ranker } from "./ranker.ts";
import type { NonconformityScore } from "./score.ts";

/** Options of a score that can be randomized. */
export interface RandomizedOptions {
  /** Use a uniform draw per row for exact instead of conservative coverage; default true for APS and RAPS. */
  readonly randomized?: boolean;
}

/** Options of {@link raps}. */
export interface RapsOptions extends RandomizedOptions {
  /** Added for each rank beyond `kreg`; at least 0. */
  readonly penalty: number;
  /** Ranks that are free of penalty; an integer of at least 0. */
  readonly kreg: number;
}

/** Adaptive prediction sets. With `randomized: false` u is 0 and coverage is conservative. */
export function aps(options: RandomizedOptions = {}): NonconformityScore {
  return cumulative("aps", options.randomized ?? true, 0, 0);
}

/** Regularized APS: smaller sets by penalizing low ranks. @throws InvalidArgumentError */
export function raps(options: RapsOptions): NonconformityScore {
  const { penalty, kreg } = options;
  if (!(penalty >= 0 && Number.isFinite(penalty))) {
    throw new InvalidArgumentError("penalty", penalty, "a nonnegative finite number");
  }
  if (!(Number.isInteger(kreg) && kreg >= 0)) {
    throw new InvalidArgumentError("kreg", kreg, "an integer of at least 0");
  }
  return { ...cumulative("raps", options.randomized ?? true, penalty, kreg), parameters: { penalty, kreg } };
}

function cumulative(name: string, randomized: boolean, penalty: number, kreg: number): NonconformityScore {
  const rank = ranker();
  const heap = labelHeap();
  let above = new Float64Array(0);
  const extra = (r: number) => penalty * Math.max(0, r + 1 - kreg);
  return {
    name,
    randomized,
    scoresInto(row, out, u) {
      const labels = rank(row);
      let sum = 0;
      for (let r = 0; r < labels.length; r++) {
        const label = labels[r];
        const p = row[label];
        sum += p;
        out[label] = sum - u * p + extra(r);
      }
    },
    scoreOf(row, label, u) {
      if (above.length !== row.length) above = new Float64Array(row.length);
      const p = row[label];
      let count = 0;
      for (let j = 0; j < row.length; j++) {
        if (row[j] > p || (row[j] === p && j < label)) above[count++] = row[j];
      }
      // Only their values matter; ascending, so the sum runs backwards.
      const larger = above.subarray(0, count).sort();
      let sum = 0;
      for (let r = count - 1; r >= 0; r--) sum += larger[r];
      sum += p;
      return sum - u * p + extra(count);
    },
    labelsInto(row, qhat, out, u) {
      // All labels of at most `floor` together hold less than what exceeds qhat, so none of them can be in
      // the set.
      let total = 0;
      for (let j = 0; j < row.length; j++) total += row[j];
      const slack = 1e-12 + 4e-16 * row.length; // more than the rounding of a sum
      const count = heap.fill(row, (total - qhat - slack) / row.length);
      let size = 0;
      let sum = 0;
      for (let r = 0; r < count; r++) {
        const label = heap.pop();
        const p = row[label];
        // Scores further down are at least `sum`, less a few roundings.
        if (sum + extra(r) > qhat + slack) break;
        sum += p;
        if (sum - u * p + extra(r) <= qhat) insertAscending(out, size++, label);
      }
      return size;
    },
  };
}

function insertAscending(out: Int32Array, size: number, label: number): void {
  let j = size;
  for (; j > 0 && out[j - 1] > label; j--) out[j] = out[j - 1];
  out[j] = label;
}
