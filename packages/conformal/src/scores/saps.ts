/**
 * SAPS, sorted adaptive prediction sets: only the largest probability counts, lower ranks by a constant,
 *
 *   s(y) = (1 − u) p_max at rank 1,   p_max + weight · (r − 1 − u) at rank r > 1.
 *
 * J. Huang et al., ICML 2024, eq. 5. One formula serves calibration and prediction (a published library used
 * u at the one and 1 − u at the other). O(classes log classes).
 */
import { InvalidArgumentError } from "@credence/core";
import type { RandomizedOptions } from "./aps.ts";
import { ranker } from "./ranker.ts";
import type { NonconformityScore } from "./score.ts";

/** Options of {@link saps}. */
export interface SapsOptions extends RandomizedOptions {
  /** What one rank weighs; a positive number. */
  readonly weight: number;
}

/** Sorted adaptive prediction sets; randomized by default. @throws InvalidArgumentError */
export function saps(options: SapsOptions): NonconformityScore {
  const { weight } = options;
  if (!(weight > 0 && Number.isFinite(weight))) {
    throw new InvalidArgumentError("weight", weight, "a positive finite number");
  }
  const rank = ranker();
  return {
    name: "saps",
    randomized: options.randomized ?? true,
    parameters: { weight },
    scoresInto(row, out, u) {
      const labels = rank(row);
      const top = row[labels[0]];
      for (let r = 0; r < labels.length; r++) {
        out[labels[r]] = r === 0 ? (1 - u) * top : top + weight * (r - u);
      }
    },
  };
}
