/** The `ts` kernels define the results, so here they are compared with the formulas themselves. */
import { type FloatArray, godel, logSumExp, lukasiewicz, product, rng, transposeCsr } from "@credence/core";
import { type OneVsAllStep, type Semiring, tsBackend } from "@credence/core/kernels";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../../test/tolerance.ts";
import { normals, semiring, sparse, truths } from "../samples.ts";

const logics = { "max-product": product, "max-min": godel, "max-lukasiewicz": lukasiewicz } as const;

/** sum ⊕ (a ⊗ b) by the logics' own scalar functions. */
function foldWith(by: Semiring, sum: number, a: number, b: number): number {
  return by === "sum-product" ? sum + a * b : Math.max(sum, logics[by].and(a, b));
}

describe("products in semirings", () => {
  const small = fc.integer({ min: 0, max: 7 });

  it("are maxima of t-norms, for all transposes and with accumulation", () => {
    fc.assert(
      fc.property(small, small, small, semiring, fc.integer({ min: 0, max: 7 }), (m, n, k, by, flags) => {
        const [transposeA, transposeB, accumulate] = [1, 2, 4].map((bit) => (flags & bit) > 0);
        const a = truths("float64", m * k, `a${flags}`);
        const b = truths("float64", k * n, `b${flags}`);
        const out = truths("float64", m * n, "out");
        const before = out.slice();
        tsBackend.gemmInto(out, a, b, { m, n, k, transposeA, transposeB, accumulate, semiring: by });
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n; j++) {
            let sum = accumulate ? before[i * n + j] : 0;
            for (let p = 0; p < k; p++) {
              sum = foldWith(
                by,
                sum,
                a[transposeA ? p * m + i : i * k + p],
                b[transposeB ? j * k + p : p * n + j],
              );
            }
            expect(close(out[i * n + j], sum, tolerance.rounding)).toBe(true);
          }
        }
      }),
    );
  });

  it("of sparse matrices are those of the dense ones, because absent entries are 0", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        semiring,
        (rows, cols, by) => {
          const matrix = sparse("float64", rows, cols, 0.5, `s${rows}${cols}`);
          const dense = new Float64Array(rows * cols);
          const turned = transposeCsr(matrix);
          for (let j = 0; j < cols; j++) {
            for (let e = turned.offsets[j]; e < turned.offsets[j + 1]; e++) {
              dense[turned.indices[e] * cols + j] = turned.values[e];
            }
          }
          const x = truths("float64", cols, "x");
          const [out, expected] = [new Float64Array(rows), new Float64Array(rows)];
          tsBackend.multiplyCsrInto(out, matrix, x, { semiring: by });
          tsBackend.gemmInto(expected, dense, x, { m: rows, n: 1, k: cols, semiring: by });
          for (let i = 0; i < rows; i++) expect(close(out[i], expected[i], tolerance.rounding)).toBe(true);
        },
      ),
    );
  });
});

describe("rows and elements", () => {
  it("are reduced, and made softmaxes of, by the formulas", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 9 }), (rows, cols) => {
        const x = normals("float64", rows * cols, `x${rows}${cols}`).map((v) => v * 300) as FloatArray;
        const out = new Float64Array(rows * cols);
        const get = (by: "sum" | "max" | "logSumExp") => {
          const values = new Float64Array(rows);
          tsBackend.reduceRowsInto(values, x, { rows, cols }, by);
          return values;
        };
        const [sums, maxima, partitions] = [get("sum"), get("max"), get("logSumExp")];
        tsBackend.softmaxInto(out, x, { rows, cols });
        for (let i = 0; i < rows; i++) {
          const row = [...x.subarray(i * cols, (i + 1) * cols)];
          expect(
            close(
              sums[i],
              row.reduce((a, b) => a + b, 0),
              tolerance.rounding,
              300 * tolerance.rounding,
            ),
          ).toBe(true);
          expect(maxima[i]).toBe(Math.max(...row));
          expect(close(partitions[i], logSumExp(row), tolerance.rounding)).toBe(true);
          row.forEach((value, j) => {
            expect(close(out[i * cols + j], Math.exp(value - partitions[i]), 1e3 * tolerance.rounding)).toBe(
              true,
            );
          });
        }
      }),
    );
  });

  it("are 0, −Infinity and −Infinity where there is nothing", () => {
    const out = new Float64Array(1);
    for (const [by, value] of [
      ["sum", 0],
      ["max", Number.NEGATIVE_INFINITY],
      ["logSumExp", Number.NEGATIVE_INFINITY],
    ] as const) {
      tsBackend.reduceRowsInto(out, new Float64Array(0), { rows: 1, cols: 0 }, by);
      expect(out[0]).toBe(value);
    }
  });

  it("are mapped by exp, log, sigmoid and softplus", () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
        const value = (f: "exp" | "log" | "sigmoid" | "softplus", at: number) => {
          const out = new Float64Array(1);
          tsBackend.mapInto(out, Float64Array.of(at), f);
          return out[0];
        };
        expect(close(value("exp", x), Math.exp(x), tolerance.rounding, 0)).toBe(true);
        expect(close(value("log", Math.abs(x)), Math.log(Math.abs(x)), tolerance.rounding)).toBe(true);
        expect(close(value("sigmoid", x), 1 / (1 + Math.exp(-x)), tolerance.rounding, 0)).toBe(true);
        const softplus = Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
        expect(close(value("softplus", x), softplus, tolerance.rounding, 0)).toBe(true);
      }),
    );
  });
});

