/** What the parser of the query notation says when it cannot go on: one function per way to go wrong. */
import type { ErrorFacts } from "@credence/core";
import { printToken, type Token } from "./tokens.ts";

export function notEfo1(message: string, expected: string): ErrorFacts {
  return {
    code: "NOT_EFO1",
    message,
    expected,
    hint: "An EFO1 query is a variable, a colon and a body: ?y : bornIn(?y, Canada).",
  };
}

export const UNCLOSED: ErrorFacts = {
  code: "UNBALANCED_QUERY",
  message: "This parenthesis is never closed.",
  expected: 'a closing ")"',
  hint: "Close it, or take it away.",
};

export function variableFault(name: string, next: Token): ErrorFacts {
  if (next.kind === "(") {
    return {
      code: "NOT_EFO1",
      message: `The variable ?${name} stands where a relation should.`,
      given: `?${name}`,
      expected: "the name of a relation",
      hint: "First-order queries range over entities only: ask once per relation, or join the cases by |.",
    };
  }
  return {
    code: "EXPECTED_FORMULA",
    message: `The variable ?${name} alone states nothing.`,
    given: `?${name}`,
    expected: "an atom such as bornIn(?x, Canada)",
    hint: "Say how it is related to something.",
  };
}

export function formulaFault(token: Token): ErrorFacts {
  if (token.kind === ")") return surplus();
  return {
    code: "EXPECTED_FORMULA",
    message: `There is ${printToken(token)} where a condition should be.`,
    given: printToken(token),
    expected: 'an atom such as bornIn(?x, Canada), "!" or "("',
    hint: "One sign joins two conditions; the last one needs none after it.",
  };
}

export function connectiveFault(token: Token, conjunctions: readonly string[]): ErrorFacts {
  if (token.kind === ")") return surplus();
  const signs = [...conjunctions, "|"].map((sign) => `"${sign}"`).join(" or ");
  return {
    code: "EXPECTED_CONNECTIVE",
    message: `There is ${printToken(token)} after a complete condition.`,
    given: printToken(token),
    expected: `${signs}, or the end`,
    hint:
      token.kind === ":"
        ? 'A name that holds a colon goes into quotes: "wdt:P31".'
        : `Join two conditions by "${conjunctions[0]}" (and) or "|" (or).`,
  };
}

function surplus(): ErrorFacts {
  return {
    code: "UNBALANCED_QUERY",
    message: "This parenthesis closes nothing.",
    given: '")"',
    expected: 'as many "(" before it',
    hint: 'Take it away, or put the missing "(" in.',
  };
}

export function relationFault(token: Token): ErrorFacts {
  return {
    code: "EXPECTED_RELATION",
    message: `After ~ comes ${printToken(token)}.`,
    given: printToken(token),
    expected: "the name of a relation",
    hint: "~r(a, b) is r(b, a): ~ inverts one relation. To negate a condition, write !.",
  };
}

export function openFault(relation: string, token: Token): ErrorFacts {
  return {
    code: "EXPECTED_FORMULA",
    message: `The name ${JSON.stringify(relation)} is followed by ${printToken(token)}.`,
    given: printToken(token),
    expected: '"(" and two terms, as in bornIn(?x, Canada)',
    hint: "A name with spaces goes into double quotes; a variable starts with ?.",
  };
}

export function separatorFault(token: Token): ErrorFacts {
  return {
    code: "EXPECTED_TERM",
    message: `There is ${printToken(token)} after a term.`,
    given: printToken(token),
    expected: '"," or ")"',
    hint: "A name with spaces or special characters goes into double quotes.",
  };
}

export function arityFault(relation: string, count: number): ErrorFacts {
  return {
    code: "NOT_BINARY",
    message: `${relation}(...) has ${count} term${count === 1 ? "" : "s"}.`,
    given: count,
    expected: "two terms, head and tail",
    hint: "A knowledge graph relates two entities: relation(head, tail).",
  };
}

export const EMPTY: ErrorFacts = {
  code: "EMPTY_QUERY",
  message: "The query is empty.",
  expected: "a query such as ?y : bornIn(?y, Canada)",
  hint: "Write the variable you ask for, a colon, and the conditions on it.",
};

export function colonFault(head: string, next: Token | undefined): ErrorFacts {
  return {
    code: "EXPECTED_COLON",
    message: `After the head ?${head} comes ${next ? printToken(next) : "the end of the query"}.`,
    expected: "a colon and the body of the query",
    hint: `Write ?${head} : and then the conditions.`,
  };
}

export function termFault(relation: string, token: Token): ErrorFacts {
  return {
    code: "EXPECTED_TERM",
    message: `${relation}(...) has ${printToken(token)} where a term should be.`,
    given: printToken(token),
    expected: "a variable such as ?x, or the name of an entity",
    hint: "Names with special characters go into double quotes.",
  };
}
