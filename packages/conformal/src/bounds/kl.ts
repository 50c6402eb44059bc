/**
 * Chernoff bounds in their relative-entropy form, for means of independent variables in [0, 1]: the
 * expectation μ satisfies, with probability at least 1 − alpha each,
 *
 *   μ ≤ max{m : n KL(mean ‖ m) ≤ ln(1/alpha)},     μ ≥ min{m : n KL(mean ‖ m) ≤ ln(1/alpha)}
 *
 * (W. Hoeffding, JASA 58, 1963, eq. 2.1). Valid for soft values, where Clopper–Pearson is not; never wider
 * than Hoeffding's. Solved by bisection on the log-odds of m, which keeps the digits of bounds next to 0 and
 * 1.
 */
import { bernoulliDivergence, logit, sigmoid } from "@credence/core";
import { checkMean } from "./hoeffding.ts";

/**
 * Upper bound of the expectation of a variable in [0, 1]. About 60 evaluations of the divergence.
 * @param mean of `n` independent draws, in [0, 1]
 * @param alpha the probability of being wrong
 * @throws InvalidArgumentError
 */
export function klUpper(mean: number, n: number, alpha: number): number {
  checkMean(mean, n, alpha);
  if (mean === 1) return 1;
  const budget = -Math.log(alpha) / n;
  // KL(0 ‖ m) = −ln(1 − m).
  if (mean === 0) return -Math.expm1(-budget);
  return boundary(mean, budget, 1);
}

/** Lower bound of the expectation; arguments as for {@link klUpper}. @throws InvalidArgumentError */
export function klLower(mean: number, n: number, alpha: number): number {
  checkMean(mean, n, alpha);
  if (mean === 0) return 0;
  const budget = -Math.log(alpha) / n;
  // KL(1 ‖ m) = −ln m.
  if (mean === 1) return Math.exp(-budget);
  return boundary(mean, budget, -1);
}

/** The m on the given side of the mean with KL(mean ‖ m) = budget; the outer end of the last bracket. */
function boundary(mean: number, budget: number, side: 1 | -1): number {
  const exceeds = (odds: number) => bernoulliDivergence(mean, sigmoid(odds)) > budget;
  const start = logit(mean);
  let reach = 1;
  while (!exceeds(start + side * reach)) reach *= 2;
  let inside = start;
  let outside = start + side * reach;
  for (;;) {
    const middle = (inside + outside) / 2;
    if (middle === inside || middle === outside) return sigmoid(outside);
    if (exceeds(middle)) outside = middle;
    else inside = middle;
  }
}
