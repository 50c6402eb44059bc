/** `credence circuit compile`: CNFs to d-DNNFs and SDDs; rules and networks to circuits. */
import {
  balancedVtree,
  bisectionVtree,
  type CircuitFormat,
  type CircuitSource,
  type Cnf,
  circuitFormatNamed,
  circuitFormatOfName,
  compileCnfAsync,
  compileSddAsync,
  compileSource,
  convertSource,
  type Dimacs,
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
  wholeCnf,
} from "@credence/circuits";
import { InvalidArgumentError } from "@credence/core";
import type { Command } from "commander";
import { printResult } from "../terminal/output.ts";
import { saveFile } from "../terminal/save.ts";
import {
  contentOf,
  fileVerb,
  given,
  type InputFlags,
  type Limits,
  sourceFrom,
  textFrom,
  warn,
  working,
} from "./input.ts";

interface CompileFlags extends Omit<InputFlags, "vtree"> {
  readonly to?: CircuitFormat;
  readonly vtree?: string;
  readonly out?: string;
  readonly vtreeOut?: string;
  readonly vtreeSearch?: boolean;
}

/** What a compilation gives the command. */
interface Compiled {
  /** That of an SDD. */
  readonly vtree?: Vtree;
  readonly document: Readonly<Record<string, string | number | bigint>>;
  readonly file: () => Promise<string | Uint8Array> | string;
}

/** Adds the verb. */
export function addCompile(circuit: Command): void {
  fileVerb(circuit, "compile", "compile a CNF, rules or a network to a circuit, and write it to a file", {
    vtree: "for SDDs: balanced, right, left, bisection, min-fill (the default), or a vtree file",
  })
    .option(
      "--to <form>",
      "nnf or d4 (d-DNNF, from the top down; the default for a CNF), sdd (from the bottom up), or a format of circuits; by default the ending of --out",
      circuitFormatNamed,
    )
    .option("--out <file>", "write the circuit here")
    .option("--vtree-search", "look for a better vtree while compiling an SDD, and at the end")
    .option("--vtree-out <file>", "write the SDD's vtree here")
    .action(compile);
}

async function compile(path: string, flags: CompileFlags): Promise<void> {
  const { vtree: which = "min-fill", ...input } = flags;
  const source = await sourceFrom(path, input);
  const to = flags.to ?? circuitFormatOfName(flags.out ?? "") ?? (source.kind === "cnf" ? "nnf" : "json");
  const formula = source.kind === "cnf" && isFormula(to) ? unweighted(source.dimacs) : undefined;
  const start = formula !== undefined && to === "sdd" ? await vtreeNamed(which, formula) : undefined;
  const started = performance.now();
  const { document, file, vtree } = await working(flags, (limits) => {
    if (formula === undefined) return toCircuit(source, to, limits);
    return start === undefined ? toNnf(formula, to, limits) : toSdd(formula, start, flags, limits);
  });
  const seconds = (performance.now() - started) / 1000;
  if (flags.out !== undefined) await saveFile(flags.out, await file());
  if (flags.vtreeOut !== undefined && vtree !== undefined) await saveFile(flags.vtreeOut, printVtree(vtree));
  const written = given({ out: flags.out, vtreeOut: vtree && flags.vtreeOut });
  printResult(flags.json ?? false, { ...document, seconds, ...written }, () =>
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

/** Whether a format says which worlds there are, and not what they weigh. */
function isFormula(to: CircuitFormat): boolean {
  return to === "nnf" || to === "d4" || to === "sdd";
}

/** The CNF of a file whose weights, if it has any, are left out. */
function unweighted(dimacs: Dimacs): Cnf {
  if (dimacs.weights !== undefined)
    warn(["NNF and SDD files have no weights: those of the CNF are left out (--to json keeps them)."]);
  return wholeCnf(dimacs);
}

async function toCircuit(source: CircuitSource, to: CircuitFormat, limits: Limits): Promise<Compiled> {
  if (to === "cnf" || to === "rules" || to === "uai" || to === "bif") {
    const expected = "nnf, d4, sdd, or a format of circuits: json, binary, psdd, jpc, spn";
    throw new InvalidArgumentError("The form to compile to", to, expected, "convert writes every format.");
  }
  const circuit = await compileSource(source, limits);
  return {
    document: {
      form: "circuit",
      variables: circuit.variables.size,
      nodes: circuit.size,
      edges: circuit.edges,
      logPartition: logPartition(circuit),
    },
    file: async () => contentOf(await convertSource({ kind: "circuit", circuit }, to)),
  };
}

async function toNnf(formula: Cnf, form: CircuitFormat, limits: Limits): Promise<Compiled> {
  const { nnf } = await compileCnfAsync(formula, limits);
  const { variables, clauses } = formula;
  const size = { nodes: nnf.size, edges: nnf.edges };
  return {
    document: { form, variables, clauses, ...size, count: modelCount(nnf) },
    file: () => printNnf(nnf, { form: form === "d4" ? "d4" : "c2d" }),
  };
}

async function toSdd(
  formula: Cnf,
  start: Vtree,
  { vtreeSearch = false }: CompileFlags,
  limits: Limits,
): Promise<Compiled> {
  const manager = sddManager(start);
  const ref = await compileSddAsync(manager, formula, { ...limits, vtreeSearch });
  const { elements, decisions } = sddSize(manager, ref);
  const { variables, clauses } = formula;
  // Variables that only the vtree has are free.
  const count = modelCount(sddToNnf(manager, ref)) >> BigInt(start.variables - variables);
  return {
    vtree: manager.vtree,
    document: { form: "sdd", variables, clauses, elements, decisions, count },
    file: () => printSdd(manager, ref),
  };
}

async function vtreeNamed(which: string, formula: Cnf): Promise<Vtree> {
  const shapes = { balanced: balancedVtree, right: rightLinearVtree, left: leftLinearVtree };
  if (which === "min-fill") return minFillVtree(formula);
  if (which === "bisection") return bisectionVtree(formula);
  const shape = Object.hasOwn(shapes, which) ? shapes[which as keyof typeof shapes] : undefined;
  return shape?.(naturalOrder(formula.variables)) ?? parseVtree(await textFrom(which)).vtree;
}
