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
  return [...results, Float64Array.from(losses)].map(
    (array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
  );
}

/** The 32-bit FNV-1a hash of everything, as hexadecimal digits. */
export function fingerprint(parts: readonly Uint8Array[]): string {
  let hash = 0x811c9dc5;
  for (const part of parts) for (const byte of part) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
