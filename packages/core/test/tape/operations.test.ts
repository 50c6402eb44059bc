import { rng } from "@credence/core";
import {
  add,
  batchedMatmul,
  binaryCrossEntropy,
  concatColumns,
  crossEntropy,
  dropout,
  gatherRows,
  gelu,
  layerNorm,
  linear,
  logSoftmax,
  matmul,
  mean,
  mul,
  pick,
  relu,
  reshape,
  scale,
  scatterRows,
  sigmoid,
  sliceColumns,
  softmax,
  softplus,
  stackColumns,
  sub,
  sum,
  sumColumns,
  sumRows,
  tanh,
  tape,
  unstackColumns,
  type Value,
} from "@credence/core/tape";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { thrown } from "../thrown.ts";

const t = tape({ precision: "float64" });

/** A constant of these rows. */
function value(...rows: number[][]): Value {
  return t.constant({
    rows: rows.length,
    cols: rows[0]?.length ?? 0,
    data: Float64Array.from(rows.flat()),
  });
}

/** A constant of random entries. */
function random(rows: number, cols: number, seed: string): Value {
  const r = rng(seed);
  return t.constant({ rows, cols, data: Float64Array.from({ length: rows * cols }, () => r.normal()) });
}

function rowsOf({ rows, cols, data }: Value): number[][] {
  return Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols)));
}

