/** `credence circuit compile`: CNFs to d-DNNFs and SDDs; rules and networks to circuits. */
import {
  balancedVtree,
  type CircuitFormat,
  type CircuitSource,
  type Cnf,
  circuitFormatNamed,
  circuitFormatOfName,
  compileCnfAsync,
  compileSddAsync,
  compileSource,
  convertSource,
  leftLinearVtree,
  logPartition,
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
import { InvalidArgumentError } from "@credence/core";
import { writeFileAtomic } from "@credence/core/node";
import type { Command } from "commander";
import { printResult } from "../terminal/output.ts";
import { fileVerb, type InputFlags, type Limits, sourceFrom, textFrom, working } from "./input.ts";

interface CompileFlags extends Omit<InputFlags, "vtree"> {
  readonly to?: CircuitFormat;
  readonly vtree?: string;
  readonly out?: string;
  readonly vtreeOut?: string;
}

/** What a compilation gives the command. */
interface Compiled {
  readonly document: Readonly<Record<string, string | number | bigint>>;
  readonly file: () => Promise<string | Uint8Array> | string;
}

/** Adds the verb. */
export function addCompile(circuit: Command): void {
  fileVerb(circuit, "compile", "compile a CNF, rules or a network to a circuit, and write it to a file", {
    vtree: "for SDDs: balanced, right, left, min-fill (the default), or a vtree file",
  })
    .option(
      "--to <form>",
      "of a CNF: nnf (d-DNNF, from the top down; the default) or sdd (from the bottom up); of all others a format of circuits, by default the ending of --out",
      circuitFormatNamed,
    )
    .option("--out <file>", "write the circuit here")
    .option("--vtree-out <file>", "write the SDD's vtree here")
    .action(compile);
}

async function compile(path: string, flags: CompileFlags): Promise<void> {
  const { vtree: which = "min-fill", ...input } = flags;
  const source = await sourceFrom(path, input);
  const sdd = flags.to === "sdd" && source.kind === "cnf";
  const vtree = sdd ? await vtreeNamed(which, source.dimacs.cnf) : undefined;
  const started = performance.now();
  const { document, file } = await working(flags, (limits) => {
    if (source.kind !== "cnf") return toCircuit(source, flags, limits);
    const { cnf } = source.dimacs;
    return vtree === undefined ? toNnf(cnf, flags, limits) : toSdd(cnf, vtree, limits);
  });
  const seconds = (performance.now() - started) / 1000;
  if (flags.out !== undefined) await writeFileAtomic(flags.out, await file());
  if (flags.vtreeOut !== undefined && vtree !== undefined)
    await writeFileAtomic(flags.vtreeOut, printVtree(vtree));
  printResult(flags.json ?? false, { ...document, seconds }, () =>
    [
      `${sizes(document)} in ${seconds.toFixed(3)} s`,
      document["count"] === undefined
        ? `log of the total weight of all worlds: ${document["logPartition"]}`
        : `${document["count"]} models`,
      ...(flags.out === undefined ? [] : [`written to ${flags.out}`]),
    ].join("\n"),
  );
}

/** The sizes among the facts of a document, in words. */
function sizes(document: Compiled["document"]): string {
  const names = ["nodes", "edges", "elements", "decisions"].filter((name) => document[name] !== undefined);
  return names.map((name) => `${document[name]} ${name}`).join(", ");
}

async function toCircuit(source: CircuitSource, flags: CompileFlags, limits: Limits): Promise<Compiled> {
  const circuit = await compileSource(source, limits);
  const to = flags.to ?? circuitFormatOfName(flags.out ?? "") ?? "json";
  return {
    document: {
      form: "circuit",
      variables: circuit.variables.size,
      nodes: circuit.size,
      edges: circuit.edges,
      logPartition: logPartition(circuit),
    },
    file: async () => (await convertSource({ kind: "circuit", circuit }, to)).content,
  };
}

async function toNnf(formula: Cnf, { to }: CompileFlags, limits: Limits): Promise<Compiled> {
  if (to !== undefined && to !== "nnf" && to !== "d4") {
    throw new InvalidArgumentError("--to", to, "nnf, d4 or sdd for a CNF", "convert writes every format.");
  }
  const { nnf } = await compileCnfAsync(formula, limits);
  const { variables, clauses } = formula;
  const size = { nodes: nnf.size, edges: nnf.edges };
  const form = to ?? "nnf";
  return {
    document: { form, variables, clauses, ...size, count: modelCount(nnf) },
    file: () => printNnf(nnf, { form: form === "d4" ? "d4" : "c2d" }),
  };
}

async function toSdd(formula: Cnf, vtree: Vtree, limits: Limits): Promise<Compiled> {
  const manager = sddManager(vtree);
  const ref = await compileSddAsync(manager, formula, limits);
  const { elements, decisions } = sddSize(manager, ref);
  const { variables, clauses } = formula;
  const count = modelCount(sddToNnf(manager, ref));
  return {
    document: { form: "sdd", variables, clauses, elements, decisions, count },
    file: () => printSdd(manager, ref),
  };
}

async function vtreeNamed(which: string, formula: Cnf): Promise<Vtree> {
  const shapes = { balanced: balancedVtree, right: rightLinearVtree, left: leftLinearVtree };
  if (which === "min-fill") return minFillVtree(formula);
  const shape = Object.hasOwn(shapes, which) ? shapes[which as keyof typeof shapes] : undefined;
  return shape?.(naturalOrder(formula.variables)) ?? parseVtree(await textFrom(which)).vtree;
}
