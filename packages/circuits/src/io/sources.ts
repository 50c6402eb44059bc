/**
 * Files of all formats by one door: a file is read as what it says, a circuit or something that circuits are compiled
 * from, and compiled to a circuit if need be. convert-source.ts writes it in any format that can say it.
 */
import { CredenceError, ParseError, parseRules, type Rule, type RunOptions } from "@credence/core";
import { circuitBuilder } from "../circuit/builder.ts";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import type { Cnf } from "../cnf/cnf.ts";
import { compileDnfAsync } from "../cnf/compile-dnf.ts";
import type { Dnf } from "../cnf/dnf.ts";
import { type Dimacs, type DimacsDnf, type DimacsFacts, parseDimacs, parseDnf } from "../cnf/parse-dimacs.ts";
import { logsOfWeights } from "../cnf/weights.ts";
import type { FactorGraph } from "../compile/factor-graph.ts";
import { compileFactorsAsync } from "../compile/factors.ts";
import { type CompileOptions, compileRulesAsync } from "../compile/rules.ts";
import type { Budget } from "../ddnnf/budget.ts";
import { compileCnfAsync } from "../ddnnf/compile-cnf.ts";
import type { Nnf } from "../ddnnf/nnf.ts";
import { nnfToCircuit } from "../ddnnf/to-circuit.ts";
import { pinSdd, type SddHandle } from "../sdd/collect.ts";
import { sddManager } from "../sdd/manager.ts";
import { parseSdd } from "../sdd/sdd-file.ts";
import { sddToCircuit } from "../sdd/to-circuit.ts";
import { parseVtree } from "../vtree/vtree-file.ts";
import { parseBif } from "./bif-file.ts";
import { circuitFromBytes } from "./circuit-artifact.ts";
import { parseJpc, parsePsdd, parseSpn } from "./circuit-files.ts";
import { parseCircuit } from "./circuit-json.ts";
import { type CircuitFormat, circuitFormatOfContent, circuitFormatOfName } from "./formats.ts";
import { parseJlc } from "./jlc-file.ts";
import { parseNnf } from "./nnf-file.ts";
import { parseUai } from "./uai-file.ts";

/** What a file says. */
export type CircuitSource =
  | { readonly kind: "circuit"; readonly circuit: Circuit }
  | { readonly kind: "rules"; readonly rules: readonly Rule[] }
  | { readonly kind: "cnf"; readonly dimacs: Dimacs }
  | { readonly kind: "dnf"; readonly dimacs: DimacsDnf }
  | { readonly kind: "nnf"; readonly nnf: Nnf }
  | { readonly kind: "sdd"; readonly sdd: SddHandle }
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
    case "dnf":
      return { kind: "dnf", dimacs: parseDnf(text) };
    case "nnf":
    case "d4":
      return { kind: "nnf", nnf: parseNnf(text) };
    case "jlc":
      return { kind: "nnf", nnf: parseJlc(text) };
    case "sdd":
      return { kind: "sdd", sdd: readSdd(text, vtree) };
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

function readSdd(text: string, vtree: string | undefined): SddHandle {
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
  return pinSdd(manager, parseSdd(manager, text, file.places));
}

/** Options of {@link compileSource}. */
export interface CompileSourceOptions extends RunOptions {
  /** How many nodes compilation may make; default as in `compileRules` and `compileCnf`. */
  readonly nodes?: number | undefined;
  /** Time for compiling CNFs and networks; default unlimited. */
  readonly milliseconds?: number | undefined;
}

/**
 * The circuit of a source. Weights of a CNF's or DNF's literals become weights of the circuit's.
 * @throws BudgetError, AbortedError, CredenceError `NODE_LIMIT`
 * @throws CredenceError `PROJECTED_CNF` for a formula that is to be projected, `NEGATIVE_WEIGHT` for weights below 0
 */
export async function compileSource(
  source: CircuitSource,
  options: CompileSourceOptions = {},
): Promise<Circuit> {
  switch (source.kind) {
    case "circuit":
      return source.circuit;
    case "nnf":
      return nnfToCircuit(source.nnf);
    case "sdd":
      return sddToCircuit(source.sdd.manager, source.sdd.ref);
    case "network":
      return compileFactorsAsync(source.network, budgetOf(options));
    case "rules":
      return compileRulesAsync(source.rules, ruleBudget(options));
    case "cnf":
      return weighed((await compileCnfAsync(wholeCnf(source.dimacs), budgetOf(options))).nnf, source.dimacs);
    case "dnf":
      return weighed((await compileDnfAsync(wholeDnf(source.dimacs), budgetOf(options))).nnf, source.dimacs);
  }
}

function weighed(nnf: Nnf, { weights }: DimacsFacts): Circuit {
  const circuit = nnfToCircuit(nnf);
  return weights === undefined ? circuit : weigh(circuit, weights);
}

/** The options as compilers of CNFs, networks and SDDs take them. */
export function budgetOf({ nodes, milliseconds, ...run }: CompileSourceOptions): RunOptions & Budget {
  return {
    ...run,
    ...(nodes === undefined ? {} : { nodes }),
    ...(milliseconds === undefined ? {} : { milliseconds }),
  };
}

/** The options as `compileRules` takes them. */
export function ruleBudget({ nodes, milliseconds, ...run }: CompileSourceOptions): CompileOptions {
  return { ...run, ...(nodes === undefined ? {} : { nodeLimit: nodes }) };
}

/** The CNF of a file that does not project. @throws CredenceError `PROJECTED_CNF` */
export function wholeCnf(dimacs: Dimacs): Cnf {
  checkWhole(dimacs);
  return dimacs.cnf;
}

/** The DNF of a file that does not project. @throws CredenceError `PROJECTED_CNF` */
export function wholeDnf(dimacs: DimacsDnf): Dnf {
  checkWhole(dimacs);
  return dimacs.dnf;
}

function checkWhole({ projected }: DimacsFacts): void {
  if (projected === undefined) return;
  throw new CredenceError({
    code: "PROJECTED_CNF",
    message: "The file projects its models on some variables, and no circuit over all of them says that.",
    given: `${projected.length} variables to show`,
    expected: "a formula without `c p show`",
    hint: "Projected models of CNFs are counted by compileCnf with `projected` (`credence circuit count`).",
  });
}

/** The circuit with weights on its literals, which has the same worlds. O(size). */
function weigh(circuit: Circuit, weights: Float64Array): Circuit {
  const logs = logsOfWeights(weights);
  const { kinds, offsets, children, logWeights, literals, variables } = circuit;
  const builder = circuitBuilder(variables);
  const places: number[] = [];
  const logOf = (node: number) => (literals[node] < 0 ? 0 : logs[literals[node]]);
  for (let node = 0; node < circuit.size; node++) {
    const edges = Array.from({ length: offsets[node + 1] - offsets[node] }, (_, i) => offsets[node] + i);
    const code = literals[node];
    if (code >= 0) places.push(builder.literal(code >> 1, (code & 1) === 1));
    else if (kinds[node] === nodeKinds.sum) {
      const weighed = edges.map((edge) => logWeights[edge] + logOf(children[edge]));
      places.push(
        builder.sum(
          edges.map((edge) => places[children[edge]]),
          weighed,
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