function expectClose(actual: Value, expected: number[][], relative: number = tolerance.rounding): void {
  const rows = rowsOf(actual);
  expect(rows.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  for (const [i, row] of expected.entries()) {
    for (const [j, entry] of row.entries()) {
      if (!close(rows[i][j], entry, relative)) expect.fail(`(${i}, ${j}): ${rows[i][j]} instead of ${entry}`);
    }
  }
}

describe("arithmetic", () => {
  const x = value([1, 2, 3], [4, 5, 6]);
  const row = value([10, 20, 30]);
  const column = value([1], [2]);
  const number = value([3]);

  it("repeats rows, columns and numbers, on either side", () => {
    expect(rowsOf(add(x, x))).toEqual([
      [2, 4, 6],
      [8, 10, 12],
    ]);
    expect(rowsOf(add(row, x))).toEqual([
      [11, 22, 33],
      [14, 25, 36],
    ]);
    expect(rowsOf(sub(x, column))).toEqual([
      [0, 1, 2],
      [2, 3, 4],
    ]);
    expect(rowsOf(sub(row, x))).toEqual([
      [9, 18, 27],
      [6, 15, 24],
    ]);
    expect(rowsOf(mul(number, x))).toEqual([
      [3, 6, 9],
      [12, 15, 18],
    ]);
    expect(rowsOf(mul(x, column))).toEqual([
      [1, 2, 3],
      [8, 10, 12],
    ]);
    expect(rowsOf(scale(x, -1, 1))).toEqual([
      [0, -1, -2],
      [-3, -4, -5],
    ]);
  });

  it("refuses shapes that neither repeats, and factors that are not finite", () => {
    for (const operation of [add, sub, mul]) {
      expect(thrown(() => operation(x, value([1, 2]))).message).toMatch(/2 x 3.* 1 x 2|1 x 2.* 2 x 3/);
      // Both would have to be repeated.
      expect(thrown(() => operation(row, column)).code).toBe("INVALID_ARGUMENT");
    }
    expect(thrown(() => scale(x, Number.NaN)).message).toMatch(/factor is NaN/);
    expect(thrown(() => scale(x, 1, Infinity)).message).toMatch(/offset is Infinity/);
  });
});

describe("products", () => {
  const product = (a: number[][], b: number[][]) =>
    a.map((row) => b[0].map((_, j) => row.reduce((total, entry, k) => total + entry * b[k][j], 0)));
  const flipped = (a: number[][]) => a[0].map((_, j) => a.map((row) => row[j]));

  it("multiply as the definition says, also in batches of small and large matrices", () => {
    for (const [m, n, k] of [
      [3, 4, 5],
      [40, 20, 30],
    ]) {
      const [a, b] = [random(2 * m, k, "a"), random(2 * k, n, "b")];
      const expected = [0, 1].flatMap((i) =>
        product(rowsOf(a).slice(i * m, (i + 1) * m), rowsOf(b).slice(i * k, (i + 1) * k)),
      );
      expectClose(batchedMatmul(a, b, { batch: 2 }), expected);
      const [first, second] = [rowsOf(a).slice(0, m), rowsOf(b).slice(0, k)];
      const whole = product(first, second);
      expectClose(matmul(value(...first), value(...second)), whole);
      const options = { transposeA: true, transposeB: true };
      expectClose(matmul(value(...flipped(first)), value(...flipped(second)), options), whole);
    }
  });

  it("map rows affinely", () => {
    const x = value([1, 2], [3, 4]);
    const [weight, bias] = [value([1, 0, 2], [0, 1, 3]), value([10, 20, 30])];
    expect(rowsOf(linear(x, weight, bias))).toEqual([
      [11, 22, 38],
      [13, 24, 48],
    ]);
  });

  it("refuse sides that do not fit", () => {
    const x = value([1, 2], [3, 4]);
    expect(thrown(() => matmul(x, value([1, 2]))).message).toMatch(/2 x 2 and 1 x 2/);
    expect(thrown(() => batchedMatmul(x, x, { batch: 3 })).message).toMatch(/a.rows is 2.* multiple of 3/);
    expect(thrown(() => batchedMatmul(x, x, { batch: 0 })).message).toMatch(/parts is 0/);
    expect(thrown(() => batchedMatmul(x, value([1]), { batch: 2 })).message).toMatch(/b.rows/);
    expect(thrown(() => linear(x, value([1]), value([1]))).message).toMatch(/x.cols is 2/);
    expect(thrown(() => linear(x, x, value([1]))).message).toMatch(/bias is "1 x 1", but must be 1 x 2/);
  });
});

describe("functions of single numbers", () => {
  const points = [-800, -30, -2, -0.5, -0.4999, -1e-3, -1e-20, 0, 1e-20, 1e-3, 0.25, 0.5, 1, 3, 30, 800];
  const x = value(points);

  it("agree with the engine's, relative to their size, over the whole line", () => {
    const relative = (actual: Value, f: (x: number) => number) => {
      for (const [i, point] of points.entries()) {
        if (!close(actual.data[i], f(point), tolerance.rounding, 0)) {
          expect.fail(`at ${point}: ${actual.data[i]} instead of ${f(point)}`);
        }
      }
    };
    relative(tanh(x), Math.tanh);
    relative(sigmoid(x), (v) => (v < 0 ? Math.exp(v) / (1 + Math.exp(v)) : 1 / (1 + Math.exp(-v))));
    relative(softplus(x), (v) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))));
    relative(relu(x), (v) => Math.max(v, 0));
  });

  it("have gelu near x Φ(x), its exact form", () => {
    expect(gelu(value([0])).data[0]).toBe(0);
    // Φ(1) and Φ(−1), to the error of the tanh form.
    expect(Math.abs(gelu(value([1])).data[0] - 0.8413447460685429)).toBeLessThan(5e-4);
    expect(Math.abs(gelu(value([-1])).data[0] + 0.15865525393145707)).toBeLessThan(5e-4);
    expect(Array.from(gelu(value([-800, 800])).data)).toEqual([0, 800]);
  });

  it("keep what is not a number", () => {
    for (const f of [tanh, sigmoid, softplus, gelu, relu]) expect(f(value([Number.NaN])).data[0]).toBeNaN();
  });

  it("have a tanh that is odd and never beyond 1", () => {
    const r = rng("tanh");
    const many = random(1, 2000, "many");
    for (let i = 0; i < 2000; i++) many.data[i] *= 3 * r();
    const y = tanh(many).data;
    const mirrored = tanh(scale(many, -1)).data;
    for (let i = 0; i < 2000; i++) {
      expect(mirrored[i]).toBe(-y[i]);
      expect(Math.abs(y[i])).toBeLessThanOrEqual(1);
      expect(close(y[i], Math.tanh(many.data[i]), tolerance.rounding, 0)).toBe(true);
    }
  });
});

describe("operations on rows", () => {
  it("give soft-max and its logarithm, also of large numbers", () => {
    const x = value([0, Math.log(3)], [1000, 1000]);
    expectClose(softmax(x), [
      [0.25, 0.75],
      [0.5, 0.5],
    ]);
    expectClose(logSoftmax(x), [
      [Math.log(0.25), Math.log(0.75)],
      [Math.log(0.5), Math.log(0.5)],
    ]);
  });

  it("mask entries and whole rows, and use a short mask again and again", () => {
    const x = value([0, 1, 2], [0, 0, 0], [5, 5, 9], [1, 1, 1]);
    const mask = Uint8Array.of(1, 1, 0, 0, 0, 0);
    const [a, b] = [1 / (1 + Math.E), Math.E / (1 + Math.E)];
    expectClose(softmax(x, { mask }), [
      [a, b, 0],
      [0, 0, 0],
      [0.5, 0.5, 0],
      [0, 0, 0],
    ]);
    for (const length of [0, 2, 9]) {
      expect(thrown(() => softmax(x, { mask: new Uint8Array(length) })).message).toMatch(/mask.length/);
    }
  });

  it("standardize rows, then scale and move columns", () => {
    const x = value([1, 3], [5, 5]);
    const [gain, bias] = [value([2, 4]), value([10, 20])];
    const s = Math.sqrt(1 + 1e-5);
    expectClose(layerNorm(x, gain, bias), [
      [10 - 2 / s, 20 + 4 / s],
      [10, 20],
    ]);
    expect(thrown(() => layerNorm(x, value([1]), bias)).message).toMatch(/gain is "1 x 1"/);
    for (const epsilon of [0, -1, Number.NaN, Infinity]) {
      expect(thrown(() => layerNorm(x, gain, bias, epsilon)).message).toMatch(/epsilon/);
    }
  });
});

