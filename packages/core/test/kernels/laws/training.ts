import { type FloatArray, floatArray, precisionOf, rng } from "@credence/core";
import { type Backend, type OneVsAllStep, tsBackend } from "@credence/core/kernels";
import fc from "fast-check";
import { expect, it } from "vitest";
import { disagreements, normals, precision, truths } from "../samples.ts";

/** Steps of optimizers, and the 1-vs-all step. */
export function trainingLaws(subject: () => Backend): void {
  it("steps like gradient descent, Adagrad, Adam and AdamW: the same bits in double precision", () => {
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
        check((b, [p, g, m, v]) => b.adamInto(p, g, m, v, { ...adam, weightDecay: 0.3 }));
        check((b, [p, g]) => b.sgdInto(p, g, undefined, { learningRate: 0.1 }));
        for (const nesterov of [false, true]) {
          check((b, [p, g, m]) => b.sgdInto(p, g, m, { learningRate: 0.1, momentum: 0.9, nesterov }));
        }
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
