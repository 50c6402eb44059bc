/** Vote counts at the public edge. */
import { CredenceError, InvalidArgumentError } from "@credence/core";
import { checkCount } from "../errors.ts";
import { checkSigma } from "./gaussian-shift.ts";
import type { VoteCounts } from "./smooth.ts";

/**
 * Checks that counts are counts: rows × classes nonnegative integers whose rows sum to `samples`.
 * @throws InvalidArgumentError; CredenceError `INVALID_VOTES` with the row
 */
export function checkVotes(counts: VoteCounts): void {
  const { rows, classes, samples, sigma, votes } = counts;
  checkCount("rows", rows, 0);
  checkCount("classes", classes, 2);
  checkCount("samples", samples, 1);
  checkSigma(sigma);
  if (votes.length !== rows * classes) {
    throw new InvalidArgumentError("votes.length", votes.length, `rows · classes = ${rows * classes}`);
  }
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    let least = 0;
    for (let j = 0; j < classes; j++) {
      const count = votes[i * classes + j];
      sum += count;
      least = Math.min(least, count);
    }
    if (least < 0 || sum !== samples) {
      throw new CredenceError({
        code: "INVALID_VOTES",
        message: `The votes of row ${i} (from 0) sum to ${sum}${least < 0 ? ", one of them negative" : ""}.`,
        given: sum,
        expected: `nonnegative counts with the sum ${samples}, the samples`,
        hint: "Count one vote for every noisy copy of the row.",
      });
    }
  }
}

/** The class with the most votes of row `i`; ties go to the smaller class. */
export function topClass(counts: VoteCounts, i: number): number {
  const { classes, votes } = counts;
  let best = 0;
  for (let j = 1; j < classes; j++) {
    if (votes[i * classes + j] > votes[i * classes + best]) best = j;
  }
  return best;
}