describe("rows and entries by number", () => {
  const x = value([1, 2], [3, 4], [5, 6]);

  it("are gathered, scattered and picked", () => {
    expect(rowsOf(gatherRows(x, [2, 0, 2]))).toEqual([
      [5, 6],
      [1, 2],
      [5, 6],
    ]);
    expect(rowsOf(scatterRows(x, [1, 3, 1], 4))).toEqual([
      [0, 0],
      [6, 8],
      [0, 0],
      [3, 4],
    ]);
    expect(rowsOf(pick(x, [0, 1, 1]))).toEqual([[1], [4], [6]]);
    expect(gatherRows(x, []).rows).toBe(0);
  });

  it("are refused where there are none", () => {
    for (const bad of [3, -1, 0.5, Number.NaN]) {
      expect(thrown(() => gatherRows(x, [0, bad])).message).toMatch(/ids\[1\] is .* from 0 to 2/);
      expect(thrown(() => scatterRows(x, [0, 0, bad], 3)).message).toMatch(/ids\[2\]/);
      expect(thrown(() => pick(x, [0, bad, 0])).message).toMatch(/columns\[1\] is .* from 0 to 1/);
    }
    expect(thrown(() => scatterRows(x, [0], 3)).message).toMatch(/ids.length is 1/);
    expect(thrown(() => scatterRows(x, [0, 0, 0], -1)).message).toMatch(/rows is -1/);
    expect(thrown(() => pick(x, [0])).message).toMatch(/columns.length is 1/);
  });
});

describe("cutting and putting together", () => {
  const x = value([1, 2, 3, 4], [5, 6, 7, 8]);

  it("moves entries, and nothing else", () => {
    expect(rowsOf(concatColumns(sliceColumns(x, 2, 4), sliceColumns(x, 0, 1)))).toEqual([
      [3, 4, 1],
      [7, 8, 5],
    ]);
    expect(rowsOf(reshape(x, 4, 2))).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
    ]);
    expect(rowsOf(stackColumns(x, 2))).toEqual([
      [1, 2],
      [5, 6],
      [3, 4],
      [7, 8],
    ]);
    expect(rowsOf(unstackColumns(stackColumns(x, 4), 4))).toEqual(rowsOf(x));
    expect(sliceColumns(x, 1, 1)).toMatchObject({ rows: 2, cols: 0 });
  });

  it("refuses what does not fit", () => {
    expect(thrown(() => concatColumns()).message).toMatch(/parts is "none"/);
    expect(thrown(() => concatColumns(x, value([1]))).message).toMatch(/parts is "1 x 1".* 2 rows/);
    for (const [from, to] of [
      [-1, 2],
      [3, 2],
      [0, 5],
      [0.5, 1],
    ]) {
      expect(thrown(() => sliceColumns(x, from, to)).message).toMatch(/a part of \[0, 4\)/);
    }
    expect(thrown(() => reshape(x, 3, 3)).message).toMatch(/8 entries, as of 2 x 4/);
    expect(thrown(() => stackColumns(x, 3)).message).toMatch(/cols is 4.* multiple of 3/);
    expect(thrown(() => unstackColumns(x, 3)).message).toMatch(/rows is 2.* multiple of 3/);
    expect(thrown(() => stackColumns(x, 1.5)).message).toMatch(/parts is 1.5/);
  });
});

describe("sums and means", () => {
  it("add up all, rows and columns", () => {
    const x = value([1, 2, 3], [4, 5, 6]);
    expect([sum(x).data[0], mean(x).data[0]]).toEqual([21, 3.5]);
    expect(rowsOf(sumRows(x))).toEqual([[6], [15]]);
    expect(rowsOf(sumColumns(x))).toEqual([[5, 7, 9]]);
  });

  it("of nothing are 0, but there is no mean", () => {
    const none = t.constant({ rows: 0, cols: 3, data: new Float64Array(0) });
    expect(sum(none).data[0]).toBe(0);
    expect(rowsOf(sumColumns(none))).toEqual([[0, 0, 0]]);
    expect(thrown(() => mean(none)).message).toMatch(/x is "0 x 3"/);
  });
});

