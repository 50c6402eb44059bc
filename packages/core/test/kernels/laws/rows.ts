import { type FloatArray, floatArray, rng } from "@credence/core";
import { type Backend, type RowReduction, tsBackend } from "@credence/core/kernels";
import fc from "fast-check";
import { expect, it } from "vitest";
import { differences, disagreements, normals, precision } from "../samples.ts";

/** Reductions of rows and columns, softmax, cross-entropy, and their ways back. */
export function rowLaws(subject: () => Backend): void {
  const numbers = fc.oneof(
    { weight: 9, arbitrary: fc.double({ min: -800, max: 800, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY) },
  );
  const matrix = fc
    .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 90 }))
    .chain(([rows, cols]) =>
      fc.record({
        rows: fc.constant(rows),
        cols: fc.constant(cols),
        data: fc.array(numbers, { minLength: rows * cols, maxLength: rows * cols }),
      }),
    );

  it("reduces rows as ts does, with NaN, infinities and empty rows", () => {
    const by = fc.constantFrom<RowReduction>("sum", "sumOfSquares", "max", "logSumExp");
    fc.assert(
      fc.property(matrix, by, precision, ({ rows, cols, data }, how, kind) => {
        const x = floatArray(kind, rows * cols);
        x.set(data);
        const [out, expected] = [floatArray(kind, rows), new Float64Array(rows)];
        tsBackend.reduceRowsInto(expected, x, { rows, cols }, how);
        subject().reduceRowsInto(out, x, { rows, cols }, how);
        const sizes = new Float64Array(rows);
        if (how === "max") expect(disagreements(out, expected, 0)).toBe(0);
        else {
          const magnitudes = x.map(Math.abs) as FloatArray;
          tsBackend.reduceRowsInto(sizes, magnitudes, { rows, cols }, how === "sumOfSquares" ? how : "sum");
          expect(
            disagreements(
              out,
              expected,
              20,
              sizes.map((size) => size + 1),
            ),
          ).toBe(0);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("makes softmaxes as ts does, also in place and over many chunks", () => {
    fc.assert(
      fc.property(matrix, precision, ({ rows, cols, data }, kind) => {
        const x = floatArray(kind, rows * cols);
        x.set(data);
        const expected = new Float64Array(rows * cols);
        tsBackend.softmaxInto(expected, x, { rows, cols });
        const out = floatArray(kind, rows * cols);
        subject().softmaxInto(out, x, { rows, cols });
        // The difference x − max is rounded before exp: as many units as it is large, at most 1,600.
        expect(disagreements(out, expected, 1700)).toBe(0);
        const logs = floatArray(kind, rows * cols);
        subject().softmaxInto(logs, x, { rows, cols, log: true });
        const log = new Float64Array(rows * cols);
        tsBackend.softmaxInto(log, x, { rows, cols, log: true });
        expect(disagreements(logs, log, 4, log.map(logSize))).toBe(0);
        subject().softmaxInto(x, x, { rows, cols });
        expect(differences(x, out)).toBe(0);
      }),
      { numRuns: 100 },
    );
    const [rows, cols] = [37, 1501];
    const x = normals("float32", rows * cols, "softmax");
    const [out, expected] = [new Float32Array(rows * cols), new Float64Array(rows * cols)];
    subject().softmaxInto(out, x, { rows, cols });
    tsBackend.softmaxInto(expected, x, { rows, cols });
    expect(disagreements(out, expected, 8)).toBe(0);
  });

  it("has the loss and gradient of softmax cross-entropy as ts has, for several targets a row", () => {
    const sizes = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 700 }));
    fc.assert(
      fc.property(sizes, fc.boolean(), precision, fc.integer(), ([rows, cols], grouped, kind, seed) => {
        const r = rng(seed);
        const offsets = Int32Array.from({ length: rows + 1 }, (_, i) => i);
        if (grouped) for (let i = 1; i <= rows; i++) offsets[i] = offsets[i - 1] + r.int(4);
        const targets = Int32Array.from({ length: offsets[rows] }, () => r.int(cols));
        const logits = normals(kind, rows * cols, `l${seed}`);
        const expected = Float64Array.from(logits);
        const shape = { rows, cols, scale: 0.25, ...(grouped ? { offsets } : {}) };
        const wanted = tsBackend.softmaxCrossEntropyInto(expected, targets, shape);
        const found = subject().softmaxCrossEntropyInto(logits, targets, shape);
        expect(disagreements(floatArray(kind, 1).fill(found), [wanted], 8, [wanted + rows])).toBe(0);
        expect(
          disagreements(
            logits,
            expected,
            8,
            expected.map((g) => Math.abs(g) + 1),
          ),
        ).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it("adds the gradients of softmax and its logarithm as ts does, and leaves what is beyond the end", () => {
    const sizes = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 90 }));
    fc.assert(
      fc.property(sizes, fc.boolean(), precision, fc.integer(), ([rows, cols], log, kind, seed) => {
        const size = rows * cols;
        const [x, g] = [normals(kind, size, `x${seed}`), normals(kind, size, `g${seed}`)];
        const y = floatArray(kind, size);
        tsBackend.softmaxInto(y, x, { rows, cols, log });
        const out = normals(kind, size + 2, `o${seed}`);
        const expected = Float64Array.from(out);
        tsBackend.softmaxGradientInto(expected, g, y, { rows, cols, log });
        subject().softmaxGradientInto(out, g, y, { rows, cols, log });
        expect(disagreements(out, expected, cols + 8, sizesOf(expected, 4 + cols))).toBe(0);
      }),
      { numRuns: 80 },
    );
  });

  it("adds the gradients of reductions as ts does, NaN and infinities included", () => {
    const by = fc.constantFrom<RowReduction>("sum", "sumOfSquares", "max", "logSumExp");
    fc.assert(
      fc.property(matrix, by, precision, fc.integer(), ({ rows, cols, data }, how, kind, seed) => {
        const x = floatArray(kind, rows * cols);
        x.set(data);
        const [y, gradient] = [floatArray(kind, rows), normals(kind, rows, `g${seed}`)];
        tsBackend.reduceRowsInto(y, x, { rows, cols }, how);
        const out = normals(kind, rows * cols + 2, `o${seed}`);
        const expected = Float64Array.from(out);
        const known = { rows, cols, x, y, gradient };
        tsBackend.reduceRowsGradientInto(expected, known, how);
        subject().reduceRowsGradientInto(out, known, how);
        // exp(x − y) is off by as many units as x − y is large, at most 1,600.
        const units = how === "logSumExp" ? 1700 : 4;
        const bounds = expected.map((value, i) =>
          i < x.length ? Math.abs(value) + Math.abs(normalOr0(gradient[Math.floor(i / cols)])) + 1 : 0,
        );
        expect(disagreements(out, expected, units, bounds)).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it("sums columns as ts does, over many rows and chunks, with accumulation", () => {
    const sizes = fc.tuple(
      fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(300)),
      fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(511, 513, 1030)),
    );
    fc.assert(
      fc.property(sizes, fc.boolean(), precision, fc.integer(), ([rows, cols], more, kind, seed) => {
        const x = normals(kind, rows * cols, `x${seed}`);
        if (rows * cols > 3) x[2] = Number.NaN;
        const out = normals(kind, cols + 2, `o${seed}`);
        const expected = out.slice();
        const shape = { rows, cols, accumulate: more };
        tsBackend.sumColumnsInto(expected, x, shape);
        subject().sumColumnsInto(out, x, shape);
        // Both add in double precision, row after row.
        expect(differences(out, expected)).toBe(0);
      }),
      { numRuns: 40 },
    );
  });
}

/** The size of terms of which an entry is made, each at most `most`. */
function sizesOf(values: Float64Array, most: number): Float64Array {
  return values.map((value) => Math.abs(value) + most);
}

/** A logarithm of at most 1,600 is the difference of two such numbers. */
function logSize(value: number): number {
  return Math.abs(value) + 1600;
}

function normalOr0(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
