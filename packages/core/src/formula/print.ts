/**
 * Rule text from formulas, with no more parentheses than the grammar needs: `parseFormula(printFormula(f))`
 * is `f` again for every formula whose conjunctions and disjunctions have two parts or more. Shorter ones
 * have no notation of their own and are written as what they mean (nothing: `true` or `false`; one part: that
 * part).
 */
import type { Formula, Rule } from "./ast.ts";
import { foldFormula } from "./fold.ts";
import { bindingOf, isBareName, operators } from "./tokens.ts";

/** A formula in rule text. */
export function printFormula(formula: Formula): string {
  return foldFormula<string, Printed>(formula, print).text;
}

/** A rule in rule text: `2.5 a -> b`, or `a -> b.` for a hard rule. */
export function printRule(rule: Rule): string {
  const formula = printFormula(rule.formula);
  return rule.weight === Number.POSITIVE_INFINITY ? `${formula}.` : `${rule.weight} ${formula}`;
}

/** Rules in rule text, one a line; `parseRules` gives the same formulas and weights back. */
export function printRules(rules: readonly Rule[]): string {
  return rules.map((rule) => `${printRule(rule)}\n`).join("");
}

/** A variable's name as it stands in rule text: quoted where it is no plain word. */
export function printName(name: string): string {
  return isBareName(name) ? name : JSON.stringify(name);
}

/** Text and how tightly its outermost operator binds; `Infinity` for what never needs parentheses. */
interface Printed {
  readonly text: string;
  readonly binding: number;
}

const atom = (text: string): Printed => ({ text, binding: Number.POSITIVE_INFINITY });

function print(part: Formula, parts: readonly Printed[]): Printed {
  switch (part.kind) {
    case "var":
      return atom(printName(part.name));
    case "constant":
      return atom(String(part.value));
    case "not":
      return { text: `!${wrap(parts[0], bindingOf("!"))}`, binding: bindingOf("!") };
    case "exactlyOne":
    case "atMostOne":
      if (parts.length === 0) return atom(String(part.kind === "atMostOne"));
      return atom(`${parts.reduce((text, p, i) => text + (i > 0 ? ", " : "") + p.text, `${part.kind}(`)})`);
    default:
      return infix(part, parts);
  }
}

function infix(part: Formula, parts: readonly Printed[]): Printed {
  if (parts.length === 0) return atom(String(part.kind === "and"));
  if (parts.length === 1) return parts[0];
  const { symbol, binding, chain } = operators.find((operator) => operator.kind === part.kind)!;
  const last = parts.length - 1;
  // Strings grow by +, which the engine keeps as a rope; joining would copy deep chains once per level.
  let text = "";
  parts.forEach((p, i) => {
    // A side on which the grammar would group the same operator anyway may go without parentheses.
    const groups = (chain === "left" && i === 0) || (chain === "right" && i === last);
    text += (i > 0 ? ` ${symbol} ` : "") + wrap(p, groups ? binding : binding + 1);
  });
  return { text, binding };
}

function wrap(part: Printed, atLeast: number): string {
  return part.binding >= atLeast ? part.text : `(${part.text})`;
}
