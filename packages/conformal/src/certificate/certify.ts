/**
 * Prediction sets that hold for every perturbation of the input within an ℓ2 radius, with the sampling error
 * paid for. The score of a class is 1 − its share of N votes under noise; it is calibrated at alpha − eta on
 * clean rows. At test time the row seen, x', may be a perturbation of a clean row x. For the true class y:
 *
 *   1. its votes at x' bound its probability there:  p_y(x') ≤ u, Clopper–Pearson, wrong with eta/2;
 *   2. the radius bounds its probability at x:       p_y(x) ≤ U = Φ(Φ⁻¹(u) + δ/σ);
 *   3. that bounds the votes K that x would show:    K ≤ q, eta/2 quantile of Bin(N, U), wrong with eta/2;
 *   4. y is kept when 1 − q/N is at most the threshold, as the score 1 − K/N of x is, but for alpha − eta.
 *
 * So y is missed with probability at most (alpha − eta) + eta/2 + eta/2 = alpha. Nothing is needed for the
 * other classes (no union over labels), and nothing at calibration, because clean calibration rows and the
 * unseen clean test row are sampled alike. Scores are counted in votes, so that all comparisons are between
 * integers.
 *
 * Differences from published code: the calibrated and the certified function are the same one; one-sided
 * bounds are charged as one-sided; the rank is exact on the decimal alpha − eta.
 */
import { binomialUpperTail, CredenceError, InvalidArgumentError } from "@credence/core";
import { clopperPearsonUpper } from "../bounds/clopper-pearson.ts";
import { decimalDifference } from "../decimal.ts";
import { checkLabel, checkLevel, checkSameLength } from "../errors.ts";
import { type PredictionSets, packSets } from "../prediction-sets.ts";
import { calibrateScores } from "../threshold.ts";
import { checkRadius, gaussianShiftUp } from "./gaussian-shift.ts";
import type { VoteCounts } from "./smooth.ts";
import { checkVotes } from "./votes.ts";

/** One entry of the error budget. */
export interface BudgetEntry {
  readonly event: string;
  readonly level: number;
}

/** How the miscoverage alpha is spent; the entries sum to it. */
export interface ErrorBudget {
  readonly alpha: number;
  readonly eta: number;
  readonly entries: readonly BudgetEntry[];
}

/** A threshold on votes, calibrated on clean rows. */
export interface CertifiedCalibration {
  /**
   * 1 − the least share of votes that a clean row's class may have; +Infinity when there are too few rows.
   */
  readonly qhat: number;
  /**
   * The least votes, of `samples`, that keep a class without an attack; −Infinity when there are too few
   * rows.
   */
  readonly minVotes: number;
  readonly n: number;
  readonly rank: number;
  readonly classes: number;
  readonly samples: number;
  readonly sigma: number;
  readonly budget: ErrorBudget;
  readonly warning: string | undefined;
}

/** Options of {@link calibrateCertified}. */
export interface CertifiedOptions {
  /** Total miscoverage under attack, in (0, 1). */
  readonly alpha: number;
  /** The part of alpha that pays for sampling, in (0, alpha); default alpha/10. */
  readonly eta?: number;
}

/**
 * Calibrates on clean rows.
 * @param counts votes of clean, held-out rows under the noise that will be used at test time
 * @param labels their classes
 * @throws CredenceError `EMPTY_CALIBRATION`, `LENGTH_MISMATCH`, `LABEL_OUT_OF_RANGE`, `INVALID_VOTES`;
 *   InvalidArgumentError
 */
export function calibrateCertified(
  counts: VoteCounts,
  labels: ArrayLike<number>,
  options: CertifiedOptions,
): CertifiedCalibration {
  const { alpha } = options;
  checkLevel("alpha", alpha);
  const eta = options.eta ?? alpha / 10;
  if (!(eta > 0 && eta < alpha)) {
    throw new InvalidArgumentError("eta", eta, `a number strictly between 0 and alpha = ${alpha}`);
  }
  checkVotes(counts);
  const { rows, classes, samples, sigma, votes } = counts;
  checkSameLength("labels", labels.length, "rows of votes", rows);
  const missed = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    checkLabel(labels[i], i, classes);
    missed[i] = samples - votes[i * classes + labels[i]];
  }
  const level = decimalDifference(alpha, eta);
  const { qhat, rank, n, warning } = calibrateScores(missed, level);
  const entries = [
    { event: "calibration: the clean score exceeds the threshold", level },
    { event: "the share of votes at the row seen exceeds its Clopper–Pearson bound", level: eta / 2 },
    { event: "the clean row would have shown more votes than the binomial quantile", level: eta / 2 },
  ];
  return {
    qhat: qhat / samples,
    minVotes: samples - qhat,
    n,
    rank,
    classes,
    samples,
    sigma,
    budget: { alpha, eta, entries },
    warning,
  };
}

