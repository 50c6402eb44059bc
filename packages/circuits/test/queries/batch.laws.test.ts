import { batchMarginals, compileRules, marginals } from "@credence/circuits";
import { matrix } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { names, ruleSets } from "../arbitrary.ts";

const variables = [...names];
/** Everyday probabilities, certainties, and numbers whose products underflow. */
const leaf = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.constantFrom(0, 1, 0.5, 1e-300, 1e-160, 5e-324, 1 - 2 ** -53),
);
const row = fc.array(leaf, { minLength: names.length, maxLength: names.length });

describe("batchMarginals", () => {
  it("gives every row what marginals gives it alone", () => {
    fc.assert(
      fc.property(
        ruleSets,
        fc.array(row, { maxLength: 20 }),
        fc.shuffledSubarray(variables),
        (rules, rows, some) => {
          const circuit = compileRules<string>(rules, { variables });
          const batch = batchMarginals(
            circuit,
            matrix(rows.length, names.length, Float64Array.from(rows.flat())),
          );
          const part = batchMarginals(
            circuit,
            matrix(rows.length, names.length, Float64Array.from(rows.flat())),
            {
              variables: some,
            },
          );
          const lost: number[] = [];
          rows.forEach((values, r) => {
            const answer = marginals(circuit, Object.fromEntries(names.map((name, v) => [name, values[v]])));
            expect(close(batch.logPartitions[r], answer.logPartition, tolerance.reference)).toBe(true);
            if (answer.kind === "contradiction") lost.push(r);
            names.forEach((name, v) => {
              const expected = answer.kind === "contradiction" ? 0 : answer.probabilities[name];
              const actual = batch.probabilities.data[r * names.length + v];
              expect(close(actual, expected, tolerance.reference)).toBe(true);
              const column = some.indexOf(name);
              if (column < 0) return;
              expect(
                close(part.probabilities.data[r * some.length + column], actual, tolerance.rounding),
              ).toBe(true);
            });
          });
          expect([...batch.contradictions]).toEqual(lost);
          expect(batch.kind).toBe(lost.length > 0 ? "contradictions" : "posteriors");
          expect(part.contradictions).toEqual(batch.contradictions);
          expect(part.variables).toEqual(some);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("does not depend on where a row stands, nor on the rows around it", () => {
    fc.assert(
      fc.property(ruleSets, row, fc.integer({ min: 1, max: 700 }), (rules, values, count) => {
        const circuit = compileRules<string>(rules, { variables });
        const data = new Float64Array(count * names.length).map((_, i) => (i % 10) / 10);
        data.set(values, (count - 1) * names.length);
        const batch = batchMarginals(circuit, matrix(count, names.length, data));
        const alone = batchMarginals(circuit, matrix(1, names.length, Float64Array.from(values)));
        const last = batch.probabilities.data.subarray((count - 1) * names.length);
        expect(last).toEqual(alone.probabilities.data);
        expect(batch.logPartitions[count - 1]).toBe(alone.logPartitions[0]);
      }),
      { numRuns: 60 },
    );
  });
});
