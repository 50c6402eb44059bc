import { floatArray, rng } from "@credence/core";
import { tsBackend, wasmBackend } from "@credence/core/kernels";
import {
  add,
  crossEntropy,
  dropout,
  gelu,
  layerNorm,
  linear,
  matmul,
  mul,
  relu,
  scale,
  softmax,
  sum,
  type Tape,
  tape,
  type Value,
} from "@credence/core/tape";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { thrown } from "../thrown.ts";

const matrix = (rows: number, cols: number, ...data: number[]) => ({
  rows,
  cols,
  data: Float64Array.from(data),
});
const double = () => tape({ precision: "float64" });

describe("a tape", () => {
  it("computes at once, and gradients on the way back", () => {
    const t = double();
    const x = t.parameter(matrix(1, 2, 3, 4));
    const y = mul(x, x);
    expect(Array.from(y.data)).toEqual([9, 16]);
    const loss = sum(y);
    expect(loss.data[0]).toBe(25);
    t.backward(loss);
    expect(Array.from(t.gradient(x))).toEqual([6, 8]);
    expect(Array.from(t.gradient(y))).toEqual([1, 1]);
  });

  it("writes gradients where a parameter says, 0 included if the loss does not depend on it", () => {
    const t = double();
    const [given, unused] = [new Float64Array(2).fill(7), new Float64Array(1).fill(7)];
    const x = t.parameter(matrix(1, 2, 3, 4), given);
    const other = t.parameter(matrix(1, 1, 5), unused);
    t.backward(sum(scale(x, 2)));
    expect(Array.from(given)).toEqual([2, 2]);
    expect(Array.from(unused)).toEqual([0]);
    expect(t.gradient(x)).toBe(given);
    expect(Array.from(t.gradient(other))).toEqual([0]);
  });

  it("gives 0 for values beside the loss, which it does not visit", () => {
    const t = double();
    const x = t.parameter(matrix(1, 1, 2));
    const beside = mul(x, x);
    const loss = scale(x, 3);
    const later = mul(loss, loss);
    t.backward(loss);
    expect(t.gradient(x)[0]).toBe(3);
    expect(t.gradient(beside)[0]).toBe(0);
    expect(t.gradient(later)[0]).toBe(0);
  });

  it("keeps no gradient of constants", () => {
    const t = double();
    const constant = t.constant(matrix(1, 1, 2));
    expect(scale(constant, 2).needsGradient).toBe(false);
    expect(mul(constant, t.parameter(matrix(1, 1, 2))).needsGradient).toBe(true);
  });

  it("evaluates without a way back, and without dropout", () => {
    const t = double();
    t.begin({ training: false });
    expect(t.training).toBe(false);
    const x = t.parameter(matrix(1, 3, 1, 2, 3));
    expect(x.needsGradient).toBe(false);
    expect(dropout(x, 0.9)).toBe(x);
    expect(thrown(() => t.backward(sum(x))).hint).toMatch(/begin it for training/);
    t.begin();
    expect(t.training).toBe(true);
  });

  it("takes operations of others", () => {
    const t = double();
    const square = (x: Value): Value =>
      t.record({
        name: "square",
        rows: x.rows,
        cols: x.cols,
        data: x.data.map((v) => v * v) as Float64Array,
        inputs: [x],
        backward(gradient) {
          const into = t.accumulator(x);
          for (let i = 0; i < into.length; i++) into[i] += 2 * x.data[i] * gradient[i];
        },
      });
    const x = t.parameter(matrix(1, 2, 3, -4));
    t.backward(sum(square(x)));
    expect(Array.from(t.gradient(x))).toEqual([6, -8]);
  });
});

/** A little of everything, with shapes that change from step to step. */
function step(t: Tape, rows: number, weights: Float64Array, gradient: Float64Array): number {
  t.begin();
  const r = rng(rows);
  const x = t.constant({ rows, cols: 4, data: Float64Array.from({ length: 4 * rows }, () => r.normal()) });
  const w = t.parameter({ rows: 4, cols: 4, data: weights }, gradient);
  const ones = t.constant(matrix(1, 4, 1, 1, 1, 1));
  const hidden = layerNorm(add(gelu(linear(x, w, ones)), relu(matmul(x, w))), ones, ones);
  const loss = crossEntropy(
    mul(softmax(hidden), hidden),
    Int32Array.from({ length: rows }, (_, i) => i % 4),
  );
  t.backward(loss);
  return loss.data[0];
}

