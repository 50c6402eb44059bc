/** The tagged template `query`: the query notation with values in it, names quoted as needed. */
import { InvalidArgumentError } from "@credence/core";
import type { Query, QueryFormula, Variable } from "./ast.ts";
import { parseTokens } from "./parse.ts";
import { printFormula, printName } from "./print.ts";
import { type Token, tokenize } from "./tokens.ts";

/** What a hole of the template may hold: a name (of an entity or relation), a variable, or a formula. */
export type QueryValue = string | Variable | QueryFormula;

/**
 * The query of a template: `` query`?y : won(TuringAward, ?x), !bornIn(?x, ${country}), graduatedFrom(?x, ?y)` ``.
 * A value is one name, variable or formula, whatever characters it holds: it is never parsed.
 * @throws ParseError as `parseQuery` does, in a text that shows the values
 */
export function query(strings: TemplateStringsArray, ...values: QueryValue[]): Query {
  let text = strings[0];
  const holes: Token[] = [];
  const pieces: [from: number, to: number][] = [[0, text.length]];
  values.forEach((value, i) => {
    holes.push(holeToken(value, text.length));
    text += printValue(value);
    pieces.push([text.length, text.length + strings[i + 1].length]);
    text += strings[i + 1];
  });
  const tokens = pieces.flatMap(([from, to], i) => {
    const written = tokenize(text, from, to);
    return i < holes.length ? [...written, holes[i]] : written;
  });
  return parseTokens(text, tokens);
}

function holeToken(value: QueryValue, at: number): Token {
  if (typeof value === "string") return { kind: "name", at, name: value, quoted: true };
  switch (value?.kind) {
    case "variable":
      return { kind: "variable", at, name: value.name };
    case "atom":
    case "not":
    case "and":
    case "or":
      return { kind: "formula", at, formula: value };
    default:
      throw new InvalidArgumentError("template value", value, "a name, a variable or a formula");
  }
}

function printValue(value: QueryValue): string {
  if (typeof value === "string") return printName(value);
  return value.kind === "variable" ? `?${value.name}` : `(${printFormula(value)})`;
}
