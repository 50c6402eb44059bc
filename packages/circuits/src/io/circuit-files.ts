/**
 * Circuits in the text formats of other libraries; children come before parents, the last node is the root.
 *
 *   psdd N    L id vtree literal · T id vtree var logP(true) · D id vtree k (prime sub logw)…
 *   jpc N     L id vtree literal · I id vtree var value · C id vtree var logp… · B id vtree var n logp ·
 *             P id vtree k ids… · S id vtree k (id logw)…
 *   (2 3 2)   one node a line, numbered from 0: v var value · * ids… · + (id logw)…, then EOF
 *
 * Variables count from 1 in the first two and from 0 in the third; their names are their numbers. The vtree fields
 * are read over: circuits carry their structure in their nodes. Nodes with equal numbers stay apart, as they were;
 * probabilities are those of the file up to the rounding of exp.
 */
import { type Vocabulary, vocabulary } from "@credence/core";
import { type CircuitBuilder, circuitBuilder } from "../circuit/builder.ts";
import type { Circuit } from "../circuit/circuit.ts";
import { arityLimit, binary, type Domain } from "../circuit/domain.ts";
import {
  integerOf,
  mostIn,
  placed,
  readNumberedLines,
  realOf,
  type Scanner,
  scanner,
} from "../cnf/scanner.ts";
import type { Distribution } from "../inputs/distribution.ts";
import { checkDistribution } from "../inputs/input.ts";

/** A node as it is read, before the variables' domains are known. */
type Content =
  | { readonly kind: "input"; readonly variable: number; readonly distribution: Distribution }
  | { readonly kind: "product"; readonly children: readonly number[] }
  | {
      readonly kind: "sum";
      readonly children: readonly (readonly number[])[];
      readonly logWeights: readonly number[];
    };

/** A node, and where it was written, for errors. */
type Line = Content & { readonly start: number };

/** Reads the rest of a line whose first word is known. */
type LineReader = (scan: LineScanner, kind: string) => Content | undefined;

/** Numbers of one format, with its errors. */
interface LineScanner {
  readonly natural: (least?: number) => number;
  readonly integer: () => number;
  readonly state: (arity?: number) => number;
  readonly logarithm: () => number;
  readonly logarithms: () => number[];
  readonly child: () => number;
  readonly repeat: <T>(each: () => T) => T[];
  readonly rest: <T>(each: () => T) => T[];
  readonly fail: (message: string, expected: string) => Error;
}

/**
 * Reads a PSDD file. O(text).
 * @throws ParseError `PSDD_LINE`, `PSDD_NODE` or `PSDD_HEADER` with line and column
 */
export function parsePsdd(text: string): Circuit {
  return readNumbered(text, "psdd", (scan, kind) => {
    scan.natural();
    if (kind === "L") return literalLine(scan.integer());
    if (kind === "T") {
      const variable = scan.natural(1);
      return {
        kind: "input",
        variable,
        distribution: { family: "bernoulli", p: Math.exp(scan.logarithm()) },
      };
    }
    if (kind !== "D") return undefined;
    return sumLine(scan.repeat(() => [[scan.child(), scan.child()], scan.logarithm()] as const));
  });
}

/**
 * Reads a circuit file of Juice (jpc). O(text).
 * @throws ParseError `JPC_LINE`, `JPC_NODE` or `JPC_HEADER` with line and column
 */
export function parseJpc(text: string): Circuit {
  return readNumbered(text, "jpc", (scan, kind) => {
    scan.natural();
    if (kind === "L") return literalLine(scan.integer());
    if (kind === "P") return { kind: "product", children: scan.repeat(scan.child) };
    if (kind === "S") return sumLine(scan.repeat(() => [[scan.child()], scan.logarithm()] as const));
    if (kind !== "I" && kind !== "C" && kind !== "B") return undefined;
    const variable = scan.natural(1);
    if (kind === "I")
      return { kind: "input", variable, distribution: { family: "indicator", state: scan.state() } };
    if (kind === "B") {
      const trials = scan.natural();
      const p = Math.exp(scan.logarithm());
      return { kind: "input", variable, distribution: { family: "binomial", trials, p } };
    }
    const probabilities = scan.logarithms().map(Math.exp);
    if (probabilities.length < 2) throw scan.fail("A distribution has too few states.", "two or more");
    return { kind: "input", variable, distribution: { family: "categorical", probabilities } };
  });
}

