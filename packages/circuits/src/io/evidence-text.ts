/**
 * Evidence as text, for command lines and forms: findings between commas or line ends,
 *
 *   name = value         1, true, or a state by its number or its name; a real number or a count
 *   name = 0.3           (or 3/10) soft evidence on a binary variable: weights 0.3 for true and 0.7 for false
 *   name = a | b         one of these values
 *   name = 1.5 .. 3      an interval; either end may be missing
 *   name = 0.2 : 0.5 : 1 soft evidence: one weight per state
 *   name = ?             nothing is known, as if it were not there (also `*`)
 *
 * Names and states in double quotes, as in JSON, may hold any character. `#` begins a comment.
 */
import { ParseError, UnknownNameError } from "@credence/core";
import type { IntervalEvidence } from "../bounds/leaf-box.ts";
import type { Circuit } from "../circuit/circuit.ts";
import type { Domain } from "../circuit/domain.ts";
import { realOf } from "../cnf/scanner.ts";
import type { Evidence, Finding } from "../queries/evidence.ts";

/** What evidence speaks about. */
type Variables = Pick<Circuit, "variables" | "domains">;

/**
 * The evidence that a text gives on the variables of a circuit. O(length). That values lie in their domains is
 * checked by the query that takes them.
 * @throws ParseError `EVIDENCE_SYNTAX`, `EVIDENCE_TWICE`, or `UNKNOWN_NAME` for a variable or a state that the circuit
 *   does not have, with line and column
 */
export function parseEvidence(text: string, circuit: Variables): Evidence {
  return Object.fromEntries(findings(text, circuit).map(({ name, finding }) => [name, finding]));
}

/**
 * Intervals of leaf probabilities for `marginalBounds`: values and intervals as in {@link parseEvidence}, on binary
 * variables.
 * @throws ParseError as {@link parseEvidence}, and `EVIDENCE_SYNTAX` for other findings
 */
export function parseIntervalEvidence(text: string, circuit: Variables): IntervalEvidence {
  return Object.fromEntries(
    findings(text, circuit).map(({ name, finding, start }) => [name, leafInterval(text, finding, start)]),
  );
}

function leafInterval(text: string, finding: Finding, start: number): IntervalEvidence[string] {
  if (finding === undefined || typeof finding === "number" || typeof finding === "boolean") return finding;
  if (typeof finding === "object" && "from" in finding && "to" in finding) {
    return [finding.from as number, finding.to as number];
  }
  throw syntaxError(text, start, "A probability or an interval with both ends, such as 0.2..0.4, is wanted.");
}

interface Token {
  readonly text: string;
  readonly start: number;
  /** In quotes: a name, whatever it looks like. */
  readonly quoted: boolean;
}

interface Found {
  readonly name: string;
  readonly finding: Finding;
  readonly start: number;
}

/** A number may be followed by the dots of an interval, which are not its decimal point. */
const words = /#[^\n]*|"(?:[^"\\\n]|\\.)*"|\.\.|[,\n=|:?*]|(?:(?!\.\.)[^\s,=|:?*"#])+|"/g;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(words)) {
    const word = match[0];
    if (word.startsWith("#")) continue;
    const quoted = word.startsWith('"');
    tokens.push({ text: quoted ? unquote(text, word, match.index) : word, start: match.index, quoted });
  }
  return tokens;
}

function unquote(text: string, word: string, start: number): string {
  try {
    return JSON.parse(word) as string;
  } catch {
    throw syntaxError(text, start, "A quotation mark is not closed, or what it quotes cannot be understood.");
  }
}

