/** The tour's third part: sets of answers from the countries graph that hold with a guarantee. */
import { decimal } from "credence/terminal";
import { conformalAnswers } from "../conformal-answers.ts";
import type { Countries } from "../countries.ts";

const shown = 12;

/** Prints what conformal prediction makes of the first part's model. */
export function tourAnswers(found: Countries): void {
  console.log("\n3. Answer sets with a guarantee\n");
  const { threshold, coverage, interval, band, meanSize, meanCandidates, questions, examples } =
    conformalAnswers(found);
  const percent = (share: number): string => `${decimal(100 * share, 1)} %`;
  console.log(
    `Two-hop questions over a border whose answer was hidden: ${threshold.n} calibrate, ${questions} test, alpha 0.1.\n` +
      `Answers with a truth of at least ${decimal(1 - threshold.qhat)} make the set: on average ${decimal(meanSize, 1)} of ` +
      `${decimal(meanCandidates, 0)} candidates.\n` +
      `Measured coverage ${percent(coverage)} (95 % interval ${percent(interval[0])} to ${percent(interval[1])}; ` +
      `expected between ${percent(band[0])} and ${percent(band[1])}).`,
  );
  if (threshold.warning !== undefined) console.log(threshold.warning);
  for (const { query, entities, hidden } of examples) {
    const more = entities.length > shown ? `, and ${entities.length - shown} more` : "";
    const truths = hidden.map(({ entity, covered }) => `${entity} (${covered ? "in the set" : "missed"})`);
    console.log(`\n  ${query}`);
    console.log(`    set: ${entities.slice(0, shown).join(", ") || "(empty)"}${more}`);
    console.log(`    hidden answers: ${truths.join(", ")}`);
  }
}