function literalLine(literal: number): Content {
  const distribution: Distribution = { family: "indicator", state: literal > 0 ? 1 : 0 };
  return { kind: "input", variable: Math.abs(literal), distribution };
}

function sumLine(edges: readonly (readonly [readonly number[], number])[]): Content {
  return {
    kind: "sum",
    children: edges.map(([child]) => child),
    logWeights: edges.map(([, weight]) => weight),
  };
}

/** Reads a format with a header `name N` and nodes with ids of their own. */
function readNumbered(text: string, name: string, read: LineReader): Circuit {
  const scan = scanner(text);
  const places = new Map<number, number>();
  const lines: Line[] = [];
  readNumberedLines(scan, name, (kind, id, start) => {
    const content = read(lineScanner(scan, name, places), kind);
    lines.push({ ...contentOr(scan, `${name.toUpperCase()}_LINE`, content), start });
    places.set(id, lines.length - 1);
  });
  const numbers = new Set(lines.flatMap((line) => (line.kind === "input" ? [line.variable] : [])));
  for (let variable = 1; variable <= numbers.size; variable++) {
    if (numbers.has(variable)) continue;
    const message = `No node speaks of variable ${variable}, but some do of larger ones.`;
    throw scan.fail(`${name.toUpperCase()}_NODE`, message, "variables numbered from 1 without gaps");
  }
  return assemble(text, lines, 1, domainsOf(lines, 1));
}

/**
 * Reads a circuit file of Libra and older Juice (.spn). O(text).
 * @throws ParseError `SPN_LINE`, `SPN_NODE` or `SPN_HEADER` with line and column
 */
export function parseSpn(text: string): Circuit {
  const scan = scanner(text);
  const header = scan.skipLine();
  const arities = header
    .replace(/^\s*\(|\)\s*$/g, "")
    .trim()
    .split(/\s+/)
    .map(integerOf);
  if (!/^\s*\(.*\)\s*$/.test(header) || !arities.every((arity) => arity >= 1)) {
    throw scan.fail(
      "SPN_HEADER",
      "The header cannot be understood.",
      "the variables' arities, such as `(2 2 3)`",
    );
  }
  const most = mostStates(text);
  if (!arities.every((arity) => arity <= most))
    throw scan.fail("SPN_HEADER", "So many states do not fit this file.", `arities up to ${most}`);
  const places = new Map<number, number>();
  const lines: Line[] = [];
  for (let word = scan.next(); word !== "EOF"; word = scan.next()) {
    const { start } = scan;
    const content = readSpnLine(lineScanner(scan, "spn", places), word, arities);
    places.set(lines.length, lines.length);
    lines.push({ ...contentOr(scan, "SPN_LINE", content), start });
    if (scan.skipLine().trim() !== "")
      throw scan.fail("SPN_LINE", "The line goes on.", "the end of the line");
  }
  if (lines.length === 0)
    throw scan.fail("SPN_LINE", "The file has no node.", "at least one node before EOF");
  return assemble(text, lines, 0, arities.map(domainOf));
}

function readSpnLine(scan: LineScanner, kind: string, arities: readonly number[]): Content | undefined {
  if (kind === "*") return { kind: "product", children: scan.rest(scan.child) };
  if (kind === "+") return sumLine(scan.rest(() => [[scan.child()], scan.logarithm()] as const));
  if (kind !== "v") return undefined;
  const variable = scan.natural();
  if (!(variable < arities.length)) throw scan.fail("There is no such variable.", "one of the header");
  return {
    kind: "input",
    variable,
    distribution: { family: "indicator", state: scan.state(arities[variable]) },
  };
}

/** As many states as an indicator, or a header, of this text may speak of. */
function mostStates(text: string): number {
  return Math.min(arityLimit, mostIn(text));
}

function contentOr(scan: Scanner, code: string, content: Content | undefined): Content {
  if (content !== undefined) return content;
  throw scan.fail(code, "This line cannot be understood, or the file is cut off.", "a node of the format");
}

