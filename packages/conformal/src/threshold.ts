/**
 * Split conformal prediction on nonconformity scores alone: the threshold qhat and the p-values of one sorted
 * calibration sample s_1..s_n,
 *
 *   plain     p(s) = (1 + #{s_i ≥ s}) / (n + 1)
 *   smoothed  p(s) = (#{s_i > s} + t (1 + #{s_i = s})) / (n + 1),   t uniform on [0, 1]
 *
 * with the duality s ≤ qhat ⇔ plain p(s) > alpha. The scores may come from anywhere: class probabilities,
 * distances, negative truth values of a query's answers. Each p-value is a binary search, O(log n).
 */
import { InvalidArgumentError } from "@credence/core";
import { calibrationWarning } from "./coverage-law.ts";
import { checkLevel, checkNotEmpty } from "./errors.ts";
import { splitRank } from "./quantile.ts";

/** A calibrated threshold over scores; larger scores are stranger. */
export interface ScoreThreshold {
  /** The `rank`-th smallest calibration score; +Infinity, with `warning` set, when alpha < 1/(n + 1). */
  readonly qhat: number;
  /** The miscoverage asked for. */
  readonly alpha: number;
  /** How many calibration scores there were. */
  readonly n: number;
  /** ⌈(n + 1)(1 − alpha)⌉. */
  readonly rank: number;
  /** Why the calibration set is too small, and what would do; undefined if it is not. */
  readonly warning: string | undefined;
  /** The calibration scores, ascending. */
  readonly scores: Float64Array;
  /** Whether a score is at most qhat. */
  has(score: number): boolean;
  /** The positions of the scores that are at most qhat, ascending: the prediction set. */
  select(scores: ArrayLike<number>): Int32Array;
  /** The plain p-value of a score, in [1/(n + 1), 1]. */
  pValue(score: number): number;
  /** The smoothed p-value with tie-breaking draw `t` in [0, 1]; exactly uniform under exchangeability. */
  smoothedPValue(score: number, t: number): number;
}

/**
 * Calibrates on the scores of held-out points' true labels. O(n log n).
 * @param scores any numbers but NaN, larger is stranger
 * @throws CredenceError `EMPTY_CALIBRATION`; InvalidArgumentError for alpha outside (0, 1) or NaN
 */
export function calibrateScores(scores: ArrayLike<number>, alpha: number): ScoreThreshold {
  checkLevel("alpha", alpha);
  const n = scores.length;
  checkNotEmpty(n);
  for (let i = 0; i < n; i++) checkScore(`scores[${i}]`, scores[i]);
  const sorted = Float64Array.from(scores).sort();
  const rank = splitRank(n, alpha);
  const qhat = rank > n ? Number.POSITIVE_INFINITY : sorted[rank - 1];
  return {
    qhat,
    alpha,
    n,
    rank,
    warning: calibrationWarning(n, alpha),
    scores: sorted,
    has(score) {
      checkScore("score", score);
      return score <= qhat;
    },
    select(candidates) {
      const kept: number[] = [];
      for (let i = 0; i < candidates.length; i++) {
        checkScore(`scores[${i}]`, candidates[i]);
        if (candidates[i] <= qhat) kept.push(i);
      }
      return Int32Array.from(kept);
    },
    pValue(score) {
      checkScore("score", score);
      return (1 + n - countBelow(sorted, score)) / (n + 1);
    },
    smoothedPValue(score, t) {
      checkScore("score", score);
      if (!(t >= 0 && t <= 1)) throw new InvalidArgumentError("t", t, "a number in [0, 1]");
      const below = countBelow(sorted, score);
      const upTo = countUpTo(sorted, score);
      return (n - upTo + t * (1 + upTo - below)) / (n + 1);
    },
  };
}

function checkScore(name: string, score: number): void {
  if (!(score <= Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError(name, score, "a number other than NaN");
  }
}

/** #{sorted < value}. */
function countBelow(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** #{sorted ≤ value}. */
function countUpTo(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
