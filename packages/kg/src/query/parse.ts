/**
 * The query notation, by recursive descent:
 *
 *     query       := ?variable ":" disjunction
 *     disjunction := conjunction ("|" conjunction)*
 *     conjunction := unary (("," | "&") unary)*
 *     unary       := "!" unary | "(" disjunction ")" | atom
 *     atom        := "~"* name "(" term "," term ")"
 *     term        := ?variable | name
 *
 * A name is any run of characters other than white space and `( ) , | & ! ~ ? " :`, or anything in double quotes
 * with \" and \\ for these two. What cannot be understood gives a ParseError that points at the place; what can
 * be understood but is no EFO1 query gives one with code NOT_EFO1 that names the rule.
 */
import { type ErrorFacts, InvalidArgumentError, ParseError } from "@credence/core";
import { type Atom, MAX_DEPTH, type Query, type QueryFormula, type Term } from "./ast.ts";
import {
  arityFault,
  colonFault,
  connectiveFault,
  EMPTY,
  formulaFault,
  notEfo1,
  openFault,
  relationFault,
  separatorFault,
  termFault,
  UNCLOSED,
  variableFault,
} from "./parse-errors.ts";
import { efo1Fault, makeQuery, TOO_DEEP } from "./query.ts";
import { type Token, tokenize } from "./tokens.ts";

/**
 * The query that a text means, for example
 * `?y : won(TuringAward, ?x), !bornIn(?x, Canada), graduatedFrom(?x, ?y)`. O(length).
 * @throws ParseError with a frame; codes `EMPTY_QUERY`, `NOT_EFO1`, `EXPECTED_VARIABLE`, `EXPECTED_COLON`,
 *   `EXPECTED_FORMULA`, `EXPECTED_RELATION`, `EXPECTED_TERM`, `EXPECTED_CONNECTIVE`, `NOT_BINARY`,
 *   `UNBALANCED_QUERY`, `UNKNOWN_ESCAPE`, `QUERY_TOO_DEEP`
 */
export function parseQuery(text: string): Query {
  if (typeof text !== "string") throw new InvalidArgumentError("text", text, "the text of a query");
  return parseTokens(text, tokenize(text));
}

/** The query of tokens that stand in `text`. @throws ParseError */
export function parseTokens(text: string, tokens: readonly Token[]): Query {
  const free = parseHead(text, tokens);
  const formula = parseFormula(text, tokens, [",", "&"], 2);
  const fault = efo1Fault(free, formula);
  if (fault !== undefined) throw new ParseError(text, tokens[0].at, fault);
  return makeQuery(free, formula, text);
}

/**
 * The formula that tokens spell, from number `next` to the end.
 * @param conjunctions the signs that mean `and`
 * @throws ParseError
 */
export function parseFormula(
  text: string,
  tokens: readonly Token[],
  conjunctions: readonly string[],
  next = 0,
): QueryFormula {
  const reader = tokenReader(text, tokens, conjunctions, next);
  const formula = disjunction(reader, 1);
  const rest = reader.peek();
  return rest.kind === "end" ? formula : reader.fail(rest.at, connectiveFault(rest, conjunctions));
}

interface TokenReader {
  readonly text: string;
  readonly conjunctions: readonly string[];
  peek(): Token;
  take(): Token;
  fail(at: number, facts: ErrorFacts): never;
}

function tokenReader(
  text: string,
  tokens: readonly Token[],
  conjunctions: readonly string[],
  start: number,
): TokenReader {
  const end: Token = { kind: "end", at: text.length };
  let next = start;
  return {
    text,
    conjunctions,
    peek: () => tokens[next] ?? end,
    take: () => tokens[next++] ?? end,
    fail: (at, facts) => {
      throw new ParseError(text, at, facts);
    },
  };
}

function disjunction(reader: TokenReader, depth: number): QueryFormula {
  const args = [conjunction(reader, depth)];
  while (reader.peek().kind === "|") {
    reader.take();
    args.push(conjunction(reader, depth));
  }
  return args.length === 1 ? args[0] : { kind: "or", args };
}

