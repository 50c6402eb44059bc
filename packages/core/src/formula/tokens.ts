/**
 * The words of rule text: names, quoted names, weights, operators, brackets, commas, full stops, line ends.
 * Anything else is refused here, with the operator that was probably meant.
 */
import type { ErrorFacts } from "../errors/credence-error.ts";
import { ParseError } from "../errors/parse-error.ts";
import type { Formula } from "./ast.ts";

/** An operator of rule text. `binding`: larger binds tighter. `chain`: how `a ∘ b ∘ c` groups. */
export interface Operator {
  readonly symbol: string;
  readonly kind: Formula["kind"];
  readonly binding: number;
  readonly chain: "left" | "right" | "flat" | "prefix";
}

/** From the loosest to the tightest. */
export const operators: readonly Operator[] = [
  { symbol: "<->", kind: "iff", binding: 1, chain: "left" },
  { symbol: "->", kind: "implies", binding: 2, chain: "right" },
  { symbol: "|", kind: "or", binding: 3, chain: "flat" },
  { symbol: "xor", kind: "xor", binding: 4, chain: "left" },
  { symbol: "&", kind: "and", binding: 5, chain: "flat" },
  { symbol: "!", kind: "not", binding: 6, chain: "prefix" },
];

/** How tightly an operator binds. */
export function bindingOf(symbol: string): number {
  return operators.find((operator) => operator.symbol === symbol)!.binding;
}

/** The cardinality functions of rule text. */
export const functions = ["exactlyOne", "atMostOne"] as const;

export type TokenKind =
  | "name"
  | "number"
  | "operator"
  | "function"
  | "constant"
  | "("
  | ")"
  | ","
  | "full stop"
  | "line end"
  | "end";

/** A word of rule text at source[start, end); `text` is its meaning (a quoted name without its quotes). */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const word = "[\\p{L}_][\\p{L}\\p{M}\\p{N}_]*";
const namePattern = new RegExp(`${word}(?:\\.${word})*`, "uy");
const numberPattern =
  /[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?(?![\p{L}\p{N}_])|[+-](?:Infinity|inf|NaN)\b/uy;
const blankPattern = /(?:[^\S\n]|#[^\n]*|\/\/[^\n]*)+/y;
const quotedPattern = /"(?:[^"\\\n]|\\[^\n])*"/y;
const wholeName = new RegExp(`^${namePattern.source}$`, "u");

/** What people write in other notations, longest first, and what it is called here. */
const foreign: readonly (readonly [given: string, meant: string])[] = [
  ["<==>", "<->"],
  ["<=>", "<->"],
  ["==>", "->"],
  ["-->", "->"],
  ["=>", "->"],
  ["&&", "&"],
  ["||", "|"],
  ["!=", "xor"],
  ["==", "<->"],
  ["/\\", "&"],
  ["\\/", "|"],
  ["=", "<->"],
  ["∧", "&"],
  ["∨", "|"],
  ["¬", "!"],
  ["~", "!"],
  ["⊕", "xor"],
  ["⊻", "xor"],
  ["^", "xor"],
  ["→", "->"],
  ["⇒", "->"],
  ["⟹", "->"],
  ["⊃", "->"],
  ["↔", "<->"],
  ["⇔", "<->"],
  ["≡", "<->"],
  ["⊤", "true"],
  ["⊥", "false"],
];

/** Words of other notations that stand where only an operator can stand, or `not` before an operand. */
export const foreignWords: ReadonlyMap<string, string> = new Map([
  ["and", "&"],
  ["or", "|"],
  ["not", "!"],
  ["implies", "->"],
  ["iff", "<->"],
]);

/** Whether a name can stand without quotes. */
export function isBareName(name: string): boolean {
  return wholeName.test(name) && keywordKind(name) === "name" && !/^(true|false)$/i.test(name);
}

