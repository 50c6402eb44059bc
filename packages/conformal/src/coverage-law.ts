/**
 * How good a calibration set of n points is. Given the calibration set, the coverage of split conformal
 * prediction is a random number with the law Beta(k, n + 1 − k), k = ⌈(n + 1)(1 − α)⌉ (V. Vovk, "Conditional
 * validity of inductive conformal predictors", 2012; exact for scores without ties, a lower bound with them).
 * Its mean is at least 1 − α for every n; its spread is what too few points cost.
 */
import { betaQuantile } from "@credence/core";
import { ceilingDivision, exactDecimal } from "./decimal.ts";
import { checkCount, checkLevel } from "./errors.ts";
import { splitRank } from "./quantile.ts";

/** The law of the coverage over calibration sets. */
export interface CoverageLaw {
  readonly n: number;
  readonly alpha: number;
  readonly rank: number;
  /** Mean coverage k/(n + 1), what the guarantee speaks of. */
  readonly mean: number;
  /** The coverage that a share `level` of all calibration sets stays below. */
  quantile(level: number): number;
}

/** The law for n calibration points; with rank n + 1 the coverage is 1. @throws InvalidArgumentError */
export function coverageLaw(n: number, alpha: number): CoverageLaw {
  checkCount("n", n, 1);
  const rank = splitRank(n, alpha);
  return {
    n,
    alpha,
    rank,
    mean: rank / (n + 1),
    quantile(level) {
      checkLevel("level", level);
      return rank > n ? 1 : betaQuantile(level, rank, n + 1 - rank);
    },
  };
}

/**
 * What to tell a user who calibrates on n points, or undefined when n will do: that no finite threshold
 * exists (alpha < 1/(n + 1)), or that one calibration set in twenty covers less than 1 − 1.5·alpha; with the
 * n that would do.
 */
export function calibrationWarning(n: number, alpha: number): string | undefined {
  const law = coverageLaw(n, alpha);
  const points = `${n} calibration ${n === 1 ? "point" : "points"}`;
  if (law.rank > n) {
    const { numerator, denominator } = exactDecimal(alpha);
    const least = ceilingDivision(denominator, numerator) - 1n;
    const nothing = `With ${points} no finite threshold gives coverage 1 − ${alpha}`;
    return `${nothing}: every set holds every label. At least ${least} points are needed.`;
  }
  if (isSteady(law)) return undefined;
  const low = law.quantile(0.05).toFixed(3);
  const wanted = (1 - 1.5 * alpha).toFixed(3);
  const spread = `With ${points} the coverage of one calibration in twenty is below ${low};`;
  return `${spread} from about ${steadyCount(n, alpha)} points on it would be at least ${wanted}.`;
}

function isSteady(law: CoverageLaw): boolean {
  return law.quantile(0.05) >= 1 - 1.5 * law.alpha;
}

/** The least n above `start` that is steady, up to the saw-tooth of the rank. */
function steadyCount(start: number, alpha: number): number {
  let low = start;
  let high = 2 * start;
  while (!isSteady(coverageLaw(high, alpha))) {
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isSteady(coverageLaw(middle, alpha))) high = middle;
    else low = middle;
  }
  return high;
}
