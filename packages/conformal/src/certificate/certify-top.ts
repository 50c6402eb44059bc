/**
 * Certified top-1: the class whose share of votes stays above one half for every perturbation within a
 * radius, from a one-sided Clopper–Pearson lower bound p of its share,
 *
 *   Φ(Φ⁻¹(p) − δ/σ) > ½   ⇔   δ < σ Φ⁻¹(p)                      (J. Cohen et al., ICML 2019, theorem 1)
 *
 * For a class that is named beforehand (the true one, in an evaluation) the bound is at `level`. For the
 * class with the most votes in the same sample it is at level/2, and that is enough: a class of true share p
 * ≤ ½ is certified with probability P(Bin(N, p) ≥ m) ≤ 2p · P(Bin(N, ½) ≥ m) ≤ p · level, because that tail
 * is convex in p up to ½ and 0 at 0; the one class of p > ½, if there is one, gets too large a bound with
 * probability level/2, and leaves less than ½ · level to the others. Published code draws a second sample to
 * choose the class instead.
 */

import { clopperPearsonLower } from "../bounds/clopper-pearson.ts";
import { checkLabel, checkLevel, checkSameLength } from "../errors.ts";
import { checkRadius, majorityRadius } from "./gaussian-shift.ts";
import type { VoteCounts } from "./smooth.ts";
import { checkVotes, topClass } from "./votes.ts";

/** Options of {@link certifyTop}. */
export interface CertifyTopOptions {
  /** Probability that a row's certificate is wrong; default 0.001. */
  readonly level?: number;
  /**
   * The class to certify in each row, named without looking at the votes; default the class with the most.
   */
  readonly labels?: ArrayLike<number>;
}

/** Certificates of the top class, by row. */
export interface TopCertificates {
  /** The class that each certificate speaks of. */
  readonly top: Int32Array;
  /** Lower bound of its share. */
  readonly lower: Float64Array;
  /** It keeps the majority for every perturbation of a smaller ℓ2 norm; 0 means no certificate. */
  readonly radius: Float64Array;
  readonly level: number;
  /** The share of rows certified at an ℓ2 radius. @throws InvalidArgumentError for a negative radius */
  certifiedAt(radius: number): number;
}

/**
 * Certifies the majority class of every row. O(rows · classes), and one beta quantile per distinct count.
 * @throws InvalidArgumentError; CredenceError `LENGTH_MISMATCH`, `LABEL_OUT_OF_RANGE`, `INVALID_VOTES`
 */
export function certifyTop(counts: VoteCounts, options: CertifyTopOptions = {}): TopCertificates {
  const { level = 0.001, labels } = options;
  checkLevel("level", level);
  checkVotes(counts);
  const { rows, classes, samples, sigma, votes } = counts;
  if (labels !== undefined) checkSameLength("labels", labels.length, "rows of votes", rows);
  const share = labels === undefined ? level / 2 : level;
  const bounds = new Map<number, number>();
  const boundOf = (count: number): number => {
    const bound = bounds.get(count) ?? clopperPearsonLower(count, samples, share);
    bounds.set(count, bound);
    return bound;
  };
  const top = new Int32Array(rows);
  const lower = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    if (labels !== undefined) checkLabel(labels[i], i, classes);
    top[i] = labels?.[i] ?? topClass(counts, i);
    lower[i] = boundOf(votes[i * classes + top[i]]);
  }
  const radius = lower.map((p) => majorityRadius(p, sigma));
  return {
    top,
    lower,
    radius,
    level,
    certifiedAt(wanted) {
      checkRadius(wanted);
      return radius.reduce((count, own) => count + (own > wanted ? 1 : 0), 0) / rows;
    },
  };
}
