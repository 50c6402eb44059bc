import { argsort, type FloatArray, floatArray, rng, topK } from "@credence/core";
import { type Backend, tsBackend } from "@credence/core/kernels";
import fc from "fast-check";
import { expect, it } from "vitest";
import { differences, held, normals, precision } from "../samples.ts";

/** Rows by number, orders of rows, pairs of bits: all of them exact. */
export function indexLaws(subject: () => Backend): void {
  it("gathers rows and adds them up where they belong: the same bits as ts", () => {
    const sizes = fc.record({
      rows: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(700)),
      cols: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(64, 131)),
      count: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(1500)),
    });
    fc.assert(
      fc.property(
        sizes,
        precision,
        precision,
        fc.boolean(),
        fc.integer(),
        (size, kind, other, inside, seed) => {
          const { rows, cols, count } = size;
          const r = rng(seed);
          const ids = Int32Array.from({ length: count }, () => r.int(rows));
          const table = held(subject(), normals(kind, rows * cols, `t${seed}`), inside);
          const out = held(subject(), normals(other, count * cols + 2, `o${seed}`), inside);
          const expected = out.slice() as FloatArray;
          tsBackend.gatherRowsInto(expected, table, ids, { rows, cols });
          subject().gatherRowsInto(out, table, ids, { rows, cols });
          expect(differences(out, expected)).toBe(0);
          const sums = held(subject(), normals(other, rows * cols + 2, `s${seed}`), inside);
          const wanted = sums.slice() as FloatArray;
          tsBackend.scatterAddRowsInto(wanted, out, ids, { rows, cols });
          subject().scatterAddRowsInto(sums, out, ids, { rows, cols });
          expect(differences(sums, wanted)).toBe(0);
          for (const array of [table, out, sums]) subject().release(array);
        },
      ),
      { numRuns: 60 },
    );
  });

  // Few different numbers, both zeros and infinities among them: ties are where orders go wrong.
  const number = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom(0, -0, 1, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    },
    { weight: 1, arbitrary: fc.double({ noNaN: true }) },
  );
  const table = fc
    .tuple(
      fc.integer({ min: 0, max: 4 }),
      fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(131, 300)),
    )
    .chain(([rows, cols]) =>
      fc.record({
        rows: fc.constant(rows),
        cols: fc.constant(cols),
        data: fc.array(number, { minLength: rows * cols, maxLength: rows * cols }),
      }),
    );

  it("finds the k largest of every row and sorts every row as core's own topK and argsort do", () => {
    fc.assert(
      fc.property(
        table,
        precision,
        fc.boolean(),
        fc.nat(),
        ({ rows, cols, data }, kind, descending, seed) => {
          const x = floatArray(kind, rows * cols + 1);
          x.set(data);
          const row = (i: number) => x.subarray(i * cols, (i + 1) * cols);
          const k = seed % (cols + 1);
          const best = new Int32Array(rows * k + 1).fill(-7);
          subject().topKRowsInto(best, x, { rows, cols, k });
          const order = new Int32Array(rows * cols + 1).fill(-7);
          subject().argsortRowsInto(order, x, { rows, cols, descending });
          for (let i = 0; i < rows; i++) {
            expect(differences(best.subarray(i * k, (i + 1) * k), topK(row(i), k))).toBe(0);
            expect(
              differences(order.subarray(i * cols, (i + 1) * cols), argsort(row(i), { descending })),
            ).toBe(0);
          }
          expect([best[rows * k], order[rows * cols]]).toEqual([-7, -7]);
        },
      ),
      { numRuns: 80 },
    );
  });

  it("sorts many rows and long ones, and says where a NaN is", () => {
    for (const kind of ["float32", "float64"] as const) {
      const [rows, cols] = [19, 3001];
      const x = normals(kind, rows * cols, "long");
      const order = new Int32Array(rows * cols);
      subject().argsortRowsInto(order, x, { rows, cols });
      const best = new Int32Array(rows * 10);
      subject().topKRowsInto(best, x, { rows, cols, k: 10 });
      for (const i of [0, 7, 8, 18]) {
        const row = x.subarray(i * cols, (i + 1) * cols);
        expect(differences(order.subarray(i * cols, (i + 1) * cols), argsort(row))).toBe(0);
        expect(differences(best.subarray(i * 10, (i + 1) * 10), topK(row, 10))).toBe(0);
      }
      x[5 * cols + 17] = Number.NaN;
      const where = "x in row 5, column 17, is NaN";
      expect(() => subject().argsortRowsInto(order, x, { rows, cols })).toThrow(where);
      for (const k of [0, 10])
        expect(() => subject().topKRowsInto(best, x, { rows, cols, k })).toThrow(where);
    }
  });

  it("counts pairs of bits one by one, in any number of words", () => {
    const side = fc.integer({ min: 0, max: 9 });
    const words = fc.oneof(side, fc.constantFrom(123, 124, 125, 300));
    fc.assert(
      fc.property(side, side, words, fc.integer(), (m, n, length, seed) => {
        const r = rng(seed);
        const bits = (count: number) =>
          Int32Array.from({ length: count * length }, () => r.int(2 ** 31) * 2 + r.int(2));
        const [a, b, out] = [bits(m), bits(n), new Int32Array(m * n + 1).fill(-7)];
        if (length > 0 && m > 0) a.fill(-1, 0, length);
        subject().pairCountsInto(out, a, b, { m, n, words: length });
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n; j++) {
            let count = 0;
            for (let w = 0; w < length; w++) {
              const both = (a[i * length + w] & b[j * length + w]) >>> 0;
              count += both.toString(2).replaceAll("0", "").length;
            }
            expect(out[i * n + j]).toBe(count);
          }
        }
        expect(out[m * n]).toBe(-7);
      }),
      { numRuns: 25 },
    );
  });
}
