/** The newer `ts` kernels compared with the formulas themselves. */
import { csrFromEntries, csrGet, type FloatArray, godel, lukasiewicz, product, rng } from "@credence/core";
import { tsBackend } from "@credence/core/kernels";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../../test/tolerance.ts";
import { normals, semiring, sparse } from "../samples.ts";

const logics = { "max-product": product, "max-min": godel, "max-lukasiewicz": lukasiewicz } as const;
const small = fc.integer({ min: 0, max: 6 });

describe("products", () => {
  it("in batches are alpha times the sum, and the vectors, for all transposes and with accumulation", () => {
    const flags = fc.integer({ min: 0, max: 31 });
    fc.assert(
      fc.property(small, small, small, flags, fc.integer(), (m, n, k, bits, seed) => {
        const [transposeA, transposeB, accumulate, byRow, byColumn] = [1, 2, 4, 8, 16].map(
          (b) => (bits & b) > 0,
        );
        const [batch, alpha] = [3, -1.5];
        const a = normals("float64", batch * m * k, `a${seed}`);
        const b = normals("float64", batch * k * n, `b${seed}`);
        const [rowVector, columnVector] = [normals("float64", m, "r"), normals("float64", n, "c")];
        const out = normals("float64", batch * m * n, "o");
        const before = out.slice();
        const vectors = {
          rowVector: byRow ? rowVector : undefined,
          columnVector: byColumn ? columnVector : undefined,
        };
        const shape = { m, n, k, batch, transposeA, transposeB, accumulate, alpha, ...vectors };
        tsBackend.gemmInto(out, a, b, shape);
        for (let g = 0; g < batch; g++) {
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < n; j++) {
              const at = (g * m + i) * n + j;
              let sum =
                (accumulate ? before[at] : 0) + (byRow ? rowVector[i] : 0) + (byColumn ? columnVector[j] : 0);
              for (let p = 0; p < k; p++) {
                const left = a[g * m * k + (transposeA ? p * m + i : i * k + p)];
                sum += alpha * left * b[g * k * n + (transposeB ? j * k + p : p * n + j)];
              }
              expect(close(out[at], sum, tolerance.rounding, 100 * tolerance.rounding)).toBe(true);
            }
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("with vectors of squares are squared distances", () => {
    const [queries, entities] = [normals("float64", 12, "q"), normals("float64", 20, "e")];
    const squares = (x: FloatArray, rows: number) => {
      const out = new Float64Array(rows);
      tsBackend.reduceRowsInto(out, x, { rows, cols: 4 }, "sumOfSquares");
      return out.map((value) => -value);
    };
    const scores = new Float64Array(15);
    tsBackend.gemmInto(scores, queries, entities, {
      ...{ m: 3, n: 5, k: 4, transposeB: true, alpha: 2 },
      ...{ rowVector: squares(queries, 3), columnVector: squares(entities, 5) },
    });
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 5; j++) {
        let distance = 0;
        for (let p = 0; p < 4; p++) distance += (queries[i * 4 + p] - entities[j * 4 + p]) ** 2;
        expect(close(scores[i * 5 + j], -distance, 10 * tolerance.rounding)).toBe(true);
      }
    }
  });

  it("of sparse matrices are maxima of t-norms (or sums) over the entries that meet", () => {
    fc.assert(
      fc.property(small, small, small, semiring, fc.integer(), (rows, inner, cols, by, seed) => {
        const a = sparse("float64", rows + 3, inner, 0.5, `a${seed}`);
        const b = sparse("float64", inner, cols, 0.5, `b${seed}`);
        const result = tsBackend.multiplyCsrCsr(a, b, { semiring: by });
        for (let i = 0; i < a.rows; i++) {
          for (let j = 0; j < cols; j++) {
            let sum = 0;
            for (let p = 0; p < inner; p++) {
              const [x, y] = [csrGet(a, i, p), csrGet(b, p, j)];
              sum = by === "sum-product" ? sum + x * y : Math.max(sum, logics[by].and(x, y));
            }
            expect(close(csrGet(result, i, j), sum, tolerance.rounding)).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("of sparse matrices have the precision of the first, and no zeros", () => {
    const ones = { row: [0, 0], col: [0, 1], value: [1, 1] };
    const a = csrFromEntries(1, 2, ones, { precision: "float32" });
    const b = csrFromEntries(2, 2, { row: [0, 1, 1], col: [0, 0, 1], value: [1, -1, 0.1] });
    const result = tsBackend.multiplyCsrCsr(a, b);
    expect([...result.offsets, ...result.indices]).toEqual([0, 1, 1]);
    expect(result.values).toEqual(Float32Array.of(0.1));
  });
});

describe("rows", () => {
  it("have the logarithm of their softmax, their sums of squares, and sums of columns", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        (rows, cols, more) => {
          const x = normals("float64", rows * cols, `${rows}${cols}`);
          const [soft, logs] = [new Float64Array(rows * cols), new Float64Array(rows * cols)];
          tsBackend.softmaxInto(soft, x, { rows, cols });
          tsBackend.softmaxInto(logs, x, { rows, cols, log: true });
          soft.forEach((value, i) => {
            expect(close(logs[i], Math.log(value), tolerance.rounding, tolerance.rounding)).toBe(true);
          });
          const squares = new Float64Array(rows);
          tsBackend.reduceRowsInto(squares, x, { rows, cols }, "sumOfSquares");
          const sums = new Float64Array(cols).fill(3);
          tsBackend.sumColumnsInto(sums, x, { rows, cols, accumulate: more });
          for (let i = 0; i < rows; i++) {
            const row = [...x.subarray(i * cols, (i + 1) * cols)];
            const sum = row.reduce((total, value) => total + value * value, 0);
            expect(close(squares[i], sum, tolerance.rounding)).toBe(true);
          }
          for (let j = 0; j < cols; j++) {
            let sum = more ? 3 : 0;
            for (let i = 0; i < rows; i++) sum += x[i * cols + j];
            expect(close(sums[j], sum, tolerance.rounding, tolerance.rounding)).toBe(true);
          }
        },
      ),
    );
  });

  it("are normed to mean 0 and deviation 1, then scaled and moved", () => {
    const [rows, cols] = [3, 50];
    const x = normals("float64", rows * cols, "x").map((value) => 7 * value + 100) as FloatArray;
    const [out, statistics] = [new Float64Array(rows * cols), new Float64Array(2 * rows)];
    const [gain, bias] = [new Float64Array(cols).fill(2), new Float64Array(cols).fill(5)];
    tsBackend.layerNormInto(out, x, { rows, cols, gain, bias, statistics, epsilon: 1e-12 });
    for (let i = 0; i < rows; i++) {
      const row = [...out.subarray(i * cols, (i + 1) * cols)];
      const mean = row.reduce((a, b) => a + b, 0) / cols;
      const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / cols;
      expect(close(mean, 5, 1e3 * tolerance.rounding)).toBe(true);
      expect(close(Math.sqrt(variance), 2, 1e3 * tolerance.rounding)).toBe(true);
      const [given, inverse] = statistics.subarray(2 * i, 2 * i + 2);
      expect(close((x[i * cols] - given) * inverse, (row[0] - 5) / 2, 1e3 * tolerance.rounding)).toBe(true);
    }
  });

  it("are gathered and added up where they belong", () => {
    const ids = Int32Array.of(2, 0, 2);
    const x = Float64Array.of(1, 2, 3, 4, 5, 6);
    const out = new Float64Array(6);
    tsBackend.gatherRowsInto(out, x, ids, { rows: 3, cols: 2 });
    expect([...out]).toEqual([5, 6, 1, 2, 5, 6]);
    const sums = new Float64Array(6).fill(1);
    tsBackend.scatterAddRowsInto(sums, x, ids, { rows: 3, cols: 2 });
    expect([...sums]).toEqual([4, 5, 1, 1, 7, 9]);
  });
});

describe("functions", () => {
  it("are tanh, gelu and relu", () => {
    fc.assert(
      fc.property(fc.double({ min: -30, max: 30, noNaN: true }), (x) => {
        const value = (f: "tanh" | "gelu" | "relu") => {
          const out = new Float64Array(1);
          tsBackend.mapInto(out, Float64Array.of(x), f);
          return out[0];
        };
        expect(close(value("tanh"), Math.tanh(x), 3 * tolerance.rounding, 0)).toBe(true);
        expect(value("relu")).toBe(Math.max(x, 0));
        const inner = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
        const wanted = 0.5 * x * (1 + Math.tanh(inner));
        expect(close(value("gelu"), wanted, 4 * tolerance.rounding, 4 * tolerance.rounding)).toBe(true);
      }),
    );
  });

  it("reach their limits, and keep NaN", () => {
    const out = new Float64Array(3);
    const ends = Float64Array.of(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN);
    for (const [f, low, high] of [
      ["tanh", -1, 1],
      ["gelu", 0, Number.POSITIVE_INFINITY],
      ["relu", 0, Number.POSITIVE_INFINITY],
    ] as const) {
      tsBackend.mapInto(out, ends, f);
      expect([...out]).toEqual([low, high, Number.NaN]);
    }
  });
});

describe("pairs of bits", () => {
  it("give the counts of pairs of binary columns", () => {
    const r = rng(5);
    const [rows, columns, words] = [70, 4, 3];
    const table = Array.from({ length: columns }, () => Array.from({ length: rows }, () => r.int(2)));
    const bits = new Int32Array(columns * words);
    table.forEach((column, v) => {
      column.forEach((bit, row) => {
        bits[v * words + (row >> 5)] |= bit << (row & 31);
      });
    });
    const counts = new Int32Array(columns * columns);
    tsBackend.pairCountsInto(counts, bits, bits, { m: columns, n: columns, words });
    for (let v = 0; v < columns; v++) {
      for (let w = 0; w < columns; w++) {
        const both = table[v].filter((bit, row) => (bit & table[w][row]) === 1).length;
        expect(counts[v * columns + w]).toBe(both);
      }
    }
  });
});
