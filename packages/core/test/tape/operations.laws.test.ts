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
  unstackColumns,
  type Value,
} from "@credence/core/tape";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkGradients, positive, type Shape, side } from "./finite-differences.ts";

/** Runs a property over shapes and seeds. */
function forAll<T>(arbitrary: fc.Arbitrary<T>, check: (given: T, seed: number) => void): void {
  fc.assert(fc.property(arbitrary, fc.nat(), check), { numRuns: 60, seed: 1 });
}

const shape = fc.tuple(side, side);
const full = fc.tuple(positive, positive);

describe("gradients agree with central finite differences", () => {
  it("of sums, differences and products, with every kind of repetition on either side", () => {
    const operands = fc.tuple(shape, fc.boolean(), fc.boolean(), fc.boolean());
    forAll(operands, ([[rows, cols], oneRow, oneColumn, swap], seed) => {
      const small: Shape = [oneRow ? 1 : rows, oneColumn ? 1 : cols];
      const shapes: Shape[] = swap ? [small, [rows, cols]] : [[rows, cols], small];
      for (const operation of [add, sub, mul]) checkGradients(operation, shapes, seed);
    });
  });

  it("of one value used twice in one operation", () => {
    forAll(full, (size, seed) => {
      for (const operation of [add, sub, mul]) checkGradients((x) => operation(x, x), [size], seed);
      checkGradients((x) => matmul(x, x, { transposeB: true }), [size], seed);
      checkGradients((x) => matmul(x, x, { transposeA: true }), [size], seed);
    });
  });

  it("of multiples and functions of single numbers", () => {
    forAll(shape, (size, seed) => {
      checkGradients((x) => scale(x, -2.5, 0.75), [size], seed);
      for (const operation of [tanh, sigmoid, softplus, gelu]) checkGradients(operation, [size], seed);
      // Away from the kink, where there is no derivative.
      checkGradients(relu, [size], seed, (r) => (r.int(2) - 0.5) * (1 + r()));
    });
  });

  it("of matrix products in all transposes, single and in batches, small and large", () => {
    const flags = fc.tuple(fc.boolean(), fc.boolean());
    forAll(
      fc.tuple(side, side, side, positive, flags),
      ([m, n, k, batch, [transposeA, transposeB]], seed) => {
        const sizes = (times: number): Shape[] => [
          transposeA ? [times * k, m] : [times * m, k],
          transposeB ? [times * n, k] : [times * k, n],
        ];
        const options = { transposeA, transposeB };
        checkGradients((a, b) => matmul(a, b, options), sizes(1), seed);
        checkGradients((a, b) => batchedMatmul(a, b, { ...options, batch }), sizes(batch), seed);
      },
    );
  });

  it("of affine maps", () => {
    forAll(fc.tuple(side, side, side), ([rows, inputs, outputs], seed) => {
      const shapes: Shape[] = [
        [rows, inputs],
        [inputs, outputs],
        [1, outputs],
      ];
      checkGradients(linear, shapes, seed);
      const twice = (...[x, w, b]: Parameters<typeof linear>) => linear(linear(x, w, b), w, b);
      checkGradients(
        twice,
        [
          [rows, inputs],
          [inputs, inputs],
          [1, inputs],
        ],
        seed,
      );
    });
  });

  it("of soft-max and its logarithm, with masks that close whole rows", () => {
    forAll(fc.tuple(full, positive), ([[rows, cols], times], seed) => {
      const r = rng(seed);
      const mask = Uint8Array.from({ length: rows * cols }, () => r.int(2));
      checkGradients((x) => softmax(x), [[rows, cols]], seed);
      checkGradients((x) => softmax(x, { mask }), [[times * rows, cols]], seed);
      checkGradients(logSoftmax, [[rows, cols]], seed);
    });
    forAll(shape, (size, seed) => {
      if (size[0] * size[1] > 0) return;
      checkGradients((x) => softmax(x), [size], seed);
      checkGradients(logSoftmax, [size], seed);
    });
  });

  it("of layer norm", () => {
    forAll(fc.tuple(side, fc.integer({ min: 0, max: 5 })), ([rows, cols], seed) => {
      const shapes: Shape[] = [
        [rows, cols],
        [1, cols],
        [1, cols],
      ];
      checkGradients((x, gain, bias) => layerNorm(x, gain, bias, 0.1), shapes, seed);
    });
  });

  it("of rows and entries by number, repeated and left out", () => {
    forAll(fc.tuple(full, side), ([[rows, cols], count], seed) => {
      const r = rng(seed);
      const ids = Int32Array.from({ length: count }, () => r.int(rows));
      const columns = Int32Array.from({ length: rows }, () => r.int(cols));
      checkGradients((x) => gatherRows(x, ids), [[rows, cols]], seed);
      checkGradients((x) => scatterRows(x, ids, rows), [[count, cols]], seed);
      checkGradients((x) => pick(x, columns), [[rows, cols]], seed);
    });
  });

  it("of cutting and putting together", () => {
    forAll(fc.tuple(side, side, side, side, positive), ([rows, a, b, c, parts], seed) => {
      checkGradients(
        (...all) => concatColumns(...all, all[0]),
        [
          [rows, a],
          [rows, b],
          [rows, c],
        ],
        seed,
      );
      checkGradients((x) => sliceColumns(x, a, a + b), [[rows, a + b + c]], seed);
      checkGradients((x) => reshape(x, parts, rows * a), [[rows * parts, a]], seed);
      checkGradients((x) => stackColumns(x, parts), [[rows, parts * a]], seed);
      checkGradients((x) => unstackColumns(x, parts), [[parts * rows, a]], seed);
    });
  });

  it("of sums and means", () => {
    forAll(shape, (size, seed) => {
      for (const operation of [sum, sumRows, sumColumns]) checkGradients(operation, [size], seed);
      if (size[0] * size[1] > 0) checkGradients(mean, [size], seed);
    });
  });

  it("or else the check fails: it finds a gradient that is wrong in one entry", () => {
    const wrong = (x: Value): Value =>
      x.tape.record({
        name: "wrong",
        ...{ rows: x.rows, cols: x.cols, data: x.data, inputs: [x] },
        backward(gradient) {
          const into = x.tape.accumulator(x);
          for (let i = 0; i < into.length; i++) into[i] += i === 2 ? 1.001 * gradient[i] : gradient[i];
        },
      });
    expect(() => checkGradients(wrong, [[2, 2]], 1)).toThrow(/input 0, entry 2/);
  });

  it("of dropout, with the mask that was drawn", () => {
    forAll(full, (size, seed) => {
      // The tape's generator moves on from call to call; the same mask again is what finite differences need.
      const factors = { rows: size[0], cols: size[1], data: new Float64Array(size[0] * size[1]) };
      checkGradients(
        (x) => {
          if (factors.data.every((factor) => factor === 0)) {
            const ones = x.tape.constant({ ...factors, data: factors.data.slice().fill(1) });
            factors.data.set(dropout(ones, 0.4).data);
          }
          return mul(x, x.tape.constant(factors));
        },
        [size],
        seed,
      );
    });
  });

  it("of the losses, weighted or not", () => {
    forAll(full, ([rows, cols], seed) => {
      const r = rng(seed);
      const classes = Int32Array.from({ length: rows }, () => r.int(cols));
      const targets = Float64Array.from({ length: rows * cols }, () => (r.int(3) === 0 ? r.int(2) : r()));
      const weights = (count: number) =>
        Float64Array.from({ length: count }, (_, i) => (i === 0 ? 1 : r.int(3)));
      const [ofRows, ofEntries] = [weights(rows), weights(rows * cols)];
      checkGradients((x) => crossEntropy(x, classes), [[rows, cols]], seed);
      checkGradients((x) => crossEntropy(x, classes, { weights: ofRows }), [[rows, cols]], seed);
      checkGradients((x) => binaryCrossEntropy(x, targets), [[rows, cols]], seed);
      checkGradients((x) => binaryCrossEntropy(x, targets, { weights: ofEntries }), [[rows, cols]], seed);
    });
  });
});
