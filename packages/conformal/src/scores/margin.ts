/**
 * Margin: s(y) = max_{z ≠ y} p_z − p_y, in [−1, 1]; below 0 only for the single most likely label.
 * O(classes).
 */
import type { NonconformityScore } from "./score.ts";

/** The largest probability among the other labels, less the label's own. */
export function margin(): NonconformityScore {
  return {
    name: "margin",
    randomized: false,
    scoresInto(row, out) {
      let first = 0;
      let second = 0;
      let top = -1;
      for (let j = 0; j < row.length; j++) {
        if (top < 0 || row[j] > first) {
          second = top < 0 ? 0 : first;
          first = row[j];
          top = j;
        } else if (row[j] > second) second = row[j];
      }
      for (let j = 0; j < row.length; j++) out[j] = (j === top ? second : first) - row[j];
    },
  };
}