function conjunction(reader: TokenReader, depth: number): QueryFormula {
  const args = [unary(reader, depth)];
  while (reader.conjunctions.includes(reader.peek().kind)) {
    reader.take();
    args.push(unary(reader, depth));
  }
  return args.length === 1 ? args[0] : { kind: "and", args };
}

function unary(reader: TokenReader, depth: number): QueryFormula {
  const token = reader.take();
  if (depth > MAX_DEPTH) reader.fail(token.at, TOO_DEEP);
  switch (token.kind) {
    case "!":
      return { kind: "not", of: unary(reader, depth + 1) };
    case "(":
      return group(reader, token.at, depth);
    case "formula":
      return token.formula;
    case "name":
      return atom(reader, token, false);
    case "~":
      return inverseAtom(reader);
    case "variable":
      return reader.fail(token.at, variableFault(token.name, reader.peek()));
    default:
      return reader.fail(token.at, formulaFault(token));
  }
}

function group(reader: TokenReader, open: number, depth: number): QueryFormula {
  const inner = disjunction(reader, depth + 1);
  const close = reader.take();
  if (close.kind === ")") return inner;
  if (close.kind === "end") return reader.fail(open, UNCLOSED);
  return reader.fail(close.at, connectiveFault(close, reader.conjunctions));
}

function inverseAtom(reader: TokenReader): Atom {
  let inverse = true;
  while (reader.peek().kind === "~") {
    reader.take();
    inverse = !inverse;
  }
  const relation = reader.take();
  if (relation.kind === "name") return atom(reader, relation, inverse);
  return reader.fail(relation.at, relationFault(relation));
}

interface PlacedTerm {
  readonly term: Term;
  readonly at: number;
}

function atom(reader: TokenReader, relation: Token & { kind: "name" }, inverse: boolean): Atom {
  const open = reader.take();
  if (open.kind !== "(") return reader.fail(open.at, openFault(relation.name, open));
  const terms: PlacedTerm[] = [];
  for (;;) {
    terms.push(placedTerm(reader, relation.name, open.at));
    const separator = reader.take();
    if (separator.kind === ")") break;
    if (separator.kind === "end") reader.fail(open.at, UNCLOSED);
    if (separator.kind !== ",") reader.fail(separator.at, separatorFault(separator));
  }
  if (terms.length !== 2) return reader.fail(relation.at, arityFault(relation.name, terms.length));
  const [head, tail] = inverse ? [terms[1], terms[0]] : terms;
  return {
    kind: "atom",
    relation: relation.name,
    head: head.term,
    tail: tail.term,
    source: { text: reader.text, relation: relation.at, head: head.at, tail: tail.at },
  };
}

function placedTerm(reader: TokenReader, relation: string, open: number): PlacedTerm {
  const token = reader.take();
  if (token.kind === "variable") return { term: { kind: "variable", name: token.name }, at: token.at };
  if (token.kind === "name") return { term: { kind: "constant", name: token.name }, at: token.at };
  if (token.kind === "end") return reader.fail(open, UNCLOSED);
  return reader.fail(token.at, termFault(relation, token));
}

/** The free variable, or the rule that the head breaks. */
function parseHead(text: string, tokens: readonly Token[]) {
  const [first, second] = tokens;
  const fail = (at: number, facts: ErrorFacts): never => {
    throw new ParseError(text, at, facts);
  };
  if (first === undefined) return fail(0, EMPTY);
  const colon = tokens.findIndex((token) => token.kind === ":");
  if (first.kind === "variable" && second?.kind === ":")
    return { kind: "variable", name: first.name } as const;
  if (first.kind === "variable" && colon > 0 && tokens.slice(0, colon).some(isSecondVariable)) {
    return fail(tokens[1].at, notEfo1("The head has more than one variable.", "exactly one free variable"));
  }
  if (first.kind === "variable") {
    return fail(second?.at ?? text.length, colonFault(first.name, second));
  }
  if (colon < 0 || colon === 0) return fail(first.at, notEfo1("The query has no head.", "one free variable"));
  return fail(first.at, notEfo1("The head is not a variable.", "one free variable such as ?y"));
}

function isSecondVariable(token: Token, index: number): boolean {
  return index > 0 && token.kind === "variable";
}
