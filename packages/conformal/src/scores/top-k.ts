/**
 * Top-k: s(y) = rank of y by descending probability, less u; sets of (almost) one size. O(classes log
 * classes).
 */
import type { RandomizedOptions } from "./aps.ts";
import { ranker } from "./ranker.ts";
import type { NonconformityScore } from "./score.ts";

/** The rank of the label, from 1; `randomized` (default false) subtracts the row's draw. */
export function topKScore(options: RandomizedOptions = {}): NonconformityScore {
  const rank = ranker();
  return {
    name: "top-k",
    randomized: options.randomized ?? false,
    scoresInto(row, out, u) {
      const labels = rank(row);
      for (let r = 0; r < labels.length; r++) out[labels[r]] = r + 1 - u;
    },
  };
}