/** Sets that hold at one radius. */
export interface CertifiedSets {
  readonly radius: number;
  /** The least votes at the row seen that keep a class; more than `samples` when nothing does. */
  readonly minVotes: number;
  readonly sets: PredictionSets;
  readonly budget: ErrorBudget;
}

/**
 * Certified sets of rows that may have been moved by up to each radius, one entry per radius: each holds the
 * true class with probability at least 1 − alpha. O(rows · classes) per radius, and O(log samples) binomial
 * tails.
 * @param counts votes at the rows as seen; the samples may differ in number from the calibration's
 * @throws InvalidArgumentError for a negative radius; CredenceError `CALIBRATION_MISMATCH`, `INVALID_VOTES`
 */
export function certifySets(
  counts: VoteCounts,
  calibration: CertifiedCalibration,
  radii: readonly number[],
): CertifiedSets[] {
  checkVotes(counts);
  checkSameFunction(counts, calibration);
  return radii.map((radius) => {
    checkRadius(radius);
    const minVotes = leastVotesKept(counts.samples, calibration, radius);
    return { radius, minVotes, sets: setsFrom(counts, minVotes), budget: calibration.budget };
  });
}

/**
 * The sets of rows that nobody attacked: share of votes against the calibrated threshold, miscoverage alpha −
 * eta. The samples must be those of the calibration. @throws CredenceError `CALIBRATION_MISMATCH`,
 * `INVALID_VOTES`
 */
export function unattackedSets(counts: VoteCounts, calibration: CertifiedCalibration): PredictionSets {
  checkVotes(counts);
  checkSameFunction(counts, calibration);
  if (counts.samples !== calibration.samples) throw mismatch("samples", counts.samples, calibration.samples);
  return setsFrom(counts, calibration.minVotes);
}

function setsFrom(counts: VoteCounts, minVotes: number): PredictionSets {
  const { rows, classes, votes } = counts;
  return packSets(rows, classes, (i, out) => {
    let size = 0;
    for (let j = 0; j < classes; j++) {
      if (votes[i * classes + j] >= minVotes) out[size++] = j;
    }
    return size;
  });
}

/**
 * The least votes of 0..samples whose class is kept (steps 1 to 4 are monotone in the votes), or samples + 1.
 */
function leastVotesKept(samples: number, calibration: CertifiedCalibration, radius: number): number {
  const { budget, minVotes, sigma } = calibration;
  const share = budget.eta / 2;
  const kept = (votes: number): boolean => {
    const bound = gaussianShiftUp(clopperPearsonUpper(votes, samples, share), radius, sigma);
    // q ≥ minVotes, for q the smallest count with P(K > q) ≤ eta/2.
    return minVotes <= 0 || binomialUpperTail(minVotes - 1, calibration.samples, bound) > share;
  };
  let low = -1;
  let high = samples + 1;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (kept(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function checkSameFunction(counts: VoteCounts, calibration: CertifiedCalibration): void {
  if (counts.classes !== calibration.classes) throw mismatch("classes", counts.classes, calibration.classes);
  if (counts.sigma !== calibration.sigma) throw mismatch("sigma", counts.sigma, calibration.sigma);
}

function mismatch(what: string, given: number, expected: number): CredenceError {
  return new CredenceError({
    code: "CALIBRATION_MISMATCH",
    message: `The ${what} of these votes is ${given}, but the threshold was calibrated with ${expected}.`,
    given,
    expected: `${what} ${expected}`,
    hint: "A certificate holds only for the function and the noise that were calibrated; smooth again.",
  });
}
