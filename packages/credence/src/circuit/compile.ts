/** `credence circuit compile`: formulas to d-DNNFs and SDDs; rules, networks and formulas to circuits. */
import {
  type CircuitFile,
  type CircuitFormat,
  type CircuitSource,
  circuitFormatNamed,
  circuitFormatOfName,
  circuitToWrite,
  convertSource,
  logPartition,
  modelCount,
  nnfOfSource,
  type SddOfSourceOptions,
  sddFile,
  sddModelCount,
  sddOfSource,
  sddSize,
  withoutWeights,
} from "@credence/circuits";
import { InvalidArgumentError } from "@credence/core";
import type { Command } from "commander";
import { printResult } from "../terminal/output.ts";
import { saveFile } from "../terminal/save.ts";
import {
  contentOf,
  fileVerb,
  given,
  type Limits,
  sourceFrom,
  type VtreeFlags,
  vtreeFrom,
  vtreeHelp,
  warn,
  working,
} from "./input.ts";

interface CompileFlags extends VtreeFlags {
  readonly to?: CircuitFormat;
  readonly out?: string;
}

/** What a compilation gives the command. */
interface Compiled {
  readonly document: Readonly<Record<string, string | number | bigint>>;
  readonly file: () => Promise<CircuitFile> | CircuitFile;
}

/** Adds the verb. */
export function addCompile(circuit: Command): void {
  fileVerb(circuit, "compile", "compile a formula, rules or a network, and write the result to a file", {
    vtree: vtreeHelp,
  })
    .option(
      "--to <form>",
      "nnf, d4 or jlc (d-DNNF, from the top down; the default for a CNF or DNF), sdd (from the bottom up; the default for an SDD), or a format of circuits; by default the ending of --out",
      circuitFormatNamed,
    )
    .option("--out <file>", "write the circuit here")
    .option("--vtree-search", "look for a better vtree while compiling an SDD, and at the end")
    .option("--vtree-out <file>", "write the vtree of an SDD or PSDD here")
    .action(compile);
}

async function compile(path: string, flags: CompileFlags): Promise<void> {
  const read = await sourceFrom(path, flags);
  const to = flags.to ?? circuitFormatOfName(flags.out ?? "") ?? usualForms[read.kind];
  const source = isFormula(to) ? unweighted(read) : read;
  const vtree = await vtreeFrom(flags, source);
  const started = performance.now();
  const { document, file } = await working(flags, (limits) => {
    const options = { ...limits, vtree, vtreeSearch: flags.vtreeSearch };
    if (to === "sdd") return toSdd(source, options);
    return to === "nnf" || to === "d4" || to === "jlc"
      ? toNnf(source, to, limits)
      : toCircuit(source, to, options);
  });
  const seconds = (performance.now() - started) / 1000;
  const written = await write(flags, file);
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

/** The form that is most useful by kind of source; `json` is one of a circuit. */
const usualForms: Readonly<Record<CircuitSource["kind"], CircuitFormat>> = {
  circuit: "json",
  cnf: "nnf",
  dnf: "nnf",
  network: "json",
  nnf: "json",
  rules: "json",
  sdd: "sdd",
};

/** Writes what is asked for; returns what was written. */
async function write({ out, vtreeOut }: CompileFlags, file: Compiled["file"]): Promise<object> {
  if (out === undefined && vtreeOut === undefined) return {};
  const made = await file();
  const content = contentOf(made);
  if (out !== undefined) await saveFile(out, content);
  if (vtreeOut === undefined || made.vtree === undefined) return given({ out });
  await saveFile(vtreeOut, made.vtree);
  return given({ out, vtreeOut });
}

/** The sizes among the facts of a document, in words. */
function sizes(document: Compiled["document"]): string {
  const names = ["nodes", "edges", "elements", "decisions"].filter((name) => document[name] !== undefined);
  return names.map((name) => `${document[name]} ${name}`).join(", ");
}

/** Whether a format says which worlds there are, and not what they weigh. */
function isFormula(to: CircuitFormat): boolean {
  return to === "nnf" || to === "d4" || to === "jlc" || to === "sdd";
}

/** The source without the weights of a CNF or DNF, if it has any. */
function unweighted(source: CircuitSource): CircuitSource {
  if ((source.kind !== "cnf" && source.kind !== "dnf") || source.dimacs.weights === undefined) return source;
  const form = source.kind.toUpperCase();
  warn([`NNF and SDD files have no weights: those of the ${form} are left out (--to json keeps them).`]);
  return withoutWeights(source);
}

async function toCircuit(
  source: CircuitSource,
  to: CircuitFormat,
  options: SddOfSourceOptions,
): Promise<Compiled> {
  if (to === "cnf" || to === "dnf" || to === "rules" || to === "uai" || to === "bif") {
    const expected = "nnf, d4, jlc, sdd, or a format of circuits: json, binary, psdd, jpc, spn";
    throw new InvalidArgumentError("The form to compile to", to, expected, "convert writes every format.");
  }
  const { circuit, vtree } = await circuitToWrite(source, to, options);
  return {
    document: {
      form: "circuit",
      variables: circuit.variables.size,
      nodes: circuit.size,
      edges: circuit.edges,
      logPartition: logPartition(circuit),
    },
    file: () => convertSource({ kind: "circuit", circuit }, to, { vtree }),
  };
}

async function toNnf(source: CircuitSource, form: "nnf" | "d4" | "jlc", limits: Limits): Promise<Compiled> {
  const nnf = await nnfOfSource(source, "an NNF file", limits);
  const { size: nodes, edges, variables } = nnf;
  return {
    document: { form, variables, ...clausesIn(source), nodes, edges, count: modelCount(nnf) },
    file: () => convertSource({ kind: "nnf", nnf }, form),
  };
}

async function toSdd(source: CircuitSource, options: SddOfSourceOptions): Promise<Compiled> {
  const found = await sddOfSource(source, options);
  const { manager, ref } = found.sdd;
  const { variables } = found;
  // Variables that only the vtree has are free.
  const count = sddModelCount(manager, ref) >> BigInt(manager.vtree.variables - variables);
  return {
    document: { form: "sdd", variables, ...clausesIn(source), ...sddSize(manager, ref), count },
    file: () => sddFile(found),
  };
}

function clausesIn(source: CircuitSource): { readonly clauses?: number; readonly terms?: number } {
  if (source.kind === "dnf") return { terms: source.dimacs.dnf.terms };
  return source.kind === "cnf" ? { clauses: source.dimacs.cnf.clauses } : {};
}
