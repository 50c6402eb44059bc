/** `credence circuit compile`: CNFs to d-DNNFs and SDDs. */
import {
  balancedVtree,
  type Cnf,
  compileCnfAsync,
  compileSddAsync,
  leftLinearVtree,
  minFillVtree,
  modelCount,
  naturalOrder,
  parseVtree,
  printNnf,
  printSdd,
  printVtree,
  rightLinearVtree,
  sddManager,
  sddSize,
  sddToNnf,
  type Vtree,
} from "@credence/circuits";
import { InvalidArgumentError, type Progress } from "@credence/core";
import { writeFileAtomic } from "@credence/core/node";
import type { Command } from "commander";
import { interruptible } from "../terminal/interrupt.ts";
import { integer, positiveNumber } from "../terminal/numbers.ts";
import { printResult } from "../terminal/output.ts";
import { progressDisplay } from "../terminal/progress.ts";
import { dimacsFrom, textFrom } from "./dimacs-from.ts";

interface CompileFlags {
  readonly to: "nnf" | "sdd";
  readonly vtree: string;
  readonly out?: string;
  readonly vtreeOut?: string;
  readonly timeout?: number;
  readonly nodes?: number;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** What a compilation gives the command. */
interface Compiled {
  readonly count: bigint;
  readonly size: Readonly<Record<string, number>>;
  readonly file: () => string;
}

interface Limits {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly milliseconds?: number;
  readonly nodes?: number;
}

/** Adds the verb. */
export function addCompile(circuit: Command): void {
  circuit
    .command("compile")
    .description("compile a CNF to a circuit, and write it to a file")
    .argument("<file>", "a DIMACS file (plain or .gz, - for standard input)")
    .option("--to <form>", "nnf (d-DNNF, from the top down) or sdd (from the bottom up)", form, "nnf")
    .option("--vtree <which>", "for SDDs: balanced, right, left, min-fill, or a vtree file", "min-fill")
    .option("--out <file>", "write the circuit here, in the form of c2d or of the SDD package")
    .option("--vtree-out <file>", "write the SDD's vtree here")
    .option("--timeout <seconds>", "give up after this time", positiveNumber("--timeout"))
    .option("--nodes <n>", "give up after this many nodes", integer("--nodes", 1))
    .option("--quiet", "no progress on standard error; the default with --json")
    .option("--json", "print one JSON document")
    .action(compile);
}

async function compile(path: string, flags: CompileFlags): Promise<void> {
  const { cnf: formula } = await dimacsFrom(path);
  const vtree = flags.to === "sdd" ? await vtreeNamed(flags.vtree, formula) : undefined;
  const display = progressDisplay(flags.quiet ?? flags.json ?? false);
  const started = performance.now();
  let compiled: Compiled;
  try {
    compiled = await interruptible((signal) => {
      const limits: Limits = {
        signal,
        onProgress: display.show,
        ...(flags.timeout === undefined ? {} : { milliseconds: flags.timeout * 1000 }),
        ...(flags.nodes === undefined ? {} : { nodes: flags.nodes }),
      };
      return vtree === undefined ? toNnf(formula, limits) : toSdd(formula, vtree, limits);
    });
  } finally {
    display.stop();
  }
  const seconds = (performance.now() - started) / 1000;
  if (flags.out !== undefined) await writeFileAtomic(flags.out, compiled.file());
  if (flags.vtreeOut !== undefined && vtree !== undefined)
    await writeFileAtomic(flags.vtreeOut, printVtree(vtree));
  const { variables, clauses } = formula;
  const document = { form: flags.to, variables, clauses, ...compiled.size, count: compiled.count, seconds };
  printResult(flags.json ?? false, document, () => {
    const sizes = Object.entries(compiled.size).map(([name, value]) => `${value} ${name}`);
    return [`${sizes.join(", ")} in ${seconds.toFixed(3)} s`, `${compiled.count} models`].join("\n");
  });
}

async function toNnf(formula: Cnf, limits: Limits): Promise<Compiled> {
  const { nnf } = await compileCnfAsync(formula, limits);
  const size = { nodes: nnf.size, edges: nnf.edges };
  return { count: modelCount(nnf), size, file: () => printNnf(nnf) };
}

async function toSdd(formula: Cnf, vtree: Vtree, limits: Limits): Promise<Compiled> {
  const manager = sddManager(vtree);
  const ref = await compileSddAsync(manager, formula, limits);
  const { elements, decisions } = sddSize(manager, ref);
  const count = modelCount(sddToNnf(manager, ref));
  return { count, size: { elements, decisions }, file: () => printSdd(manager, ref) };
}

async function vtreeNamed(which: string, formula: Cnf): Promise<Vtree> {
  const shapes = { balanced: balancedVtree, right: rightLinearVtree, left: leftLinearVtree };
  if (which === "min-fill") return minFillVtree(formula);
  const shape = Object.hasOwn(shapes, which) ? shapes[which as keyof typeof shapes] : undefined;
  return shape?.(naturalOrder(formula.variables)) ?? parseVtree(await textFrom(which)).vtree;
}

function form(text: string): "nnf" | "sdd" {
  if (text === "nnf" || text === "sdd") return text;
  throw new InvalidArgumentError("--to", text, "nnf or sdd");
}
