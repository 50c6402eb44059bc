/**
 * What a bounded perturbation can do to a Gaussian-smoothed function. For g(x) = E f(x + σε), ε standard
 * normal and f with values in [0, 1], and ‖d‖₂ ≤ δ,
 *
 *   Φ(Φ⁻¹(g(x)) − δ/σ)  ≤  g(x + d)  ≤  Φ(Φ⁻¹(g(x)) + δ/σ)
 *
 * (J. Cohen et al., ICML 2019, by Neyman–Pearson; H. Salman et al., NeurIPS 2019, lemma 2, for soft f).
 * Attained by half-spaces across d, so no certificate that knows g(x) alone does better.
 */
import { InvalidArgumentError, normalCdf, normalQuantile } from "@credence/core";

/**
 * The most that a smoothed value can become within the radius.
 * @param p smoothed value in [0, 1]; 0 and 1 stay
 * @param radius ℓ2 radius δ ≥ 0, in the units of the input
 * @param sigma standard deviation of the smoothing noise, > 0, in the same units
 * @throws InvalidArgumentError
 */
export function gaussianShiftUp(p: number, radius: number, sigma: number): number {
  return shift(p, radius, sigma, 1);
}

/** The least that it can become; arguments as for {@link gaussianShiftUp}. @throws InvalidArgumentError */
export function gaussianShiftDown(p: number, radius: number, sigma: number): number {
  return shift(p, radius, sigma, -1);
}

/**
 * The radius up to which a smoothed value stays above one half: σ Φ⁻¹(p), and 0 for p ≤ ½. For the share of a
 * class this is Cohen's certified radius. @throws InvalidArgumentError
 */
export function majorityRadius(p: number, sigma: number): number {
  checkSigma(sigma);
  return Math.max(0, sigma * normalQuantile(p));
}

function shift(p: number, radius: number, sigma: number, sign: 1 | -1): number {
  checkRadius(radius);
  checkSigma(sigma);
  const z = normalQuantile(p);
  // Φ(Φ⁻¹(p)) is p but for rounding; without a perturbation nothing moves at all.
  return radius === 0 ? p : normalCdf(z + (sign * radius) / sigma);
}

/** @throws InvalidArgumentError unless the radius is a finite number of at least 0 */
export function checkRadius(radius: number): void {
  if (radius >= 0 && Number.isFinite(radius)) return;
  throw new InvalidArgumentError(
    "radius",
    radius,
    "a finite number of at least 0",
    "The radius is an ℓ2 norm in the units of the input.",
  );
}

/** @throws InvalidArgumentError unless sigma is a positive finite number */
export function checkSigma(sigma: number): void {
  if (sigma > 0 && Number.isFinite(sigma)) return;
  throw new InvalidArgumentError(
    "sigma",
    sigma,
    "a positive finite number",
    "Without noise there is nothing to certify.",
  );
}
