/**
 * Rule text, one rule a line:
 *
 *   2.0  stop -> octagon          # weighted: a number first (negative ones push worlds away)
 *   exactlyOne(stop, yield, go).  // hard: a full stop last
 *
 * A rule may span lines inside parentheses only. `#` and `//` start comments. The syntax of weights and full
 * stops is that of Markov logic networks (Alchemy), the operators are this library's own.
 */
import type { ErrorFacts } from "../errors/credence-error.ts";
import { ParseError } from "../errors/parse-error.ts";
import type { Rule } from "./ast.ts";
import { parseTokens, show } from "./parse-formula.ts";
import { type Token, tokenize } from "./tokens.ts";

/**
 * The rules of a text, in order; `text` of each is the rule as written. O(length).
 * @throws ParseError with the place, what was expected and a way out
 */
export function parseRules(source: string): readonly Rule[] {
  const tokens = tokenize(source);
  const rules: Rule[] = [];
  let at = 0;
  while (tokens[at].kind !== "end") {
    if (tokens[at].kind === "line end") at++;
    else at = parseRule(source, tokens, at, rules);
  }
  return rules;
}

/** Parses the rule at `tokens[from]` into `rules`; returns the index of the token after it. */
function parseRule(source: string, tokens: readonly Token[], from: number, rules: Rule[]): number {
  const first = tokens[from];
  const weight = weightOf(source, first, tokens[from + 1]);
  const { formula, next, index } = parseTokens(source, tokens, weight === undefined ? from : from + 1);
  const stop = next.kind === "full stop";
  const fail = (facts: ErrorFacts): never => {
    throw new ParseError(source, next.start, facts);
  };
  if (weight === undefined && !stop) {
    fail({
      code: "MISSING_WEIGHT",
      message: "This rule has neither a weight nor a full stop.",
      expected: "a number before the rule, or a full stop after it",
      hint: "Start it with a weight (`2.0 a -> b`), or end it with `.` if it has no exceptions.",
    });
  }
  if (weight !== undefined && stop) {
    fail({
      code: "WEIGHT_AND_FULL_STOP",
      message: `This rule has both a weight (${first.text}) and a full stop.`,
      expected: "one of the two",
      hint: "Remove the full stop for a weighted rule, or the weight for a hard one.",
    });
  }
  const after = stop ? tokens[index + 1] : next;
  if (after.kind !== "line end" && after.kind !== "end") {
    throw new ParseError(source, after.start, {
      code: "UNEXPECTED_TOKEN",
      message: `The full stop ends the rule, but ${show(after)} follows on the same line.`,
      given: after.text,
      expected: "the end of the line",
      hint: "Start the next rule on a line of its own; a name with a full stop in it goes in quotes.",
    });
  }
  const end = tokens[stop ? index : index - 1].end;
  rules.push({ formula, weight: weight ?? Number.POSITIVE_INFINITY, text: source.slice(first.start, end) });
  return stop ? index + 1 : index;
}

/** The weight a rule starts with, if it does. */
function weightOf(source: string, first: Token, second: Token | undefined): number | undefined {
  const starters = ["name", "constant", "function", "(", "number"];
  const starts = starters.includes(second?.kind ?? "end") || second?.text === "!";
  const bare = source.slice(first.start, first.end);
  const wordWeight = first.kind === "name" && starts && /^(NaN|Infinity|inf)$/i.test(bare);
  if (first.kind !== "number" && !wordWeight) return undefined;
  const weight = Number(bare);
  // Adding 0 turns -0 into 0.
  if (Number.isFinite(weight)) return weight + 0;
  throw new ParseError(source, first.start, {
    code: "BAD_WEIGHT",
    message: `${bare} is no weight.`,
    given: bare,
    expected: "a finite number, positive or negative",
    hint: "A rule without exceptions has no weight but a full stop; to forbid a formula, write `!(…).`",
  });
}
