/** The words of the query notation. Every offset counts UTF-16 code units from the start of the whole text. */
import { ParseError } from "@credence/core";
import type { QueryFormula } from "./ast.ts";
import { isPlainName } from "./print.ts";

export type Sign = "(" | ")" | "," | "|" | "&" | "!" | "~" | ":";

/** `formula` tokens come only from the holes of the template tag. */
export type Token =
  | { readonly kind: Sign | "end"; readonly at: number }
  | { readonly kind: "name"; readonly at: number; readonly name: string; readonly quoted: boolean }
  | { readonly kind: "variable"; readonly at: number; readonly name: string }
  | { readonly kind: "formula"; readonly at: number; readonly formula: QueryFormula };

/** The tokens of `text` from `from` up to `to`, without an end token. @throws ParseError */
export function tokenize(text: string, from = 0, to = text.length): Token[] {
  const tokens: Token[] = [];
  let at = from;
  while (at < to) {
    const char = text[at];
    if (/\s/u.test(char)) {
      at++;
    } else if (isSymbol(char)) {
      tokens.push({ kind: char, at });
      at++;
    } else if (char === '"') {
      const { name, end } = quotedName(text, at, to);
      tokens.push({ kind: "name", at, name, quoted: true });
      at = end;
    } else if (char === "?") {
      const end = plainEnd(text, at + 1, to);
      if (end === at + 1) throw missingVariableName(text, at);
      tokens.push({ kind: "variable", at, name: text.slice(at + 1, end) });
      at = end;
    } else {
      const end = plainEnd(text, at, to);
      tokens.push({ kind: "name", at, name: text.slice(at, end), quoted: false });
      at = end;
    }
  }
  return tokens;
}

/** A token as an error message shows it. */
export function printToken(token: Token): string {
  switch (token.kind) {
    case "end":
      return "the end of the query";
    case "name":
      return `the name ${JSON.stringify(token.name)}`;
    case "variable":
      return `the variable ?${token.name}`;
    case "formula":
      return "a formula";
    default:
      return `"${token.kind}"`;
  }
}

function isSymbol(char: string): char is Sign {
  return "(),|&!~:".includes(char);
}

function plainEnd(text: string, from: number, to: number): number {
  let end = from;
  while (end < to && isPlainName(text[end])) end++;
  return end;
}

function quotedName(text: string, from: number, to: number): { name: string; end: number } {
  let name = "";
  for (let at = from + 1; at < to; at++) {
    const char = text[at];
    if (char === '"') return { name, end: at + 1 };
    if (char !== "\\") {
      name += char;
      continue;
    }
    at++;
    if (at < to && text[at] !== '"' && text[at] !== "\\") {
      throw new ParseError(text, at - 1, {
        code: "UNKNOWN_ESCAPE",
        message: `\\${text[at]} means nothing in a quoted name.`,
        given: `\\${text[at]}`,
        expected: '\\" for a quote or \\\\ for a backslash',
        hint: "Write a backslash twice to get one.",
      });
    }
    name += text[at];
  }
  throw new ParseError(text, from, {
    code: "UNBALANCED_QUERY",
    message: "This quote is never closed.",
    expected: 'a closing "',
    hint: 'Close the name with a ". A quote inside a name is written \\".',
  });
}

function missingVariableName(text: string, at: number): ParseError {
  return new ParseError(text, at, {
    code: "EXPECTED_VARIABLE",
    message: "A ? must be followed at once by the name of a variable.",
    expected: "a variable such as ?x",
    hint: 'A name that holds a question mark goes into quotes: "who?".',
  });
}