function lineScanner(scan: Scanner, name: string, places: ReadonlyMap<number, number>): LineScanner {
  const fail = (message: string, expected: string): Error =>
    scan.fail(`${name.toUpperCase()}_NODE`, message, expected);
  const integer = (word = scan.nextOnLine()): number => {
    const value = integerOf(word);
    if (!Number.isNaN(value)) return value;
    throw fail("A number is missing or cannot be understood.", "an integer");
  };
  const natural = (least = 0): number => {
    const value = integer();
    if (value >= least) return value;
    throw fail("A number is out of range.", `an integer of at least ${least}`);
  };
  const state = (arity = mostStates(scan.text)): number => {
    const value = natural();
    if (value < arity) return value;
    throw fail("There is no such state.", `a state from 0 to ${arity - 1}`);
  };
  const logarithm = (word = scan.nextOnLine()): number => {
    const value = /^-inf(inity)?$/i.test(word) ? Number.NEGATIVE_INFINITY : realOf(word);
    if (!Number.isNaN(value)) return value;
    throw fail("A log probability is missing or cannot be understood.", "a number, or -Infinity");
  };
  const child = (): number => {
    const place = places.get(natural());
    if (place !== undefined) return place;
    throw fail("This node has not come yet.", "a node from a line above");
  };
  const rest = <T>(each: () => T): T[] => {
    const found: T[] = [];
    for (let at = scan.peekOnLine(); at !== ""; at = scan.peekOnLine()) found.push(each());
    return found;
  };
  return {
    natural,
    integer: () => integer(),
    state,
    logarithm: () => logarithm(),
    logarithms: () => rest(() => logarithm()),
    child,
    rest,
    fail,
    repeat: (each) => {
      const found = [];
      for (let left = natural(); left > 0; left--) found.push(each());
      return found;
    },
  };
}

/** States by the inputs that speak of a variable; inputs over counts make it a count. */
function domainsOf(lines: readonly Line[], first: number): Domain[] {
  const arities: number[] = [];
  for (const line of lines) {
    if (line.kind !== "input") continue;
    const { distribution: d, variable } = line;
    const own =
      d.family === "indicator" ? d.state + 1 : d.family === "categorical" ? d.probabilities.length : 2;
    const arity = d.family === "binomial" ? Number.POSITIVE_INFINITY : own;
    arities[variable - first] = Math.max(arities[variable - first] ?? 2, arity);
  }
  return Array.from(arities, (arity = 2) =>
    arity === Number.POSITIVE_INFINITY ? { kind: "count" } : domainOf(arity),
  );
}

function domainOf(arity: number): Domain {
  return arity === 2 ? binary : { kind: "categorical", arity };
}

function assemble(text: string, lines: readonly Line[], first: number, domains: readonly Domain[]): Circuit {
  const names: Vocabulary = vocabulary(
    "variable",
    domains.map((_, v) => String(v + first)),
  );
  const builder = circuitBuilder(names, { domains, share: false });
  const places: number[] = [];
  const elements = new Map<string, number>();
  for (const line of lines) {
    places.push(placed(text, line.start, () => nodeOf(builder, line, first, places, elements)));
  }
  const last = lines[lines.length - 1];
  return placed(text, last.start, () => builder.build(places[places.length - 1]));
}

/** @param elements products that have no lines of their own, by their factors: equal ones are one */
function nodeOf(
  builder: CircuitBuilder,
  line: Content,
  first: number,
  places: readonly number[],
  elements: Map<string, number>,
): number {
  if (line.kind === "product") return builder.product(line.children.map((child) => places[child]));
  if (line.kind === "sum") {
    const children = line.children.map((parts) => {
      const key = parts.join();
      const node = elements.get(key) ?? builder.product(parts.map((part) => places[part]));
      elements.set(key, node);
      return node;
    });
    return builder.sum(children, line.logWeights);
  }
  const variable = line.variable - first;
  const domain = builder.domains[variable];
  const { distribution } = line;
  // Two states are a binary variable, whose distributions are literals and Bernoulli ones.
  if (domain.kind === "binary") {
    if (distribution.family === "indicator") return builder.literal(variable, distribution.state === 1);
    if (distribution.family === "categorical") {
      checkDistribution(distribution, domain);
      return builder.input(variable, { family: "bernoulli", p: distribution.probabilities[1] });
    }
  }
  return builder.input(variable, distribution);
}
