import {
  evaluate,
  type Formula,
  ParseError,
  parseFormula,
  parseRules,
  printFormula,
  printRules,
  rule,
  variablesOf,
} from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyName, formulas } from "./arbitrary.ts";

const weight = fc.oneof(
  fc.constantFrom(0, -0, 2, -1.5, 1e21, 5e-324, Number.POSITIVE_INFINITY),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

describe("rule text", () => {
  it("gives every formula back: parse ∘ print is the identity", () => {
    fc.assert(
      fc.property(formulas(anyName), (formula) => {
        expect(parseFormula(printFormula(formula))).toEqual(formula);
      }),
      { numRuns: 500 },
    );
  });

  it("gives every rule set back, and print ∘ parse ∘ print is print", () => {
    const rules = fc.array(fc.tuple(formulas(anyName, 2), weight).map(([f, w]) => rule(f, w)));
    fc.assert(
      fc.property(rules, (set) => {
        const text = printRules(set);
        const back = parseRules(text);
        expect(back).toEqual(set);
        expect(printRules(back)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it("reads the same truth with every redundant parenthesis written", () => {
    const name = fc.constantFrom("a", "b", "c", "d");
    const world = fc.record({ a: fc.boolean(), b: fc.boolean(), c: fc.boolean(), d: fc.boolean() });
    fc.assert(
      fc.property(formulas(name), world, (formula, w) => {
        expect(evaluate(parseFormula(printed(formula)), w)).toBe(evaluate(formula, w));
      }),
    );
  });

  it("refuses what it cannot read with a ParseError, and nothing else, whatever the text", () => {
    const shard = fc.constantFrom(
      ..."a b.c 2.0 -1 ( ) , . ! & | xor -> <-> exactlyOne atMostOne true".split(" "),
      ..."=> && ∧ ~ # // \" \\ 'x' NaN -inf and not ; : <-".split(" "),
      " ",
      "\n",
      "\r\n",
      '"q r"',
      "exactlyOne(",
      "a -> b.\n",
      "1 c\n",
      "\ud800",
    );
    const text = fc.oneof(
      fc.array(shard, { maxLength: 12 }).map((parts) => parts.join(" ")),
      fc.array(shard, { maxLength: 12 }).map((parts) => parts.join("")),
      fc.string({ unit: "binary", maxLength: 30 }),
    );
    fc.assert(
      fc.property(text, (source) => {
        for (const parse of [parseRules, parseFormula]) {
          try {
            parse(source);
          } catch (error) {
            expect(error).toBeInstanceOf(ParseError);
            const { line, column, code, hint, frame } = error as ParseError;
            expect(code).toMatch(/^[A-Z_]+$/);
            expect(hint).toMatch(/\S/);
            expect(frame).toContain("^");
            const lines = source.split("\n");
            expect(line).toBeLessThanOrEqual(lines.length);
            expect(column).toBeLessThanOrEqual(lines[line - 1].length + 1);
          }
        }
      }),
      { numRuns: 3000 },
    );
  });

  it("names the variables of a formula, each once, and no others matter to its truth", () => {
    const name = fc.constantFrom("a", "b", "c", "d", "e");
    fc.assert(
      fc.property(formulas(name), fc.infiniteStream(fc.boolean()), (formula, bits) => {
        const names = variablesOf(formula);
        expect(new Set(names).size).toBe(names.length);
        const world = Object.fromEntries(names.map((n) => [n, bits.next().value as boolean]));
        expect(evaluate(formula, { ...world, other: true })).toBe(evaluate(formula, world));
      }),
    );
  });
});

/** The formula with parentheses around every part, as an independent printer would write it. */
function printed(formula: Formula): string {
  switch (formula.kind) {
    case "var":
      return formula.name;
    case "constant":
      return String(formula.value);
    case "not":
      return `!(${printed(formula.of)})`;
    case "and":
    case "or":
      return formula.args.map((arg) => `(${printed(arg)})`).join(formula.kind === "and" ? "&" : "|");
    case "exactlyOne":
    case "atMostOne":
      return `${formula.kind}(${formula.args.map(printed).join(",")})`;
    default: {
      const symbol = { implies: "->", iff: "<->", xor: " xor " }[formula.kind];
      return `(${printed(formula.left)})${symbol}(${printed(formula.right)})`;
    }
  }
}
