/**
 * Reads DIMACS files, of CNFs (`p cnf V C`) and of DNFs (`p dnf V T`), with the dialects of weights that people use:
 *
 *   c p weight L W 0      weight of the literal L (model counting competition)
 *   c p show v … 0        the variables to project on; also `c ind v … 0` (ApproxMC, GANAK)
 *   w v p                 weight p of v and 1 − p of −v; p = −1: weight 1 on both sides (Cachet)
 *   w L W 0               weight of the literal L (the competition's older form)
 *   c weights P1 N1 …     weights of v and −v for all variables in turn (PySDD)
 *
 * Comments may stand between any two lines, clauses may run over several lines, and a line `%` ends the clauses
 * (SATLIB). The header's counts are often wrong: they are corrected with a warning, never trusted.
 */
import { type Cnf, codeOf, variableLimit } from "./cnf.ts";
import type { Dnf } from "./dnf.ts";
import { integerOf, realOf, type Scanner, scanner } from "./scanner.ts";
import type { LiteralWeights } from "./weights.ts";

/** What a DIMACS file says besides its formula. */
export interface DimacsFacts {
  /** Weights per literal code, if the file gives any; literals that it leaves out weigh 1. */
  readonly weights?: LiteralWeights;
  /** The variables to project on, ascending, if the file names them. */
  readonly projected?: Int32Array;
  /** What was odd but could be understood, one sentence each. */
  readonly warnings: readonly string[];
}

/** What a DIMACS file of a CNF says. */
export interface Dimacs extends DimacsFacts {
  readonly cnf: Cnf;
}

/** What a DIMACS file of a DNF says. */
export interface DimacsDnf extends DimacsFacts {
  readonly dnf: Dnf;
}

/**
 * Parses a DIMACS file of a CNF. O(text).
 * @throws ParseError `DIMACS_HEADER`, `DIMACS_LITERAL`, `DIMACS_WEIGHT`, `DIMACS_SHOW` or `DIMACS_TRUNCATED`, with
 *   line and column
 */
export function parseDimacs(text: string): Dimacs {
  const { variables, lists, literals, offsets, facts } = read(text, forms.cnf);
  return { cnf: Object.freeze({ variables, clauses: lists, literals, offsets }), ...facts };
}

/** Parses a DIMACS file of a DNF, whose lists of literals are terms. O(text). @throws as {@link parseDimacs} */
export function parseDnf(text: string): DimacsDnf {
  const { variables, lists, literals, offsets, facts } = read(text, forms.dnf);
  return { dnf: Object.freeze({ variables, terms: lists, literals, offsets }), ...facts };
}

/** The words of a form. */
interface Form {
  readonly name: string;
  readonly list: string;
  readonly header: string;
  readonly hint: string;
}

const forms = {
  cnf: {
    name: "cnf",
    list: "clause",
    header: "`p cnf V C`",
    hint: "A DNF is read by parseDnf, and by the command if its ending is .dnf or its format is told.",
  },
  dnf: {
    name: "dnf",
    list: "term",
    header: "`p dnf V T`",
    hint: "A CNF is read by parseDimacs, and by the command if its ending is .cnf or its format is told.",
  },
} satisfies Record<string, Form>;

function read(text: string, form: Form) {
  const scan = scanner(text);
  const reading: Reading = {
    scan,
    form,
    literals: [],
    offsets: [0],
    largest: 0,
    weights: new Map(),
    shown: new Set(),
    projects: false,
    header: undefined,
  };
  while (!scan.atEnd()) {
    const word = scan.next();
    // Comments begin with c, alone or glued to their text ("c*****" occurs in the wild).
    if (word.startsWith("c")) readComment(reading, word);
    else if (word === "p") readHeader(reading);
    else if (word === "w") readCachetWeight(reading);
    else if (word.startsWith("%")) break;
    else readLiteral(reading, word);
  }
  return finish(reading);
}

interface Reading {
  readonly scan: Scanner;
  readonly form: Form;
  readonly literals: number[];
  readonly offsets: number[];
  /** The largest variable met. */
  largest: number;
  /** Weight and place by signed literal. */
  readonly weights: Map<number, number>;
  readonly shown: Set<number>;
  projects: boolean;
  header: { readonly variables: number; readonly lists: number } | undefined;
}

function readHeader(reading: Reading): void {
  const { scan, form } = reading;
  if (reading.header !== undefined) {
    throw scan.fail("DIMACS_HEADER", "The file has a second header.", `one line ${form.header}`);
  }
  if (scan.nextOnLine() !== form.name) {
    const message = `This is not a ${form.name.toUpperCase()} file.`;
    throw scan.fail("DIMACS_HEADER", message, `\`${form.name}\` after \`p\``, form.hint);
  }
  const counts = [scan.nextOnLine(), scan.nextOnLine()].map(integerOf);
  if (!counts.every((count) => count >= 0) || counts[0] > variableLimit) {
    const expected = `two counts, ${form.header}, with at most ${variableLimit} variables`;
    throw scan.fail("DIMACS_HEADER", "The header's counts cannot be understood.", expected);
  }
  if (scan.skipLine().trim() !== "") {
    throw scan.fail("DIMACS_HEADER", "The header goes on after its counts.", `nothing after ${form.header}`);
  }
  reading.header = { variables: counts[0], lists: counts[1] };
}

