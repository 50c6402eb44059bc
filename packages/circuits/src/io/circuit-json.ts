/**
 * Circuits as JSON text; the document is that of circuit/json.ts. JSON's own syntax errors are found again with their
 * place, which engines do not agree to tell (RFC 8259 is the grammar).
 */
import { ParseError } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { type CircuitDocument, circuitFromJson, circuitToJson } from "../circuit/json.ts";

/**
 * Reads the JSON text of a circuit. O(text).
 * @throws ParseError `JSON_SYNTAX` with line and column
 * @throws CredenceError, InvalidArgumentError, UnknownNameError as {@link circuitFromJson}
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
  return circuitFromJson(document as CircuitDocument);
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
