/**
 * One call of every kernel with several chunks each, on numbers made of + − × alone, and the bytes of all results:
 * the same on every engine and for every number of threads.
 */
import { csrFromEntries } from "@credence/core";
import type { Backend } from "@credence/core/kernels";

/** Reproducible numbers in [−1, 1) with 20 bits, exact in both precisions. */
function numbers<A extends Float32Array | Float64Array>(out: A, seed: number): A {
  let state = seed;
  for (let i = 0; i < out.length; i++) {
    state = (state * 1103 + 12345) % 1048576;
    out[i] = state / 524288 - 1;
  }
  return out;
}

/** All results of a backend in one precision. */
export function everyKernel(
  backend: Backend,
  Floats: typeof Float32Array | typeof Float64Array,
): Uint8Array[] {
  const results: (Float32Array | Float64Array)[] = [];
  const fresh = (length: number) => {
    const out = numbers(new Floats(length), length);
    results.push(out);
    return out;
  };
  const made = (length: number, seed: number) => numbers(new Floats(length), seed);

  const [m, n, k] = [531, 517, 271];
  const [a, b] = [made(m * k, 1), made(k * n, 2)];
  for (const semiring of ["sum-product", "max-product", "max-min", "max-lukasiewicz"] as const) {
    backend.gemmInto(fresh(m * n), a, b, { m, n, k, semiring, accumulate: true });
    backend.gemmInto(fresh(m * n), a, b, { m, n, k, semiring, transposeA: true, transposeB: true });
    backend.gemmInto(fresh(2 * n), a, b, { m: 2, n, k, semiring });
    backend.gemmInto(fresh(m), a, b, { m, n: 1, k, semiring });
  }

  const rows = 700;
  const entries = { row: [] as number[], col: [] as number[], value: [] as number[] };
  for (let i = 0; i < 60000; i++) {
    entries.row.push((i * 37) % rows);
    entries.col.push((i * 7919) % 997);
    entries.value.push(((i * 31) % 1024) / 1024);
  }
  const matrix = csrFromEntries(rows, 997, entries, { duplicates: "max", precision: "float64" });
  for (const semiring of ["sum-product", "max-product", "max-min", "max-lukasiewicz"] as const) {
    backend.multiplyCsrInto(fresh(rows), matrix, made(997, 3), { semiring });
  }

  const shape = { rows: 90, cols: 1013 };
  const x = made(shape.rows * shape.cols, 4);
  backend.softmaxInto(fresh(x.length), x, shape);
  for (const by of ["sum", "max", "logSumExp"] as const) {
    backend.reduceRowsInto(fresh(shape.rows), x, shape, by);
  }
  for (const f of ["exp", "log", "sigmoid", "softplus"] as const) backend.mapInto(fresh(x.length), x, f);
  const logits = fresh(x.length);
  const targets = Int32Array.from({ length: shape.rows }, (_, i) => (i * 101) % shape.cols);
  const losses = [backend.softmaxCrossEntropyInto(logits, targets, shape)];

  const sums = fresh(x.length).fill(0.5);
  backend.adagradInto(fresh(x.length), x, sums, { learningRate: 0.125, epsilon: 0 });
  const adam = { learningRate: 0.125, beta1: 0.75, beta2: 0.5, epsilon: 0.0625, step: 1 };
  backend.adamInto(fresh(x.length), x, fresh(x.length), sums, adam);

  const [batch, count, d] = [150, 2900, 45];
  for (const loss of ["softmax", "logistic"] as const) {
    const step = {
      ...{ batch, count, d, loss, scale: 0.25 },
      queries: made(batch * d, 5),
      entities: made(count * d, 6),
      targets: Int32Array.from({ length: batch }, (_, i) => (i * 31) % count),
      queryGradient: fresh(batch * d),
      entityGradient: fresh(count * d),
    };
    losses.push(backend.oneVsAllStep(step));
  }
  return bytesOf([...results, Float64Array.from(losses)]);
}

