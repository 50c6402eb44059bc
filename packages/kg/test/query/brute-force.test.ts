import { godel, InvalidArgumentError, UnknownNameError } from "@credence/core";
import { bruteForce, truthModelFromMatrices } from "@credence/kg";
import { describe, expect, it } from "vitest";
import { expectClose } from "./arbitraries.ts";

const model = truthModelFromMatrices(["a", "b"], {
  r: [
    [0.5, 0.25],
    [1, 0],
  ],
  s: [
    [0.5, 0],
    [0.5, 0.75],
  ],
});

describe("bruteForce", () => {
  it("tries every assignment of the existential variables", () => {
    // ?y = a: max(0.5·0.5, 0.25·1); ?y = b: max(0.5·0.25, 0.25·0).
    expectClose(bruteForce(model, "?y : r(a, ?x), r(?x, ?y)"), [0.25, 0.125]);
    expectClose(bruteForce(model, "?y : r(?x, ?z), s(?z, ?z), r(a, ?y)"), [0.25, 0.125]);
  });

  it("answers cyclic queries too", () => {
    const triangle = "?y : r(?x, ?y), r(?y, ?z), r(?z, ?x)";
    expectClose(bruteForce(model, triangle, { logic: godel }), [0.5, 0.25]);
  });

  it("distinguishes the two readings of alternatives over one variable", () => {
    const up = "?y : (r(a, ?x) | s(a, ?x)), r(?x, ?y)";
    // dnf: 1 − (1 − 0.25)(1 − 0.25) at a; tree: max((1 − 0.5·0.5)·0.5, 0.25·1) at a.
    expectClose(bruteForce(model, up), [0.4375, 0.234375]);
    expectClose(bruteForce(model, up, { reading: "tree" }), [0.375, 0.1875]);
    expectClose(
      bruteForce(model, up, { logic: godel }),
      bruteForce(model, up, { logic: godel, reading: "tree" }),
    );
  });

  it("refuses grids that are too large, readings that do not exist, and unknown names", () => {
    const four = "?y : r(?a, ?b), r(?b, ?c), r(?c, ?y)";
    expect(() => bruteForce(model, four, { maxAssignments: 15 })).toThrow(
      expect.objectContaining({ code: "GRID_TOO_LARGE", given: 16 }),
    );
    expect(bruteForce(model, four, { maxAssignments: 16 })).toHaveLength(2);
    const endless = `?y : ${Array.from({ length: 3_000 }, (_, i) => `r(?x${i}, ?y)`).join(", ")}`;
    expect(() => bruteForce(model, endless)).toThrow(expect.objectContaining({ given: "Infinity" }));
    expect(() => bruteForce(model, four, { reading: "bnf" as "dnf" })).toThrow(InvalidArgumentError);
    expect(() => bruteForce(model, "?y : r(c, ?y)")).toThrow(UnknownNameError);
  });
});
