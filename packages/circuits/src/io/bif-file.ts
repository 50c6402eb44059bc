/**
 * Bayesian networks in the Interchange Format (BIF 0.15):
 *
 *   network NAME { … }
 *   variable NAME { type discrete [ k ] { state, … }; }
 *   probability ( CHILD | PARENT, … ) { table p, …; (state, …) p, …; default p, …; }
 *
 * A `table` lists the parents' states in turn, the first parent's changing slowest, and the child's fastest. Rows
 * are known by their states' names, never by their position: public copies of the same network disagree there.
 * Properties and comments are read over.
 */
import { ParseError } from "@credence/core";
import { integerOf, realOf } from "../cnf/scanner.ts";
import {
  type DiscreteVariable,
  type Factor,
  type FactorGraph,
  factorGraph,
  factorLimit,
} from "../compile/factor-graph.ts";

interface Token {
  readonly text: string;
  readonly start: number;
}

/**
 * Parses a BIF network; the factors are its conditional probabilities, the child last. O(text + values).
 * @throws ParseError `BIF_SYNTAX`, `BIF_NAME`, `BIF_NUMBER` or `BIF_ROWS` with line and column
 */
export function parseBif(text: string): FactorGraph {
  const reader = tokenReader(text);
  const variables: DiscreteVariable[] = [];
  const factors: Factor[] = [];
  while (reader.peek() !== "") {
    const word = reader.next();
    if (word === "network") skipBlock(reader);
    else if (word === "variable") variables.push(readVariable(reader, variables));
    else if (word === "probability") factors.push(readProbability(reader, variables));
    else throw reader.fail("BIF_SYNTAX", `${word} begins nothing known.`, "network, variable or probability");
  }
  const children = new Set(factors.map(({ scope }) => scope[scope.length - 1]));
  const missing = variables.find((_, v) => !children.has(v));
  if (missing !== undefined || children.size !== factors.length) {
    const what =
      missing === undefined ? "A variable has two probabilities." : `${missing.name} has no probability.`;
    throw reader.fail("BIF_ROWS", what, "one probability per variable");
  }
  return factorGraph(variables, factors);
}

interface TokenReader {
  peek(): string;
  next(): string;
  expect(text: string): void;
  /** The error at the last token. */
  fail(code: string, message: string, expected: string): ParseError;
}

function tokenReader(text: string): TokenReader {
  const tokens: Token[] = [];
  const pattern = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"[^"\n]*"|[{}()[\]|,;]|[^\s{}()[\]|,;"]+|"/g;
  for (const match of text.matchAll(pattern)) {
    const found = match[0];
    if (found.startsWith("//") || found.startsWith("/*")) continue;
    // Names in quotes keep these until they are used, so that none is taken for a mark or a word of the format.
    tokens.push({ text: found, start: match.index });
  }
  let at = 0;
  const fail = (code: string, message: string, expected: string): ParseError => {
    const last = tokens[Math.max(0, at - 1)];
    const ended = at > tokens.length || last === undefined;
    const given = ended ? "the end of the text" : last.text.slice(0, 60);
    return new ParseError(text, ended ? text.length : last.start, { code, message, given, expected });
  };
  const next = (): string => tokens[at++]?.text ?? "";
  return {
    peek: () => tokens[at]?.text ?? "",
    next,
    expect(wanted) {
      if (next() !== wanted) throw fail("BIF_SYNTAX", `Here should be ${wanted}`, `\`${wanted}\``);
    },
    fail,
  };
}

/** Reads over a name and a block in braces. */
function skipBlock(reader: TokenReader): void {
  while (reader.peek() !== "{" && reader.peek() !== "") reader.next();
  reader.expect("{");
  while (reader.peek() !== "}" && reader.peek() !== "") reader.next();
  reader.expect("}");
}

