import {
  evaluate,
  type Formula,
  InvalidArgumentError,
  parseFormula,
  parseRules,
  UnknownNameError,
  variablesOf,
} from "@credence/core";
import { describe, expect, it } from "vitest";

/** The truth table of a formula over a, b, c: one digit for each of 000, 001, …, 111. */
function table(text: string): string {
  const formula = parseFormula(text);
  const rows = Array.from({ length: 8 }, (_, i) => ({ a: i >= 4, b: (i & 2) > 0, c: (i & 1) > 0 }));
  return rows.map((world) => (evaluate(formula, world) ? "1" : "0")).join("");
}

describe("evaluate", () => {
  it.each([
    ["a", "00001111"],
    ["!a", "11110000"],
    ["a & b & c", "00000001"],
    ["a | b | c", "01111111"],
    ["a -> b", "11110011"],
    ["a <-> b", "11000011"],
    ["a xor b xor c", "01101001"],
    ["exactlyOne(a, b, c)", "01101000"],
    ["atMostOne(a, b, c)", "11101000"],
    ["exactlyOne(a, a, b)", "00110000"],
    ["true", "11111111"],
    ["false | a & !false", "00001111"],
  ])("%s is %s", (text, expected) => {
    expect(table(text)).toBe(expected);
  });

  it("takes conjunctions and disjunctions of nothing as true and false", () => {
    expect(evaluate({ kind: "and", args: [] }, {})).toBe(true);
    expect(evaluate({ kind: "or", args: [] }, {})).toBe(false);
  });

  it("asks for every variable, also one named like a method of objects", () => {
    expect(() => evaluate(parseFormula("stop"), { stopp: true } as never)).toThrow(UnknownNameError);
    expect(() => evaluate(parseFormula("toString"), {} as never)).toThrow(UnknownNameError);
  });

  it("refuses malformed formulas", () => {
    for (const broken of [
      undefined,
      {},
      { kind: "nand", args: [] },
      { kind: "and" },
      { kind: "var", name: "" },
      { kind: "constant", value: 1 },
    ]) {
      expect(() => evaluate(broken as unknown as Formula, {})).toThrow(InvalidArgumentError);
      expect(() => evaluate({ kind: "not", of: broken as unknown as Formula }, {})).toThrow(
        InvalidArgumentError,
      );
    }
  });
});

describe("variablesOf", () => {
  it("lists names in order of first appearance, of one formula or of rules", () => {
    expect(variablesOf(parseFormula("c -> a & c"))).toEqual(["c", "a"]);
    expect(variablesOf(parseRules("b | a.\n2 c -> b"))).toEqual(["b", "a", "c"]);
    for (const none of ["a & b", null, undefined]) {
      expect(() => variablesOf(none as unknown as Formula)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT", hint: "Make formulas with parseFormula." }),
      );
    }
  });
});
