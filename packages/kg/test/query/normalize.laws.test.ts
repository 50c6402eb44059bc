import { godel } from "@credence/core";
import { bruteForce, toDnf } from "@credence/kg";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectClose, logics, modelArbitrary, nestedQueryArbitrary } from "./arbitraries.ts";

const maxConjunctions = 100_000;

describe("the disjunctive normal form", () => {
  it("has the truth of the formula itself under min and max, which distribute", () => {
    fc.assert(
      fc.property(modelArbitrary(), nestedQueryArbitrary, (model, query) => {
        fc.pre(toDnf(query, { maxConjunctions }).length < 500);
        const options = { logic: godel, maxConjunctions };
        expectClose(
          bruteForce(model, query, options),
          bruteForce(model, query, { ...options, reading: "tree" }),
        );
      }),
      { numRuns: 100 },
    );
  });

  it("has the truth of the formula itself on 0/1 matrices, under any logic", () => {
    fc.assert(
      fc.property(modelArbitrary({ crisp: true }), nestedQueryArbitrary, (model, query) => {
        fc.pre(toDnf(query, { maxConjunctions }).length < 500);
        const tree = bruteForce(model, query, { reading: "tree" });
        for (const logic of logics)
          expect(bruteForce(model, query, { logic, maxConjunctions })).toEqual(tree);
      }),
      { numRuns: 60 },
    );
  });
});
