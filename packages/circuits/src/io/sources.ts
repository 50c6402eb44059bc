/**
 * Files of all formats by one door: a file is read as what it says (a circuit, or something that circuits are
 * compiled from), compiled to a circuit if need be, and written in any format that can say it.
 */
import {
  CredenceError,
  ParseError,
  parseRules,
  printRules,
  type Rule,
  type RunOptions,
} from "@credence/core";
import { circuitBuilder } from "../circuit/builder.ts";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import type { Cnf } from "../cnf/cnf.ts";
import { type Dimacs, parseDimacs } from "../cnf/parse-dimacs.ts";
import { printDimacs } from "../cnf/print-dimacs.ts";
import type { FactorGraph } from "../compile/factor-graph.ts";
import { compileFactorsAsync } from "../compile/factors.ts";
import { compileRulesAsync } from "../compile/rules.ts";
import { compileCnfAsync } from "../ddnnf/compile-cnf.ts";
import type { Nnf } from "../ddnnf/nnf.ts";
import { nnfToCircuit } from "../ddnnf/to-circuit.ts";
import { sddManager } from "../sdd/manager.ts";
import { parseSdd } from "../sdd/sdd-file.ts";
import { sddToNnf } from "../sdd/to-nnf.ts";
import { parseVtree } from "../vtree/vtree-file.ts";
import { parseBif } from "./bif-file.ts";
import { circuitFromBytes, circuitToBytes } from "./circuit-artifact.ts";
import { parseJpc, parsePsdd, parseSpn } from "./circuit-files.ts";
import { parseCircuit, printCircuit } from "./circuit-json.ts";
import { type CircuitFormat, circuitFormatOfContent, circuitFormatOfName } from "./formats.ts";
import { inexpressible } from "./inexpressible.ts";
import { parseNnf } from "./nnf-file.ts";
import { printJpc, printPsdd, printSpn } from "./print-circuit-files.ts";
import { printBif, printUai } from "./print-networks.ts";
import { circuitToNnf, printNnf } from "./print-nnf.ts";
import { parseUai } from "./uai-file.ts";

/** What a file says. */
export type CircuitSource =
  | { readonly kind: "circuit"; readonly circuit: Circuit }
  | { readonly kind: "rules"; readonly rules: readonly Rule[] }
  | { readonly kind: "cnf"; readonly dimacs: Dimacs }
  | { readonly kind: "nnf"; readonly nnf: Nnf }
  | { readonly kind: "network"; readonly network: FactorGraph };

/** Options of {@link parseCircuitSource}. */
export interface SourceOptions {
  /** Default: what the name's ending says, and without one what the content looks like. */
  readonly format?: CircuitFormat | undefined;
  /** The file's name. */
  readonly name?: string;
  /** The text of the vtree file that an SDD file needs. */
  readonly vtree?: string | undefined;
}

/**
 * Reads the content of a file. O(content).
 * @throws ParseError with line and column, and what the format's own parser throws
 * @throws ParseError `INVALID_UTF8`; `NO_SOURCE` for an empty text or a vtree, unless its format is told
 * @throws CredenceError `NO_VTREE` for an SDD file without its vtree
 */
export function parseCircuitSource(content: Uint8Array, options: SourceOptions = {}): CircuitSource {
  const { name = "", vtree } = options;
  const told = options.format ?? circuitFormatOfName(name);
  const format = told ?? circuitFormatOfContent(content);
  if (format === "binary") return { kind: "circuit", circuit: circuitFromBytes(content) };
  const text = textOf(content);
  if (told === undefined) checkIsSource(text);
  switch (format) {
    case "rules":
      return { kind: "rules", rules: parseRules(text) };
    case "cnf":
      return { kind: "cnf", dimacs: parseDimacs(text) };
    case "nnf":
    case "d4":
      return { kind: "nnf", nnf: parseNnf(text) };
    case "sdd":
      return { kind: "nnf", nnf: readSdd(text, vtree) };
    case "uai":
      return { kind: "network", network: parseUai(text) };
    case "bif":
      return { kind: "network", network: parseBif(text) };
    default:
      return { kind: "circuit", circuit: circuitParsers[format](text) };
  }
}

