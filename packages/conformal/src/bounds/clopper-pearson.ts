/**
 * Exact binomial confidence bounds (C. Clopper, E. Pearson, Biometrika 26, 1934): the probabilities under
 * which what was seen, or more extreme, still has probability alpha,
 *
 *   lower: P(K ≥ s | p) = alpha, the alpha quantile of Beta(s, n − s + 1);   0 at s = 0
 *   upper: P(K ≤ s | p) = alpha, the upper alpha quantile of Beta(s + 1, n − s);   1 at s = n
 *
 * Each one-sided bound is wrong with probability at most alpha, for every p and n.
 */
import { betaQuantile, betaUpperQuantile, InvalidArgumentError } from "@credence/core";
import { checkCount, checkLevel } from "../errors.ts";

/**
 * One-sided lower bound of a probability after `successes` of `trials`.
 * @param alpha the probability of being wrong, in (0, 1)
 * @throws InvalidArgumentError
 */
export function clopperPearsonLower(successes: number, trials: number, alpha: number): number {
  checkSample(successes, trials, alpha);
  return successes === 0 ? 0 : betaQuantile(alpha, successes, trials - successes + 1);
}

/** One-sided upper bound; arguments as for {@link clopperPearsonLower}. @throws InvalidArgumentError */
export function clopperPearsonUpper(successes: number, trials: number, alpha: number): number {
  checkSample(successes, trials, alpha);
  return successes === trials ? 1 : betaUpperQuantile(alpha, successes + 1, trials - successes);
}

/**
 * The two-sided interval with confidence 1 − alpha: both one-sided bounds at alpha/2. @throws
 * InvalidArgumentError
 */
export function clopperPearson(
  successes: number,
  trials: number,
  alpha: number,
): [low: number, high: number] {
  return [
    clopperPearsonLower(successes, trials, alpha / 2),
    clopperPearsonUpper(successes, trials, alpha / 2),
  ];
}

/** @throws InvalidArgumentError unless 0 ≤ successes ≤ trials are integers and alpha is in (0, 1) */
export function checkSample(successes: number, trials: number, alpha: number): void {
  checkCount("trials", trials, 0);
  checkCount("successes", successes, 0);
  if (successes > trials) {
    throw new InvalidArgumentError("successes", successes, `at most trials = ${trials}`);
  }
  checkLevel("alpha", alpha);
}
