/** What makes a formula with a free variable an EFO1 query, and the one place where queries are made. */
import { CredenceError, type ErrorFacts, InvalidArgumentError } from "@credence/core";
import { atomsOf, MAX_DEPTH, type Query, type QueryFormula, type Term, type Variable } from "./ast.ts";
import { isPlainName, printQuery } from "./print.ts";
import { shapeOf } from "./shape.ts";

/**
 * The query with the given free variable; every other variable of the formula is existential. O(size).
 * @param text what was written, for `query.text`; default: the printed query
 * @throws CredenceError `NOT_EFO1` if the free variable is not in the formula, `QUERY_TOO_DEEP`
 * @throws InvalidArgumentError for anything that is not a formula, and variable names that cannot be written
 */
export function makeQuery(free: Variable, formula: QueryFormula, text?: string): Query {
  checkTerm(free, "free");
  if (free.kind !== "variable") throw new InvalidArgumentError("free", free, "a variable");
  checkFormula(formula, 1);
  const fault = efo1Fault(free, formula);
  if (fault !== undefined) throw new CredenceError(fault);
  const printed = printQuery(free, formula);
  let shape: ReturnType<typeof shapeOf> | null = null;
  return {
    free,
    formula,
    text: text ?? printed,
    get shape() {
      if (shape === null) shape = shapeOf(this);
      return shape;
    },
    toString: () => printed,
  };
}

/** Which rule of EFO1 a formula breaks, if any, as the facts of an error. */
export function efo1Fault(free: Variable, formula: QueryFormula): ErrorFacts | undefined {
  for (const { head, tail } of atomsOf(formula)) {
    if (isVariable(head, free.name) || isVariable(tail, free.name)) return undefined;
  }
  return {
    code: "NOT_EFO1",
    message: `The free variable ?${free.name} does not appear in the body.`,
    given: `?${free.name}`,
    expected: "a body in which the variable of the head stands",
    hint: "A query asks for the values of its head's variable: use it in an atom, or choose another head.",
  };
}

/** The facts of the error for formulas that nest beyond {@link MAX_DEPTH}. */
export const TOO_DEEP: ErrorFacts = {
  code: "QUERY_TOO_DEEP",
  message: `The formula nests more than ${MAX_DEPTH} levels deep.`,
  expected: `at most ${MAX_DEPTH} levels of !, parentheses and alternation`,
  hint: "Leave out parentheses that group nothing: a long chain of , or | needs none.",
};

function isVariable(term: Term, name: string): boolean {
  return term.kind === "variable" && term.name === name;
}

function checkFormula(formula: QueryFormula, depth: number): void {
  if (depth > MAX_DEPTH) throw new CredenceError(TOO_DEEP);
  switch (formula?.kind) {
    case "atom":
      if (typeof formula.relation !== "string") {
        throw new InvalidArgumentError("relation", formula.relation, "the name of a relation");
      }
      checkTerm(formula.head, "head");
      checkTerm(formula.tail, "tail");
      return;
    case "not":
      checkFormula(formula.of, depth + 1);
      return;
    case "and":
    case "or":
      if (!Array.isArray(formula.args) || formula.args.length < 2) {
        throw new InvalidArgumentError(`${formula.kind}.args`, formula.args, "at least two formulas");
      }
      for (const arg of formula.args) checkFormula(arg, depth + 1);
      return;
    default:
      throw new InvalidArgumentError(
        "formula",
        formula,
        "an atom, not, and, or",
        "Make formulas with atom(...), not(...), and(...), or(...) or parseQuery(text).",
      );
  }
}

function checkTerm(term: Term, argument: string): void {
  if (term?.kind === "constant" && typeof term.name === "string") return;
  if (term?.kind === "variable" && typeof term.name === "string") {
    if (isPlainName(term.name)) return;
    throw new InvalidArgumentError(
      `${argument} variable`,
      term.name,
      'a name without spaces and without ( ) , | & ! ~ ? " :',
    );
  }
  throw new InvalidArgumentError(argument, term, "a variable or a constant");
}
