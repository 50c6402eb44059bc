/**
 * LAC, the least ambiguous set-valued classifier: s(y) = 1 − p_y. The smallest sets on average among all with
 * the coverage; sets may be empty. M. Sadinle, J. Lei, L. Wasserman, JASA 114 (2019). O(classes).
 */
import type { NonconformityScore } from "./score.ts";

/** 1 − p. */
export function lac(): NonconformityScore {
  return {
    name: "lac",
    randomized: false,
    scoresInto(row, out) {
      for (let j = 0; j < row.length; j++) out[j] = 1 - row[j];
    },
    scoreOf: (row, label) => 1 - row[label],
    labelsInto(row, qhat, out) {
      let size = 0;
      for (let j = 0; j < row.length; j++) {
        if (1 - row[j] <= qhat) out[size++] = j;
      }
      return size;
    },
  };
}