/** @throws ParseError `NO_SOURCE` for a text that says nothing, or nothing by itself */
function checkIsSource(text: string): void {
  const isVtree = /^vtree\s+\d+\s*$/m.test(text);
  if (text.trim() !== "" && !isVtree) return;
  throw new ParseError(text, 0, {
    code: "NO_SOURCE",
    message: isVtree ? "A vtree says nothing by itself." : "The file is empty.",
    given: isVtree ? "a vtree" : "an empty text",
    expected: "rules, a CNF, a network or a circuit",
    hint: isVtree
      ? "Give it with --vtree, beside the SDD or the CNF."
      : "Check that it is the right file, and is whole.",
  });
}

const circuitParsers = { json: parseCircuit, psdd: parsePsdd, jpc: parseJpc, spn: parseSpn };

function textOf(content: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch (cause) {
    // What stands for bytes that are no text is written otherwise than they are.
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(content);
    const bad = new TextEncoder().encode(text).findIndex((byte, at) => byte !== content[at]);
    const before = new TextDecoder("utf-8", { ignoreBOM: true }).decode(content.subarray(0, bad), {
      stream: true,
    });
    throw new ParseError(text, before.length, {
      code: "INVALID_UTF8",
      message: "The file is not UTF-8 text.",
      given: `the byte 0x${content[bad].toString(16)}`,
      expected: "a text file in UTF-8, or a binary circuit of credence",
      hint: "Check that it is the right file, and is whole.",
      cause,
    });
  }
}

function readSdd(text: string, vtree: string | undefined): Nnf {
  if (vtree === undefined) {
    throw new CredenceError({
      code: "NO_VTREE",
      message: "An SDD file means nothing without its vtree.",
      expected: "the vtree file that was written with it",
      hint: "Give it as well (--vtree FILE on the command line).",
    });
  }
  const file = parseVtree(vtree);
  const manager = sddManager(file.vtree);
  return sddToNnf(manager, parseSdd(manager, text, file.places));
}

/** Options of {@link compileSource}. */
export interface CompileSourceOptions extends RunOptions {
  /** How many nodes compilation may make; default as in `compileRules` and `compileCnf`. */
  readonly nodes?: number | undefined;
  /** Time for compiling CNFs and networks; default unlimited. */
  readonly milliseconds?: number | undefined;
}

/**
 * The circuit of a source. Weights of a CNF's literals become weights of the circuit's.
 * @throws BudgetError, AbortedError, CredenceError `NODE_LIMIT`
 * @throws CredenceError `PROJECTED_CNF` for a CNF that is to be projected, `NEGATIVE_WEIGHT` for weights below 0
 */
export async function compileSource(
  source: CircuitSource,
  options: CompileSourceOptions = {},
): Promise<Circuit> {
  const { nodes, ...run } = options;
  switch (source.kind) {
    case "circuit":
      return source.circuit;
    case "nnf":
      return nnfToCircuit(source.nnf);
    case "network":
      return compileFactorsAsync(source.network, budgeted(options));
    case "rules":
      return compileRulesAsync(source.rules, {
        ...run,
        ...(nodes === undefined ? {} : { nodeLimit: nodes }),
      });
    case "cnf": {
      const circuit = nnfToCircuit(await compileWholeCnf(source.dimacs, options));
      return source.dimacs.weights === undefined ? circuit : weigh(circuit, source.dimacs.weights);
    }
  }
}

function budgeted({ nodes, milliseconds, ...run }: CompileSourceOptions) {
  return {
    ...run,
    ...(nodes === undefined ? {} : { nodes }),
    ...(milliseconds === undefined ? {} : { milliseconds }),
  };
}

async function compileWholeCnf(dimacs: Dimacs, options: CompileSourceOptions): Promise<Nnf> {
  return (await compileCnfAsync(wholeCnf(dimacs), budgeted(options))).nnf;
}

/** The CNF of a file that does not project. @throws CredenceError `PROJECTED_CNF` */
export function wholeCnf({ cnf, projected }: Dimacs): Cnf {
  if (projected === undefined) return cnf;
  throw new CredenceError({
    code: "PROJECTED_CNF",
    message: "The file projects its models on some variables, and no circuit over all of them says that.",
    given: `${projected.length} variables to show`,
    expected: "a CNF without `c p show`",
    hint: "Projected models are counted by compileCnf with `projected` (`credence circuit count`).",
  });
}