describe("a tape's memory", () => {
  const weights = Float64Array.from({ length: 16 }, (_, i) => Math.sin(i));
  const gradient = new Float64Array(16);

  it("does not grow over thousands of steps, and is what the largest one needs", () => {
    const t = double();
    step(t, 50, weights, gradient);
    const { used } = t.memory();
    step(t, 50, weights, gradient);
    const { reserved } = t.memory();
    expect(t.memory().used).toBe(used);
    expect(reserved).toBe(used);
    const before = process.memoryUsage().arrayBuffers;
    const seen = new Map<number, number>();
    for (let i = 0; i < 5000; i++) {
      const rows = 1 + (i % 50);
      const loss = step(t, rows, weights, gradient);
      // What is left in memory from other shapes changes no bit.
      expect(seen.get(rows) ?? loss).toBe(loss);
      seen.set(rows, loss);
    }
    expect(t.memory().reserved).toBe(reserved);
    // The inputs that each step makes are garbage, at most a few thousand numbers before they are collected.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 2 ** 20);
  });

  it("is the same views again for the same step", () => {
    const t = double();
    const views = (): Float64Array[] => {
      t.begin();
      const x = t.parameter(matrix(1, 3, 1, 2, 3));
      return [relu(x), scale(x, 2), relu(x)].map(({ data }) => data as Float64Array);
    };
    const first = views();
    for (const [i, view] of views().entries()) expect(view).toBe(first[i]);
  });

  it("joins its pieces: a step after a large one lies in one array", () => {
    const t = tape();
    t.begin();
    const pieces = Array.from({ length: 20 }, (_, i) => t.allocate(1000 * (i + 1)));
    expect(new Set(pieces.map(({ buffer }) => buffer)).size).toBeGreaterThan(1);
    pieces.forEach((piece, i) => {
      piece.fill(i);
    });
    expect(pieces.every((piece, i) => piece.every((entry) => entry === i))).toBe(true);
    t.begin();
    const again = Array.from({ length: 20 }, (_, i) => t.allocate(1000 * (i + 1)));
    expect(new Set(again.map(({ buffer }) => buffer)).size).toBe(1);
    expect(again.map(({ length }) => length)).toEqual(pieces.map(({ length }) => length));
  });

  it("goes back to the backend on release, after which the tape can begin again", () => {
    const released: unknown[] = [];
    const t = tape({ backend: { ...tsBackend, release: (array) => released.push(array) } });
    const old = t.constant({ rows: 1, cols: 1, data: new Float32Array(1) });
    scale(old, 1);
    t.release();
    expect(released).toHaveLength(1);
    expect(t.memory()).toEqual({ reserved: 0, used: 0 });
    expect(thrown(() => scale(old, 2)).hint).toMatch(/begin forgets/);
    t.begin();
    expect(scale(t.constant({ rows: 1, cols: 1, data: Float32Array.of(3) }), 2).data[0]).toBe(6);
  });
});

describe("a tape computes", () => {
  const run = (options: Parameters<typeof tape>[0]) => {
    const t = tape(options);
    const { precision } = t;
    const r = rng("values");
    const draw = (rows: number, cols: number) => ({
      rows,
      cols,
      data: floatArray(precision, rows * cols).map(() => r.normal()) as Float32Array,
    });
    const x = t.constant(draw(9, 33));
    const w = t.parameter(draw(33, 20));
    const bias = t.parameter(draw(1, 20));
    const loss = crossEntropy(gelu(linear(x, w, bias)), new Int32Array(9));
    t.backward(loss);
    return [loss.data[0], ...t.gradient(w), ...t.gradient(bias)];
  };

  it("the same in both precisions, to single precision", () => {
    const [single, double] = [run({}), run({ precision: "float64" })];
    for (const [i, value] of double.entries()) {
      expect(close(single[i], value, tolerance.single)).toBe(true);
    }
    expect(single).not.toEqual(double);
  });

  it("with any backend", () => {
    const backend = wasmBackend();
    const [ts, wasm] = [run({ precision: "float64" }), run({ precision: "float64", backend })];
    backend.close();
    for (const [i, value] of ts.entries()) expect(close(wasm[i], value, tolerance.rounding)).toBe(true);
  });
});

describe("a tape refuses", () => {
  it("values of another tape, and of a step that is over", () => {
    const t = double();
    const old = t.parameter(matrix(1, 1, 1));
    const foreign = double().parameter(matrix(1, 1, 1));
    expect(thrown(() => add(t.parameter(matrix(1, 1, 1)), foreign)).code).toBe("INVALID_ARGUMENT");
    t.begin();
    for (const use of [() => scale(old, 1), () => t.backward(old), () => t.gradient(old)]) {
      expect(thrown(use).hint).toMatch(/make them again in each step/);
    }
  });

  it("a loss that is no number, one without parameters, and a second way back", () => {
    const t = double();
    const x = t.parameter(matrix(1, 2, 1, 2));
    expect(thrown(() => t.backward(x)).hint).toMatch(/sum or the mean/);
    const constant = thrown(() => t.backward(sum(t.constant(matrix(1, 1, 2)))));
    expect(constant.code).toBe("NO_WAY_BACK");
    expect(constant.hint).toMatch(/with parameter, not constant/);
    const loss = sum(x);
    t.backward(loss);
    expect(thrown(() => t.backward(loss)).hint).toMatch(/Call begin/);
  });

  it("data of another precision or length", () => {
    const t = double();
    expect(thrown(() => t.constant({ rows: 1, cols: 1, data: new Float32Array(1) })).message).toMatch(
      /data is a Float32Array .* float64 array/,
    );
    expect(thrown(() => t.parameter(matrix(2, 2, 1))).message).toMatch(/data.length is 1/);
    expect(thrown(() => t.parameter(matrix(1, 1, 1), new Float64Array(2))).message).toMatch(
      /gradient.length is 2/,
    );
    expect(thrown(() => t.constant(matrix(-1, 1))).message).toMatch(/rows is -1/);
  });

  it("a loss that is not finite, and says where that began", () => {
    const t = double();
    const x = t.parameter(matrix(2, 2, 1, 2, 1e200, 4));
    const square = mul(x, x);
    const error = thrown(() => t.backward(sum(scale(mul(square, square), 0))));
    expect(error.code).toBe("NON_FINITE");
    expect(error.message).toMatch(
      /The loss is NaN; it began with Infinity in row 1, column 0 of value 1 .* a product of 2 x 2/,
    );
    expect(error.hint).toMatch(/lower the learning rate/);
    t.begin();
    const missing = t.constant(matrix(1, 1, Number.NaN));
    const given = thrown(() => t.backward(sum(mul(t.parameter(matrix(1, 1, 1)), missing))));
    expect(given.message).toMatch(/NaN in row 0, column 0 of value 0 of the tape, a constant/);
    expect(given.hint).toMatch(/where these numbers come from/);
  });
});
