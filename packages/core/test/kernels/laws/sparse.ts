import { type Csr, type FloatArray, floatArray } from "@credence/core";
import { type Backend, type Semiring, tsBackend } from "@credence/core/kernels";
import fc from "fast-check";
import { expect, it } from "vitest";
import { disagreements, precision, semiring, sparse, truths } from "../samples.ts";

/** Sparse matrices, by vectors and by each other. */
export function sparseLaws(subject: () => Backend): void {
  it("multiplies sparse matrices as ts does, empty rows and many chunks included", () => {
    const shape = fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 400 }));
    fc.assert(
      fc.property(
        shape,
        semiring,
        precision,
        fc.boolean(),
        fc.integer(),
        ([rows, cols], by, kind, more, seed) => {
          const matrix = sparse(kind, rows, cols, 0.4, `m${seed}`);
          const x = truths(kind, cols, `x${seed}`);
          const out = truths(kind, rows, `o${seed}`);
          const expected = Float64Array.from(out);
          tsBackend.multiplyCsrInto(expected, matrix, x, { semiring: by, accumulate: more });
          subject().multiplyCsrInto(out, matrix, x, { semiring: by, accumulate: more });
          expect(disagreements(out, expected, by === "sum-product" ? cols + 2 : 1)).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("multiplies sparse matrices by each other as dense ones are, and stores what is not 0, in order", () => {
    const cols = fc.oneof(fc.integer({ min: 0, max: 90 }), fc.constantFrom(64, 65, 128, 4096, 4097, 9000));
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 90 }),
        fc.integer({ min: 0, max: 60 }),
        cols,
        semiring,
        precision,
        fc.integer(),
        (rows, inner, width, by, kind, seed) => {
          const a = sparse(kind, rows, inner, 0.2, `a${seed}`);
          const b = sparse(kind, inner, width, width > 1000 ? 0.01 : 0.2, `b${seed}`);
          const product = subject().multiplyCsrCsr(a, b, { semiring: by });
          expect([product.rows, product.cols]).toEqual([rows, width]);
          expect(product.values.constructor).toBe(a.values.constructor);
          expect(wellFormed(product)).toBe(true);
          const [found, expected] = [dense(product), denseProduct(a, b, by)];
          expect(disagreements(found, expected, by === "sum-product" ? inner + 2 : 2, ones(expected))).toBe(
            0,
          );
          expect(product.values.every((value) => value !== 0)).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("passes NaN and infinities through sparse products, and takes matrices without entries", () => {
    const row = (values: number[]): Csr => ({
      ...{ rows: 1, cols: values.length, offsets: Int32Array.of(0, values.length) },
      ...{ indices: Int32Array.from(values, (_, i) => i), values: Float64Array.from(values) },
    });
    const column = (values: number[]): Csr => ({
      ...{ rows: values.length, cols: 1, offsets: Int32Array.from([0, ...values], (_, i) => i) },
      ...{ indices: new Int32Array(values.length), values: Float64Array.from(values) },
    });
    const infinite = row([Number.POSITIVE_INFINITY, 1]);
    expect(subject().multiplyCsrCsr(infinite, column([2, 3])).values[0]).toBe(Number.POSITIVE_INFINITY);
    expect(subject().multiplyCsrCsr(infinite, column([0, 3])).values[0]).toBeNaN();
    const tNorm = subject().multiplyCsrCsr(row([Number.NaN, 0.5]), column([1, 1]), {
      semiring: "max-product",
    });
    expect([...tNorm.values]).toEqual([0.5]);
    const nothing = subject().multiplyCsrCsr(row([0.5]), column([0.5]), { semiring: "max-lukasiewicz" });
    expect([...nothing.offsets, nothing.indices.length, nothing.values.length]).toEqual([0, 0, 0, 0]);
  });
}

function dense({ rows, cols, offsets, indices, values }: Csr): FloatArray {
  const out = floatArray(values instanceof Float32Array ? "float32" : "float64", rows * cols);
  for (let i = 0; i < rows; i++) {
    for (let e = offsets[i]; e < offsets[i + 1]; e++) out[i * cols + indices[e]] = values[e];
  }
  return out;
}

function denseProduct(a: Csr, b: Csr, by: Semiring): Float64Array {
  const out = new Float64Array(a.rows * b.cols);
  const shape = { m: a.rows, n: b.cols, k: a.cols, semiring: by };
  tsBackend.gemmInto(out, dense(a), dense(b), shape);
  return out;
}

function wellFormed({ rows, cols, offsets, indices, values }: Csr): boolean {
  if (offsets.length !== rows + 1 || offsets[0] !== 0) return false;
  if (indices.length !== offsets[rows] || values.length !== offsets[rows]) return false;
  for (let i = 0; i < rows; i++) {
    for (let e = offsets[i]; e < offsets[i + 1]; e++) {
      if (indices[e] < 0 || indices[e] >= cols) return false;
      if (e > offsets[i] && indices[e] <= indices[e - 1]) return false;
    }
  }
  return true;
}

/** Truth values are added up: rounding is relative to 1 and to the sum. */
function ones(sums: Float64Array): Float64Array {
  return sums.map((sum) => 1 + Math.abs(sum));
}
