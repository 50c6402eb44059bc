import { ParseError, parseFormula, parseRules } from "@credence/core";
import { describe, expect, it } from "vitest";

describe("parseRules", () => {
  it("reads weighted and hard rules, comments, blank lines and rules broken inside parentheses", () => {
    const rules = parseRules(`
      # traffic signs
      2.0 stop -> octagon   // typical
      -1.5 red & blue
      .5e1 "speed limit" -> (round
                             | white)
      exactlyOne(stop,
                 yield).
      !(stop & prev.yield).\r
    `);
    expect(rules.map(({ formula, weight }) => ({ formula, weight }))).toEqual([
      { formula: parseFormula("stop -> octagon"), weight: 2 },
      { formula: parseFormula("red & blue"), weight: -1.5 },
      { formula: parseFormula('"speed limit" -> round | white'), weight: 5 },
      { formula: parseFormula("exactlyOne(stop, yield)"), weight: Number.POSITIVE_INFINITY },
      { formula: parseFormula("!(stop & prev.yield)"), weight: Number.POSITIVE_INFINITY },
    ]);
    expect(rules.map((rule) => rule.text.split("\n")[0])).toEqual([
      "2.0 stop -> octagon",
      "-1.5 red & blue",
      '.5e1 "speed limit" -> (round',
      "exactlyOne(stop,",
      "!(stop & prev.yield).",
    ]);
    expect(parseRules(" \n# nothing\n")).toEqual([]);
  });

  it("takes every finite weight, and one way of writing zero", () => {
    const weights = (text: string) => parseRules(text).map((rule) => rule.weight);
    expect(weights("0 a\n-0 a\n+2 a\n1e-7 a\n-1E+3 a\n700 a")).toEqual([0, 0, 2, 1e-7, -1000, 700]);
  });

  it.each([
    ["a -> b", "MISSING_WEIGHT", 1, 7, "end it with `.`"],
    ["\n\na -> b\nb.", "MISSING_WEIGHT", 3, 7, "2.0"],
    ["a -> b # why", "MISSING_WEIGHT", 1, 13, "2.0"],
    ["2 a -> b.", "WEIGHT_AND_FULL_STOP", 1, 9, "Remove"],
    ["NaN a -> b", "BAD_WEIGHT", 1, 1, "full stop"],
    ["Infinity a -> b", "BAD_WEIGHT", 1, 1, "full stop"],
    ["-inf (a)", "BAD_WEIGHT", 1, 1, "!(…)"],
    ["1e999 a", "BAD_WEIGHT", 1, 1, "full stop"],
    ["2.0", "UNEXPECTED_END", 1, 4, "missing"],
    ["2 3 a", "UNEXPECTED_TOKEN", 1, 3, "weight"],
    ["a. b.", "UNEXPECTED_TOKEN", 1, 4, "line"],
    ["2 a & b\n& c", "UNEXPECTED_TOKEN", 2, 1, "( )"],
    ["2 a &\n b", "UNEXPECTED_TOKEN", 1, 6, "( )"],
    ["2 a => b", "UNKNOWN_OPERATOR", 1, 5, "`->`"],
    ["1 (a & b\n2 c\n", "UNEXPECTED_TOKEN", 2, 1, "line"],
    ["1 (a\n", "UNBALANCED_PARENTHESIS", 1, 3, ")"],
    ["(a -> b.", "UNBALANCED_PARENTHESIS", 1, 1, ")"],
  ])("refuses %j with %s at %i:%i", (text, code, line, column, hint) => {
    try {
      parseRules(text);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ParseError);
      expect(error).toMatchObject({ code, line, column });
      expect((error as ParseError).hint).toContain(hint);
    }
  });
});
