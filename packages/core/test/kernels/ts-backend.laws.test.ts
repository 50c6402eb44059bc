import { type FloatArray, floatArray, type Precision, rng } from "@credence/core";
import { tsBackend } from "@credence/core/kernels";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

const precision = fc.constantFrom<Precision>("float32", "float64");
/** Sides around the edges of tiles and blocks, and the few rows or columns that take a path of their own. */
const side = fc.oneof(
  fc.integer({ min: 0, max: 9 }),
  fc.constantFrom(31, 64, 127, 128, 129, 131, 255, 256, 257, 259, 300),
);

function normals(kind: Precision, length: number, seed: string): FloatArray {
  const r = rng(seed);
  const array = floatArray(kind, length);
  for (let i = 0; i < length; i++) array[i] = r.normal();
  return array;
}

describe("gemmInto", () => {
  it("is the triple loop, for all shapes, transposes, precisions and with accumulation", () => {
    const shape = fc.record({
      m: side,
      n: side,
      k: side,
      transposeA: fc.boolean(),
      transposeB: fc.boolean(),
      accumulate: fc.boolean(),
    });
    fc.assert(
      fc.property(shape, fc.tuple(precision, precision, precision), fc.integer(), (given, kinds, seed) => {
        const { m, n, k, transposeA, transposeB, accumulate } = given;
        const a = normals(kinds[0], m * k, `a${seed}`);
        const b = normals(kinds[1], k * n, `b${seed}`);
        const out = normals(kinds[2], m * n + 3, `c${seed}`);
        const before = out.slice();
        tsBackend.gemmInto(out, a, b, given);
        const wanted = kinds[2] === "float32" ? tolerance.single : tolerance.rounding;
        let wrong = 0;
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n; j++) {
            let sum = accumulate ? before[i * n + j] : 0;
            let size = Math.abs(sum);
            for (let p = 0; p < k; p++) {
              const term = a[transposeA ? p * m + i : i * k + p] * b[transposeB ? j * k + p : p * n + j];
              sum += term;
              size += Math.abs(term);
            }
            // Relative to the size of the terms: sums cancel.
            if (!close(out[i * n + j], sum, wanted, wanted * size)) wrong++;
          }
        }
        expect(wrong).toBe(0);
        expect(out.subarray(m * n)).toEqual(before.subarray(m * n));
      }),
      { numRuns: 60 },
    );
  });

  it("gives single precision the rounded double-precision result, up to 256 terms", () => {
    fc.assert(
      fc.property(side, side, fc.integer({ min: 0, max: 256 }), fc.integer(), (m, n, k, seed) => {
        const a = normals("float32", m * k, `a${seed}`);
        const b = normals("float32", k * n, `b${seed}`);
        const [single, double] = [new Float32Array(m * n), new Float64Array(m * n)];
        tsBackend.gemmInto(single, a, b, { m, n, k });
        tsBackend.gemmInto(double, a, b, { m, n, k });
        expect(single).toEqual(Float32Array.from(double));
      }),
      { numRuns: 30 },
    );
  });
});

describe("softmaxCrossEntropyInto", () => {
  const sizes = fc.record({ rows: fc.integer({ min: 0, max: 6 }), cols: fc.integer({ min: 1, max: 12 }) });

  /** The loss by its definition. */
  function loss(logits: FloatArray, cols: number, row: number, target: number): number {
    let sum = 0;
    for (let j = 0; j < cols; j++) sum += Math.exp(logits[row * cols + j]);
    return Math.log(sum) - logits[row * cols + target];
  }

  it("is the loss and its finite differences, for one or several targets a row", () => {
    fc.assert(
      fc.property(sizes, fc.boolean(), fc.integer(), ({ rows, cols }, grouped, seed) => {
        const r = rng(seed);
        const offsets = Int32Array.from({ length: rows + 1 }, (_, i) => i);
        if (grouped) for (let i = 1; i <= rows; i++) offsets[i] = offsets[i - 1] + r.int(4);
        const targets = Int32Array.from({ length: offsets[rows] }, () => r.int(cols));
        const logits = normals("float64", rows * cols, `logits${seed}`);
        const total = (x: FloatArray) => {
          let sum = 0;
          for (let i = 0; i < rows; i++) {
            for (let t = offsets[i]; t < offsets[i + 1]; t++) sum += loss(x, cols, i, targets[t]);
          }
          return sum;
        };
        const scale = 0.25;
        const gradient = logits.slice();
        const shape = grouped ? { rows, cols, scale, offsets } : { rows, cols, scale };
        const found = tsBackend.softmaxCrossEntropyInto(gradient, targets, shape);
        expect(close(found, total(logits), tolerance.rounding)).toBe(true);
        const h = 1e-5;
        for (let e = 0; e < logits.length; e++) {
          const [up, down] = [logits.slice(), logits.slice()];
          up[e] += h;
          down[e] -= h;
          const slope = (scale * (total(up) - total(down))) / (2 * h);
          expect(close(gradient[e], slope, tolerance.gradient)).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("counts a row with several targets as several rows with one", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 6 }), fc.integer(), (list, seed) => {
        const targets = Int32Array.from(list);
        const row = normals("float64", 5, `row${seed}`);
        const rows = new Float64Array(5 * targets.length);
        for (let i = 0; i < targets.length; i++) rows.set(row, 5 * i);
        const offsets = Int32Array.of(0, targets.length);
        const one = tsBackend.softmaxCrossEntropyInto(row, targets, { rows: 1, cols: 5, offsets });
        const many = tsBackend.softmaxCrossEntropyInto(rows, targets, { rows: targets.length, cols: 5 });
        expect(close(one, many, tolerance.rounding)).toBe(true);
        for (let j = 0; j < 5; j++) {
          let sum = 0;
          for (let i = 0; i < targets.length; i++) sum += rows[5 * i + j];
          expect(close(row[j], sum, tolerance.rounding)).toBe(true);
        }
      }),
    );
  });
});
