/**
 * NNF files of two compilers. c2d: a header `nnf V E n`, then one node a line, numbered from 0,
 *
 *   L literal       A c ids…        O j c ids…      (A 0 is true, O 0 0 is false, j the variable decided)
 *
 * the last one being the root. d4: nodes `o id 0`, `a id 0`, `t id 0`, `f id 0` and arcs `from to literals… 0`,
 * whose literals are conjoined with the node below; the root is node 1.
 *
 * Neither need be smooth, so reading smooths: the result can be counted at once. That disjunctions exclude each
 * other is believed, as no file can prove it; `nnfToCircuit(nnf).properties` looks for a certificate.
 */
import { codeOf } from "../cnf/cnf.ts";
import { integerOf, natural, type Scanner, scanner } from "../cnf/scanner.ts";
import type { Nnf, NnfBuilder } from "../ddnnf/nnf.ts";
import { literalFrom, mostVariables, placedBuilder, type ReadNnf, smoothAsRead } from "./placed-nnf.ts";

/** Options of {@link parseNnf}. */
export interface ParseNnfOptions {
  /** Number of variables, where the file does not say it (d4) or says too few; default: the largest one used. */
  readonly variables?: number;
}

/**
 * Reads an NNF file of either form as a smooth NNF. O(text + nodes · variables / 32).
 * @throws ParseError `NNF_HEADER`, `NNF_LINE`, `NNF_NODE` or `NNF_LITERAL` with line and column
 * @throws ParseError `NOT_DECOMPOSABLE`, at the conjunction or the arc, if the children of a conjunction share a
 *   variable
 */
export function parseNnf(text: string, options: ParseNnfOptions = {}): Nnf {
  const scan = scanner(text);
  let word = scan.next();
  while (word.startsWith("c")) {
    scan.skipLine();
    word = scan.next();
  }
  return smoothAsRead(text, word === "nnf" ? readC2d(scan, options) : readD4(scan, word, options));
}

function endLine(scan: Scanner): void {
  if (scan.nextOnLine() !== "") throw scan.fail("NNF_LINE", "The line goes on.", "the end of the line");
}

function readC2d(scan: Scanner, options: ParseNnfOptions): ReadNnf {
  const count = natural(scan, "NNF_HEADER");
  natural(scan, "NNF_HEADER");
  const variables = Math.max(natural(scan, "NNF_HEADER"), options.variables ?? 0);
  const limit = mostVariables(scan.text);
  if (variables > limit)
    throw scan.fail("NNF_HEADER", "So many variables do not fit this file.", `at most ${limit}`);
  endLine(scan);
  const builder = placedBuilder(variables);
  const nodes: number[] = [];
  while (!scan.atEnd()) {
    const kind = scan.next();
    if (kind.startsWith("c")) scan.skipLine();
    else {
      builder.at = scan.start;
      nodes.push(readC2dNode(scan, kind, builder, nodes, variables));
      endLine(scan);
    }
  }
  if (nodes.length !== count || count === 0) {
    scan.next();
    const hint = "The file may be cut off: copy or download it again.";
    throw scan.fail("NNF_HEADER", "The nodes are not as many as announced.", `${count} nodes`, hint);
  }
  return { builder, root: nodes[count - 1] };
}

function readC2dNode(
  scan: Scanner,
  kind: string,
  builder: NnfBuilder,
  nodes: readonly number[],
  variables: number,
): number {
  if (kind === "L") return builder.literal(codeOf(literalFrom(scan, "NNF_LITERAL", variables)));
  if (kind !== "A" && kind !== "O")
    throw scan.fail("NNF_LINE", "This line cannot be understood.", "L, A or O");
  const decided = kind === "O" ? natural(scan, "NNF_NODE") : 0;
  if (decided > variables) throw scan.fail("NNF_NODE", "There is no such variable.", `0 to ${variables}`);
  const children: number[] = [];
  for (let left = natural(scan, "NNF_NODE"); left > 0; left--) {
    const id = natural(scan, "NNF_NODE");
    if (id >= nodes.length)
      throw scan.fail("NNF_NODE", "This node has not come yet.", "a node from a line above");
    children.push(nodes[id]);
  }
  return kind === "A" ? builder.and(children) : builder.or(children, decided - 1);
}

interface Arc {
  readonly to: number;
  readonly literals: readonly number[];
  /** Where it was written, for errors. */
  readonly place: number;
}

/** What a node of d4 is, and where it was written. */
interface Kind {
  readonly word: string;
  readonly start: number;
}

function readD4(scan: Scanner, first: string, options: ParseNnfOptions): ReadNnf {
  const kinds = new Map<number, Kind>();
  const arcs = new Map<number, Arc[]>();
  let variables = options.variables ?? 0;
  const limit = options.variables ?? mostVariables(scan.text);
  for (let word = first; word !== ""; word = scan.next()) {
    if (/^[oatf]$/.test(word)) {
      const { start } = scan;
      const id = natural(scan, "NNF_NODE");
      if (id === 0 || kinds.has(id))
        throw scan.fail("NNF_NODE", "This is not a new node.", "a new number from 1");
      kinds.set(id, { word, start });
      arcs.set(id, []);
      if (scan.nextOnLine() !== "0") throw scan.fail("NNF_LINE", "A line does not end.", "0 at its end");
    } else if (kinds.has(integerOf(word))) {
      const place = scan.start;
      const to = natural(scan, "NNF_NODE");
      if (!kinds.has(to)) throw scan.fail("NNF_NODE", "There is no such node.", "a node from a line above");
      const literals: number[] = [];
      for (let next = scan.nextOnLine(); next !== "0"; next = scan.nextOnLine()) {
        literals.push(literalFrom(scan, "NNF_LITERAL", limit, next));
        variables = Math.max(variables, Math.abs(literals[literals.length - 1]));
      }
      arcs.get(integerOf(word))!.push({ to, literals, place });
    } else if (!word.startsWith("c")) {
      throw scan.fail(
        "NNF_LINE",
        "This line cannot be understood.",
        "`nnf V E n`, a node such as `o 1 0`, or an arc",
      );
    } else scan.skipLine();
    if (!word.startsWith("c")) endLine(scan);
  }
  if (!kinds.has(1)) throw scan.fail("NNF_HEADER", "The file has no root.", "a node 1");
  return buildD4(scan, kinds, arcs, variables);
}

/** Builds from the root, children first; arcs back to a node that is not done are a cycle. */
function buildD4(
  scan: Scanner,
  kinds: ReadonlyMap<number, Kind>,
  arcs: ReadonlyMap<number, readonly Arc[]>,
  variables: number,
): ReadNnf {
  const builder = placedBuilder(variables);
  const places = new Map<number, number>();
  const begun = new Set<number>();
  const open = [1];
  while (open.length > 0) {
    const node = open[open.length - 1];
    const missing = arcs.get(node)!.filter(({ to }) => !places.has(to));
    if (places.has(node) || missing.length === 0) {
      open.pop();
      if (places.has(node)) continue;
      const parts = arcs.get(node)!.map(({ to, literals, place }) => {
        builder.at = place;
        return builder.and([...literals.map((literal) => builder.literal(codeOf(literal))), places.get(to)!]);
      });
      const { word, start } = kinds.get(node)!;
      builder.at = start;
      places.set(node, word === "a" || word === "t" ? builder.and(parts) : builder.or(parts));
      continue;
    }
    if (begun.has(node)) throw scan.fail("NNF_NODE", `Node ${node} lies below itself.`, "no cycles");
    begun.add(node);
    for (const { to } of missing) open.push(to);
  }
  return { builder, root: places.get(1)! };
}
