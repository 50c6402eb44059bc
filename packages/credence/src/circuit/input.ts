/** What the circuit verbs share: files in, limits, progress and Ctrl-C, files out. */
import {
  type Circuit,
  type CircuitFormat,
  type CircuitSource,
  circuitFormatNamed,
  circuitFormats,
  compileSource,
  type Dimacs,
  type Evidence,
  parseCircuitSource,
  parseDimacs,
  parseEvidence,
} from "@credence/circuits";
import { AbortedError, CredenceError, type Progress, type RunOptions } from "@credence/core";
import { readBytes, readText } from "@credence/core/node";
import type { Command } from "commander";
import { interruptible } from "../terminal/interrupt.ts";
import { integer, positiveNumber } from "../terminal/numbers.ts";
import { progressDisplay } from "../terminal/progress.ts";

/** Limits and the ways of printing that every verb has. */
export interface WorkFlags {
  readonly timeout?: number;
  readonly nodes?: number;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** Flags of the verbs that take any kind of file. */
export interface InputFlags extends WorkFlags {
  readonly format?: CircuitFormat;
  readonly vtree?: string;
}

/** Adds `--quiet` and `--json`. */
export function withProgress(verb: Command): Command {
  return verb.option("--quiet", "no progress on standard error").option("--json", "print one JSON document");
}

/** Adds the flags of {@link WorkFlags}. */
export function withLimits(verb: Command): Command {
  return withProgress(
    verb
      .option("--timeout <seconds>", "give up after this time", positiveNumber("--timeout"))
      .option("--nodes <n>", "give up compiling after this many nodes", integer("--nodes", 1)),
  );
}

/** A verb that takes one file of any kind. */
export function fileVerb(
  circuit: Command,
  name: string,
  description: string,
  { vtree = "the vtree of an SDD file" }: { readonly vtree?: string } = {},
): Command {
  const verb = circuit
    .command(name)
    .description(description)
    .argument("<file>", "rules, a CNF, a network or a circuit (plain or .gz, - for standard input)")
    .option(
      "--format <name>",
      `${circuitFormats.join(", ")}; default: what the file's ending or content says`,
      circuitFormatNamed,
    )
    .option("--vtree <file>", vtree);
  return withLimits(verb);
}

/** `--evidence` and what it may hold. */
export const evidenceOption: readonly [flags: string, description: string] = [
  "--evidence <findings>",
  "such as 'a=1, b=0.3, c=low|high, d=1.5..3, e=0.2:0.8, f=?' (soft, sets, intervals, weights by state, missing)",
];

/** All text of a file (plain or .gz, - for standard input). */
export async function textFrom(path: string): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of readText(path)) pieces.push(piece);
  return pieces.join("");
}

/** Reads a CNF; what is odd about it is said on standard error. */
export async function dimacsFrom(path: string): Promise<Dimacs> {
  const dimacs = parseDimacs(await textFrom(path));
  warn(dimacs.warnings);
  return dimacs;
}

/** Reads a file of any kind. */
export async function sourceFrom(path: string, { format, vtree }: InputFlags): Promise<CircuitSource> {
  const tree = vtree === undefined ? undefined : await textFrom(vtree);
  const source = parseCircuitSource(await readBytes(path), { name: path, format, vtree: tree });
  if (source.kind === "cnf") warn(source.dimacs.warnings);
  return source;
}

/** Reads a file of any kind, and compiles what is not a circuit yet. */
export async function circuitFrom(path: string, flags: InputFlags): Promise<Circuit> {
  const source = await sourceFrom(path, flags);
  return working(flags, (options) => compileSource(source, options));
}

/** The findings of `--evidence`; without it, none. */
export function evidenceFrom(text: string | undefined, circuit: Circuit): Evidence {
  return text === undefined ? {} : parseEvidence(text, circuit);
}

function warn(warnings: readonly string[]): void {
  for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
}

/** Limits as the library takes them. */
export interface Limits extends RunOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly milliseconds?: number;
  readonly nodes?: number;
}

/** Time past `--timeout` in which work may end by itself, and say how far it has come. */
const graceMs = 100;

/** Runs long work with progress, Ctrl-C and the limits of the flags. */
export async function working<T>(
  { timeout, nodes, quiet, json }: WorkFlags,
  work: (limits: Limits) => Promise<T>,
): Promise<T> {
  const display = progressDisplay(quiet ?? json ?? false);
  const milliseconds = timeout === undefined ? undefined : timeout * 1000;
  const clock = milliseconds === undefined ? undefined : AbortSignal.timeout(milliseconds + graceMs);
  try {
    return await interruptible((interrupt) =>
      work({
        signal: clock === undefined ? interrupt : AbortSignal.any([interrupt, clock]),
        onProgress: display.show,
        ...(milliseconds === undefined ? {} : { milliseconds }),
        ...(nodes === undefined ? {} : { nodes }),
      }),
    );
  } catch (error) {
    if (!(error instanceof AbortedError && clock?.aborted)) throw error;
    throw new CredenceError({
      code: "BUDGET_EXCEEDED",
      message: `The work was not done after ${timeout} s.`,
      given: `${timeout} s`,
      expected: "more time",
      hint: "Raise --timeout.",
      cause: error,
    });
  } finally {
    display.stop();
  }
}

/** The error where a verb has nothing to say because no world is left. */
export function noWorld(source: "rules" | "evidence"): CredenceError {
  const rules = source === "rules";
  return new CredenceError({
    code: "CONTRADICTION",
    message: rules
      ? "The hard rules exclude every world."
      : "No world agrees with the evidence: it has probability 0.",
    expected: rules ? "rules that at least one world satisfies" : "evidence that is possible",
    hint: rules
      ? "Leave rules out one at a time to find those at fault."
      : "Leave findings out one at a time to find those at fault.",
  });
}

/** A name or value as `--evidence` would take it, without quotation marks where none are needed. */
export function stateName(circuit: Circuit, variable: number, value: boolean | number): string {
  const domain = circuit.domains[variable];
  const named = domain.kind === "categorical" ? domain.states?.[Number(value)] : undefined;
  return named ?? String(value);
}
