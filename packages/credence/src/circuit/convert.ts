/** `credence circuit convert` and `credence circuit dot`: the same circuit in another form. */
import {
  type CircuitFormat,
  circuitFormatNamed,
  circuitFormatOfName,
  circuitFormats,
  convertSource,
  toDot,
} from "@credence/circuits";
import { CredenceError } from "@credence/core";
import type { Command } from "commander";
import { printResult } from "../terminal/output.ts";
import { saveFile } from "../terminal/save.ts";
import {
  circuitFrom,
  contentOf,
  fileVerb,
  type InputFlags,
  sourceFrom,
  type VtreeFlags,
  vtreeFrom,
  vtreeHelp,
  working,
} from "./input.ts";

interface OutFlags extends InputFlags {
  readonly out?: string;
}

interface ConvertFlags extends OutFlags, VtreeFlags {
  readonly to?: CircuitFormat;
}

/** Adds both verbs. */
export function addConvert(circuit: Command): void {
  fileVerb(
    circuit,
    "convert",
    "write a file in another format; rules, CNFs and networks are compiled if need be",
    { vtree: vtreeHelp },
  )
    .option(
      "--to <name>",
      `${circuitFormats.join(", ")}; default: what the ending of --out says`,
      circuitFormatNamed,
    )
    .option("--out <file>", "where to write; default: standard output")
    .option("--vtree-out <file>", "where to write the vtree of an sdd, psdd or jpc file")
    .action(convert);
  fileVerb(circuit, "dot", "draw a circuit: Graphviz text, for `dot -Tsvg`")
    .option("--out <file>", "where to write; default: standard output")
    .action(dot);
}

async function convert(path: string, flags: ConvertFlags): Promise<void> {
  const { out, vtreeOut } = flags;
  const to = flags.to ?? (out === undefined ? undefined : circuitFormatOfName(out)) ?? noFormat(out);
  if (to === "binary" && out === undefined) throw binaryOnTerminal();
  const source = await sourceFrom(path, flags);
  const vtree = await vtreeFrom(flags, source);
  const file = await working(flags, (limits) => convertSource(source, to, { ...limits, vtree }));
  if (vtreeOut !== undefined) {
    if (file.vtree === undefined) throw noVtree(to);
    await saveFile(vtreeOut, file.vtree);
  }
  const content = contentOf(file);
  const bytes = typeof content === "string" ? Buffer.byteLength(content) : content.length;
  await put(flags, content, { from: source.kind, to, bytes });
}

async function dot(path: string, flags: OutFlags): Promise<void> {
  const circuit = await circuitFrom(path, flags);
  await put(flags, toDot(circuit), { nodes: circuit.size, edges: circuit.edges });
}

/** Writes to the file, and prints what it is; without a file prints the content, as `text` of a document with --json. */
async function put(
  { out, json }: OutFlags,
  content: string | Uint8Array,
  facts: Readonly<Record<string, string | number>>,
): Promise<void> {
  if (out === undefined) {
    printResult(json ?? false, { ...facts, text: content }, () => String(content).replace(/\n$/, ""));
    return;
  }
  await saveFile(out, content);
  const words = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  printResult(json ?? false, { ...facts, out }, () => `${words.join(", ")}: written to ${out}`);
}

function noFormat(out: string | undefined): never {
  throw new CredenceError({
    code: "NO_FORMAT",
    message:
      out === undefined ? "It is not said what to convert to." : `The ending of ${out} is that of no format.`,
    ...(out === undefined ? {} : { given: out }),
    expected: `--to ${circuitFormats.join("|")}`,
    hint: "Give --to, or --out with the ending of a format.",
  });
}

function binaryOnTerminal(): CredenceError {
  return new CredenceError({
    code: "NO_OUT",
    message: "A binary circuit is not printed on standard output.",
    expected: "--out FILE",
    hint: "Give --out, for example --out circuit.credence.",
  });
}

function noVtree(to: CircuitFormat): CredenceError {
  return new CredenceError({
    code: "NO_VTREE",
    message: `There is no vtree to write with ${to}.`,
    given: to,
    expected: "sdd, psdd, or jpc for a circuit that follows a vtree",
    hint: "Leave --vtree-out out.",
  });
}