/** The circuit with weights on its literals, which has the same worlds. O(size). */
function weigh(circuit: Circuit, weights: Float64Array): Circuit {
  const negative = weights.find((weight) => weight < 0);
  if (negative !== undefined) {
    throw new CredenceError({
      code: "NEGATIVE_WEIGHT",
      message: `A literal weighs ${negative}; weights of a circuit's worlds are not negative.`,
      given: negative,
      expected: "weights from 0",
      hint: "weightedModelCount takes weights of any sign (`credence circuit count --weighted`).",
    });
  }
  const { kinds, offsets, children, logWeights, literals, variables } = circuit;
  const builder = circuitBuilder(variables);
  const places: number[] = [];
  const logOf = (node: number) => (literals[node] < 0 ? 0 : Math.log(weights[literals[node]]));
  for (let node = 0; node < circuit.size; node++) {
    const edges = Array.from({ length: offsets[node + 1] - offsets[node] }, (_, i) => offsets[node] + i);
    const code = literals[node];
    if (code >= 0) places.push(builder.literal(code >> 1, (code & 1) === 1));
    else if (kinds[node] === nodeKinds.sum) {
      const logs = edges.map((edge) => logWeights[edge] + logOf(children[edge]));
      places.push(
        builder.sum(
          edges.map((edge) => places[children[edge]]),
          logs,
        ),
      );
    } else {
      // The weights of a product's literals are taken together, in a sum of one term above it.
      const log = edges.reduce((sum, edge) => sum + logOf(children[edge]), 0);
      places.push(builder.sum([builder.product(edges.map((edge) => places[children[edge]]))], [log]));
    }
  }
  const root = circuit.size - 1;
  return builder.build(builder.sum([places[root]], [logOf(root)]));
}

/** A file to write. */
export interface CircuitFile {
  readonly content: string | Uint8Array;
  /** The file of the vtree which belongs to it. */
  readonly vtree?: string;
  /** What the source says and the file cannot, one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * What a source says in another format. Rules, CNFs and networks are only written as such if they were such;
 * otherwise the source is compiled first.
 * @throws CredenceError `INEXPRESSIBLE` if the format cannot say it, and what {@link compileSource} throws
 */
export async function convertSource(
  source: CircuitSource,
  to: CircuitFormat,
  options: CompileSourceOptions = {},
): Promise<CircuitFile> {
  switch (to) {
    case "rules":
      if (source.kind === "rules") return { content: `${printRules(source.rules)}\n`, warnings: [] };
      throw unlike(source, "a rules file", "rules");
    case "cnf":
      if (source.kind === "cnf") return { content: printDimacs(source.dimacs), warnings: [] };
      throw unlike(source, "a CNF file", "a CNF");
    case "uai":
    case "bif":
      if (source.kind === "network")
        return { content: (to === "uai" ? printUai : printBif)(source.network), warnings: [] };
      throw unlike(source, `a ${to.toUpperCase()} file`, "a network of factors");
    case "sdd":
      throw unlike(
        source,
        "an SDD file",
        "a CNF",
        "compileSdd makes SDDs (`credence circuit compile --to sdd`).",
      );
    case "nnf":
    case "d4": {
      const nnf = source.kind === "nnf" ? source.nnf : circuitToNnf(await compileSource(source, options));
      return { content: printNnf(nnf, { form: to === "d4" ? "d4" : "c2d" }), warnings: [] };
    }
    default:
      return writeCircuit(await compileSource(source, options), to);
  }
}

function unlike(source: CircuitSource, format: string, expected: string, hint?: string): CredenceError {
  return inexpressible(`What was read (${source.kind})`, format, expected, hint);
}

/** A circuit in a format for circuits. @throws CredenceError `INEXPRESSIBLE` */
function writeCircuit(circuit: Circuit, format: "json" | "binary" | "psdd" | "jpc" | "spn"): CircuitFile {
  const isTied = circuit.sumGroups !== undefined || circuit.inputGroups !== undefined;
  const warnings = isTied
    ? [`Which parameters are tied cannot be written in a ${format} file: learning will part them.`]
    : [];
  switch (format) {
    case "json":
      return { content: printCircuit(circuit), warnings: [] };
    case "binary":
      return { content: circuitToBytes(circuit), warnings: [] };
    case "spn":
      return { content: printSpn(circuit), warnings };
    case "psdd": {
      const { text, vtree } = printPsdd(circuit);
      return { content: text, vtree, warnings };
    }
    case "jpc": {
      const { text, vtree } = printJpc(circuit);
      return { content: text, warnings, ...(vtree === undefined ? {} : { vtree }) };
    }
  }
}
