/** The gradients of the `ts` kernels are the finite differences of their values. */
import type { FloatArray } from "@credence/core";
import { type ElementFunction, type RowReduction, tsBackend } from "@credence/core/kernels";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../../test/tolerance.ts";
import { normals } from "../samples.ts";

const step = 1e-6;

/** ∂(g · y(x))/∂x by central differences. */
function slopes(x: FloatArray, g: FloatArray, y: (x: FloatArray) => FloatArray): number[] {
  return Array.from(x, (_, i) => {
    const [up, down] = [x.slice(), x.slice()];
    up[i] += step;
    down[i] -= step;
    const [above, below] = [y(up), y(down)];
    return Array.from(above).reduce((sum, value, j) => sum + g[j] * (value - below[j]), 0) / (2 * step);
  });
}

/** Whether what a kernel has added to a target of 2s is these slopes. */
function added(target: FloatArray, expected: readonly number[]): boolean {
  return expected.every((slope, i) => close(target[i] - 2, slope, tolerance.gradient, tolerance.gradient));
}

const sizes = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 6 }));

describe("gradients", () => {
  it("of functions are their finite differences", () => {
    const functions = ["exp", "log", "sigmoid", "softplus", "tanh", "gelu", "relu"] as const;
    fc.assert(
      fc.property(fc.constantFrom<ElementFunction>(...functions), fc.integer(), (f, seed) => {
        // Away from the kink of relu, and where log is defined.
        const x = normals("float64", 20, `x${seed}`).map((v) => (f === "log" ? Math.abs(v) : v) + 0.01);
        const g = normals("float64", 20, `g${seed}`);
        const y = (at: FloatArray) => {
          const out = new Float64Array(at.length);
          tsBackend.mapInto(out, at, f);
          return out;
        };
        const target = new Float64Array(20).fill(2);
        tsBackend.mapGradientInto(target, { gradient: g, x, y: y(x) }, f);
        const safe = x.map((v, i) => (Math.abs(v) > 1e-3 ? g[i] : 0));
        tsBackend.mapGradientInto(target, { gradient: safe.map((v, i) => v - g[i]), x, y: y(x) }, f);
        expect(added(target, slopes(x, safe, y))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("of softmax and its logarithm are their finite differences", () => {
    fc.assert(
      fc.property(sizes, fc.boolean(), fc.integer(), ([rows, cols], log, seed) => {
        const [x, g] = [normals("float64", rows * cols, `x${seed}`), normals("float64", rows * cols, "g")];
        const y = (at: FloatArray) => {
          const out = new Float64Array(at.length);
          tsBackend.softmaxInto(out, at, { rows, cols, log });
          return out;
        };
        const target = new Float64Array(rows * cols).fill(2);
        tsBackend.softmaxGradientInto(target, g, y(x), { rows, cols, log });
        expect(added(target, slopes(x, g, y))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it("of reductions are their finite differences", () => {
    const by = fc.constantFrom<RowReduction>("sum", "sumOfSquares", "max", "logSumExp");
    fc.assert(
      fc.property(sizes, by, fc.integer(), ([rows, cols], how, seed) => {
        const [x, gradient] = [normals("float64", rows * cols, `x${seed}`), normals("float64", rows, "g")];
        const y = (at: FloatArray) => {
          const out = new Float64Array(rows);
          tsBackend.reduceRowsInto(out, at, { rows, cols }, how);
          return out;
        };
        const target = new Float64Array(rows * cols).fill(2);
        tsBackend.reduceRowsGradientInto(target, { rows, cols, gradient, x, y: y(x) }, how);
        expect(added(target, slopes(x, gradient, y))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("of a maximum go where it first stands, and nowhere in a row of nothing", () => {
    const x = Float64Array.of(1, 3, 3, Number.NaN, -Infinity, -Infinity, Number.NaN, -Infinity);
    const [y, target] = [new Float64Array(2), new Float64Array(8)];
    tsBackend.reduceRowsInto(y, x, { rows: 2, cols: 4 }, "max");
    const known = { rows: 2, cols: 4, gradient: Float64Array.of(5, 7), x, y };
    tsBackend.reduceRowsGradientInto(target, known, "max");
    expect([...target]).toEqual([0, 5, 0, 0, 0, 0, 0, 0]);
  });

  it("of layer norm are its finite differences, in x, gain and bias", () => {
    fc.assert(
      fc.property(sizes, fc.integer(), ([rows, cols], seed) => {
        const make = (name: string, length: number) => normals("float64", length, name + seed);
        const [x, gain, bias, gradient] = [
          make("x", rows * cols),
          make("n", cols),
          make("b", cols),
          make("g", rows * cols),
        ];
        const statistics = new Float64Array(2 * rows);
        const y = (at: FloatArray, n: FloatArray, b: FloatArray) => {
          const out = new Float64Array(rows * cols);
          tsBackend.layerNormInto(out, at, { rows, cols, gain: n, bias: b, statistics, epsilon: 0.1 });
          return out;
        };
        const wanted = [
          slopes(x, gradient, (at) => y(at, gain, bias)),
          slopes(gain, gradient, (at) => y(x, at, bias)),
          slopes(bias, gradient, (at) => y(x, gain, at)),
        ];
        y(x, gain, bias);
        const [xGradient, gainGradient, biasGradient] = wanted.map(({ length }) =>
          new Float64Array(length).fill(2),
        );
        const known = { rows, cols, gradient, x, gain, statistics };
        tsBackend.layerNormGradientInto({ ...known, xGradient, gainGradient, biasGradient });
        expect(added(xGradient, wanted[0])).toBe(true);
        expect(added(gainGradient, wanted[1])).toBe(true);
        expect(added(biasGradient, wanted[2])).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});