describe("oneVsAllStep", () => {
  /** The loss by its definition. */
  function lossOf(step: OneVsAllStep, queries: FloatArray, entities: FloatArray): number {
    const { batch, count, d, targets, offsets, weights, rowWeights, loss } = step;
    let total = 0;
    for (let i = 0; i < batch; i++) {
      const scores = Array.from({ length: count }, (_, e) => {
        let score = 0;
        for (let j = 0; j < d; j++) score += queries[i * d + j] * entities[e * d + j];
        return score;
      });
      let sum = 0;
      for (let t = offsets?.[i] ?? i; t < (offsets?.[i + 1] ?? i + 1); t++) {
        const weight = weights?.[t] ?? 1;
        sum += weight;
        total -= weight * scores[targets[t]];
      }
      const norm =
        loss === "logistic"
          ? scores.reduce((part, score) => part + Math.log1p(Math.exp(score)), 0)
          : logSumExp(scores);
      total += (rowWeights?.[i] ?? sum) * norm;
    }
    return total;
  }

  it("is the loss and its finite differences, for both losses, lists of targets and weights", () => {
    const size = fc.record({
      batch: fc.integer({ min: 1, max: 4 }),
      count: fc.integer({ min: 1, max: 6 }),
      d: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(size, fc.integer({ min: 0, max: 15 }), fc.integer(), ({ batch, count, d }, flags, seed) => {
        const r = rng(seed);
        const offsets = Int32Array.from({ length: batch + 1 }, (_, i) => i);
        if ((flags & 1) > 0) for (let i = 1; i <= batch; i++) offsets[i] = offsets[i - 1] + r.int(4);
        const queries = normals("float64", batch * d, `q${seed}`);
        const entities = normals("float64", count * d, `e${seed}`);
        const entityGradient = new Float64Array(count * d).fill(2);
        const step: OneVsAllStep = {
          ...{ batch, count, d, queries, entities, entityGradient, scale: 0.5, accumulate: true },
          ...{
            queryGradient: new Float64Array(batch * d),
            targets: new Int32Array(offsets[batch]).map(() => r.int(count)),
          },
          ...((flags & 1) > 0 ? { offsets } : {}),
          ...((flags & 2) > 0 ? { weights: truths("float64", offsets[batch], `w${seed}`) } : {}),
          ...((flags & 4) > 0 ? { rowWeights: truths("float64", batch, `r${seed}`) } : {}),
          loss: (flags & 8) > 0 ? "logistic" : "softmax",
        };
        const loss = tsBackend.oneVsAllStep(step);
        expect(close(loss, lossOf(step, queries, entities), tolerance.rounding)).toBe(true);
        const h = 1e-5;
        const slopes = (variable: FloatArray, f: (moved: FloatArray) => number) =>
          Array.from(variable, (_, i) => {
            const [up, down] = [variable.slice(), variable.slice()];
            up[i] += h;
            down[i] -= h;
            return (0.5 * (f(up) - f(down))) / (2 * h);
          });
        slopes(queries, (moved) => lossOf(step, moved, entities)).forEach((slope, i) => {
          expect(close(step.queryGradient[i], slope, tolerance.gradient)).toBe(true);
        });
        slopes(entities, (moved) => lossOf(step, queries, moved)).forEach((slope, i) => {
          expect(close(entityGradient[i], 2 + slope, tolerance.gradient)).toBe(true);
        });
      }),
      { numRuns: 60 },
    );
  });
});