function name(reader: TokenReader, what: string): string {
  const word = reader.next();
  if (/^".+"$/.test(word)) return word.slice(1, -1);
  if (word !== "" && !/^[{}()[\]|,;]$|^"/.test(word)) return word;
  throw reader.fail("BIF_SYNTAX", `Here should be ${what}.`, what);
}

/** Words between commas, up to a closing mark, which is read too. */
function list<T>(reader: TokenReader, end: string, each: () => T): T[] {
  const found = [each()];
  while (reader.peek() === ",") {
    reader.next();
    found.push(each());
  }
  reader.expect(end);
  return found;
}

function skipProperty(reader: TokenReader): void {
  while (reader.peek() !== ";" && reader.peek() !== "") reader.next();
  reader.expect(";");
}

function readVariable(reader: TokenReader, known: readonly DiscreteVariable[]): DiscreteVariable {
  const own = name(reader, "a variable's name");
  if (known.some((variable) => variable.name === own)) {
    throw reader.fail("BIF_NAME", `The variable ${own} comes twice.`, "a new name");
  }
  reader.expect("{");
  let states: string[] | undefined;
  for (let word = reader.next(); word !== "}"; word = reader.next()) {
    if (word === "property") skipProperty(reader);
    else if (word === "type") {
      reader.expect("discrete");
      reader.expect("[");
      const count = integerOf(reader.next());
      if (!(count >= 1))
        throw reader.fail("BIF_NUMBER", "This is not a number of states.", "an integer from 1");
      reader.expect("]");
      reader.expect("{");
      states = list(reader, "}", () => name(reader, "a state"));
      if (states.length !== count || new Set(states).size !== count) {
        throw reader.fail(
          "BIF_NAME",
          `${own} does not have the states announced.`,
          `${count} distinct states`,
        );
      }
      reader.expect(";");
    } else throw reader.fail("BIF_SYNTAX", "This is not part of a variable.", "type, property or }");
  }
  if (states === undefined)
    throw reader.fail("BIF_SYNTAX", `${own} has no type.`, "type discrete [ k ] { … };");
  return { name: own, states };
}

function readProbability(reader: TokenReader, variables: readonly DiscreteVariable[]): Factor {
  const variable = (): number => {
    const own = name(reader, "a variable's name");
    const id = variables.findIndex((each) => each.name === own);
    if (id >= 0) return id;
    throw reader.fail("BIF_NAME", `There is no variable ${own}.`, "the name of a variable declared above");
  };
  reader.expect("(");
  const child = variable();
  const conditional = reader.peek() === "|";
  if (conditional) reader.next();
  const parents = conditional ? list(reader, ")", variable) : [];
  if (!conditional) reader.expect(")");
  const width = variables[child].states.length;
  const rows = parents.reduce((product, parent) => product * variables[parent].states.length, 1);
  if (rows * width > factorLimit) {
    const what = `The table of ${variables[child].name} would have ${rows * width} values.`;
    throw reader.fail("BIF_ROWS", what, `at most ${factorLimit} values`);
  }
  const values = new Float64Array(rows * width).fill(Number.NaN);
  let others: number[] | undefined;
  reader.expect("{");
  for (let word = reader.next(); word !== "}"; word = reader.next()) {
    if (word === "property") skipProperty(reader);
    else if (word === "table") values.set(numbers(reader, values.length));
    else if (word === "default") others = numbers(reader, width);
    else if (word === "(") {
      const row = rowOf(reader, variables, parents);
      values.set(numbers(reader, width), row * width);
    } else throw reader.fail("BIF_SYNTAX", "This is not part of a probability.", "table, default, ( or }");
  }
  for (let row = 0; row < rows; row++) {
    if (!Number.isNaN(values[row * width])) continue;
    if (others === undefined) {
      throw reader.fail(
        "BIF_ROWS",
        `Rows of ${variables[child].name} are missing.`,
        `${rows} rows, or a default`,
      );
    }
    values.set(others, row * width);
  }
  return { scope: [...parents, child], values };
}

/** Numbers up to a semicolon. */
function numbers(reader: TokenReader, count: number): number[] {
  const found = list(reader, ";", () => {
    const value = realOf(reader.next());
    if (value >= 0) return value;
    throw reader.fail("BIF_NUMBER", "This is not a probability.", "a number of at least 0");
  });
  if (found.length === count) return found;
  throw reader.fail("BIF_ROWS", `There are ${found.length} numbers.`, `${count} numbers`);
}

/** The number of the row whose parents have the named states. */
function rowOf(
  reader: TokenReader,
  variables: readonly DiscreteVariable[],
  parents: readonly number[],
): number {
  const states = list(reader, ")", () => name(reader, "a state"));
  let row = 0;
  parents.forEach((parent, i) => {
    const { name: own, states: known } = variables[parent];
    const state = known.indexOf(states[i] ?? "");
    if (state < 0) throw reader.fail("BIF_NAME", `${own} has no state ${states[i]}.`, known.join(", "));
    row = row * known.length + state;
  });
  if (states.length === parents.length) return row;
  throw reader.fail("BIF_ROWS", `The row names ${states.length} states.`, `${parents.length} states`);
}
