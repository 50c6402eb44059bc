import { matrix, matrixRow, rng, toMatrix, transpose } from "@credence/core";
import fc from "fast-check";
import { expect, it } from "vitest";

const shape = fc.tuple(fc.integer({ min: 0, max: 70 }), fc.integer({ min: 0, max: 70 }));

it("transposes entry by entry, and twice is the identity", () => {
  fc.assert(
    fc.property(shape, fc.integer(), ([rows, cols], seed) => {
      const r = rng(seed);
      const m = matrix(rows, cols, Float64Array.from({ length: rows * cols }, r));
      const t = transpose(m);
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < cols; j++) expect(t.data[j * rows + i]).toBe(m.data[i * cols + j]);
      }
      expect(transpose(t)).toEqual(m);
    }),
    { numRuns: 30 },
  );
});

it("nested arrays and back are the identity", () => {
  fc.assert(
    fc.property(shape, fc.integer(), ([rows, cols], seed) => {
      const r = rng(seed);
      const nested = Array.from({ length: rows }, () => Array.from({ length: cols }, r));
      const m = toMatrix(nested);
      expect(nested.map((_, i) => Array.from(matrixRow(m, i)))).toEqual(nested);
    }),
    { numRuns: 30 },
  );
});
