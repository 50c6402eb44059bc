import { ParseError } from "@credence/core";
import { and, atom, makeQuery, not, or, parseQuery, type Query, type QueryFormula } from "@credence/kg";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { forestQueryArbitrary, withoutSources } from "./arbitraries.ts";

/** Any formula over names of any characters. */
const anyQuery: fc.Arbitrary<Query> = fc
  .letrec<{ formula: QueryFormula }>((tie) => {
    const name = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom(...'(),|&!~?":\\ a\n') }),
    );
    const plain = fc.constantFrom("x", "y", "été", "1");
    const term = fc.oneof(
      name,
      plain.map((name) => ({ kind: "variable", name }) as const),
    );
    const several = fc.array(tie("formula"), { minLength: 2, maxLength: 4 });
    return {
      formula: fc.oneof(
        { depthSize: "medium", withCrossShrink: true },
        fc.tuple(name, term, term).map(([r, a, b]) => atom(r, a, b)),
        several.map((args) => and(...args)),
        several.map((args) => or(...args)),
        tie("formula").map(not),
      ),
    };
  })
  .formula.map((formula) => {
    const free = { kind: "variable", name: "free" } as const;
    return makeQuery(free, or(formula, atom("r", free, free)));
  });

/** A Query or a ParseError, never anything else. */
function outcome(text: string): Query | ParseError {
  try {
    return parseQuery(text);
  } catch (error) {
    if (error instanceof ParseError) return error;
    throw error;
  }
}

describe("parseQuery", () => {
  it("reads back what is printed, as the same query", () => {
    fc.assert(
      fc.property(anyQuery, (query) => {
        const again = parseQuery(query.toString());
        expect(again.free).toEqual(query.free);
        expect(withoutSources(again.formula)).toEqual(withoutSources(query.formula));
        expect(again.toString()).toBe(query.toString());
      }),
      { numRuns: 500 },
    );
  });

  it("gives a query or a ParseError for any text", () => {
    const words = fc.constantFrom(
      "?x",
      "?y",
      ":",
      "(",
      ")",
      ",",
      "|",
      "&",
      "!",
      "~",
      '"',
      "\\",
      "r",
      " ",
      "\n",
    );
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.array(words, { maxLength: 40 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, (input) => {
        const result = outcome(input);
        if (result instanceof ParseError) {
          expect(result.hint).toBeTruthy();
          expect(result.expected).toBeTruthy();
          expect(result.frame).toContain("^");
        } else expect(outcome(result.toString())).not.toBeInstanceOf(ParseError);
      }),
      { numRuns: 3_000 },
    );
  });

  it("gives a query or a ParseError for valid queries that were damaged", () => {
    const edit = fc.tuple(
      fc.nat(),
      fc.nat({ max: 3 }),
      fc.string({ unit: fc.constantFrom(...'()?,|!~":r'), maxLength: 3 }),
    );
    fc.assert(
      fc.property(forestQueryArbitrary, fc.array(edit, { minLength: 1, maxLength: 3 }), (query, edits) => {
        let text = query.toString();
        for (const [place, length, inserted] of edits) {
          const at = place % (text.length + 1);
          text = text.slice(0, at) + inserted + text.slice(at + length);
        }
        const result = outcome(text);
        // What still parses means what it says: it prints and reads back.
        if (!(result instanceof ParseError)) {
          expect(withoutSources(parseQuery(String(result)).formula)).toEqual(withoutSources(result.formula));
        }
      }),
      { numRuns: 1_500 },
    );
  });
});
