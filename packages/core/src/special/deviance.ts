/**
 * Deviances: the exponents of binomial, Poisson and beta laws, without the cancellation of their textbook
 * forms.
 *
 *   D(k, m)    = k ln(k/m) − (k − m)                                  (half the Poisson deviance)
 *   KL(p ‖ q)  = p ln(p/q) + (1 − p) ln((1 − p)/(1 − q)) = D(p, q) + D(1 − p, 1 − q)
 *
 * Where k and m are close, D = d·v + 2k Σ_{j≥1} v^{2j+1}/(2j + 1) with d = k − m and v = d/(k + m), which has
 * only positive terms next to a small first one (C. Loader, "Fast and accurate computation of binomial
 * probabilities", 2000, eq. 5.2).
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";

/**
 * D(k, m) for k ≥ 0, m > 0. `difference` is k − m: callers who know it more exactly than the subtraction of
 * two rounded numbers pass it, because D is about difference²/2m near zero.
 */
export function deviance(k: number, m: number, difference: number): number {
  if (k === 0) return m;
  const v = difference / (k + m);
  if (Math.abs(v) >= 0.1) return k * logRatio(k, m) - difference;
  const square = v * v;
  let term = 2 * k * v;
  let sum = difference * v;
  for (let odd = 3; ; odd += 2) {
    term *= square;
    const next = sum + term / odd;
    if (next === sum) return sum;
    sum = next;
  }
}

/** ln(k/m), also where the quotient leaves the range of doubles. */
function logRatio(k: number, m: number): number {
  const ratio = k / m;
  return ratio > 0 && ratio < Number.POSITIVE_INFINITY ? Math.log(ratio) : Math.log(k) - Math.log(m);
}

/**
 * The relative entropy KL(p ‖ q) of two Bernoulli laws, in nats; +Infinity where q excludes what p allows.
 * O(1). @throws InvalidArgumentError unless both are in [0, 1]
 */
export function bernoulliDivergence(p: number, q: number): number {
  for (const [name, value] of [
    ["p", p],
    ["q", q],
  ] as const) {
    if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError(name, value, "a number in [0, 1]");
  }
  if (p === q) return 0;
  if (q === 0 || q === 1) return Number.POSITIVE_INFINITY;
  return deviance(p, q, p - q) + deviance(1 - p, 1 - q, q - p);
}
