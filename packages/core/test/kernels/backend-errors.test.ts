import { csrFromEntries } from "@credence/core";
import { type Backend, type OneVsAllStep, tsBackend, wasmBackend } from "@credence/core/kernels";
import { describe, expect, it } from "vitest";
import { thrown } from "../thrown.ts";

const floats = (length: number) => new Float64Array(length);
const matrix = csrFromEntries(2, 3, { row: [0, 1], col: [2, 0], value: [1, 1] });

/** A step of two queries against three entities, with something replaced. */
function step(replaced: Partial<OneVsAllStep> = {}): OneVsAllStep {
  return {
    ...{ batch: 2, count: 3, d: 1, queries: floats(2), entities: floats(3), targets: Int32Array.of(0, 2) },
    ...{ queryGradient: floats(2), entityGradient: floats(3) },
    ...replaced,
  };
}

/** Calls that must fail, and what their messages begin with. */
const calls: readonly (readonly [string, (b: Backend) => void])[] = [
  ["m is -1", (b) => b.gemmInto(floats(4), floats(4), floats(4), { m: -1, n: 2, k: 2 })],
  ["out.length is 3", (b) => b.gemmInto(floats(3), floats(4), floats(4), { m: 2, n: 2, k: 2 })],
  ["b.length is 3", (b) => b.gemmInto(floats(4), floats(4), floats(3), { m: 2, n: 2, k: 2 })],
  [
    'semiring is "min-plus"',
    (b) =>
      b.gemmInto(floats(4), floats(4), floats(4), { m: 2, n: 2, k: 2, semiring: "min-plus" as "max-min" }),
  ],
  ["out.length is 1", (b) => b.multiplyCsrInto(floats(1), matrix, floats(3))],
  ["x.length is 2", (b) => b.multiplyCsrInto(floats(2), matrix, floats(2))],
  ["semiring is", (b) => b.multiplyCsrInto(floats(2), matrix, floats(3), { semiring: "x" as "max-min" })],
  ["rows is 1.5", (b) => b.softmaxInto(floats(4), floats(4), { rows: 1.5, cols: 2 })],
  ["x.length is 3", (b) => b.softmaxInto(floats(4), floats(3), { rows: 2, cols: 2 })],
  ["out.length is 1", (b) => b.reduceRowsInto(floats(1), floats(4), { rows: 2, cols: 2 }, "sum")],
  ['by is "mean"', (b) => b.reduceRowsInto(floats(2), floats(4), { rows: 2, cols: 2 }, "mean" as "sum")],
  ["out.length is 1", (b) => b.mapInto(floats(1), floats(2), "exp")],
  ['f is "tan"', (b) => b.mapInto(floats(2), floats(2), "tan" as "exp")],
  [
    "gradient.length is 1",
    (b) => b.adagradInto(floats(2), floats(1), floats(2), { learningRate: 1, epsilon: 0 }),
  ],
  [
    "sums.length is 1",
    (b) => b.adagradInto(floats(2), floats(2), floats(1), { learningRate: 1, epsilon: 0 }),
  ],
  [
    "learningRate is NaN",
    (b) => b.adagradInto(floats(2), floats(2), floats(2), { learningRate: Number.NaN, epsilon: 0 }),
  ],
  [
    "step is 0",
    (b) =>
      b.adamInto(floats(2), floats(2), floats(2), floats(2), {
        ...{ learningRate: 1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
        step: 0,
      }),
  ],
  [
    "beta2 is 1",
    (b) =>
      b.adamInto(floats(2), floats(2), floats(2), floats(2), {
        ...{ learningRate: 1, beta1: 0.9, beta2: 1, epsilon: 1e-8 },
        step: 1,
      }),
  ],
  ["batch is -1", (b) => b.oneVsAllStep(step({ batch: -1 }))],
  ["queries.length is 1", (b) => b.oneVsAllStep(step({ queries: floats(1) }))],
  ["entityGradient.length is 2", (b) => b.oneVsAllStep(step({ entityGradient: floats(2) }))],
  ["targets.length is 1", (b) => b.oneVsAllStep(step({ targets: Int32Array.of(0) }))],
  ["targets[1] is 3", (b) => b.oneVsAllStep(step({ targets: Int32Array.of(0, 3) }))],
  ["offsets[2] is 0", (b) => b.oneVsAllStep(step({ offsets: Int32Array.of(0, 1, 0) }))],
  ["weights.length is 1", (b) => b.oneVsAllStep(step({ weights: floats(1) }))],
  ["rowWeights.length is 0", (b) => b.oneVsAllStep(step({ rowWeights: floats(0) }))],
  ["scale is NaN", (b) => b.oneVsAllStep(step({ scale: Number.NaN }))],
  ['loss is "hinge"', (b) => b.oneVsAllStep(step({ loss: "hinge" as "softmax" }))],
  [
    "queryGradient is",
    (b) => {
      const same = floats(3);
      b.oneVsAllStep(step({ queryGradient: same, queries: same }));
    },
  ],
  [
    "entityGradient is",
    (b) => {
      const same = floats(3);
      b.oneVsAllStep(step({ entityGradient: same, entities: same }));
    },
  ],
  ["length is -1", (b) => b.allocate("float32", -1)],
];

describe.each([
  ["ts", tsBackend],
  ["wasm", wasmBackend()],
] as const)("%s", (_, backend) => {
  it.each(calls)("says that %s ...", (message, call) => {
    const error = thrown(() => call(backend));
    expect(error.code).toBe("INVALID_ARGUMENT");
    expect(error.message.startsWith(message)).toBe(true);
    expect(error.expected).toBeDefined();
  });

  it("refuses an output that is an operand", () => {
    const a = floats(4);
    for (const call of [
      () => backend.gemmInto(a, a, floats(4), { m: 2, n: 2, k: 2 }),
      () => backend.multiplyCsrInto(a, matrix, a),
      () => backend.reduceRowsInto(a, a, { rows: 2, cols: 2 }, "sum"),
    ]) {
      expect(thrown(call).message).toContain("out is");
    }
  });

  it("says which row's loss is not finite", () => {
    const logits = Float64Array.of(0, 0, 0, Number.NaN, 0, 0);
    const crossEntropy = thrown(() =>
      backend.softmaxCrossEntropyInto(logits, Int32Array.of(0, 0), { rows: 2, cols: 3 }),
    );
    expect([crossEntropy.code, crossEntropy.given]).toEqual(["NON_FINITE", "NaN"]);
    for (const loss of ["softmax", "logistic"] as const) {
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const queries = Float64Array.of(1, value);
        const entities = Float64Array.of(1, 1, 1);
        const error = thrown(() => backend.oneVsAllStep(step({ queries, entities, loss })));
        expect(error.code).toBe("NON_FINITE");
        expect(error.message).toContain("row 1");
        expect(error.hint).toContain("learning rate");
      }
    }
  });

  it("takes empty batches, no entities and no dimensions", () => {
    const none = step({ batch: 0, targets: new Int32Array(0), entityGradient: floats(3).fill(1) });
    expect(backend.oneVsAllStep(none)).toBe(0);
    expect([...none.entityGradient]).toEqual([0, 0, 0]);
    const alone = step({ count: 0, offsets: new Int32Array(3), queryGradient: floats(2).fill(1) });
    expect(backend.oneVsAllStep(alone)).toBe(0);
    expect([...alone.queryGradient]).toEqual([0, 0]);
    expect(backend.oneVsAllStep(step({ d: 0 }))).toBeCloseTo(2 * Math.log(3), 12);
  });

  it("crosses the chunks of products with few rows", () => {
    for (const [m, n] of [
      [3, 5000],
      [5000, 1],
    ]) {
      for (const transposed of [false, true]) {
        const shape = { m, n, k: 7, transposeA: transposed, transposeB: transposed };
        const [a, b, out, expected] = [m * 7, n * 7, m * n, m * n].map(floats);
        a.forEach((_, i) => {
          a[i] = (i % 13) - 6;
        });
        b.forEach((_, i) => {
          b[i] = (i % 11) - 5;
        });
        backend.gemmInto(out, a, b, shape);
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n; j++) {
            for (let p = 0; p < 7; p++) {
              expected[i * n + j] +=
                a[transposed ? p * m + i : i * 7 + p] * b[transposed ? j * 7 + p : p * n + j];
            }
          }
        }
        expect(out).toEqual(expected);
      }
    }
  });
});
