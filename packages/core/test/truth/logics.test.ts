import { godel, lukasiewicz, product } from "@credence/core";
import { describe, expect, it } from "vitest";

describe("the built-in logics", () => {
  it.each([
    [godel, { and: 0.25, or: 0.75, implies: 0.25 }],
    [product, { and: 0.1875, or: 0.8125, implies: 1 / 3 }],
    [lukasiewicz, { and: 0, or: 1, implies: 0.5 }],
  ])("$name at (0.75, 0.25), by hand", (logic, expected) => {
    expect(logic.and(0.75, 0.25)).toBe(expected.and);
    expect(logic.or(0.75, 0.25)).toBe(expected.or);
    expect(logic.implies(0.75, 0.25)).toBe(expected.implies);
    expect(logic.implies(0.25, 0.75)).toBe(1);
    expect(logic.not(0.25)).toBe(0.75);
  });

  it("composes rows by hand", () => {
    const row = Float64Array.of(1, 0.5, 0.25, 0);
    const compose = (logic: typeof godel | typeof product | typeof lukasiewicz) => {
      const out = Float64Array.of(0, 0.3, 0.4, 0.1);
      logic.kernels?.composeMax(out, 0.75, row);
      return [...out];
    };
    expect(compose(godel)).toEqual([0.75, 0.5, 0.4, 0.1]);
    expect(compose(product)).toEqual([0.75, 0.375, 0.4, 0.1]);
    expect(compose(lukasiewicz)).toEqual([0.75, 0.3, 0.4, 0.1]);
  });
});
