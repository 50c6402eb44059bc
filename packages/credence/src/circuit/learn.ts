/** `credence circuit learn`: rows of states in; a circuit and its log-likelihoods out. */
import {
  circuitToJson,
  type LearnedCircuit,
  type LearnOptions,
  learnCircuitAsync,
  readStates,
  type StateTable,
  type StructureName,
} from "@credence/circuits";
import { AbortedError, CredenceError, UnknownNameError } from "@credence/core";
import { readText, writeFileAtomic } from "@credence/core/node";
import type { Command } from "commander";
import { interruptible } from "../terminal/interrupt.ts";
import { integer } from "../terminal/numbers.ts";
import { decimal, jsonText, printResult, table } from "../terminal/output.ts";
import { progressDisplay } from "../terminal/progress.ts";

const structures: readonly StructureName[] = ["factorized", "clt", "cutset", "learn-spn", "hclt"];

interface LearnFlags {
  readonly train: string;
  readonly valid?: string;
  readonly test?: string;
  readonly structure: StructureName;
  readonly latents?: number;
  readonly epochs?: number;
  readonly patience?: number;
  readonly seed: string;
  readonly out?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** Adds the verb. */
export function addLearn(circuit: Command): void {
  circuit
    .command("learn")
    .description("learn a circuit from rows of states; the epoch best on --valid is kept")
    .requiredOption(
      "--train <file>",
      "training rows of comma-separated states (plain or .gz, - for standard input)",
    )
    .option("--valid <file>", "validation rows")
    .option("--test <file>", "test rows, for the figure at the end")
    .option("--structure <name>", structures.join(", "), structureNamed, "hclt")
    .option("--latents <n>", "states of a latent variable of an hclt", integer("--latents", 1))
    .option("--epochs <n>", "passes over the training rows of an hclt", integer("--epochs", 1))
    .option("--patience <n>", "epochs without a gain on --valid before stopping", integer("--patience", 1))
    .option("--seed <seed>", "seed of everything random", "0")
    .option("--out <file>", "where to save the circuit (JSON)")
    .option("--quiet", "no progress on standard error")
    .option("--json", "print one JSON document")
    .action(learn);
}

async function learn(flags: LearnFlags): Promise<void> {
  const train = await readStates(readText(flags.train));
  // States that only occur in held-out rows would be errors there: the training data decide what there is.
  const held = (path: string | undefined): Promise<StateTable | undefined> =>
    path === undefined ? Promise.resolve(undefined) : readStates(readText(path), { arities: train.arities });
  const valid = await held(flags.valid);
  const test = await held(flags.test);
  const started = performance.now();
  const learned = await run(train, valid, flags);
  const seconds = (performance.now() - started) / 1000;
  if (flags.out !== undefined) await save(flags.out, learned);
  const figure = (rows: StateTable | undefined) =>
    rows === undefined ? null : { logLikelihood: learned.meanLogLikelihood(rows) };
  const { structure, settings, epochs, parameters } = learned;
  const figures = { train: figure(train), valid: figure(valid), test: figure(test) };
  const document = { structure, settings, seed: flags.seed, epochs, seconds, parameters, ...figures };
  printResult(flags.json ?? false, document, () => {
    const rows = Object.entries(figures).flatMap(([split, found]) =>
      found === null ? [] : [[split, decimal(found.logLikelihood)]],
    );
    return [
      `${structure}: ${parameters} parameters, ${epochs} epochs, ${decimal(seconds, 1)} s`,
      table(["split", "mean log-likelihood (nats)"], rows),
      ...(flags.out === undefined ? [] : [`saved as ${flags.out}`]),
    ].join("\n");
  });
}

/** Learns; an interrupt still saves the best circuit so far. */
async function run(
  train: StateTable,
  valid: StateTable | undefined,
  flags: LearnFlags,
): Promise<LearnedCircuit> {
  const { structure, latents, epochs, patience, seed } = flags;
  const display = progressDisplay(flags.quiet ?? false);
  const options: LearnOptions = {
    structure,
    seed,
    onProgress: display.show,
    ...(latents === undefined ? {} : { latents }),
    ...(epochs === undefined ? {} : { epochs }),
    ...(patience === undefined ? {} : { patience }),
    ...(valid === undefined ? {} : { valid }),
  };
  try {
    return await interruptible((signal) => learnCircuitAsync(train, { ...options, signal }));
  } catch (error) {
    if (!(error instanceof AbortedError)) throw error;
    const best = error.partial as LearnedCircuit | undefined;
    const kept = best !== undefined && flags.out !== undefined;
    if (kept) await save(flags.out, best);
    throw new CredenceError({
      code: "INTERRUPTED",
      message: "Learning was interrupted.",
      hint: kept
        ? `The best circuit so far is in ${flags.out}.`
        : "Nothing was saved; with --out FILE the best circuit so far is kept.",
      cause: error,
    });
  } finally {
    display.stop();
  }
}

async function save(path: string, { circuit }: LearnedCircuit): Promise<void> {
  await writeFileAtomic(path, `${jsonText(circuitToJson(circuit))}\n`);
}

function structureNamed(name: string): StructureName {
  const found = structures.find((structure) => structure === name);
  if (found === undefined) throw new UnknownNameError("structure", name, structures);
  return found;
}