/** Results of the kernels of networks, sparse products, orders and indices. */
export function kernelsOfNetworks(
  backend: Backend,
  Floats: typeof Float32Array | typeof Float64Array,
): Uint8Array[] {
  const results: (Float32Array | Float64Array | Int32Array)[] = [];
  const made = (length: number, seed: number) => numbers(new Floats(length), seed);
  const fresh = (length: number) => {
    const out = made(length, length);
    results.push(out);
    return out;
  };
  const integers = (length: number) => {
    const out = new Int32Array(length);
    results.push(out);
    return out;
  };

  const [m, n, k] = [261, 300, 9];
  const vectors = { rowVector: made(m, 1), columnVector: made(n, 2), alpha: 0.7 };
  backend.gemmInto(fresh(m * n), made(m * k, 3), made(k * n, 4), { m, n, k, ...vectors });
  backend.gemmInto(fresh(4 * 4 * 700), made(4 * 5 * 700, 5), made(4 * 5 * 700, 6), {
    ...{ m: 4, n: 4, k: 5, batch: 700, transposeB: true },
  });

  const shape = { rows: 190, cols: 1013 };
  const size = shape.rows * shape.cols;
  const [x, y, gradient] = [made(size, 7), made(size, 8), made(size, 9)];
  const [rows, columns] = [made(shape.rows, 10), made(shape.cols, 11)];
  for (const f of ["exp", "log", "sigmoid", "softplus", "tanh", "gelu", "relu"] as const) {
    backend.mapInto(fresh(size), x, f);
    backend.mapGradientInto(fresh(size), { gradient, x, y }, f);
  }
  for (const log of [false, true]) {
    backend.softmaxInto(fresh(size), x, { ...shape, log });
    backend.softmaxGradientInto(fresh(size), gradient, y, { ...shape, log });
  }
  for (const by of ["sum", "sumOfSquares", "max", "logSumExp"] as const) {
    backend.reduceRowsInto(fresh(shape.rows), x, shape, by);
    backend.reduceRowsGradientInto(fresh(size), { ...shape, gradient: rows, x, y: made(shape.rows, 12) }, by);
  }
  backend.sumColumnsInto(fresh(shape.cols), x, shape);
  const statistics = fresh(2 * shape.rows);
  backend.layerNormInto(fresh(size), x, { ...shape, gain: columns, bias: columns, statistics });
  backend.layerNormGradientInto({
    ...{ ...shape, gradient, x, gain: columns, statistics },
    ...{ xGradient: fresh(size), gainGradient: fresh(shape.cols), biasGradient: fresh(shape.cols) },
  });

  backend.topKRowsInto(integers(shape.rows * 9), x, { ...shape, k: 9 });
  backend.argsortRowsInto(integers(size), x, shape);
  const words = integers(64 * 700).map((_, i) => Math.imul(i + 1, 0x9e3779b1));
  backend.pairCountsInto(integers(64 * 64), words, words, { m: 64, n: 64, words: 700 });
  const ids = Int32Array.from({ length: 600 }, (_, i) => (i * 101) % shape.rows);
  backend.gatherRowsInto(fresh(ids.length * shape.cols), x, ids, shape);
  const table = backend.allocate(Floats === Float32Array ? "float32" : "float64", size);
  const added = backend.allocate(Floats === Float32Array ? "float32" : "float64", ids.length * shape.cols);
  numbers(added, 13);
  backend.scatterAddRowsInto(table, added, ids, shape);
  fresh(size).set(table);
  for (const array of [table, added]) backend.release(array);

  backend.sgdInto(fresh(size), gradient, undefined, { learningRate: 0.3 });
  const momentum = { learningRate: 0.3, momentum: 0.7, nesterov: true };
  backend.sgdInto(fresh(size), gradient, fresh(size), momentum);
  const decay = { learningRate: 0.1, beta1: 0.75, beta2: 0.5, epsilon: 0.0625, step: 1, weightDecay: 0.1 };
  backend.adamInto(fresh(size), gradient, fresh(size), made(size, 14).fill(0.5), decay);
  const matrix = csrFromEntries(
    300,
    300,
    {
      row: Array.from({ length: 9000 }, (_, i) => (i * 37) % 300),
      col: Array.from({ length: 9000 }, (_, i) => (i * 7919) % 293),
      value: Array.from({ length: 9000 }, (_, i) => ((i * 31) % 1024) / 1024),
    },
    { duplicates: "max", precision: Floats === Float32Array ? "float32" : "float64" },
  );
  for (const semiring of ["sum-product", "max-product", "max-min", "max-lukasiewicz"] as const) {
    const product = backend.multiplyCsrCsr(matrix, matrix, { semiring });
    results.push(product.offsets, product.indices, product.values);
  }
  return bytesOf(results);
}

function bytesOf(arrays: readonly (Float32Array | Float64Array | Int32Array)[]): Uint8Array[] {
  return arrays.map((array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
}

/** The 32-bit FNV-1a hash of everything, as hexadecimal digits. */
export function fingerprint(parts: readonly Uint8Array[]): string {
  let hash = 0x811c9dc5;
  for (const part of parts) for (const byte of part) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
