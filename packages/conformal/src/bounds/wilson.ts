/**
 * Wilson's score bounds (E. Wilson, JASA 22, 1927), an approximation by the normal law: with z = Φ⁻¹(1 −
 * alpha) and p = s/n,
 *
 *   lower = (p + z²/2n − z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n)
 *
 * and the upper bound by exchanging successes and failures.
 *
 * For descriptions and rankings; guarantees take Clopper–Pearson.
 */
import { normalQuantile } from "@credence/core";
import { checkCount } from "../errors.ts";
import { checkSample } from "./clopper-pearson.ts";

/**
 * One-sided lower bound at level alpha of a probability after `successes` of `trials` ≥ 1.
 * @throws InvalidArgumentError
 */
export function wilsonLower(successes: number, trials: number, alpha: number): number {
  checkSample(successes, trials, alpha);
  checkCount("trials", trials, 1);
  const z = -normalQuantile(alpha);
  const p = successes / trials;
  const half = (z * z) / (2 * trials);
  const root = z * Math.sqrt((p * (1 - p)) / trials + (half / trials) * 0.5);
  // At 0 the two terms are equal, but for rounding.
  return Math.max(0, (p + half - root) / (1 + 2 * half));
}

/** One-sided upper bound at level alpha. @throws InvalidArgumentError */
export function wilsonUpper(successes: number, trials: number, alpha: number): number {
  return 1 - wilsonLower(trials - successes, trials, alpha);
}
