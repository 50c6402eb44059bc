/** The tour's first part: complex questions over countries, a fifth of whose facts are missing. */
import { AbortedError } from "@credence/core";
import { writeFileAtomic } from "@credence/core/node";
import { type Answer, saveModel, type TrainedModel, triplesOf } from "@credence/kg";
import { decimal, progressDisplay, table } from "credence/terminal";
import { type Countries, countries, type Question, questions } from "../countries.ts";
import { interrupted } from "./interrupted.ts";

const modelFile = "out/countries.credence";
const dataFile = "out/countries.tsv";
const shown = { known: 3, predicted: 5 };

/** Runs and prints the first part. An interrupt keeps the best model so far. */
export async function tourCountries(signal: AbortSignal): Promise<Countries> {
  console.log("\n1. Complex questions over an incomplete graph\n");
  const display = progressDisplay(false);
  try {
    const found = await countries({ seed: 1, signal, onProgress: display.show });
    display.stop();
    await writeFileAtomic(modelFile, saveModel(found.model));
    await writeFileAtomic(
      dataFile,
      [...triplesOf(found.splits.train)].map((t) => `${t.join("\t")}\n`).join(""),
    );
    printFigures(found);
    for (const question of questions) printQuestion(question, found);
    console.log(`\nThe model is in ${modelFile}, the triples it saw in ${dataFile}. Ask your own question:`);
    console.log(
      `  npx credence kg ask --data ${dataFile} --model ${modelFile} "?x : borders(Chad, ?x), speaks(?x, Arabic)"`,
    );
    return found;
  } catch (error) {
    display.stop();
    throw await keepBest(error);
  }
}

/** The error of an interrupt that says where the best model so far is; any other error as it is. */
async function keepBest(error: unknown): Promise<unknown> {
  if (!(error instanceof AbortedError)) return error;
  const best = error.partial as TrainedModel | undefined;
  if (best?.parameters === undefined) return error;
  await writeFileAtomic(modelFile, saveModel(best));
  return interrupted(error, `The best model so far is in ${modelFile}.`);
}

function printFigures({ graph, splits, model, evaluation, baseline }: Countries): void {
  const { train, valid, test } = splits;
  console.log(
    `${graph.size} facts about ${graph.entities.size} entities; ${valid.size + test.size} of them hidden, ` +
      `${train.size} shown to the model (epoch ${model.metrics["epoch"]} was best on validation data).`,
  );
  const of = (relation: string, side: typeof evaluation): string =>
    decimal(side.byRelation.find((entry) => entry.relation === relation)?.overall.mrr ?? 0, 3);
  const rows = evaluation.byRelation.map(({ relation, overall }) => [
    relation,
    String(overall.count),
    of(relation, evaluation),
    of(relation, baseline),
  ]);
  const all = ["all", String(evaluation.count), decimal(evaluation.mrr, 3), decimal(baseline.mrr, 3)];
  console.log("Filtered MRR on the hidden test facts, both directions:");
  console.log(table(["relation", "ranks", "ComplEx", "frequency baseline"], [...rows, all]));
}

function printQuestion({ words, kind, query }: Question, { ask, check }: Countries): void {
  const answers = ask(query);
  const facts = check(query);
  const names = [...facts].filter((answer) => answer.truth === 1).map((answer) => answer.entity);
  const real = new Set(names);
  const source = (answer: Answer): string => {
    if (answer.observed) return "observed";
    return real.has(answer.entity) ? "predicted, and true (it was hidden)" : "predicted, not among the facts";
  };
  const known = answers.top(shown.known).filter((answer) => answer.observed);
  const predicted = answers.top(shown.predicted, { omitObserved: true });
  const top = [...known, ...predicted].sort((a, b) => a.rank - b.rank);
  console.log(`\n${words}  (${kind})\n  ${query}`);
  console.log(
    table(
      ["rank", "answer", "truth", "source"],
      top.map((answer) => [answer.rank, answer.entity, decimal(answer.truth), source(answer)]),
    ),
  );
  const told = top.find((answer) => !answer.observed && real.has(answer.entity)) ?? top[0];
  console.log(String(answers.explain(told.entity)).replace(/^/gm, "  "));
}
