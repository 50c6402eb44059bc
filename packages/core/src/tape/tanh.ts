/**
 * The hyperbolic tangent of one double, made of + − × ÷ and our own exponential:
 *
 *     tanh x = ± (1 − e) / (1 + e),  e = exp(−2|x|),      for |x| ≥ ½
 *     tanh x = x / (1 + x²/(3 + x²/(5 + x²/(7 + …)))),     below, where 1 − e would cancel
 *
 * (J. H. Lambert's continued fraction, 1761; eight levels are exact to the last bit for |x| ≤ ½). Within 3 units in
 * the last place.
 */
import { exp } from "../kernels/elementary.ts";

/** tanh x, in [−1, 1]; NaN for NaN. */
export function tanh(x: number): number {
  const size = Math.abs(x);
  if (size >= 0.5) {
    const e = exp(-2 * size);
    const y = (1 - e) / (1 + e);
    return x < 0 ? -y : y;
  }
  const square = x * x;
  let denominator = 15;
  for (let level = 13; level > 0; level -= 2) denominator = level + square / denominator;
  return x / denominator;
}
