/**
 * The formula strings of the FIT, Real-EFO1 and EFOk-CQA benchmarks, with a grounding:
 *
 *     formula := atom | (formula)&(formula) | (formula)|(formula) | !(formula)
 *     atom    := r<i>(term, term)      term := s<i> | e<i> | f | f<i>
 *
 * r and s are placeholders that the grounding names, e existential variables, f the free variable. FIT's own
 * conversion loses negations when it applies De Morgan's laws or distributes; here the string becomes the same
 * AST as every other notation, and normal forms come later and for all.
 */
import { InvalidArgumentError, ParseError, type Vocabulary } from "@credence/core";
import type { Atom, Query, QueryFormula, Term } from "./ast.ts";
import { parseFormula } from "./parse.ts";
import { notEfo1 } from "./parse-errors.ts";
import { makeQuery } from "./query.ts";
import { type Token, tokenize } from "./tokens.ts";

/** What the placeholders stand for: names, or ids of the vocabularies that come along. */
export type LstrGrounding = Readonly<Record<string, string | number>>;

/** Needed where the grounding holds ids. */
export interface LstrVocabularies {
  readonly entities?: Vocabulary | undefined;
  readonly relations?: Vocabulary | undefined;
}

/**
 * The query of a formula string, for example `((r1(s1,e1))&(!(r2(s2,e1))))&(r3(e1,f))`. O(length).
 * @param grounding a name or an id for every `r<i>` and `s<i>` in the string
 * @throws ParseError `NOT_EFO1`, `UNKNOWN_PLACEHOLDER`, and the codes of `parseQuery`
 * @throws InvalidArgumentError a placeholder without a grounding, or an id without its vocabulary
 */
export function parseLstr(
  formula: string,
  grounding: LstrGrounding,
  vocabularies: LstrVocabularies = {},
): Query {
  if (typeof formula !== "string") throw new InvalidArgumentError("formula", formula, "a formula string");
  const tokens = tokenize(formula);
  const stranger = tokens.find(isForeign);
  if (stranger !== undefined) throw placeholderError(formula, stranger.at, formula[stranger.at]);
  const parsed = parseFormula(formula, tokens, ["&"]);
  const ground: Grounder = {
    relation: (name) => groundName(name, grounding, vocabularies.relations, "relations"),
    entity: (name) => groundName(name, grounding, vocabularies.entities, "entities"),
    free: new Set(),
  };
  const body = groundFormula(parsed, ground);
  const [free, second] = ground.free;
  if (free === undefined || second !== undefined) {
    const found = free === undefined ? "no free variable" : "more than one free variable";
    throw new ParseError(formula, 0, notEfo1(`The formula has ${found}.`, "exactly one variable f or f1"));
  }
  return makeQuery({ kind: "variable", name: free }, body);
}

interface Grounder {
  relation(name: string): string;
  entity(name: string): string;
  readonly free: Set<string>;
}

/** Tokens of the query notation that formula strings do not have. */
function isForeign(token: Token): boolean {
  return token.kind === "variable" || token.kind === "~" || token.kind === ":" || isQuoted(token);
}

function isQuoted(token: Token): boolean {
  return token.kind === "name" && token.quoted;
}

function groundFormula(formula: QueryFormula, ground: Grounder): QueryFormula {
  if (formula.kind === "atom") return groundAtom(formula, ground);
  if (formula.kind === "not") return { kind: "not", of: groundFormula(formula.of, ground) };
  return { kind: formula.kind, args: formula.args.map((arg) => groundFormula(arg, ground)) };
}

function groundAtom(atom: Atom, ground: Grounder): Atom {
  const { text, relation, head, tail } = atom.source!;
  if (!/^r\d+$/.test(atom.relation)) throw placeholderError(text, relation, atom.relation);
  return {
    kind: "atom",
    relation: ground.relation(atom.relation),
    head: groundTerm(atom.head.name, text, head, ground),
    tail: groundTerm(atom.tail.name, text, tail, ground),
  };
}

function groundTerm(name: string, text: string, at: number, ground: Grounder): Term {
  if (/^s\d+$/.test(name)) return { kind: "constant", name: ground.entity(name) };
  if (!/^(e\d+|f\d*)$/.test(name)) throw placeholderError(text, at, name);
  if (name.startsWith("f")) ground.free.add(name);
  return { kind: "variable", name };
}

function groundName(
  placeholder: string,
  grounding: LstrGrounding,
  names: Vocabulary | undefined,
  vocabulary: "relations" | "entities",
): string {
  const value = Object.hasOwn(grounding, placeholder) ? grounding[placeholder] : undefined;
  if (typeof value === "string") return value;
  if (typeof value !== "number") {
    throw new InvalidArgumentError(`grounding.${placeholder}`, value, "a name or an id");
  }
  if (names !== undefined) return names.name(value);
  throw new InvalidArgumentError(
    `grounding.${placeholder}`,
    value,
    `a name, or an id together with { ${vocabulary} }`,
    "Pass the graph's vocabularies as the third argument: parseLstr(formula, grounding, graph).",
  );
}

function placeholderError(text: string, at: number, given: string): ParseError {
  return new ParseError(text, at, {
    code: "UNKNOWN_PLACEHOLDER",
    message: `${JSON.stringify(given)} is not a word of the formula strings.`,
    given,
    expected: "r1(s1,e1) and the like: r for relations, s for entities, e for existential variables, f free",
    hint: "For names instead of placeholders use parseQuery.",
  });
}