describe("dropout", () => {
  it("drops at its rate and keeps the expectation, the same for the same seed", () => {
    const draw = (seed: number) => {
      const own = tape({ precision: "float64", seed });
      return dropout(own.constant({ rows: 100, cols: 100, data: new Float64Array(10_000).fill(1) }), 0.2)
        .data;
    };
    const kept = draw(1);
    expect(new Set(kept)).toEqual(new Set([0, 1.25]));
    const dropped = kept.filter((entry) => entry === 0).length;
    // Five standard errors of a binomial share.
    expect(Math.abs(dropped / 10_000 - 0.2)).toBeLessThan(5 * Math.sqrt((0.2 * 0.8) / 10_000));
    expect(draw(1)).toEqual(kept);
    expect(draw(2)).not.toEqual(kept);
  });

  it("does nothing at rate 0, and refuses rates outside [0, 1)", () => {
    const x = value([1]);
    expect(dropout(x, 0)).toBe(x);
    for (const rate of [-0.1, 1, Number.NaN]) expect(thrown(() => dropout(x, rate)).message).toMatch(/rate/);
  });
});

describe("losses", () => {
  const logits = value([1, 2, 0], [0, -1, 3]);
  const classes = Int32Array.of(1, 0);
  const losses = rowsOf(logSoftmax(logits)).map((row, i) => -row[classes[i]]);

  it("are means, weighted where asked for", () => {
    expect(
      close(crossEntropy(logits, classes).data[0], (losses[0] + losses[1]) / 2, tolerance.rounding),
    ).toBe(true);
    const weighted = crossEntropy(logits, classes, { weights: [1, 3] }).data[0];
    expect(close(weighted, (losses[0] + 3 * losses[1]) / 4, tolerance.rounding)).toBe(true);
    expect(crossEntropy(logits, classes, { weights: [0, 2] }).data[0]).toBeCloseTo(losses[1], 12);
  });

  it("of yes and no agree with the probabilities' logarithms", () => {
    const z = [0.3, -2, 1.5];
    const targets = [1, 0, 0.25];
    const terms = z.map((v, i) => {
      const p = 1 / (1 + Math.exp(-v));
      return -(targets[i] * Math.log(p) + (1 - targets[i]) * Math.log(1 - p));
    });
    const actual = binaryCrossEntropy(value(z), targets).data[0];
    expect(close(actual, (terms[0] + terms[1] + terms[2]) / 3, tolerance.rounding)).toBe(true);
    const weighted = binaryCrossEntropy(value(z), targets, { weights: [2, 0, 1] }).data[0];
    expect(close(weighted, (2 * terms[0] + terms[2]) / 3, tolerance.rounding)).toBe(true);
    // Far out the probability is 0 to all digits, but not its logarithm.
    expect(binaryCrossEntropy(value([-900]), [1]).data[0]).toBe(900);
  });

  it("refuse what has no mean, and numbers outside their ranges", () => {
    const none = t.constant({ rows: 0, cols: 3, data: new Float64Array(0) });
    expect(thrown(() => crossEntropy(none, new Int32Array(0))).message).toMatch(/logits is "0 x 3"/);
    expect(thrown(() => binaryCrossEntropy(none, [])).message).toMatch(/logits is "0 x 3"/);
    expect(thrown(() => crossEntropy(logits, Int32Array.of(1))).message).toMatch(/classes.length is 1/);
    expect(thrown(() => crossEntropy(logits, Int32Array.of(1, 3))).message).toMatch(/classes\[1\] is 3/);
    expect(thrown(() => binaryCrossEntropy(value([1]), [2])).message).toMatch(/targets\[0\] is 2/);
    expect(thrown(() => binaryCrossEntropy(value([1]), [1, 1])).message).toMatch(/targets.length is 2/);
    for (const [weights, message] of [
      [[1], /weights.length is 1/],
      [[1, -1], /weights\[1\] is -1/],
      [[1, Number.NaN], /weights\[1\] is NaN/],
      [[0, 0], /the sum of weights is 0/],
    ] as const) {
      expect(thrown(() => crossEntropy(logits, classes, { weights })).message).toMatch(message);
    }
  });

  it("refuse to go on when a row's loss is no longer finite", () => {
    const gone = value([Number.NaN, 0]);
    expect(thrown(() => crossEntropy(gone, Int32Array.of(0))).code).toBe("NON_FINITE");
    expect(binaryCrossEntropy(gone, [0, 0]).data[0]).toBeNaN();
  });
});