function findings(text: string, { variables, domains }: Variables): Found[] {
  const found: Found[] = [];
  const seen = new Set<string>();
  let part: Token[] = [];
  const finish = (): void => {
    if (part.length === 0) return;
    const [name, equals, ...value] = part;
    part = [];
    if (equals?.text !== "=" || equals.quoted || isMark(name)) {
      throw syntaxError(text, name.start, "A finding has the form name=value.");
    }
    if (!variables.has(name.text)) throw unknownName(text, name, "variable", variables.names);
    if (seen.has(name.text)) {
      throw new ParseError(text, name.start, {
        code: "EVIDENCE_TWICE",
        message: `There are two findings on ${JSON.stringify(name.text)}.`,
        given: name.text,
        expected: "one finding per variable",
        hint: "Give a set of values as a|b, an interval as 1..3.",
      });
    }
    seen.add(name.text);
    const start = value[0]?.start ?? text.length;
    const domain = domains[variables.id(name.text)];
    found.push({ name: name.text, finding: findingOf(text, value, start, domain), start });
  };
  for (const token of tokensOf(text)) {
    if (!token.quoted && (token.text === "," || token.text === "\n")) finish();
    else part.push(token);
  }
  finish();
  return found;
}

function isMark({ text, quoted }: Token): boolean {
  return !quoted && /^(\.\.|[=|:?*])$/.test(text);
}

function findingOf(text: string, value: readonly Token[], start: number, domain: Domain): Finding {
  const is = (token: Token | undefined, mark: string) => token?.quoted === false && token.text === mark;
  const one = value.length === 1 ? value[0] : undefined;
  if (is(one, "?") || is(one, "*")) return undefined;
  if (one !== undefined && !isMark(one)) return valueIn(text, one, domain);
  const dots = value.findIndex((token) => is(token, ".."));
  if (dots >= 0 && dots <= 1 && value.length > 1 && value.length <= dots + 2) {
    const from = dots === 1 ? numberOf(text, value[0]) : undefined;
    const to = value.length > dots + 1 ? numberOf(text, value[dots + 1]) : undefined;
    return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  }
  const mark = is(value[1], "|") ? "|" : ":";
  const wellFormed = value.every((token, i) => (i % 2 === 1 ? is(token, mark) : !isMark(token)));
  if (value.length % 2 === 0 || !wellFormed) {
    const hint = "Values are 1, 0.3, true, a state, a|b, 1..3, 0.2:0.8, or ? for nothing.";
    throw syntaxError(text, start, "The value cannot be understood.", hint);
  }
  const members = value.filter((_, i) => i % 2 === 0);
  if (mark === ":") return { weights: members.map((token) => numberOf(text, token)) };
  return { in: members.map((token) => valueIn(text, token, domain)) };
}

/** A state's name comes before what it looks like: networks call their states `0`, `true` or `1-2`. */
function valueIn(text: string, token: Token, domain: Domain): string | number | boolean {
  if (domain.kind === "categorical" && domain.states?.includes(token.text) === true) return token.text;
  if (!token.quoted && (token.text === "true" || token.text === "false")) return token.text === "true";
  if (!token.quoted && !Number.isNaN(realOf(token.text))) return realOf(token.text);
  if (domain.kind !== "categorical") return numberOf(text, token);
  throw unknownName(text, token, "state", domain.states ?? []);
}

/** The error of a name that there is not, with the place where it stands. */
function unknownName(text: string, token: Token, kind: string, names: readonly string[]): ParseError {
  const cause = new UnknownNameError(kind, token.text, names);
  const { code, message, given, expected, hint } = cause;
  const way = { ...(expected === undefined ? {} : { expected }), ...(hint === undefined ? {} : { hint }) };
  return new ParseError(text, token.start, { code, message, given, ...way, cause });
}

function numberOf(text: string, token: Token): number {
  const number = realOf(token.text);
  if (!token.quoted && !Number.isNaN(number)) return number;
  throw syntaxError(text, token.start, `${JSON.stringify(token.text)} is not a number.`);
}

function syntaxError(text: string, start: number, message: string, hint?: string): ParseError {
  return new ParseError(text, Math.min(start, text.length), {
    code: "EVIDENCE_SYNTAX",
    message,
    given: text.slice(start, start + 60) || "the end of the text",
    expected: "findings such as `a=1, b=0.3, c=low|high, d=1.5..3`",
    hint: hint ?? "Names with blanks or marks stand in double quotes.",
  });
}
