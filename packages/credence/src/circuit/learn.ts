/** `credence circuit learn`: rows of states in; a circuit and its log-likelihoods out. */
import {
  circuitFormatOfName,
  convertSource,
  type LearnedCircuit,
  type LearnOptions,
  learnCircuitAsync,
  type StateTable,
  type StructureName,
  structureNames,
} from "@credence/circuits";
import { AbortedError, CredenceError, UnknownNameError } from "@credence/core";
import { backend } from "@credence/core/kernels";
import type { Command } from "commander";
import { integer, number, positiveNumber } from "../terminal/numbers.ts";
import { decimal, printResult, table } from "../terminal/output.ts";
import { saveFile } from "../terminal/save.ts";
import { contentOf, given, withProgress, working } from "./input.ts";
import { type NamedRows, rowsFrom, weightedBy } from "./rows.ts";

/** Options that are counts from 1, as the library names them. */
const counts = {
  latents: "states of a latent variable of an hclt; default 16",
  epochs: "passes over the training rows of what is trained by EM",
  patience: "epochs without a gain on --valid before stopping",
  batch: "rows of a mini-batch",
  components: "trees of a mixture-clt (default 16), sets of parameters of a strudel (default 1)",
  sums: "nodes of each region of a rat; default 8",
  replicas: "random halvings that a rat mixes; default 4",
  depth: "how often a rat halves its variables",
  splits: "edges that a strudel tries to split; default 1000",
  minRows: "splits of a cutset, strudel or learn-spn with fewer rows are not made",
  members: "circuits that are learned and mixed; default 1",
} as const;

/** Options that are numbers from 0, as the library names them. */
const pseudoCounts = {
  pseudoCount: "pseudo-count of a mini-batch; default 0.005 for an hclt, 0.1 once for a rat",
  treePseudoCount: "pseudo-count of Chow-Liu trees, per pair of states; default 1, 0.5 in a mixture-clt",
} as const;

interface LearnFlags extends Pick<LearnOptions, keyof typeof counts | keyof typeof pseudoCounts | "bagging"> {
  readonly train: string;
  readonly valid?: string;
  readonly test?: string;
  readonly weights?: string;
  readonly threads?: number;
  readonly structure: StructureName;
  readonly seed: string;
  readonly header?: boolean;
  readonly timeout?: number;
  readonly out?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** Adds the verb. */
export function addLearn(circuit: Command): void {
  const verb = circuit
    .command("learn")
    .description("learn a circuit from rows of states; the epoch best on --valid is kept")
    .requiredOption(
      "--train <file>",
      "training rows of comma-separated states (plain or .gz, - for standard input)",
    )
    .option("--valid <file>", "validation rows")
    .option("--test <file>", "test rows, for the figure at the end")
    .option("--weights <file>", "how often each training row counts: one number from 0 a line; default once")
    .option("--structure <name>", structureNames.join(", "), structureNamed, "hclt");
  for (const [name, description] of Object.entries(counts)) {
    verb.option(`${flagOf(name)} <n>`, description, integer(flagOf(name), 1));
  }
  for (const [name, description] of Object.entries(pseudoCounts)) {
    const fromZero = number(flagOf(name), "a number from 0", (value) => value >= 0);
    verb.option(`${flagOf(name)} <a>`, description, fromZero);
  }
  withProgress(
    verb
      .option("--bagging", "draw the rows of each member with replacement")
      .option(
        "--threads <n>",
        "threads that train an hclt; default 1. The result is the same",
        integer("--threads", 1),
      )
      .option("--seed <seed>", "seed of everything random", "0")
      .option("--header", "the first line names the variables, as it also does where no field is a number")
      .option(
        "--timeout <seconds>",
        "stop after this time, and keep the best so far",
        positiveNumber("--timeout"),
      )
      .option("--out <file>", "where to save the circuit; the ending says the format, by default JSON"),
  ).action(learn);
}

async function learn(flags: LearnFlags): Promise<void> {
  const { header } = flags;
  const rows = await rowsFrom(flags.train, { option: "--train", header });
  const train = flags.weights === undefined ? rows : await weightedBy(rows, flags.weights);
  // States that only occur in held-out rows would be errors there: the training data decide what there is.
  const held = async (option: string, path: string | undefined): Promise<StateTable | undefined> =>
    path === undefined ? undefined : (await rowsFrom(path, { option, header, like: train })).table;
  const valid = await held("--valid", flags.valid);
  const test = await held("--test", flags.test);
  const started = performance.now();
  const learned = await run(train, valid, flags);
  const seconds = (performance.now() - started) / 1000;
  if (flags.out !== undefined) await save(flags.out, learned);
  const figure = (rows: StateTable | undefined) =>
    rows === undefined ? null : { logLikelihood: learned.meanLogLikelihood(rows) };
  const { structure, settings, epochs, parameters } = learned;
  const figures = { train: figure(train.table), valid: figure(valid), test: figure(test) };
  const document = {
    structure,
    settings,
    seed: flags.seed,
    epochs,
    seconds,
    parameters,
    ...figures,
    ...given({ out: flags.out }),
  };
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
  { table: rows, names }: NamedRows,
  valid: StateTable | undefined,
  flags: LearnFlags,
): Promise<LearnedCircuit> {
  const {
    train: _,
    valid: __,
    test,
    weights,
    header,
    timeout,
    out,
    quiet,
    json,
    threads,
    ...options
  } = flags;
  const kernels = threads === undefined ? undefined : backend({ threads });
  try {
    return await working({ quiet: quiet ?? false, ...given({ timeout }) }, ({ signal, onProgress }) =>
      learnCircuitAsync(rows, {
        ...options,
        ...given({ valid, names, backend: kernels }),
        signal,
        onProgress,
      }),
    );
  } catch (error) {
    const aborted = error instanceof AbortedError ? error : (error as Error).cause;
    if (!(aborted instanceof AbortedError)) throw error;
    const best = aborted.partial as LearnedCircuit | undefined;
    const kept = best !== undefined && out !== undefined;
    if (kept) await save(out, best);
    throw new CredenceError({
      ...(aborted === error
        ? { code: "INTERRUPTED", message: "Learning was interrupted." }
        : { code: "BUDGET_EXCEEDED", message: `Learning was not done after ${timeout} s.` }),
      hint: kept
        ? `The best circuit so far is in ${out}.`
        : "Nothing was saved; with --out FILE the best circuit so far is kept.",
      cause: error,
    });
  } finally {
    kernels?.close();
  }
}

/** Saves a circuit; where the format cannot say it, beside that path as JSON, so that no learning is lost. */
async function save(path: string, { circuit }: LearnedCircuit): Promise<void> {
  const source = { kind: "circuit", circuit } as const;
  try {
    const file = await convertSource(source, circuitFormatOfName(path) ?? "json");
    await saveFile(path, contentOf(file));
  } catch (error) {
    if (!(error instanceof CredenceError && error.code === "INEXPRESSIBLE")) throw error;
    const kept = `${path}.json`;
    await saveFile(kept, contentOf(await convertSource(source, "json")));
    throw new CredenceError({
      code: error.code,
      message: error.message,
      given: path,
      ...(error.expected === undefined ? {} : { expected: error.expected }),
      hint: `The circuit is kept in ${kept}.`,
      cause: error,
    });
  }
}

/** The flag of an option of the library. */
function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function structureNamed(name: string): StructureName {
  const found = structureNames.find((structure) => structure === name);
  if (found === undefined) throw new UnknownNameError("structure", name, structureNames);
  return found;
}
