import {
  evaluate,
  type Formula,
  InvalidArgumentError,
  isHard,
  parseFormula,
  printFormula,
  printName,
  rule,
} from "@credence/core";
import { describe, expect, it } from "vitest";

describe("rule", () => {
  it("writes its own text", () => {
    const formula = parseFormula("(stop) -> (octagon)");
    expect(rule(formula, 2.5).text).toBe("2.5 stop -> octagon");
    expect(rule(formula)).toEqual({
      formula,
      weight: Number.POSITIVE_INFINITY,
      text: "stop -> octagon.",
    });
    expect([isHard(rule(formula)), isHard(rule(formula, -3))]).toEqual([true, false]);
  });

  it("refuses NaN and -Infinity, and says what to write instead", () => {
    const formula = parseFormula("a");
    expect(() => rule(formula, Number.NaN)).toThrow(InvalidArgumentError);
    try {
      rule(formula, Number.NEGATIVE_INFINITY);
      expect.unreachable();
    } catch (error) {
      expect((error as InvalidArgumentError).hint).toContain("!(…).");
    }
  });
});

describe("printFormula", () => {
  it("writes parts that have no notation as what they mean", () => {
    const a: Formula = { kind: "var", name: "a" };
    const odd: Formula[] = [
      { kind: "and", args: [] },
      { kind: "or", args: [] },
      { kind: "and", args: [a] },
      { kind: "exactlyOne", args: [] },
      { kind: "atMostOne", args: [] },
      { kind: "and", args: [{ kind: "or", args: [{ kind: "iff", left: a, right: a }] }, a] },
    ];
    for (const formula of odd) {
      for (const world of [{ a: true }, { a: false }]) {
        expect(evaluate(parseFormula(printFormula(formula)), world)).toBe(evaluate(formula, world));
      }
    }
  });

  it("quotes names only where it must", () => {
    expect(["a_1", "prev.x", "größe", "a b", "true", "xor", "3d", "a.", "x\ny"].map(printName)).toEqual([
      "a_1",
      "prev.x",
      "größe",
      '"a b"',
      '"true"',
      '"xor"',
      '"3d"',
      '"a."',
      '"x\\ny"',
    ]);
  });
});
