/**
 * The threshold of split conformal prediction: the k-th smallest of n calibration scores,
 *
 *   k = ⌈(n + 1)(1 − α)⌉,   qhat = s_(k),   +Infinity when k > n,
 *
 * so that a new exchangeable score is at most qhat with probability k/(n + 1) ≥ 1 − α (V. Vovk, A. Gammerman,
 * G. Shafer, "Algorithmic Learning in a Random World", 2005; H. Papadopoulos et al., ECML 2002). The rank is
 * exact on alpha's shortest decimal, and nothing is interpolated: published code that interpolates loses
 * coverage.
 */
import { orderStatistic } from "@credence/core";
import { ceilingDivision, exactDecimal } from "./decimal.ts";
import { checkCount, checkLevel, checkNotEmpty } from "./errors.ts";

/**
 * k = ⌈(n + 1)(1 − alpha)⌉, from 1 to n + 1.
 * @param n calibration points, an integer of at least 0
 * @param alpha miscoverage in (0, 1), read as its shortest decimal
 * @throws InvalidArgumentError
 */
export function splitRank(n: number, alpha: number): number {
  checkCount("n", n, 0);
  checkLevel("alpha", alpha);
  const { numerator, denominator } = exactDecimal(alpha);
  return Number(ceilingDivision(BigInt(n + 1) * (denominator - numerator), denominator));
}

/**
 * qhat of any nonconformity scores (larger is stranger): an element of `scores`, or +Infinity when there are
 * fewer than 1/alpha − 1 of them. O(n).
 * @throws CredenceError `EMPTY_CALIBRATION`; InvalidArgumentError for alpha outside (0, 1) or NaN among the
 * scores
 */
export function splitQuantile(scores: ArrayLike<number>, alpha: number): number {
  checkLevel("alpha", alpha);
  checkNotEmpty(scores.length);
  const rank = splitRank(scores.length, alpha);
  // With k > n the order does not matter, but NaN is refused all the same.
  const value = orderStatistic(scores, Math.min(rank, scores.length));
  return rank > scores.length ? Number.POSITIVE_INFINITY : value;
}
