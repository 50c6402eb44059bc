/**
 * Circuits as JSON text; the document is that of circuit/json.ts. JSON's own syntax errors are found again with their
 * place, which engines do not agree to tell (RFC 8259 is the grammar).
 */
import { ParseError } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import {
  type CircuitDocument,
  circuitToJson,
  type JsonNode,
  type JsonVariable,
  readDocument,
} from "../circuit/json.ts";
import { placed } from "../cnf/scanner.ts";

/**
 * Reads the JSON text of a circuit. O(text).
 * @throws ParseError `JSON_SYNTAX`, and the codes of `circuitFromJson` for one variable or node, with line and column
 * @throws CredenceError as `circuitFromJson` for the document as a whole
 */
export function parseCircuit(text: string): Circuit {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    const at = faultOf(text);
    throw new ParseError(text, at, {
      code: "JSON_SYNTAX",
      message: "The text is not JSON.",
      given: text.slice(at, at + 60) || "the end of the text",
      expected: "a JSON document",
      hint: "The file may be cut off: copy or download it again.",
      cause,
    });
  }
  const { variables, nodes } = (document ?? {}) as Partial<CircuitDocument>;
  const startOf = (part: JsonVariable | JsonNode): number => {
    const node = nodes?.indexOf(part as JsonNode) ?? -1;
    if (node >= 0) return placeOf(text, "nodes", node);
    return placeOf(text, "variables", variables?.indexOf(part as JsonVariable) ?? 0);
  };
  const about = <T>(part: JsonVariable | JsonNode, work: () => T): T =>
    placed(text, () => startOf(part), work);
  return readDocument(document as CircuitDocument, about).circuit;
}

/** Where the member `at` of the list `name` of a JSON document begins. O(text). */
function placeOf(text: string, name: string, at: number): number {
  let depth = 0;
  let left = at;
  let word = "";
  let isList = false;
  for (let from = 0; from < text.length; from = tokens.lastIndex) {
    tokens.lastIndex = from;
    const token = tokens.exec(text)?.[0];
    if (token === undefined) break;
    if (token === "[" && depth === 1) isList = word === JSON.stringify(name);
    if (depth === 1 && token.startsWith('"')) word = token;
    if (isList && depth === 2 && !/^[\s,\]]/.test(token) && left-- === 0) return from;
    if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") {
      depth--;
      isList &&= depth > 1;
    }
  }
  return 0;
}

/** The JSON text of a circuit, one node a line. O(size). */
export function printCircuit(circuit: Circuit): string {
  const { variables, nodes, root } = circuitToJson(circuit);
  const list = (entries: readonly unknown[]) =>
    entries.map((each) => `  ${JSON.stringify(each)}`).join(",\n");
  return `{"variables": [\n${list(variables)}\n], "nodes": [\n${list(nodes)}\n], "root": ${root}}\n`;
}

const tokens =
  /\s+|[{}[\],:]|"(?:[^"\\\n]|\\.)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y;

/** What may come next; the variants with a bracket also allow that bracket. */
type Wanted = "value" | "value]" | "name" | "name}" | ":" | "more";

/** Where a text that is not JSON ceases to be the beginning of one. O(text). */
function faultOf(text: string): number {
  const open: string[] = [];
  let wanted: Wanted = "value";
  for (let at = 0; at < text.length; at = tokens.lastIndex) {
    tokens.lastIndex = at;
    const token = tokens.exec(text)?.[0];
    if (token === undefined) return at;
    if (token.trim() === "") continue;
    const next = step(token, wanted, open);
    if (next === undefined) return at;
    wanted = next;
  }
  return text.length;
}

/** What is wanted after a token; undefined if the token is not wanted. */
function step(token: string, wanted: Wanted, open: string[]): Wanted | undefined {
  const closes = (wanted === "value]" && token === "]") || (wanted === "name}" && token === "}");
  if (closes || (wanted === "more" && token === open[open.length - 1])) {
    open.pop();
    return "more";
  }
  if (wanted === "more") {
    if (token !== "," || open.length === 0) return undefined;
    return open[open.length - 1] === "}" ? "name" : "value";
  }
  if (wanted === ":") return token === ":" ? "value" : undefined;
  if (wanted.startsWith("name")) return token.startsWith('"') ? ":" : undefined;
  if (token === "{" || token === "[") {
    open.push(token === "{" ? "}" : "]");
    return token === "{" ? "name}" : "value]";
  }
  return /^[\]},:]$/.test(token) ? undefined : "more";
}
