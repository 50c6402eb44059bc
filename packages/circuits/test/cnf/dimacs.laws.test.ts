import { parseDimacs, printDimacs } from "@credence/circuits";
import { ParseError } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cnfs, weightsFor } from "./arbitrary.ts";

const documents = cnfs(6).chain((formula) =>
  fc.record({
    cnf: fc.constant(formula),
    weights: weightsFor(formula),
    projected: fc
      .uniqueArray(fc.integer({ min: 1, max: Math.max(1, formula.variables) }))
      .map((all) => Int32Array.from(formula.variables === 0 ? [] : all).sort()),
  }),
);

describe("DIMACS files", () => {
  it("read as they were written", () => {
    fc.assert(
      fc.property(documents, (document) => {
        const { weights, ...read } = parseDimacs(printDimacs(document));
        const { weights: written, ...rest } = document;
        expect(read).toEqual({ ...rest, warnings: [] });
        expect(weights ?? new Float64Array(0)).toEqual(written);
      }),
    );
  });

  it("cut or damaged anywhere either read or fail with a place", () => {
    const damage = fc.record({ at: fc.nat(400), cut: fc.nat(3), insert: fc.string({ maxLength: 3 }) });
    fc.assert(
      fc.property(documents, fc.array(damage, { minLength: 1, maxLength: 3 }), (document, damages) => {
        let text = printDimacs(document);
        for (const { at, cut, insert } of damages) text = text.slice(0, at) + insert + text.slice(at + cut);
        try {
          parseDimacs(text);
        } catch (error) {
          if (!(error instanceof ParseError)) throw error;
          expect(error.line).toBeGreaterThan(0);
          expect(error.line).toBeLessThanOrEqual(text.split("\n").length);
        }
      }),
      { numRuns: 500 },
    );
  });
});
