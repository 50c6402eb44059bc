/** What one file says, written in another format: as it was read, as a formula, or as the circuit it compiles to. */
import { type CredenceError, printRules, vocabulary } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { printDimacs, printDnf } from "../cnf/print-dimacs.ts";
import { printSdd } from "../sdd/sdd-file.ts";
import { sddToCircuit } from "../sdd/to-circuit.ts";
import { namedVtree } from "../vtree/named.ts";
import type { Vtree } from "../vtree/vtree.ts";
import { printVtree } from "../vtree/vtree-file.ts";
import { circuitToBytes } from "./circuit-artifact.ts";
import { printCircuit } from "./circuit-json.ts";
import { vtreeOfCircuit } from "./circuit-vtree.ts";
import type { CircuitFormat } from "./formats.ts";
import { inexpressible } from "./inexpressible.ts";
import { printJpc, printPsdd, printSpn } from "./print-circuit-files.ts";
import { printBif, printUai } from "./print-networks.ts";
import { printJlc, printNnf } from "./print-nnf.ts";
import { rulesOnVtree } from "./rules-on-vtree.ts";
import {
  areHard,
  nnfOfSource,
  type SddOfSource,
  type SddOfSourceOptions,
  scopesOfRules,
  sddOfSource,
  shapeNamed,
  withoutWeights,
} from "./source-formula.ts";
import { type CircuitSource, compileSource } from "./sources.ts";

/** A PSDD whose log total is further from 0 than this was not normalized before. */
const summing = 1e-9;

/** A file to write. */
export interface CircuitFile {
  readonly content: string | Uint8Array;
  /** The file of the vtree which belongs to it. */
  readonly vtree?: string;
  /** What the source says and the file cannot, one sentence each. */
  readonly warnings: readonly string[];
}

/** Options of {@link convertSource}; the vtree and the search for a better one are those of SDDs. */
export interface ConvertSourceOptions extends SddOfSourceOptions {}

/**
 * What a source says in another format. Rules, CNFs, DNFs and networks are only written as such if they were such;
 * otherwise the source is compiled first.
 * @throws CredenceError `INEXPRESSIBLE` if the format cannot say it, and what `compileSource` and `sddOfSource` throw
 */
export async function convertSource(
  source: CircuitSource,
  to: CircuitFormat,
  options: ConvertSourceOptions = {},
): Promise<CircuitFile> {
  switch (to) {
    case "rules":
      if (source.kind === "rules") return { content: `${printRules(source.rules)}\n`, warnings: [] };
      throw unlike(source, "a rules file", "rules");
    case "cnf":
      if (source.kind === "cnf") return { content: printDimacs(source.dimacs), warnings: [] };
      throw unlike(source, "a CNF file", "a CNF");
    case "dnf":
      if (source.kind === "dnf") return { content: printDnf(source.dimacs), warnings: [] };
      throw unlike(source, "a DNF file", "a DNF");
    case "uai":
    case "bif":
      if (source.kind === "network")
        return { content: (to === "uai" ? printUai : printBif)(source.network), warnings: [] };
      throw unlike(source, `a ${to.toUpperCase()} file`, "a network of factors");
    case "sdd": {
      const found = await sddOfSource(source, options);
      const file = sddFile(found);
      found.sdd.release();
      return file;
    }
    case "nnf":
    case "d4": {
      const nnf = await nnfOfSource(source, "an NNF file", options);
      return { content: printNnf(nnf, { form: to === "d4" ? "d4" : "c2d" }), warnings: [] };
    }
    case "jlc": {
      const nnf = await nnfOfSource(source, "a jlc file", options);
      return { content: printJlc(nnf), warnings: [] };
    }
    default:
      return writeCircuit(await circuitToWrite(source, to, options), to);
  }
}

/** The file of an SDD, and that of its vtree. O(size log size). */
export function sddFile({ sdd: { manager, ref }, names = [] }: SddOfSource): CircuitFile {
  return {
    content: printSdd(manager, ref),
    vtree: printVtree(manager.vtree),
    warnings: lostNames(names, 1, "an SDD file"),
  };
}

/** A circuit to be written, and the vtree to write it on where one is known. */
export interface CircuitToWrite {
  readonly circuit: Circuit;
  readonly vtree?: Vtree;
}

