/**
 * Files of logic circuits of Juice (LogicCircuits.jl, jlc), as its writer gives and its parser takes them:
 *
 *   jlc N · F id · T id · L id vtree literal · O id vtree k ids… · A id vtree k ids…
 *
 * children before parents, the last node being the root; vtree fields are 0 for a circuit that follows none. They are
 * read over: what an NNF means does not depend on them. The file does not say how many variables there are.
 */
import { codeOf } from "../cnf/cnf.ts";
import { natural, readNumberedLines, type Scanner, scanner } from "../cnf/scanner.ts";
import type { Nnf } from "../ddnnf/nnf.ts";
import type { ParseNnfOptions } from "./nnf-file.ts";
import { literalFrom, mostVariables, type PlacedBuilder, placedBuilder, smoothAsRead } from "./placed-nnf.ts";

/** A line, before it is known how many variables there are. */
interface Line {
  readonly kind: string;
  readonly start: number;
  readonly literal: number;
  /** Places of lines above. */
  readonly children: readonly number[];
}

/**
 * Reads a jlc file as a smooth NNF. That its disjunctions exclude each other is believed. O(text + nodes · variables /
 * 32).
 * @throws ParseError `JLC_HEADER`, `JLC_LINE`, `JLC_NODE` or `NOT_DECOMPOSABLE` with line and column
 */
export function parseJlc(text: string, options: ParseNnfOptions = {}): Nnf {
  const scan = scanner(text);
  const limit = options.variables ?? mostVariables(text);
  const places = new Map<number, number>();
  const lines: Line[] = [];
  readNumberedLines(scan, "jlc", (kind, id, start) => {
    lines.push(readLine(scan, kind, start, places, limit));
    places.set(id, lines.length - 1);
  });
  const most = lines.reduce((variables, { literal }) => Math.max(variables, Math.abs(literal)), 0);
  const builder = placedBuilder(options.variables ?? most);
  const nodes: number[] = [];
  for (const line of lines) nodes.push(nodeOf(builder, line, nodes));
  return smoothAsRead(text, { builder, root: nodes[nodes.length - 1] });
}

function readLine(
  scan: Scanner,
  kind: string,
  start: number,
  places: ReadonlyMap<number, number>,
  limit: number,
): Line {
  const line = { kind, start, literal: 0, children: [] };
  if (kind === "T" || kind === "F") return line;
  if (!(kind === "L" || kind === "A" || kind === "O"))
    throw scan.fail("JLC_LINE", "This line cannot be understood.", "F, T, L, O or A");
  natural(scan, "JLC_NODE");
  if (kind === "L") return { ...line, literal: literalFrom(scan, "JLC_NODE", limit) };
  const children: number[] = [];
  for (let left = natural(scan, "JLC_NODE"); left > 0; left--) {
    const place = places.get(natural(scan, "JLC_NODE"));
    if (place === undefined)
      throw scan.fail("JLC_NODE", "This node has not come yet.", "a node from a line above");
    children.push(place);
  }
  return { ...line, children };
}

function nodeOf(builder: PlacedBuilder, line: Line, nodes: readonly number[]): number {
  const { kind, start, literal, children } = line;
  builder.at = start;
  if (kind === "L") return builder.literal(codeOf(literal));
  const parts = children.map((place) => nodes[place]);
  return kind === "A" || kind === "T" ? builder.and(parts) : builder.or(parts);
}
