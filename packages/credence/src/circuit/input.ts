/** What the circuit verbs share: files in, limits, progress and Ctrl-C, files out. */
import {
  arityOf,
  type Circuit,
  type CircuitFile,
  type CircuitFormat,
  type CircuitSource,
  circuitFormatNamed,
  circuitFormatOfContent,
  circuitFormatOfName,
  circuitFormats,
  compileSource,
  type Evidence,
  parseCircuitSource,
  parseEvidence,
  parseUaiEvidence,
  parseVtree,
  type Vtree,
  type VtreeName,
  vtreeNames,
} from "@credence/circuits";
import {
  AbortedError,
  CredenceError,
  InvalidArgumentError,
  type Progress,
  type RunOptions,
} from "@credence/core";
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
    .argument("<file>", "rules, a CNF or DNF, a network or a circuit (plain or .gz, - for standard input)")
    .option(
      "--format <name>",
      `${circuitFormats.join(", ")}; default: what the file's ending or content says`,
      circuitFormatNamed,
    )
    .option("--vtree <file>", vtree);
  return withLimits(verb);
}

/** The flags of {@link withEvidence}. */
export interface EvidenceFlags {
  readonly evidence?: string;
  readonly evidenceFile?: string;
}

/** Adds `--evidence` and `--evidence-file`. */
export function withEvidence(verb: Command): Command {
  return verb
    .option(
      "--evidence <findings>",
      "such as 'a=1, b=0.3, c=low|high, d=1.5..3, e=0.2:0.8, f=?' (soft, sets, intervals, weights by state, missing)",
    )
    .option(
      "--evidence-file <file>",
      "a UAI evidence file: how many findings, then variable and state of each",
    );
}

/** All text of a file (plain or .gz, - for standard input). */
export async function textFrom(path: string): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of readText(path)) pieces.push(piece);
  return pieces.join("");
}

/** Formats whose models are counted by what they say alone. */
const countable = ["cnf", "dnf", "sdd"] as const;

/** Sources in one of them. */
export type Countable = Extract<CircuitSource, { kind: (typeof countable)[number] }>;

/** Reads a CNF, a DNF or an SDD; what is odd about it is said on standard error. */
export async function countableFrom(path: string, flags: InputFlags): Promise<Countable> {
  const content = await readBytes(path);
  const found = flags.format ?? circuitFormatOfContent(content);
  // Text that does not begin like any format may be meant for a formula all the same.
  const isOpen = flags.format === undefined && found === "rules";
  const wanted = isOpen ? circuitFormatOfName(path) : found;
  const format = countable.find((each) => each === wanted) ?? (isOpen ? "cnf" : undefined);
  if (format === undefined) throw notCountable(path, found);
  return (await sourceOf(content, path, { ...flags, format })) as Countable;
}

function notCountable(path: string, found: CircuitFormat): CredenceError {
  return new CredenceError({
    code: "NOT_A_CNF",
    message: `The file ${JSON.stringify(path)} is no CNF, but of the format ${found}.`,
    given: found,
    expected: "a DIMACS file with a line `p cnf V C` or `p dnf V T`, or an SDD",
    hint: "`credence circuit query` prints the log of the total weight of all worlds of every format.",
  });
}

/** Reads a file of any kind; the vtree file is read if it is that of an SDD. */
export async function sourceFrom(path: string, flags: InputFlags): Promise<CircuitSource> {
  return sourceOf(await readBytes(path), path, flags);
}

async function sourceOf(content: Uint8Array, path: string, flags: InputFlags): Promise<CircuitSource> {
  const format = flags.format ?? circuitFormatOfName(path) ?? circuitFormatOfContent(content);
  const tree = format === "sdd" && flags.vtree !== undefined ? await textFrom(flags.vtree) : undefined;
  const source = parseCircuitSource(content, { name: path, format: flags.format, vtree: tree });
  if (source.kind === "cnf" || source.kind === "dnf") warn(source.dimacs.warnings);
  return source;
}

/** Flags of the verbs that write SDDs. */
export interface VtreeFlags extends InputFlags {
  readonly vtreeSearch?: boolean;
  readonly vtreeOut?: string;
}

/** What `--vtree` says in the verbs of {@link VtreeFlags}. */
export const vtreeHelp = `of an SDD file its vtree; else the one to compile an SDD or PSDD to: ${vtreeNames.join(", ")}, or a vtree file; default: one that suits what was read`;

/** The vtree that is asked for, by its name or from a file; of an SDD `--vtree` is the one that it came with. */
export async function vtreeFrom(
  { vtree }: VtreeFlags,
  source: CircuitSource,
): Promise<Vtree | VtreeName | undefined> {
  if (vtree === undefined || source.kind === "sdd") return undefined;
  return vtreeNames.find((name) => name === vtree) ?? parseVtree(await textFrom(vtree)).vtree;
}

/** Reads a file of any kind, and compiles what is not a circuit yet. */
export async function circuitFrom(path: string, flags: InputFlags): Promise<Circuit> {
  const source = await sourceFrom(path, flags);
  return working(flags, (options) => compileSource(source, options));
}

/** The findings of {@link EvidenceFlags}; without any, none. */
export async function evidenceFrom(flags: EvidenceFlags, circuit: Circuit): Promise<Evidence> {
  const { evidence, evidenceFile } = flags;
  if (evidenceFile === undefined) return evidence === undefined ? {} : parseEvidence(evidence, circuit);
  if (evidence !== undefined) {
    throw new InvalidArgumentError("--evidence", evidence, "left out beside --evidence-file");
  }
  const pairs = parseUaiEvidence(await textFrom(evidenceFile), circuit.domains.map(arityOf));
  return Object.fromEntries(pairs.map(([variable, state]) => [circuit.variables.name(variable), state]));
}

/** What to write into a file; what it cannot say is said on standard error. */
export function contentOf({ content, warnings }: CircuitFile): string | Uint8Array {
  warn(warnings);
  return content;
}

/** Warnings on standard error, one a line. */
export function warn(warnings: readonly string[]): void {
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

/** Timers do not go further; nobody waits for longer. */
const longestClockMs = 2 ** 31 - 1;

/** A signal that aborts some time after the budget is spent. */
function clockFor(milliseconds: number | undefined): AbortSignal | undefined {
  if (milliseconds === undefined) return undefined;
  return AbortSignal.timeout(Math.min(longestClockMs, Math.ceil(milliseconds + graceMs)));
}

/** Runs long work with progress, Ctrl-C and the limits of the flags. */
export async function working<T>(
  { timeout, nodes, quiet, json }: WorkFlags,
  work: (limits: Limits) => Promise<T>,
): Promise<T> {
  const display = progressDisplay(quiet ?? json ?? false);
  const milliseconds = timeout === undefined ? undefined : timeout * 1000;
  const clock = clockFor(milliseconds);
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

/** The entries that have a value. */
export function given<T extends object>(entries: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
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
