import { type Formula, foldFormula, parseFormula } from "@credence/core";
import { describe, expect, it } from "vitest";

describe("foldFormula", () => {
  it("gives every part the values of its own parts, in order", () => {
    const text = foldFormula<string, string>(
      parseFormula("a & !b -> exactlyOne(c, d, true)"),
      (part, values) => (part.kind === "var" ? part.name : `${part.kind}(${values.join(" ")})`),
    );
    expect(text).toBe("implies(and(a not(b)) exactlyOne(c d constant()))");
  });

  it("counts the nodes of a formula that is deeper than any stack", () => {
    let deep: Formula = { kind: "var", name: "x" };
    for (let i = 0; i < 200_000; i++) deep = { kind: "not", of: deep };
    expect(foldFormula<string, number>(deep, (_, values) => 1 + (values[0] ?? 0))).toBe(200_001);
  });
});
