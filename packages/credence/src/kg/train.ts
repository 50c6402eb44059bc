/** `credence kg train`: triples in; a model, its settings and its figures out. */
import { AbortedError, CredenceError } from "@credence/core";
import {
  complex,
  evaluate,
  type Splits,
  saveModel,
  type TrainedModel,
  TrainingDivergedError,
  type TrainOptions,
  train,
} from "@credence/kg";
import type { Command } from "commander";
import { interruptible } from "../terminal/interrupt.ts";
import { integer, positiveNumber } from "../terminal/numbers.ts";
import { decimal, printResult, table } from "../terminal/output.ts";
import { progressDisplay } from "../terminal/progress.ts";
import { saveFile } from "../terminal/save.ts";
import { type Figures, figureCells, figureHeads, figures } from "./figures.ts";
import { type SplitFiles, splitsFrom } from "./files.ts";

interface TrainFlags extends SplitFiles {
  readonly model: "complex";
  readonly rank: number;
  readonly seed: string;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  readonly n3?: number;
  readonly patience?: number;
  readonly out?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Adds the verb. */
export function addTrain(kg: Command): void {
  kg.command("train")
    .description("train a link predictor on triples; the weights best on --valid are kept")
    .requiredOption("--train <file>", "training triples (TSV or CSV, plain or .gz, - for standard input)")
    .option("--valid <file>", "validation triples, for choosing the best epoch")
    .option("--test <file>", "test triples, for the figures at the end")
    .option("--model <kind>", "complex", modelKind, "complex")
    .option("--rank <n>", "complex coordinates of an embedding", integer("--rank", 1), 100)
    .option("--epochs <n>", "epochs at most", integer("--epochs", 1))
    .option("--batch-size <n>", "triples in a batch", integer("--batch-size", 1))
    .option("--learning-rate <x>", "of Adagrad", positiveNumber("--learning-rate"))
    .option("--n3 <weight>", "weight of the N3 regularizer", positiveNumber("--n3"))
    .option("--patience <n>", "validations without a gain before stopping", integer("--patience", 1))
    .option("--seed <seed>", "seed of everything random", "0")
    .option("--out <file>", "where to save the model")
    .option("--json", "print one JSON document")
    .option("--quiet", "no progress")
    .action(runTrain);
}

async function runTrain(flags: TrainFlags): Promise<void> {
  const splits = await splitsFrom(flags);
  const started = performance.now();
  const display = progressDisplay(flags.quiet ?? false);
  try {
    await interruptible(async (signal) => {
      const options = { signal, onProgress: display.show };
      const model = await keepingBest(flags.out, () =>
        train(splits.train, complex({ rank: flags.rank }), { ...trainOptions(flags, splits), ...options }),
      );
      const seconds = (performance.now() - started) / 1000;
      if (flags.out !== undefined) await saveFile(flags.out, saveModel(model));
      const valid =
        splits.valid.size > 0 ? figures(await evaluate(model, splits, { on: "valid", ...options })) : null;
      const test =
        splits.test.size > 0 ? figures(await evaluate(model, splits, { on: "test", ...options })) : null;
      display.stop();
      const document = {
        model: flags.model,
        settings: model.settings,
        seed: flags.seed,
        epochs: model.metrics["epochs"],
        seconds,
        valid,
        test,
      };
      printResult(flags.json ?? false, document, () => trainText(document, flags.out));
    });
  } finally {
    display.stop();
  }
}

function trainOptions(flags: TrainFlags, splits: Splits): TrainOptions {
  const { epochs, batchSize, learningRate, n3, patience, seed } = flags;
  return {
    seed,
    ...(epochs === undefined ? {} : { epochs }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(learningRate === undefined ? {} : { learningRate }),
    ...(n3 === undefined ? {} : { regularizer: { kind: "n3", weight: n3 } }),
    ...(splits.valid.size === 0
      ? {}
      : {
          validate: {
            on: splits.valid,
            known: [splits.test],
            ...(patience === undefined ? {} : { patience }),
          },
        }),
  };
}

/** Runs a training; one that ends early still saves what was best, and says where. */
async function keepingBest(out: string | undefined, run: () => Promise<TrainedModel>): Promise<TrainedModel> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof AbortedError || error instanceof TrainingDivergedError)) throw error;
    const best = error.partial as TrainedModel | undefined;
    if (best !== undefined && out !== undefined) await saveFile(out, saveModel(best));
    throw new CredenceError({
      code: error instanceof AbortedError ? "INTERRUPTED" : error.code,
      message: error instanceof AbortedError ? "Training was interrupted." : error.message,
      ...(error.expected === undefined ? {} : { expected: error.expected }),
      hint: keptHint(best, out, error.hint),
      cause: error,
    });
  }
}

function keptHint(
  best: TrainedModel | undefined,
  out: string | undefined,
  otherwise: string | undefined,
): string {
  if (best === undefined) return otherwise ?? "Nothing was saved: no epoch was done yet.";
  if (out === undefined) return "Nothing was saved; with --out FILE the best weights so far are kept.";
  const { epoch, validMrr } = best.metrics;
  const figure = typeof validMrr === "number" ? `, validation MRR ${decimal(validMrr)}` : "";
  return `The best weights so far (epoch ${epoch ?? 0}${figure}) are in ${out}.`;
}

function modelKind(kind: string): string {
  if (kind === "complex") return kind;
  throw new CredenceError({
    code: "UNKNOWN_MODEL",
    message: `There is no model ${JSON.stringify(kind)}.`,
    given: kind,
    expected: "complex",
    hint: "ComplEx is the only link predictor so far: use --model complex.",
  });
}

interface TrainSummary {
  readonly epochs: unknown;
  readonly seconds: number;
  readonly valid: Figures | null;
  readonly test: Figures | null;
}

function trainText(document: TrainSummary, out: string | undefined): string {
  const rows = (["valid", "test"] as const).flatMap((split) => {
    const figure = document[split];
    return figure === null ? [] : [[split, ...figureCells(figure)]];
  });
  const lines = [`${document.epochs} epochs in ${document.seconds.toFixed(1)} s`];
  if (rows.length > 0) lines.push(table(["split", ...figureHeads], rows));
  if (out !== undefined) lines.push(`saved as ${out}`);
  return lines.join("\n");
}
