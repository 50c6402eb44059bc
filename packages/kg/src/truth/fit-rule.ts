/**
 * From scores to truth values, one row (head, relation, ·) at a time (FIT, Yin et al. 2024, section 5.1). With
 * scores s over all n tails, observed tails O, k = |O|:
 *
 *   p = softmax(s);   q = p · k / Σ_{t ∈ O} p_t  if k > 0, else p
 *   truth_t = 1 if t ∈ O;  0 if q_t ≤ threshold;  min(q_t, ceiling) otherwise
 *
 * The scaling lets the observed tails share the mass k. Where the predictor is unsure of them it divides by next
 * to nothing and lifts the whole row to the ceiling; `maxFactor`, which the paper does not have, caps it.
 * The release works in single precision; here all sums are in double.
 */
import { type FloatArray, InvalidArgumentError, softmaxInto } from "@credence/core";

/** The parameters of the rule. */
export interface FitRule {
  /** Scaled probabilities up to and including it become 0; in [0, 1); default 0.005. */
  readonly threshold?: number | undefined;
  /** The largest truth of a triple that is not observed, FIT's 1 − ε; in (0, 1]; default 0.999. */
  readonly ceiling?: number | undefined;
  /** The largest factor a row is scaled by; at least 1; default Infinity, FIT's own rule. */
  readonly maxFactor?: number | undefined;
}

/** The rule with its defaults. @throws InvalidArgumentError */
export function checkFitRule(rule: FitRule): { threshold: number; ceiling: number; maxFactor: number } {
  const { threshold = 0.005, ceiling = 0.999, maxFactor = Number.POSITIVE_INFINITY } = rule;
  if (!(threshold >= 0 && threshold < 1)) {
    throw new InvalidArgumentError("threshold", threshold, "a number in [0, 1)");
  }
  if (!(ceiling > 0 && ceiling <= 1))
    throw new InvalidArgumentError("ceiling", ceiling, "a number in (0, 1]");
  if (!(maxFactor >= 1)) throw new InvalidArgumentError("maxFactor", maxFactor, "a number of at least 1");
  return { threshold, ceiling, maxFactor };
}

/**
 * out = the truth values of a row. O(n).
 * @param scores any finite numbers; larger is more plausible; may be `out`
 * @param observed the ids of the observed tails, distinct
 * @throws InvalidArgumentError for scores that are NaN or infinite, lengths that differ, and bad parameters
 */
export function fitRuleInto(
  out: FloatArray,
  scores: ArrayLike<number>,
  observed: ArrayLike<number>,
  rule: FitRule = {},
): void {
  const { threshold, ceiling, maxFactor } = checkFitRule(rule);
  softmaxInto(out, scores);
  const factor = Math.min(scaleOf(out, observed), maxFactor);
  for (let t = 0; t < out.length; t++) {
    // A probability of 0 stays 0, also where the observed tails have none and the factor is infinite.
    const scaled = out[t] > 0 ? out[t] * factor : 0;
    out[t] = scaled <= threshold ? 0 : Math.min(scaled, ceiling);
  }
  for (let i = 0; i < observed.length; i++) out[observed[i]] = 1;
}

function scaleOf(probabilities: FloatArray, observed: ArrayLike<number>): number {
  if (observed.length === 0) return 1;
  let mass = 0;
  for (let i = 0; i < observed.length; i++) mass += probabilities[observed[i]];
  return observed.length / mass;
}
