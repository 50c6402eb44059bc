/** `credence kg evaluate`: the filtered ranking figures of a saved model. */
import { evaluate } from "@credence/kg";
import type { Command } from "commander";
import { interruptible } from "../terminal/interrupt.ts";
import { decimal, printResult, table } from "../terminal/output.ts";
import { progressDisplay } from "../terminal/progress.ts";
import { type Figures, figureCells, figureHeads, figures } from "./figures.ts";
import { modelFrom, type SplitFiles, splitsFrom } from "./files.ts";

interface EvaluateFlags extends SplitFiles {
  readonly model: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Adds the verb. */
export function addEvaluate(kg: Command): void {
  kg.command("evaluate")
    .description("filtered ranks of held-out triples under a saved model, in both directions")
    .requiredOption("--model <file>", "a model that `kg train --out` saved")
    .requiredOption("--train <file>", "training triples, left out of the candidates")
    .option("--valid <file>", "validation triples")
    .option("--test <file>", "test triples")
    .option("--json", "print one JSON document")
    .option("--quiet", "no progress")
    .action(runEvaluate);
}

async function runEvaluate(flags: EvaluateFlags): Promise<void> {
  const model = await modelFrom(flags.model);
  const splits = await splitsFrom(flags, model);
  const started = performance.now();
  const display = progressDisplay(flags.quiet ?? false);
  try {
    await interruptible(async (signal) => {
      const on = (["valid", "test"] as const).filter((split) => splits[split].size > 0);
      const found = new Map<string, { readonly all: Figures; readonly rows: string[][] }>();
      for (const split of on) {
        const result = await evaluate(model, splits, { on: split, signal, onProgress: display.show });
        const perRelation = result.byRelation.map(({ relation, overall }) => [
          relation,
          ...figureCells(figures(overall)),
        ]);
        found.set(split, { all: figures(result), rows: perRelation });
      }
      display.stop();
      const document = {
        model: model.spec.kind,
        settings: model.settings,
        seed: model.settings["seed"] ?? null,
        epochs: model.metrics["epochs"] ?? null,
        seconds: (performance.now() - started) / 1000,
        valid: found.get("valid")?.all ?? null,
        test: found.get("test")?.all ?? null,
      };
      printResult(flags.json ?? false, document, () =>
        [...found]
          .map(([split, { all, rows }]) =>
            table([split, ...figureHeads], [["all relations", ...figureCells(all)], ...rows]),
          )
          .concat(`${decimal(document.seconds, 1)} s`)
          .join("\n"),
      );
    });
  } finally {
    display.stop();
  }
}
