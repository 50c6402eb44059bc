import { type FloatArray, floatArray } from "@credence/core";
import { type Backend, tsBackend } from "@credence/core/kernels";
import fc from "fast-check";
import { expect, it } from "vitest";
import { differences, disagreements, held, normals, precision, semiring, side, truths } from "../samples.ts";

/** Dense products: transposes, semirings, batches, fused vectors. */
export function productLaws(subject: () => Backend): void {
  it("multiplies matrices as ts does, in all transposes, with accumulation and mixed precision", () => {
    const shape = fc.record({
      m: side,
      n: side,
      k: side,
      transposeA: fc.boolean(),
      transposeB: fc.boolean(),
      accumulate: fc.boolean(),
    });
    fc.assert(
      fc.property(shape, fc.tuple(precision, precision, precision), fc.integer(), (given, kinds, seed) => {
        const { m, n, k } = given;
        const a = normals(kinds[0], m * k, `a${seed}`);
        const b = normals(kinds[1], k * n, `b${seed}`);
        const out = normals(kinds[2], m * n + 3, `c${seed}`);
        const [expected, sizes] = [Float64Array.from(out), Float64Array.from(out, Math.abs)];
        tsBackend.gemmInto(expected, a, b, given);
        tsBackend.gemmInto(sizes, a.map(Math.abs) as FloatArray, b.map(Math.abs) as FloatArray, given);
        subject().gemmInto(out, a, b, given);
        // Each of k products and sums rounds once, operands once if they are converted; beyond the end nothing moves.
        expect(disagreements(out, expected, k + 4, sizes)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it("multiplies by t-norms and maxima to the same bits as ts", () => {
    fc.assert(
      fc.property(
        side,
        side,
        side,
        semiring,
        precision,
        fc.integer({ min: 0, max: 7 }),
        (m, n, k, by, kind, flags) => {
          const shape = {
            ...{ m, n, k, semiring: by },
            ...{ transposeA: (flags & 1) > 0, transposeB: (flags & 2) > 0, accumulate: (flags & 4) > 0 },
          };
          const [a, b] = [truths(kind, m * k, `a${m}`), truths(kind, k * n, `b${n}`)];
          const out = truths(kind, m * n, `c${k}`);
          const expected = out.slice();
          tsBackend.gemmInto(expected, a, b, shape);
          subject().gemmInto(out, a, b, shape);
          if (by === "sum-product") expect(disagreements(out, expected, k + 4)).toBe(0);
          else expect(differences(out, expected)).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("lets NaN and infinities through products, and no NaN win a maximum", () => {
    for (const kind of ["float32", "float64"] as const) {
      const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 1, 2, 3, 4, 5];
      const a = floatArray(kind, 81).map((_, i) => odd[(i * 7) % 9]) as FloatArray;
      for (const by of ["sum-product", "max-product", "max-min"] as const) {
        const shape = { m: 9, n: 9, k: 9, semiring: by, transposeB: true };
        const [out, expected] = [floatArray(kind, 81), floatArray(kind, 81)];
        subject().gemmInto(out, a, a, shape);
        tsBackend.gemmInto(expected, a, a, shape);
        expect(differences(out, expected)).toBe(0);
      }
    }
  });

  it("fuses a factor and vectors, and multiplies batches, as ts does", () => {
    const small = fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 0, max: 9 }) },
      { weight: 1, arbitrary: fc.constantFrom(17, 130, 270) },
    );
    const shape = fc.record({
      m: small,
      n: small,
      k: small,
      batch: fc.integer({ min: 0, max: 5 }),
      transposeA: fc.boolean(),
      transposeB: fc.boolean(),
      accumulate: fc.boolean(),
      alpha: fc.constantFrom(1, 2, -0.3),
    });
    fc.assert(
      fc.property(
        shape,
        fc.integer({ min: 0, max: 7 }),
        precision,
        fc.integer(),
        (given, flags, kind, seed) => {
          const { m, n, k, batch, alpha } = given;
          const vector = (bit: number, length: number) =>
            (flags & bit) > 0 ? normals(kind, length + 1, `${bit}${seed}`) : undefined;
          const [rowVector, columnVector] = [vector(1, m), vector(2, n)];
          const a = held(subject(), normals(kind, batch * m * k, `a${seed}`), (flags & 4) > 0);
          const b = normals(kind, batch * k * n, `b${seed}`);
          const out = held(subject(), normals(kind, batch * m * n + 3, `c${seed}`), (flags & 4) > 0);
          const [expected, sizes] = [Float64Array.from(out), Float64Array.from(out, Math.abs)];
          tsBackend.gemmInto(expected, a, b, { ...given, rowVector, columnVector });
          const absolute = (x: FloatArray | undefined) => x?.map(Math.abs) as FloatArray | undefined;
          tsBackend.gemmInto(sizes, Float64Array.from(a, Math.abs), absolute(b) as FloatArray, {
            ...given,
            ...{
              alpha: Math.abs(alpha),
              rowVector: absolute(rowVector),
              columnVector: absolute(columnVector),
            },
          });
          subject().gemmInto(out, a, b, { ...given, rowVector, columnVector });
          expect(disagreements(out, expected, k + 6, sizes)).toBe(0);
          for (const array of [a, out]) subject().release(array);
        },
      ),
      { numRuns: 80 },
    );
  });

  it("gives each product of a batch the bits that it has alone, in every semiring", () => {
    const small = fc.integer({ min: 0, max: 7 });
    fc.assert(
      fc.property(small, small, small, semiring, precision, fc.integer(), (m, n, k, by, kind, seed) => {
        const batch = 40;
        const [a, b] = [truths(kind, batch * m * k, `a${seed}`), truths(kind, batch * k * n, `b${seed}`)];
        const [whole, single] = [floatArray(kind, batch * m * n), floatArray(kind, m * n)];
        subject().gemmInto(whole, a, b, { m, n, k, batch, semiring: by });
        for (const i of [0, 17, batch - 1]) {
          const part = (data: FloatArray, size: number) => data.subarray(i * size, (i + 1) * size);
          subject().gemmInto(single, part(a, m * k), part(b, k * n), { m, n, k, semiring: by });
          expect(differences(part(whole, m * n), single)).toBe(0);
        }
      }),
      { numRuns: 30 },
    );
  });
}
