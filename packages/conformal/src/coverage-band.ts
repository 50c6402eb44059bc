/**
 * Where the coverage measured on test rows must lie when nothing is wrong. Calibration sets of n points have
 * a coverage with the law Beta(k, n + 1 − k); measured on m test rows, the number of covered ones is
 * beta-binomial,
 *
 *   P(J = j) = C(m, j) B(k + j, n + 1 − k + m − j) / B(k, n + 1 − k)      (Angelopoulos & Bates 2021, eq. 5)
 *
 * for scores without ties. Terms follow from each other by ratios, outwards from the largest, and are divided
 * by their sum, so that no logarithm of a large number loses digits.
 */
import { checkCount, checkLevel } from "./errors.ts";
import { splitRank } from "./quantile.ts";

/** An interval for measured coverages. */
export interface CoverageBand {
  /** Smallest and largest unsuspicious coverage. */
  readonly low: number;
  readonly high: number;
  /** Mean coverage k/(n + 1). */
  readonly mean: number;
  /** Probability of the interval, at least the one asked for. */
  readonly probability: number;
}

/**
 * The central interval of the measured coverage, at most (1 − level)/2 of the law outside on each side.
 * O(nTest).
 * @param n calibration points
 * @param nTest test rows
 * @param level probability wanted inside; default 0.99
 * @throws InvalidArgumentError
 */
export function coverageBand(
  n: number,
  nTest: number,
  alpha: number,
  options: { readonly level?: number } = {},
): CoverageBand {
  const { level = 0.99 } = options;
  checkCount("n", n, 1);
  checkCount("nTest", nTest, 1);
  checkLevel("level", level);
  const rank = splitRank(n, alpha);
  if (rank > n) return { low: 1, high: 1, mean: 1, probability: 1 };
  const law = betaBinomial(nTest, rank, n + 1 - rank);
  const outside = (1 - level) / 2;
  let low = 0;
  let below = 0;
  while (below + law[low] <= outside) below += law[low++];
  let high = nTest;
  let above = 0;
  while (above + law[high] <= outside) above += law[high--];
  return { low: low / nTest, high: high / nTest, mean: rank / (n + 1), probability: 1 - below - above };
}

/** P(J = j) for j = 0..m. */
function betaBinomial(m: number, a: number, b: number): Float64Array {
  const law = new Float64Array(m + 1);
  // P(j + 1)/P(j) = (m − j)(a + j) / ((j + 1)(b + m − j − 1)).
  const ratio = (j: number) => ((m - j) / (j + 1)) * ((a + j) / (b + m - j - 1));
  const start = Math.min(m, Math.floor((m * a) / (a + b)));
  law[start] = 1;
  for (let j = start; j < m; j++) law[j + 1] = law[j] * ratio(j);
  for (let j = start; j > 0; j--) law[j - 1] = law[j] / ratio(j - 1);
  let total = 0;
  for (const weight of law) total += weight;
  for (let j = 0; j <= m; j++) law[j] /= total;
  return law;
}
