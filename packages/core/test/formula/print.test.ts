import {
  parseFormula,
  parseRules,
  printFormula,
  printName,
  printRule,
  printRules,
  rule,
} from "@credence/core";
import { describe, expect, it } from "vitest";

describe("printFormula", () => {
  it.each([
    "a & b & !c",
    "a -> b -> c",
    "(a -> b) -> c",
    "a & (b | c)",
    "a <-> b xor c",
    "exactlyOne(a, b & c, !d)",
    "atMostOne(a, b)",
    "true -> false",
    '"two words" & x',
  ])("writes %s so that it reads the same", (text) => {
    const formula = parseFormula(text);
    expect(parseFormula(printFormula(formula))).toEqual(formula);
  });

  it("puts no parentheses where they say nothing", () => {
    expect(printFormula(parseFormula("((a) & (b & (c)))"))).toBe(printFormula(parseFormula("a & (b & c)")));
    expect(printFormula(parseFormula("((a)) -> ((b))"))).toBe("a -> b");
  });
});

describe("printName", () => {
  it("quotes only what would not read as one name", () => {
    expect(printName("stop_sign")).toBe("stop_sign");
    for (const name of ["two words", "true", 'quo"te', "back\\slash", "a,b", "xor"]) {
      expect(printName(name)[0]).toBe('"');
      expect(parseFormula(printName(name))).toEqual({ kind: "var", name });
    }
  });
});

describe("printRule and printRules", () => {
  it("write weights and full stops so that the rules read the same", () => {
    const rules = parseRules("2.5 a -> b\n-0.25 !c\n!(a & c).");
    expect(parseRules(printRules(rules)).map(({ formula, weight }) => ({ formula, weight }))).toEqual(
      rules.map(({ formula, weight }) => ({ formula, weight })),
    );
    expect(printRule(rule(parseFormula("a -> b"), 2.5))).toBe("2.5 a -> b");
    expect(printRule(rule(parseFormula("a")))).toMatch(/\.$/);
  });
});
