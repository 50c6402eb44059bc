/** `credence kg ask` and `credence kg explain`: complex queries over a graph, with or without a link predictor. */
import { type Logic, logicNamed } from "@credence/core";
import {
  type AnswerSet,
  answer,
  observedTruth,
  parseQuery,
  queryPlan,
  type TruthModel,
  truthModel,
} from "@credence/kg";
import type { Command } from "commander";
import { integer, number } from "../terminal/numbers.ts";
import { decimal, printResult, table } from "../terminal/output.ts";
import { graphFrom, modelFrom } from "./files.ts";

interface AskFlags {
  readonly data: string[];
  readonly model?: string;
  readonly logic: Logic;
  readonly threshold: number;
  readonly json?: boolean;
}

/** Adds both verbs. */
export function addAsk(kg: Command): void {
  asking(kg.command("ask"), "rank the entities that answer a query")
    .option("--top <n>", "answers to print", integer("--top", 1), 10)
    .option("--new", "leave out answers that already follow from the triples")
    .action(
      async (
        text: string | undefined,
        flags: AskFlags & { readonly top: number; readonly new?: boolean },
      ) => {
        const answers = await ask(text, flags);
        const top = answers.top(flags.top, { omitObserved: flags.new ?? false });
        printResult(
          flags.json ?? false,
          { query: answers.query.toString(), exact: answers.exact, answers: top },
          () =>
            table(
              ["rank", "answer", "truth", "source"],
              top.map((a) => [a.rank, a.entity, decimal(a.truth), a.observed ? "observed" : "predicted"]),
            ),
        );
      },
    );
  asking(kg.command("explain"), "say why an entity answers a query")
    .option("--entity <name>", "the answer to explain; by default the best one")
    .action(async (text: string | undefined, flags: AskFlags & { readonly entity?: string }) => {
      const answers = await ask(text, flags);
      const explanation = answers.explain(flags.entity ?? answers.top(1)[0].entity);
      const { witness, literals } = explanation;
      const document = {
        query: answers.query.toString(),
        exact: answers.exact,
        answers: [explanation.answer],
        witness,
        literals,
      };
      printResult(flags.json ?? false, document, () => explanation.toString());
    });
}

function asking(verb: Command, description: string): Command {
  return verb
    .description(description)
    .argument(
      "[query]",
      "for example: ?y : borders(Switzerland, ?x), speaks(?x, ?y), !speaks(Switzerland, ?y)",
    )
    .requiredOption("--data <files...>", "observed triples (TSV or CSV, plain or .gz)")
    .option("--model <file>", "a model that `kg train --out` saved; without it only the triples count")
    .option("--logic <name>", "product, godel or lukasiewicz", logicNamed, logicNamed("product"))
    .option(
      "--threshold <delta>",
      "predicted truth values up to this are taken as 0",
      number("--threshold", "a number from 0 to below 1", (value) => value >= 0 && value < 1),
      0.005,
    )
    .option("--json", "print one JSON document");
}

async function ask(text: string | undefined, flags: AskFlags): Promise<AnswerSet> {
  // `--data a.tsv b.tsv QUERY` gives the query to --data; queries start with their variable, files do not.
  const last = flags.data[flags.data.length - 1];
  const swallowed = text === undefined && last.trimStart().startsWith("?");
  // A query that cannot be understood or answered is refused before any file is read.
  const query = parseQuery(text ?? (swallowed ? last : ""));
  queryPlan(query);
  const data = swallowed ? flags.data.slice(0, -1) : flags.data;
  return answer(await truthFor({ ...flags, data }), query, { logic: flags.logic });
}

async function truthFor({ data, model, threshold }: AskFlags): Promise<TruthModel> {
  if (model === undefined) return observedTruth(await graphFrom(data));
  const predictor = await modelFrom(model);
  return truthModel(await graphFrom(data, predictor), predictor, { threshold });
}
