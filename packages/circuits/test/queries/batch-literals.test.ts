import {
  batchWeightedCounts,
  batchWeightedCountsAsync,
  type Circuit,
  circuitBuilder,
  compileRules,
} from "@credence/circuits";
import { type Matrix, matrix, parseRules, rng, vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { valueAt } from "../random-circuit.ts";

const circuit = compileRules(parseRules("1.5 a & b -> c\n!(b & d).\n-0.7 exactlyOne(a, c, d)\n0.4 a xor d"));
const n = circuit.variables.size;

/** Σ over worlds of their weights, by going through all of them. */
function counted(of: Circuit, weights: ArrayLike<number>): number {
  const size = of.variables.size;
  let total = 0;
  for (let world = 0; world < 2 ** size; world++) {
    const values = Array.from({ length: size }, (_, v) => (world >> v) & 1);
    total += values.reduce((p, value, v) => p * weights[2 * v + value], valueAt(of, values));
  }
  return total;
}

const rowOf = (weights: Matrix, r: number) => weights.data.subarray(r * weights.cols, (r + 1) * weights.cols);

describe("batchWeightedCounts", () => {
  const random = rng(3);
  // Beyond one call of the kernels; zeros and weights above 1 among them.
  const rows = 2100;
  const weights = matrix(
    rows,
    2 * n,
    new Float64Array(rows * 2 * n).map(() => (random() < 0.15 ? 0 : 3 * random())),
  );
  const { logCounts, gradients } = batchWeightedCounts(circuit, weights, { gradients: true });
  const tested = [0, 1, 2, 3, 4, 5, 127, 128, 2047, 2048, 2099];

  it("sums the weights of all worlds, row by row", () => {
    for (const r of tested) {
      const total = counted(circuit, rowOf(weights, r));
      expect(close(logCounts[r], Math.log(total), tolerance.reference)).toBe(true);
    }
    expect(logCounts.every((log) => !Number.isNaN(log))).toBe(true);
  });

  it("has the gradient by every weight, also by those of 0", () => {
    for (const r of tested) {
      const row = rowOf(weights, r);
      const total = counted(circuit, row);
      for (let literal = 0; literal < 2 * n; literal++) {
        // The count is linear in each weight.
        const by = (w: number): number => counted(circuit, row.slice().fill(w, literal, literal + 1));
        const expected = total === 0 ? 0 : (by(1) - by(0)) / total;
        expect(close((gradients as Matrix).data[r * 2 * n + literal], expected, tolerance.reference)).toBe(
          true,
        );
      }
    }
  });

  it("gives the same without gradients, and asynchronously", async () => {
    const plain = await batchWeightedCountsAsync(circuit, weights);
    expect(plain.gradients).toBeUndefined();
    expect(plain.logCounts).toEqual(logCounts);
  });

  it("is minus the semantic loss for probabilities", () => {
    const b = circuitBuilder(vocabulary("variable", ["a", "b"]));
    const pair = (a: boolean, c: boolean) => b.product([b.literal("a", a), b.literal("b", c)]);
    const xor = b.build(b.sum([pair(true, false), pair(false, true)], [0, 0]));
    const [p, q] = [0.3, 0.6];
    const { logCounts: logs, gradients: slopes } = batchWeightedCounts(
      xor,
      matrix(1, 4, Float64Array.of(1 - p, p, 1 - q, q)),
      { gradients: true },
    );
    const z = p * (1 - q) + q * (1 - p);
    expect(close(logs[0], Math.log(z), tolerance.rounding)).toBe(true);
    [q, 1 - q, p, 1 - p].forEach((expected, literal) => {
      expect(close((slopes as Matrix).data[literal], expected / z, tolerance.rounding)).toBe(true);
    });
  });

  it("tells impossible rows from those that linear numbers lose, and never gives NaN", () => {
    const large = 40;
    const text = Array.from({ length: large }, (_, i) => `x${i} -> x${(i + 1) % large}.\n`).join("");
    const ring = compileRules(parseRules(text));
    const data = new Float64Array(3 * 2 * large);
    // All true (each 1e-30) or all false (each 1e-20); only false and true in turn; nothing at all.
    for (let v = 0; v < large; v++) {
      data.set([1e-20, 1e-30], 2 * v);
      data.set(v % 2 ? [1, 0] : [0, 1], 2 * large + 2 * v);
    }
    const found = batchWeightedCounts(ring, matrix(3, 2 * large, data), { gradients: true });
    expect(close(found.logCounts[0], large * Math.log(1e-20), tolerance.reference)).toBe(true);
    expect(found.logCounts[1]).toBe(Number.NEGATIVE_INFINITY);
    expect(found.logCounts[2]).toBe(Number.NEGATIVE_INFINITY);
    const slopes = found.gradients as Matrix;
    expect(close(slopes.data[0], 1e20, tolerance.reference)).toBe(true);
    expect(slopes.data.every((slope) => Number.isFinite(slope))).toBe(true);
    expect(slopes.data.subarray(2 * large).every((slope) => slope === 0)).toBe(true);
    const huge = new Float64Array(2 * large).fill(Number.MAX_VALUE);
    const most = batchWeightedCounts(ring, matrix(1, 2 * large, huge)).logCounts[0];
    expect(close(most, large * Math.log(Number.MAX_VALUE) + Math.LN2, tolerance.reference)).toBe(true);
  });

  it("refuses other widths, weights that are none, and inputs that are no literals", () => {
    expect(() => batchWeightedCounts(circuit, matrix(1, n))).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
    for (const bad of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      const wrong = matrix(1, 2 * n, new Float64Array(2 * n).fill(bad, 3, 4));
      expect(() => batchWeightedCounts(circuit, wrong)).toThrow("Entry (0, 3)");
    }
    const b = circuitBuilder(vocabulary("variable", ["x"]));
    const other = b.build(b.input("x", { family: "bernoulli", p: 0.5 }));
    expect(() => batchWeightedCounts(other, matrix(1, 2))).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED_QUERY" }),
    );
    expect(batchWeightedCounts(circuit, matrix(0, 2 * n)).logCounts).toHaveLength(0);
  });
});
