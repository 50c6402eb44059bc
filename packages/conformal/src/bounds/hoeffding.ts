/**
 * Distribution-free bounds that need only the range [0, 1], the variance seen, or nothing:
 *
 *   Hoeffding            √(ln(1/alpha) / 2n)
 *   empirical Bernstein  √(2 V ln(2/alpha) / n) + 7 ln(2/alpha) / (3 (n − 1))
 *   DKW                  √(ln(2/alpha) / 2n), for a whole distribution function
 *
 * (W. Hoeffding, JASA 58, 1963, theorem 2; A. Maurer, M. Pontil, COLT 2009, theorem 4; P. Massart, Annals of
 * Probability 18, 1990). V is the sample variance with divisor n − 1.
 */
import { InvalidArgumentError } from "@credence/core";
import { checkCount, checkLevel } from "../errors.ts";

/** One-sided half-width for the mean of n draws in [0, 1]. @throws InvalidArgumentError */
export function hoeffdingHalfWidth(n: number, alpha: number): number {
  checkCount("n", n, 1);
  checkLevel("alpha", alpha);
  return Math.sqrt(-Math.log(alpha) / (2 * n));
}

/** Lower bound of the expectation, cut at 0. @throws InvalidArgumentError */
export function hoeffdingLower(mean: number, n: number, alpha: number): number {
  checkMean(mean, n, alpha);
  return Math.max(0, mean - hoeffdingHalfWidth(n, alpha));
}

/** Upper bound of the expectation, cut at 1. @throws InvalidArgumentError */
export function hoeffdingUpper(mean: number, n: number, alpha: number): number {
  checkMean(mean, n, alpha);
  return Math.min(1, mean + hoeffdingHalfWidth(n, alpha));
}

/**
 * One-sided half-width of empirical Bernstein for n ≥ 2 draws in [0, 1].
 * @param variance sample variance with divisor n − 1
 * @throws InvalidArgumentError
 */
export function empiricalBernsteinHalfWidth(variance: number, n: number, alpha: number): number {
  checkCount("n", n, 2);
  checkLevel("alpha", alpha);
  if (!(variance >= 0 && variance <= 0.5)) {
    throw new InvalidArgumentError(
      "variance",
      variance,
      "a sample variance of values in [0, 1], at most 1/2",
    );
  }
  const log = Math.log(2 / alpha);
  return Math.sqrt((2 * variance * log) / n) + (7 * log) / (3 * (n - 1));
}

/**
 * Half-width of the band around the empirical distribution function of n draws. @throws InvalidArgumentError
 */
export function dkwHalfWidth(n: number, alpha: number): number {
  checkCount("n", n, 1);
  checkLevel("alpha", alpha);
  return Math.sqrt(Math.log(2 / alpha) / (2 * n));
}

/** @throws InvalidArgumentError unless mean is in [0, 1], n ≥ 1 an integer and alpha in (0, 1) */
export function checkMean(mean: number, n: number, alpha: number): void {
  if (!(mean >= 0 && mean <= 1)) throw new InvalidArgumentError("mean", mean, "a number in [0, 1]");
  checkCount("n", n, 1);
  checkLevel("alpha", alpha);
}