/**
 * The circuit that is written in a format for circuits: what `compileSource` gives, but for PSDDs. Those need a circuit
 * that follows a vtree, so formulas become SDDs first: CNFs and DNFs with the weights of their literals, NNFs, and hard
 * rules.
 * @throws what `compileSource` and `sddOfSource` throw
 */
export async function circuitToWrite(
  source: CircuitSource,
  format: CircuitFormat,
  options: ConvertSourceOptions = {},
): Promise<CircuitToWrite> {
  if (format !== "psdd") return { circuit: await compileSource(source, options) };
  const kinds: readonly CircuitSource["kind"][] = ["cnf", "dnf", "nnf", "sdd"];
  if (!kinds.includes(source.kind) && !(source.kind === "rules" && areHard(source.rules))) {
    return structured(source, await compileSource(source, options), options);
  }
  const { sdd, names } = await sddOfSource(withoutWeights(source), options);
  const { manager, ref } = sdd;
  const variables = names === undefined ? {} : { variables: vocabulary("variable", names) };
  const weights = new Float64Array(2 * manager.vtree.variables).fill(1);
  if (source.kind === "cnf" || source.kind === "dnf") weights.set(source.dimacs.weights ?? []);
  const circuit = sddToCircuit(manager, ref, { ...variables, weights });
  sdd.release();
  return { circuit, vtree: manager.vtree };
}

/** The circuit of a source on the vtree that is wanted. Rules are compiled anew where theirs follows none. */
async function structured(
  source: CircuitSource,
  circuit: Circuit,
  { vtree, vtreeSearch, ...limits }: ConvertSourceOptions,
): Promise<CircuitToWrite> {
  const { variables } = circuit;
  const isFit = vtree === undefined && !("witness" in vtreeOfCircuit(circuit));
  if (source.kind !== "rules" || isFit || variables.size === 0) {
    return vtree === undefined ? { circuit } : { circuit, vtree: shapeNamed(variables.size, vtree) };
  }
  const scopes = scopesOfRules(source.rules, variables.names);
  const tree = typeof vtree === "object" ? vtree : namedVtree(scopes, vtree);
  return { circuit: await rulesOnVtree(source.rules, variables, tree, limits), vtree: tree };
}

/** What has to be known of names where a format only has numbers. */
function lostNames(names: readonly string[], first: number, format: string): string[] {
  if (names.every((name, v) => name === String(v + first))) return [];
  const most = 8;
  const shown = names.slice(0, most).map((name, v) => `${v + first} is ${JSON.stringify(name)}`);
  const rest = names.length > most ? `, and ${names.length - most} more in their order` : "";
  return [`Names of variables cannot be written in ${format}: ${shown.join(", ")}${rest}.`];
}

function unlike(source: CircuitSource, format: string, expected: string): CredenceError {
  return inexpressible(`What was read (${source.kind})`, format, expected);
}

/** A circuit in a format for circuits. @throws CredenceError `INEXPRESSIBLE` */
function writeCircuit(
  { circuit, vtree: wanted }: CircuitToWrite,
  format: "json" | "binary" | "psdd" | "jpc" | "spn",
): CircuitFile {
  const isTied = circuit.sumGroups !== undefined || circuit.inputGroups !== undefined;
  const first = format === "spn" ? 0 : 1;
  const warnings = lostNames(circuit.variables.names, first, `a ${format} file`);
  if (isTied) {
    warnings.push(
      `Which parameters are tied cannot be written in a ${format} file: learning will part them.`,
    );
  }
  switch (format) {
    case "json":
      return { content: printCircuit(circuit), warnings: [] };
    case "binary":
      return { content: circuitToBytes(circuit), warnings: [] };
    case "spn":
      return { content: printSpn(circuit), warnings };
    case "psdd": {
      const { text, vtree, logPartition } = printPsdd(circuit, wanted);
      if (Math.abs(logPartition) > summing) {
        warnings.push(
          `A PSDD is a distribution: what worlds weigh was divided by their total, exp(${logPartition}).`,
        );
      }
      return { content: text, vtree, warnings };
    }
    case "jpc": {
      const { text, vtree } = printJpc(circuit);
      return { content: text, warnings, ...(vtree === undefined ? {} : { vtree }) };
    }
  }
}