/** The words of `source`, ending in one of kind `end`. O(length). @throws ParseError */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  const push = (kind: TokenKind, length: number, text = source.slice(at, at + length)): void => {
    tokens.push({ kind, text, start: at, end: at + length });
    at += length;
  };
  while (at < source.length) {
    const blank = take(blankPattern);
    if (blank !== undefined) {
      at += blank.length;
      continue;
    }
    const number = take(numberPattern);
    const name = number === undefined ? take(namePattern) : undefined;
    if (number !== undefined) push("number", number.length);
    else if (name !== undefined) push(bareKind(source, at, name), name.length);
    else if (source[at] === '"') push("name", ...quoted(source, at, take(quotedPattern)));
    else push(...symbol(source, at));
  }
  tokens.push({ kind: "end", text: "", start: at, end: at });
  return tokens;
}

function keywordKind(name: string): TokenKind {
  if (name === "true" || name === "false") return "constant";
  if (name === "xor") return "operator";
  return (functions as readonly string[]).includes(name) ? "function" : "name";
}

function bareKind(source: string, at: number, name: string): TokenKind {
  const kind = keywordKind(name);
  if (kind === "name" && /^(true|false)$/i.test(name)) {
    throw new ParseError(source, at, {
      code: "UNEXPECTED_TOKEN",
      message: `${name} looks like a constant, but constants are written in lower case.`,
      given: name,
      expected: "true or false, or a quoted name",
      hint: `Write ${name.toLowerCase()} for the constant, or "${name}" for a variable of that name.`,
    });
  }
  return kind;
}

/** The length and the name of a quoted name, which follows JSON's rules for strings. */
function quoted(source: string, at: number, text: string | undefined): [length: number, name: string] {
  const fail = (facts: Omit<ErrorFacts, "given">): never => {
    throw new ParseError(source, at, facts);
  };
  if (text === undefined) {
    return fail({
      code: "UNCLOSED_QUOTE",
      message: "This quoted name has no end on its line.",
      hint: 'Close it with ". Inside it, write \\" for a quote and \\n for a line break.',
    });
  }
  let name = "";
  try {
    name = JSON.parse(text.replace(/\t/g, "\\t"));
  } catch {
    fail({
      code: "BAD_ESCAPE",
      message: `${text} has a control character or an escape that means nothing.`,
      expected: 'the escapes of JSON strings: \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX',
      hint: "Write \\\\ for a backslash.",
    });
  }
  if (name === "") {
    fail({
      code: "EMPTY_NAME",
      message: "A variable needs a name.",
      hint: 'Put it between the quotes: "…".',
    });
  }
  return [text.length, name];
}

function symbol(source: string, at: number): [kind: TokenKind, length: number, text: string] {
  const own = ["<->", "->"].find((text) => source.startsWith(text, at));
  if (own !== undefined) return ["operator", own.length, own];
  const alien = foreign.find(([given]) => source.startsWith(given, at));
  if (alien !== undefined) throw unknownOperator(source, at, alien[0], `Did you mean \`${alien[1]}\`?`);
  const character = String.fromCodePoint(source.codePointAt(at)!);
  switch (character) {
    case "!":
    case "&":
    case "|":
      return ["operator", 1, character];
    case "(":
    case ")":
    case ",":
      return [character, 1, character];
    case ".":
      return ["full stop", 1, character];
    case "\n":
      return ["line end", 1, character];
  }
  throw unknownOperator(source, at, character, hintFor(source, at, character));
}

function hintFor(source: string, at: number, character: string): string {
  if (source.startsWith("<-", at)) return "Turn the rule around and write `->`: `b <- a` is `a -> b`.";
  if (source.startsWith(":-", at)) return "Turn the rule around and write `->`: `b :- a` is `a -> b`.";
  if (character === ";") return "Write one rule a line; a line end separates rules.";
  if (character === "'") return 'Quote names with ": "…".';
  if (character === "-") return "Negation is `!`; a name with a hyphen goes in quotes.";
  if (/[\p{N}]/u.test(character)) return "A name that starts with a digit goes in quotes.";
  return 'The operators are ! & | xor -> <->; names with more than letters, digits and _ go in "…".';
}

function unknownOperator(source: string, at: number, given: string, hint: string): ParseError {
  return new ParseError(source, at, {
    code: "UNKNOWN_OPERATOR",
    message: `\`${given}\` means nothing in rule text.`,
    given,
    expected: "a name, a constant, ( ) , . or one of ! & | xor -> <-> exactlyOne atMostOne",
    hint,
  });
}
