import { kernelsOf, logicOf } from "@credence/core";
import { describe, expect, it } from "vitest";
import { thrown } from "../thrown.ts";

const minimum = (a: number, b: number) => Math.min(a, b);

describe("logicOf", () => {
  it("takes the classical families, also with jumps and powers", () => {
    const drastic = (a: number, b: number) => (a === 1 ? b : b === 1 ? a : 0);
    const nilpotentMinimum = (a: number, b: number) => (a + b > 1 ? Math.min(a, b) : 0);
    const yager = (a: number, b: number) => Math.max(0, 1 - ((1 - a) ** 3 + (1 - b) ** 3) ** (1 / 3));
    const frank = (a: number, b: number) =>
      Math.min(1, Math.max(0, Math.log1p((Math.expm1(a) * Math.expm1(b)) / Math.expm1(1))));
    for (const tNorm of [drastic, nilpotentMinimum, yager, frank]) {
      expect(logicOf(tNorm.name, tNorm).name).toBe(tNorm.name);
    }
  });

  it("gives the drastic t-norm, which is not left-continuous, the supremum up to one last place", () => {
    const drastic = logicOf("drastic", (a, b) => (a === 1 ? b : b === 1 ? a : 0));
    expect(drastic.implies(0.5, 0.25)).toBeCloseTo(1, 15);
    expect(drastic.implies(1, 0.25)).toBe(0.25);
  });

  it("keeps overrides", () => {
    const kleene = logicOf("kleene", minimum, {
      or: Math.max,
      not: (a) => 1 - a,
      implies: (a, b) => Math.max(1 - a, b),
      kernels: kernelsOf(logicOf("min", minimum)),
    });
    expect(kleene.implies(0.5, 0.5)).toBe(0.5);
    expect(kleene.or(0.25, 0.5)).toBe(0.5);
    expect(kernelsOf(kleene)).toBe(kleene.kernels);
  });

  it("derives what is not given", () => {
    const logic = logicOf("min", minimum, { not: (a) => Math.sqrt(1 - a * a) });
    expect(logic.kernels).toBeUndefined();
    expect(logic.or(0.6, 0.8)).toBeCloseTo(0.8, 12);
    expect(logic.not(0.6)).toBeCloseTo(0.8, 12);
    expect(logic.implies(0.5, 0.25)).toBe(0.25);
  });

  it.each<[string, (a: number, b: number) => number, string, string]>([
    ["the mean", (a, b) => (a + b) / 2, "and(a, 1) = a", "and(0, 1) = 0.5"],
    ["maximum", (a, b) => Math.max(a, b), "and(a, 1) = a", "and(0, 1) = 1"],
    ["a constant above one", () => 2, "and in [0, 1]", "and(0, 0) = 2"],
    ["NaN", () => Number.NaN, "and in [0, 1]", "and(0, 0) = NaN"],
    [
      "an asymmetric function",
      (a, b) => (a === 1 ? b : b === 1 ? a : a * b * b),
      "and(a, b) = and(b, a)",
      "and(0.125, 0.25) = 0.0078125, and(0.25, 0.125) = 0.00390625",
    ],
    [
      "a function that falls",
      (a, b) => (a === 1 ? b : b === 1 ? a : a === 0 || b === 0 ? 0 : 0.25 * (1 - a) * (1 - b)),
      "and is monotone",
      "and(0.125, 0.125) = 0.19140625, and(0.125, 0.25) = 0.1640625",
    ],
    [
      "a function without associativity",
      (a, b) => a * b * (1 + (1 - a) * (1 - b)),
      "and(and(a, b), c) = and(a, and(b, c))",
      "a = 0.125",
    ],
  ])("refuses %s, naming law and point", (_, tNorm, law, point) => {
    const error = thrown(() => logicOf("mine", tNorm));
    expect(error.code).toBe("INVALID_LOGIC");
    expect(error.expected).toBe(law);
    expect(error.message).toContain("mine");
    expect(error.message).toContain(point);
    expect(error.hint).toContain("t-norm");
  });

  it.each<[Parameters<typeof logicOf>[2], string]>([
    [{ not: (a) => (a === 0 ? 0.5 : 0) }, "or(a, 1) = 1"],
    [{ not: (a) => 1 - a / 2, or: Math.max }, "not(1) = 0"],
    [{ not: (a) => (a < 1 ? a : 0), or: Math.max }, "not(0) = 1"],
    [{ not: (a) => (a === 0.5 ? 1 : a === 0 ? 1 : 0), or: Math.max }, "not is antitone"],
    [{ or: Math.min }, "or(a, 1) = 1"],
    [{ implies: () => 1 }, "implies(1, 0) = 0"],
    [{ implies: (a, b) => b - a }, "implies in [0, 1]"],
  ])("refuses overrides %o that break %s", (overrides, law) => {
    const error = thrown(() => logicOf("mine", minimum, overrides));
    expect(error.code).toBe("INVALID_LOGIC");
    expect(error.expected).toBe(law);
  });

  it("says that a negation without involution needs an `or` of its own", () => {
    expect(thrown(() => logicOf("g", minimum, { not: (a) => (a === 0 ? 1 : 0) })).hint).toContain("`or`");
  });
});
