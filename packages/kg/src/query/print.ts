/**
 * Queries as text, in the notation that `parseQuery` reads back to the same query: `!` binds tightest, then
 * `,`, then `|`; parentheses appear only where these would regroup; names are quoted only where they must be.
 */
import type { Atom, QueryFormula, Term, Variable } from "./ast.ts";

/** What a name may be without quotes; the same characters end a name in the tokenizer. */
const PLAIN_NAME = /^[^\s(),|&!~?":]+$/u;

/** Whether a name can be written without quotes. */
export function isPlainName(name: string): boolean {
  return PLAIN_NAME.test(name);
}

/** A name as the query notation writes it. */
export function printName(name: string): string {
  return isPlainName(name) ? name : `"${name.replace(/["\\]/g, "\\$&")}"`;
}

/** A term as the query notation writes it. */
export function printTerm(term: Term): string {
  return term.kind === "variable" ? `?${term.name}` : printName(term.name);
}

/** An atom as the query notation writes it. */
export function printAtom(atom: Atom): string {
  return `${printName(atom.relation)}(${printTerm(atom.head)}, ${printTerm(atom.tail)})`;
}

/** A formula as the query notation writes it; parsing gives an equal formula. O(size). */
export function printFormula(formula: QueryFormula): string {
  switch (formula.kind) {
    case "atom":
      return printAtom(formula);
    case "not":
      return `!${grouped(formula.of, formula.of.kind === "and" || formula.of.kind === "or")}`;
    case "and":
      return formula.args.map((arg) => grouped(arg, arg.kind === "and" || arg.kind === "or")).join(", ");
    case "or":
      return formula.args.map((arg) => grouped(arg, arg.kind === "or")).join(" | ");
  }
}

/** A whole query: `?y : formula`. */
export function printQuery(free: Variable, formula: QueryFormula): string {
  return `?${free.name} : ${printFormula(formula)}`;
}

function grouped(formula: QueryFormula, parentheses: boolean): string {
  const text = printFormula(formula);
  return parentheses ? `(${text})` : text;
}
