import { csrFromEntries, transposeCsr } from "@credence/core";
import { type Backend, type OneVsAllStep, tsBackend, wasmBackend } from "@credence/core/kernels";
import { describe, expect, it } from "vitest";
import { thrown } from "../thrown.ts";

const floats = (length: number) => new Float64Array(length);
const matrix = csrFromEntries(2, 3, { row: [0, 1], col: [2, 0], value: [1, 1] });

const square = { m: 2, n: 2, k: 2 };
const table = { rows: 2, cols: 2 };
const bits = new Int32Array(2);
const reduced = () => ({ ...table, gradient: floats(2), x: floats(4), y: floats(2) });
const norm = () => ({ ...table, gain: floats(2), bias: floats(2), statistics: floats(4) });
const normed = () => ({
  ...table,
  gradient: floats(4),
  x: floats(4),
  gain: floats(2),
  statistics: floats(4),
});
const mapped = () => ({ gradient: floats(2), x: floats(2), y: floats(2) });

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
  ["batch is 1.5", (b) => b.gemmInto(floats(9), floats(9), floats(9), { m: 2, n: 2, k: 2, batch: 1.5 })],
  ["a.length is 4", (b) => b.gemmInto(floats(9), floats(4), floats(9), { m: 2, n: 2, k: 2, batch: 2 })],
  ["alpha is NaN", (b) => b.gemmInto(floats(4), floats(4), floats(4), { ...square, alpha: Number.NaN })],
  [
    "rowVector.length is 1",
    (b) => b.gemmInto(floats(4), floats(4), floats(4), { ...square, rowVector: floats(1) }),
  ],
  [
    "columnVector.length is 1",
    (b) => b.gemmInto(floats(4), floats(4), floats(4), { ...square, columnVector: floats(1) }),
  ],
  [
    'semiring is "max-min"',
    (b) => b.gemmInto(floats(4), floats(4), floats(4), { ...square, alpha: 2, semiring: "max-min" }),
  ],
  ["b.rows is 2", (b) => b.multiplyCsrCsr(matrix, matrix)],
  ["semiring is", (b) => b.multiplyCsrCsr(matrix, transposeCsr(matrix), { semiring: "x" as "max-min" })],
  ["gradient.length is 3", (b) => b.softmaxGradientInto(floats(4), floats(3), floats(4), table)],
  ["y.length is 3", (b) => b.softmaxGradientInto(floats(4), floats(4), floats(3), table)],
  ["cols is -1", (b) => b.softmaxGradientInto(floats(4), floats(4), floats(3), { rows: 2, cols: -1 })],
  ["y.length is 1", (b) => b.reduceRowsGradientInto(floats(4), { ...reduced(), y: floats(1) }, "sum")],
  ['by is "mean"', (b) => b.reduceRowsGradientInto(floats(4), reduced(), "mean" as "sum")],
  ["out.length is 1", (b) => b.sumColumnsInto(floats(1), floats(4), table)],
  ["gain.length is 1", (b) => b.layerNormInto(floats(4), floats(4), { ...norm(), gain: floats(1) })],
  [
    "statistics.length is 3",
    (b) => b.layerNormInto(floats(4), floats(4), { ...norm(), statistics: floats(3) }),
  ],
  ["epsilon is 0", (b) => b.layerNormInto(floats(4), floats(4), { ...norm(), epsilon: 0 })],
  ["x.length is 3", (b) => b.layerNormGradientInto({ ...normed(), x: floats(3) })],
  ["xGradient.length is 3", (b) => b.layerNormGradientInto({ ...normed(), xGradient: floats(3) })],
  ["gainGradient.length is 1", (b) => b.layerNormGradientInto({ ...normed(), gainGradient: floats(1) })],
  ["x.length is 1", (b) => b.mapGradientInto(floats(2), { ...mapped(), x: floats(1) }, "exp")],
  ['f is "tan"', (b) => b.mapGradientInto(floats(2), mapped(), "tan" as "exp")],
  ["ids[1] is 2", (b) => b.gatherRowsInto(floats(4), floats(4), Int32Array.of(0, 2), table)],
  ["out.length is 3", (b) => b.gatherRowsInto(floats(3), floats(4), Int32Array.of(0, 1), table)],
  ["ids[0] is -1", (b) => b.scatterAddRowsInto(floats(4), floats(4), Int32Array.of(-1, 1), table)],
  ["x.length is 3", (b) => b.scatterAddRowsInto(floats(4), floats(3), Int32Array.of(0, 1), table)],
  ["k is 3", (b) => b.topKRowsInto(new Int32Array(6), floats(4), { ...table, k: 3 })],
  ["out.length is 1", (b) => b.topKRowsInto(new Int32Array(1), floats(4), { ...table, k: 1 })],
  ["x.length is 3", (b) => b.argsortRowsInto(new Int32Array(4), floats(3), table)],
  ["words is -1", (b) => b.pairCountsInto(new Int32Array(4), bits, bits, { m: 2, n: 2, words: -1 })],
  ["a.length is 2", (b) => b.pairCountsInto(new Int32Array(4), bits, bits, { m: 2, n: 1, words: 2 })],
  ["gradient.length is 1", (b) => b.sgdInto(floats(2), floats(1), undefined, { learningRate: 1 })],
  [
    "velocity is undefined",
    (b) => b.sgdInto(floats(2), floats(2), undefined, { learningRate: 1, momentum: 0.5 }),
  ],
  ["velocity is", (b) => b.sgdInto(floats(2), floats(2), floats(2), { learningRate: 1 })],
  ["momentum is 1", (b) => b.sgdInto(floats(2), floats(2), floats(2), { learningRate: 1, momentum: 1 })],
  [
    "weightDecay is -1",
    (b) => {
      const decay = { learningRate: 1, beta1: 0.9, beta2: 0.9, epsilon: 1e-8, weightDecay: -1, step: 1 };
      b.adamInto(floats(2), floats(2), floats(2), floats(2), decay);
    },
  ],
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
      () => backend.gemmInto(a, floats(4), floats(4), { ...square, columnVector: a }),
      () => backend.softmaxGradientInto(a, a, floats(4), table),
      () => backend.softmaxGradientInto(a, floats(4), a, table),
      () => backend.reduceRowsGradientInto(a, { ...reduced(), x: a }, "sum"),
      () => backend.sumColumnsInto(a, a, table),
      () => backend.layerNormInto(a, floats(4), { ...norm(), gain: a }),
      () => backend.mapGradientInto(a, { ...mapped(), y: a }, "exp"),
      () => backend.gatherRowsInto(a, a, Int32Array.of(0, 1), table),
      () => backend.scatterAddRowsInto(a, a, Int32Array.of(0, 1), table),
      () => backend.pairCountsInto(bits, bits, bits, { m: 1, n: 1, words: 1 }),
    ]) {
      expect(thrown(call).message).toContain("out is");
    }
  });

  it("refuses targets of a layer norm that are operands", () => {
    const a = floats(4);
    for (const [name, call] of [
      ["statistics", () => backend.layerNormInto(floats(4), a, { ...norm(), statistics: a })],
      ["xGradient", () => backend.layerNormGradientInto({ ...normed(), gradient: a, xGradient: a })],
      ["gainGradient", () => backend.layerNormGradientInto({ ...normed(), gain: a, gainGradient: a })],
      ["biasGradient", () => backend.layerNormGradientInto({ ...normed(), gain: a, biasGradient: a })],
    ] as const) {
      expect(thrown(call).message).toContain(`${name} is`);
    }
  });

  it("says where a NaN has no place in an order", () => {
    const x = Float64Array.of(0, 1, 2, Number.NaN);
    for (const call of [
      () => backend.topKRowsInto(new Int32Array(2), x, { ...table, k: 1 }),
      () => backend.argsortRowsInto(new Int32Array(4), x, table),
    ]) {
      const error = thrown(call);
      expect(error.code).toBe("INVALID_ARGUMENT");
      expect(error.message).toContain("row 1, column 1");
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