/** Notes a signed literal that the file uses, in a clause or elsewhere. */
function literalFrom(reading: Reading, word: string, code: string): number {
  const literal = integerOf(word);
  if (!Number.isNaN(literal) && literal !== 0 && Math.abs(literal) <= variableLimit) {
    reading.largest = Math.max(reading.largest, Math.abs(literal));
    return literal;
  }
  throw reading.scan.fail(
    code,
    word === "" ? "A literal is missing." : "This is not a literal.",
    `a non-zero integer up to ${variableLimit}, or its negative`,
  );
}

function readLiteral(reading: Reading, word: string): void {
  const { scan, form } = reading;
  if (reading.header === undefined) {
    const message = `The header is missing before the first ${form.list}.`;
    throw scan.fail("DIMACS_HEADER", message, `a line ${form.header}`);
  }
  if (word === "0") reading.offsets.push(reading.literals.length);
  else reading.literals.push(literalFrom(reading, word, "DIMACS_LITERAL"));
}

function readComment(reading: Reading, word: string): void {
  const { scan } = reading;
  const first = word === "c" ? scan.nextOnLine() : "";
  // People also write sentences that begin like these lines.
  const isData = !Number.isNaN(realOf(scan.peekOnLine()));
  if (first === "weights" && isData) readWeightList(reading);
  else if (first === "ind" && isData) readShow(reading);
  else if (first === "p") {
    const kind = scan.nextOnLine();
    if (kind === "weight") {
      setWeight(reading, literalFrom(reading, scan.nextOnLine(), "DIMACS_WEIGHT"), scan.nextOnLine());
      endOfWeight(reading, true);
    } else if (kind === "show") readShow(reading);
  }
  scan.skipLine();
}

function setWeight(reading: Reading, literal: number, word: string): void {
  const weight = realOf(word);
  if (Number.isNaN(weight)) {
    throw reading.scan.fail("DIMACS_WEIGHT", "A weight cannot be understood.", "a finite number");
  }
  reading.weights.set(literal, weight);
}

/** Weight lines may end in 0; anything else is a mistake. */
function endOfWeight(reading: Reading, required: boolean): void {
  const { scan } = reading;
  const end = scan.nextOnLine();
  if ((end === "" && !required) || (end === "0" && scan.nextOnLine() === "")) return;
  throw scan.fail("DIMACS_WEIGHT", "A weight line does not end where it should.", "0 at the end of the line");
}

function readCachetWeight(reading: Reading): void {
  const { scan } = reading;
  const literal = literalFrom(reading, scan.nextOnLine(), "DIMACS_WEIGHT");
  const word = scan.nextOnLine();
  const end = scan.nextOnLine();
  // With a final 0 the line speaks of one literal, without it of a variable's two sides.
  const oneSided = end === "0" || literal < 0;
  if (!(end === "" || (end === "0" && scan.nextOnLine() === ""))) {
    throw scan.fail("DIMACS_WEIGHT", "A weight line does not end where it should.", "`w v p` or `w L W 0`");
  }
  const weight = realOf(word);
  if (oneSided || Number.isNaN(weight)) setWeight(reading, literal, word);
  else {
    reading.weights.set(literal, weight === -1 ? 1 : weight);
    reading.weights.set(-literal, weight === -1 ? 1 : 1 - weight);
  }
}

function readWeightList(reading: Reading): void {
  const { scan } = reading;
  for (let variable = 1; ; variable++) {
    const positive = scan.nextOnLine();
    if (positive === "") return;
    setWeight(reading, literalFrom(reading, String(variable), "DIMACS_WEIGHT"), positive);
    setWeight(reading, -variable, scan.nextOnLine());
  }
}

function readShow(reading: Reading): void {
  const { scan } = reading;
  reading.projects = true;
  for (;;) {
    const word = scan.nextOnLine();
    if (word === "0") return;
    if (word === "") throw scan.fail("DIMACS_SHOW", "A list of variables is cut off.", "0 at its end");
    const variable = literalFrom(reading, word, "DIMACS_SHOW");
    if (variable < 0)
      throw scan.fail("DIMACS_SHOW", "Variables are shown, not literals.", "a positive integer");
    reading.shown.add(variable);
  }
}

/** The formula and the facts, counts corrected. */
function finish(reading: Reading) {
  const { scan, form, header, literals, offsets, weights } = reading;
  if (header === undefined) {
    scan.next();
    throw scan.fail("DIMACS_HEADER", "The file has no header.", `a line ${form.header}`);
  }
  if (offsets[offsets.length - 1] !== literals.length) {
    scan.next();
    const hint = "The file may be cut off: copy or download it again.";
    throw scan.fail(
      "DIMACS_TRUNCATED",
      `The last ${form.list} does not end.`,
      `0 after the last ${form.list}`,
      hint,
    );
  }
  const lists = offsets.length - 1;
  const variables = Math.max(header.variables, reading.largest);
  const warnings: string[] = [];
  if (lists !== header.lists) {
    warnings.push(`The header announces ${header.lists} ${form.list}s, but the file has ${lists}.`);
  }
  if (variables !== header.variables) {
    warnings.push(`The header announces ${header.variables} variables, but variable ${variables} is used.`);
  }
  for (const literal of weights.keys()) {
    if (weights.has(-literal)) continue;
    warnings.push(`Literal ${literal} has a weight and ${-literal} has none: 1 is used.`);
  }
  const table = new Float64Array(2 * variables).fill(1);
  for (const [literal, weight] of weights) table[codeOf(literal)] = weight;
  const facts: DimacsFacts = {
    ...(weights.size === 0 ? {} : { weights: table }),
    ...(reading.projects ? { projected: Int32Array.from(reading.shown).sort() } : {}),
    warnings,
  };
  return { variables, lists, literals: Int32Array.from(literals), offsets: Int32Array.from(offsets), facts };
}
