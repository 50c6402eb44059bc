/** What is measured: each operation over arrays of the backend's own memory, in single precision. */
import { csrFromEntries, type FloatArray, rng } from "@credence/core";
import type { Backend } from "@credence/core/kernels";

/** An operation, made ready for a backend. */
export interface Operation {
  readonly name: string;
  /** Floating-point operations of a run, where a rate makes sense. */
  readonly flops?: number;
  prepare(backend: Backend): () => void;
}

const r = rng("bench");

/** An array of uniform numbers in the backend's memory. */
function uniform(backend: Backend, length: number): Float32Array {
  const array = backend.allocate("float32", length);
  for (let i = 0; i < length; i++) array[i] = r();
  return array;
}

function gemm(m: number, k: number, n: number, transposeB: boolean): Operation {
  return {
    name: `gemm ${m}x${k}x${n}`,
    flops: 2 * m * n * k,
    prepare(backend) {
      const [a, b, out] = [uniform(backend, m * k), uniform(backend, k * n), uniform(backend, m * n)];
      return () => backend.gemmInto(out, a, b, { m, n, k, transposeB });
    },
  };
}

const softmax: Operation = {
  name: "softmax 256x14541",
  prepare(backend) {
    const [x, out] = [uniform(backend, 256 * 14541), uniform(backend, 256 * 14541)];
    return () => backend.softmaxInto(out, x, { rows: 256, cols: 14541 });
  },
};

const sparse: Operation = {
  name: "csr max-product 1000000",
  prepare(backend) {
    const side = 10_000;
    const entries = {
      row: Int32Array.from({ length: 1_000_000 }, (_, i) => i % side),
      col: Int32Array.from({ length: 1_000_000 }, (_, i) => (i * 7919 + Math.floor(i / side)) % side),
      value: Float32Array.from({ length: 1_000_000 }, () => r()),
    };
    const plain = csrFromEntries(side, side, entries, { precision: "float32", duplicates: "max" });
    const keep = <A extends Int32Array | FloatArray>(to: A, from: A) => {
      to.set(from);
      return to;
    };
    const matrix = {
      ...plain,
      offsets: keep(backend.allocate("int32", plain.offsets.length), plain.offsets),
      indices: keep(backend.allocate("int32", plain.indices.length), plain.indices),
      values: keep<FloatArray>(backend.allocate("float32", plain.values.length), plain.values),
    };
    const [x, out] = [uniform(backend, side), uniform(backend, side)];
    return () => backend.multiplyCsrInto(out, matrix, x, { semiring: "max-product" });
  },
};

const dense: Operation = {
  name: "dense max-product 4096x4096",
  prepare(backend) {
    const [a, x, out] = [uniform(backend, 4096 * 4096), uniform(backend, 4096), uniform(backend, 4096)];
    return () => backend.gemmInto(out, a, x, { m: 4096, n: 1, k: 4096, semiring: "max-product" });
  },
};

const step: Operation = {
  name: "1-vs-all step 512x200x14541",
  flops: 6 * 512 * 200 * 14541,
  prepare(backend) {
    const [batch, d, count] = [512, 200, 14541];
    const task = {
      ...{ batch, d, count, scale: 1 / batch },
      queries: uniform(backend, batch * d),
      entities: uniform(backend, count * d),
      queryGradient: uniform(backend, batch * d),
      entityGradient: uniform(backend, count * d),
      targets: Int32Array.from({ length: batch }, () => r.int(count)),
    };
    return () => {
      backend.oneVsAllStep(task);
    };
  },
};

/** All operations, in the order of the report. */
export const operations: readonly Operation[] = [
  gemm(256, 200, 14541, true),
  gemm(512, 512, 512, false),
  gemm(1024, 1024, 1024, false),
  softmax,
  sparse,
  dense,
  step,
];
