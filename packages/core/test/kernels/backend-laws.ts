/** What every backend must satisfy, said once: agreement with `ts`, within bounds that follow from rounding alone. */
import { type FloatArray, floatArray, precisionOf, rng } from "@credence/core";
import { type Backend, type OneVsAllStep, type RowReduction, tsBackend } from "@credence/core/kernels";
import fc from "fast-check";
import { expect, it } from "vitest";
import { differences, disagreements, normals, precision, semiring, side, sparse, truths } from "./samples.ts";

/** Registers the laws for a backend. */
export function backendLaws(subject: () => Backend): void {
  productLaws(subject);
  rowLaws(subject);
  elementLaws(subject);
  trainingLaws(subject);
}

function productLaws(subject: () => Backend): void {
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
}

function rowLaws(subject: () => Backend): void {
  const numbers = fc.oneof(
    { weight: 9, arbitrary: fc.double({ min: -800, max: 800, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY) },
  );
  const matrix = fc
    .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 90 }))
    .chain(([rows, cols]) =>
      fc.record({
        rows: fc.constant(rows),
        cols: fc.constant(cols),
        data: fc.array(numbers, { minLength: rows * cols, maxLength: rows * cols }),
      }),
    );

  it("reduces rows as ts does, with NaN, infinities and empty rows", () => {
    const by = fc.constantFrom<RowReduction>("sum", "max", "logSumExp");
    fc.assert(
      fc.property(matrix, by, precision, ({ rows, cols, data }, how, kind) => {
        const x = floatArray(kind, rows * cols);
        x.set(data);
        const [out, expected] = [floatArray(kind, rows), new Float64Array(rows)];
        tsBackend.reduceRowsInto(expected, x, { rows, cols }, how);
        subject().reduceRowsInto(out, x, { rows, cols }, how);
        const sizes = new Float64Array(rows);
        if (how === "max") expect(disagreements(out, expected, 0)).toBe(0);
        else {
          const magnitudes = x.map(Math.abs) as FloatArray;
          tsBackend.reduceRowsInto(sizes, magnitudes, { rows, cols }, "sum");
          expect(
            disagreements(
              out,
              expected,
              20,
              sizes.map((size) => size + 1),
            ),
          ).toBe(0);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("makes softmaxes as ts does, also in place and over many chunks", () => {
    fc.assert(
      fc.property(matrix, precision, ({ rows, cols, data }, kind) => {
        const x = floatArray(kind, rows * cols);
        x.set(data);
        const expected = new Float64Array(rows * cols);
        tsBackend.softmaxInto(expected, x, { rows, cols });
        const out = floatArray(kind, rows * cols);
        subject().softmaxInto(out, x, { rows, cols });
        // The difference x − max is rounded before exp: as many units as it is large, at most 1,600.
        expect(disagreements(out, expected, 1700)).toBe(0);
        subject().softmaxInto(x, x, { rows, cols });
        expect(differences(x, out)).toBe(0);
      }),
      { numRuns: 100 },
    );
    const [rows, cols] = [37, 1501];
    const x = normals("float32", rows * cols, "softmax");
    const [out, expected] = [new Float32Array(rows * cols), new Float64Array(rows * cols)];
    subject().softmaxInto(out, x, { rows, cols });
    tsBackend.softmaxInto(expected, x, { rows, cols });
    expect(disagreements(out, expected, 8)).toBe(0);
  });

  it("has the loss and gradient of softmax cross-entropy as ts has, for several targets a row", () => {
    const sizes = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 700 }));
    fc.assert(
      fc.property(sizes, fc.boolean(), precision, fc.integer(), ([rows, cols], grouped, kind, seed) => {
        const r = rng(seed);
        const offsets = Int32Array.from({ length: rows + 1 }, (_, i) => i);
        if (grouped) for (let i = 1; i <= rows; i++) offsets[i] = offsets[i - 1] + r.int(4);
        const targets = Int32Array.from({ length: offsets[rows] }, () => r.int(cols));
        const logits = normals(kind, rows * cols, `l${seed}`);
        const expected = Float64Array.from(logits);
        const shape = { rows, cols, scale: 0.25, ...(grouped ? { offsets } : {}) };
        const wanted = tsBackend.softmaxCrossEntropyInto(expected, targets, shape);
        const found = subject().softmaxCrossEntropyInto(logits, targets, shape);
        expect(disagreements(floatArray(kind, 1).fill(found), [wanted], 8, [wanted + rows])).toBe(0);
        expect(
          disagreements(
            logits,
            expected,
            8,
            expected.map((g) => Math.abs(g) + 1),
          ),
        ).toBe(0);
      }),
      { numRuns: 30 },
    );
  });
}

function elementLaws(subject: () => Backend): void {
  const special = [
    0,
    -0,
    1,
    -1,
    2 ** -1074,
    2 ** -149,
    2 ** -126,
    1e30,
    Number.MAX_VALUE,
    88.5,
    709.7,
    -87.4,
    -103.9,
  ];
  const number = fc.oneof(
    fc.double(),
    fc.double({ min: -750, max: 750 }),
    fc.constantFrom(...special, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  );
  const f = fc.constantFrom("exp" as const, "log" as const, "sigmoid" as const, "softplus" as const);

  it("has exp, log, sigmoid and softplus of ts: the same bits in double precision, 3 units in single", () => {
    fc.assert(
      fc.property(fc.array(number, { maxLength: 70 }), f, (values, name) => {
        const x = Float64Array.from(values);
        const [out, expected] = [new Float64Array(x.length), new Float64Array(x.length)];
        subject().mapInto(out, x, name);
        tsBackend.mapInto(expected, x, name);
        expect(differences(out, expected)).toBe(0);
        const single = Float32Array.from(values);
        tsBackend.mapInto(expected, single, name);
        subject().mapInto(single, single, name);
        expect(disagreements(single, Float32Array.from(expected), 3)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
}

function trainingLaws(subject: () => Backend): void {
  it("steps like Adagrad and Adam: the same bits in double precision", () => {
    const length = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(16383, 16385, 40001));
    fc.assert(
      fc.property(length, precision, fc.integer(), (n, kind, seed) => {
        const arrays = ["p", "g", "m", "v"].map((name) => normals(kind, n, name + seed));
        for (let i = 0; i < n; i++) arrays[3][i] = Math.abs(arrays[3][i]);
        for (let i = 0; i < n; i += 3) arrays[1][i] = 0;
        const check = (step: (b: Backend, a: FloatArray[]) => void): void => {
          const [found, expected] = [arrays.map((a) => a.slice()), arrays.map((a) => a.slice())];
          step(subject(), found as FloatArray[]);
          step(tsBackend, expected as FloatArray[]);
          const units = kind === "float64" ? 0 : 6;
          found.forEach((array, i) => {
            const sizes = expected[i].map((value) => Math.abs(value) + 1);
            expect(disagreements(array as FloatArray, expected[i], units, sizes)).toBe(0);
          });
        };
        check((b, [p, g, , v]) => b.adagradInto(p, g, v, { learningRate: 0.1, epsilon: 1e-10 }));
        const adam = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: 3 };
        check((b, [p, g, m, v]) => b.adamInto(p, g, m, v, adam));
      }),
      { numRuns: 12 },
    );
  });

  it("makes the 1-vs-all step of ts, for both losses, target lists, weights and accumulation", () => {
    const sizes = fc.record({
      batch: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(127, 129, 260)),
      count: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(254, 256, 900, 4200)),
      d: fc.oneof(fc.integer({ min: 0, max: 17 }), fc.constantFrom(40, 131, 260)),
    });
    fc.assert(
      fc.property(
        sizes,
        fc.integer({ min: 0, max: 31 }),
        precision,
        fc.integer(),
        (size, flags, kind, seed) => {
          const step = randomStep(size, flags, seed);
          const run = (b: Backend, computed: "float32" | "float64") => {
            const queryGradient = floatArray(computed, size.batch * size.d).fill(9);
            const entityGradient = floatArray(computed, size.count * size.d).fill(0.5);
            return {
              loss: b.oneVsAllStep({ ...step, queryGradient, entityGradient }),
              queryGradient,
              entityGradient,
            };
          };
          const found = run(subject(), kind);
          const expected = run(tsBackend, "float64");
          // Logits of unit size are rounded d times, and every gradient adds up at most batch + count of their errors.
          const units = 8 * (size.d + 16);
          const lossSize = Math.abs(expected.loss) + size.batch * size.count + 1;
          expect(
            disagreements(floatArray(kind, 1).fill(found.loss), [expected.loss], units, [lossSize]),
          ).toBe(0);
          for (const name of ["queryGradient", "entityGradient"] as const) {
            const total =
              1 + size.batch + (precisionOf(found[name]) === "float32" ? Math.sqrt(size.count) : size.count);
            const bounds = expected[name].map((value) => Math.abs(value) + total);
            expect(disagreements(found[name], expected[name], units, bounds)).toBe(0);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
}

function randomStep(
  { batch, count, d }: { readonly batch: number; readonly count: number; readonly d: number },
  flags: number,
  seed: number,
): Omit<OneVsAllStep, "queryGradient" | "entityGradient"> {
  const r = rng(seed);
  const offsets = Int32Array.from({ length: batch + 1 }, (_, i) => i);
  const lists = (flags & 1) > 0;
  if (lists) for (let i = 1; i <= batch; i++) offsets[i] = offsets[i - 1] + r.int(5);
  const total = offsets[batch];
  const unitRows = 1 / Math.sqrt(Math.max(1, d));
  return {
    ...{ batch, count, d, scale: 0.5 },
    queries: normals("float64", batch * d, `q${seed}`).map((x) => x * unitRows) as FloatArray,
    entities: normals("float64", count * d, `e${seed}`),
    targets: Int32Array.from({ length: total }, () => r.int(count)),
    ...(lists ? { offsets } : {}),
    ...((flags & 2) > 0 ? { weights: truths("float64", total, `w${seed}`) } : {}),
    ...((flags & 4) > 0 ? { rowWeights: truths("float64", batch, `r${seed}`) } : {}),
    loss: (flags & 8) > 0 ? "logistic" : "softmax",
    accumulate: (flags & 16) > 0,
  };
}
