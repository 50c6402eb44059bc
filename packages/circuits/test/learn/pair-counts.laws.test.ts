import { missing, type StateTable } from "@credence/circuits";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { mutualInformationMatrix } from "../../src/learn/mutual-information.ts";
import { pairCounts, weightedPairCounts } from "../../src/learn/pair-counts.ts";

/** Tables of up to 70 rows (more than two words of bits), with and without missing values. */
const tables = fc
  .tuple(
    fc.array(fc.integer({ min: 2, max: 4 }), { minLength: 1, maxLength: 4 }),
    fc.integer({ min: 1, max: 70 }),
    fc.boolean(),
  )
  .chain(([arities, rows, holes]) =>
    fc
      .tuple(
        ...arities.map((arity) => {
          const state = fc.integer({ min: 0, max: arity - 1 });
          const cell = holes
            ? fc.oneof({ weight: 5, arbitrary: state }, { weight: 1, arbitrary: fc.constant(missing) })
            : state;
          return fc.array(cell, { minLength: rows, maxLength: rows });
        }),
      )
      .map((columns): StateTable => {
        return { rows, cols: arities.length, arities, columns: Uint8Array.from(columns.flat()) };
      }),
  );

function counted(table: StateTable, v: number, w: number, weights: ArrayLike<number>): Float64Array {
  const out = new Float64Array(table.arities[v] * table.arities[w]);
  for (let r = 0; r < table.rows; r++) {
    const [s, t] = [table.columns[v * table.rows + r], table.columns[w * table.rows + r]];
    if (s !== missing && t !== missing) out[s * table.arities[w] + t] += weights[r];
  }
  return out;
}

describe("pair counts", () => {
  it("are what counting row by row gives, for all pairs and a variable with itself", () => {
    fc.assert(
      fc.property(tables, (table) => {
        const ones = new Float64Array(table.rows).fill(1);
        const counts = pairCounts(table);
        const scratch = new Float64Array(16);
        for (let v = 0; v < table.cols; v++) {
          for (let w = 0; w < table.cols; w++) {
            const expected = counted(table, v, w, ones);
            expect(counts(v, w)).toEqual(expected);
            // What the scratch array held before makes no difference.
            const into = counts(v, w, scratch.fill(7)).subarray(0, expected.length);
            expect([...into]).toEqual([...expected]);
          }
        }
      }),
    );
  });

  it("weigh rows by their weights", () => {
    fc.assert(
      fc.property(
        tables,
        fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: 70, maxLength: 70 }),
        (table, weights) => {
          const counts = weightedPairCounts(table, weights);
          for (let v = 0; v < table.cols; v++) {
            for (let w = 0; w < table.cols; w++) {
              const expected = counted(table, v, w, weights);
              counts(v, w, new Float64Array(expected.length).fill(3)).forEach((count, i) => {
                expect(close(count, expected[i], tolerance.reference)).toBe(true);
              });
            }
          }
        },
      ),
    );
  });

  it("say how much two variables tell of each other, from the definition", () => {
    fc.assert(
      fc.property(
        tables,
        fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 3, noNaN: true })),
        (table, a) => {
          const information = mutualInformationMatrix(table, a, pairCounts(table));
          const ones = new Float64Array(table.rows).fill(1);
          for (let v = 0; v < table.cols; v++) {
            for (let w = 0; w < v; w++) {
              const [r, s] = [table.arities[v], table.arities[w]];
              const joint = counted(table, v, w, ones).map((n) => n + (4 * a) / (r * s));
              const total = joint.reduce((x, y) => x + y, 0);
              let nats = 0;
              joint.forEach((n, i) => {
                if (n === 0) return;
                const left = joint
                  .filter((_, j) => Math.floor(j / s) === Math.floor(i / s))
                  .reduce((x, y) => x + y, 0);
                const right = joint.filter((_, j) => j % s === i % s).reduce((x, y) => x + y, 0);
                nats += (n / total) * Math.log((n * total) / (left * right));
              });
              expect(close(information.data[v * table.cols + w], nats, tolerance.reference)).toBe(true);
              expect(information.data[w * table.cols + v]).toBe(information.data[v * table.cols + w]);
              expect(information.data[v * table.cols + w]).toBeGreaterThanOrEqual(-tolerance.rounding);
            }
          }
        },
      ),
    );
  });
});
