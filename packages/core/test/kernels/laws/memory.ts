import { csrFromEntries, type FloatArray } from "@credence/core";
import type { Backend } from "@credence/core/kernels";
import { expect, it } from "vitest";
import { held, normals } from "../samples.ts";

/**
 * Small calls of every kernel; how many. Operands are those of one precision, allocated or not.
 */
export function smallCalls(b: Backend, kind: "float32" | "float64", inside: boolean): () => number {
  const make = (length: number, seed: string) => held(b, normals(kind, length, seed), inside);
  const positive = (length: number, seed: string) => {
    const array = make(length, seed);
    for (let i = 0; i < length; i++) array[i] = Math.abs(array[i]) + 0.25;
    return array;
  };
  const [x, y, g, out] = [make(24, "x"), make(24, "y"), make(24, "g"), make(24, "o")];
  const [row, column, statistics, sums] = [make(4, "r"), make(6, "c"), make(8, "s"), positive(24, "v")];
  const [parameters, mean] = [make(24, "p"), make(24, "m")];
  const ids = Int32Array.of(2, 0, 3, 3);
  const order = new Int32Array(24);
  const shape = { rows: 4, cols: 6 };
  const matrix = csrFromEntries(
    4,
    6,
    { row: [0, 1, 3], col: [5, 0, 2], value: [1, 0.5, 0.25] },
    { precision: kind },
  );
  const other = csrFromEntries(
    6,
    4,
    { row: [0, 2, 5], col: [1, 3, 0], value: [1, 0.5, 0.25] },
    { precision: kind },
  );
  const adam = { learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1, step: 2 };
  const calls: readonly (() => unknown)[] = [
    () => b.gemmInto(out, x, y, { m: 4, n: 4, k: 6, transposeB: true, alpha: 2, rowVector: row }),
    () => b.gemmInto(out, x, y, { m: 2, n: 2, k: 3, batch: 4, semiring: "max-min" }),
    () => b.gemmInto(row, x, column, { m: 4, n: 1, k: 6 }),
    () => b.multiplyCsrInto(row, matrix, column),
    () => b.multiplyCsrCsr(matrix, other),
    () => b.softmaxInto(out, x, shape),
    () => b.softmaxGradientInto(out, g, y, { ...shape, log: true }),
    () => b.softmaxCrossEntropyInto(out, ids, shape),
    () => b.reduceRowsInto(row, x, shape, "logSumExp"),
    () => b.reduceRowsGradientInto(out, { ...shape, gradient: row, x, y: statistics }, "logSumExp"),
    () => b.sumColumnsInto(column, x, shape),
    () => b.layerNormInto(out, x, { ...shape, gain: sums, bias: column, statistics }),
    () =>
      b.layerNormGradientInto({
        ...shape,
        gradient: g,
        x,
        gain: sums,
        statistics,
        xGradient: out,
        biasGradient: column,
      }),
    () => b.mapInto(out, x, "gelu"),
    () => b.mapGradientInto(out, { gradient: g, x, y }, "tanh"),
    () => b.gatherRowsInto(out, x, ids, shape),
    () => b.scatterAddRowsInto(out, x, ids, shape),
    () => b.topKRowsInto(order, x, { ...shape, k: 3 }),
    () => b.argsortRowsInto(order, x, shape),
    () => b.pairCountsInto(order, ids, ids, { m: 2, n: 2, words: 2 }),
    () => b.sgdInto(parameters, g, mean, { learningRate: 0.1, momentum: 0.5 }),
    () => b.adagradInto(parameters, g, sums, { learningRate: 0.1, epsilon: 1e-8 }),
    () => b.adamInto(parameters, g, mean, sums, adam),
    () =>
      b.oneVsAllStep({
        ...{ batch: 2, count: 4, d: 3, queries: x, entities: y, targets: ids },
        ...{ queryGradient: out, entityGradient: g },
      }),
    () => b.release(b.allocate(kind, 17)),
    () => refused(() => b.gemmInto(out, x, y, { m: 4, n: 4, k: -1 })),
    () => refused(() => b.topKRowsInto(order, Float64Array.of(1, Number.NaN), { rows: 1, cols: 2, k: 1 })),
  ];
  return () => {
    // Values that grow or vanish from call to call would end in a loss that is not finite.
    const rest: readonly FloatArray[] = [x, y, g, out, row, column, statistics, parameters, mean];
    for (const array of rest) for (let i = 0; i < array.length; i++) array[i] = ((i * 7) % 5) / 4 - 0.5;
    sums.fill(0.5);
    for (const call of calls) call();
    return calls.length;
  };
}

function refused(call: () => unknown): void {
  try {
    call();
  } catch {
    return;
  }
  throw new Error("A wrong call was not refused.");
}

/** Where the backend would put something next, and how large its memory is. */
export function memoryOf(b: Backend): readonly [place: number, bytes: number] {
  const array = b.allocate("int32", 1);
  b.release(array);
  return [array.byteOffset, array.buffer.byteLength];
}

/** Memory is given back by every call. */
export function memoryLaws(subject: () => Backend): void {
  it("does not grow over many small calls of every kernel", () => {
    const b = subject();
    for (const kind of ["float32", "float64"] as const) {
      for (const inside of [false, true]) {
        const round = smallCalls(b, kind, inside);
        round();
        const before = memoryOf(b);
        for (let i = 0; i < 20; i++) round();
        expect(memoryOf(b)).toEqual(before);
      }
    }
  });
}
