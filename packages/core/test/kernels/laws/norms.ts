import { type FloatArray, floatArray } from "@credence/core";
import { type Backend, tsBackend } from "@credence/core/kernels";
import fc from "fast-check";
import { expect, it } from "vitest";
import { differences, disagreements, held, normals, precision } from "../samples.ts";

/** Layer norm, there and back. */
export function normLaws(subject: () => Backend): void {
  const sizes = fc.tuple(
    fc.oneof(fc.integer({ min: 0, max: 7 }), fc.constant(150)),
    fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(64, 131, 600)),
  );

  it("norms rows as ts does, also in place", () => {
    fc.assert(
      fc.property(sizes, precision, fc.boolean(), fc.integer(), ([rows, cols], kind, inside, seed) => {
        const x = held(subject(), normals(kind, rows * cols, `x${seed}`), inside);
        const [gain, bias] = [normals(kind, cols, `g${seed}`), normals(kind, cols, `b${seed}`)];
        const run = (backend: Backend, computed: "float32" | "float64") => {
          const [out, statistics] = [floatArray(computed, rows * cols), floatArray(computed, 2 * rows)];
          backend.layerNormInto(out, x, { rows, cols, gain, bias, statistics, epsilon: 1e-3 });
          return { out, statistics };
        };
        const [found, expected] = [run(subject(), kind), run(tsBackend, "float64")];
        // A row of a single column has no deviation, and its inverse is 1 / √ε, about 32.
        const bounds = (values: FloatArray) => values.map((value) => 64 * (Math.abs(value) + 4));
        expect(disagreements(found.out, expected.out, 8, bounds(expected.out))).toBe(0);
        expect(disagreements(found.statistics, expected.statistics, 8, bounds(expected.statistics))).toBe(0);
        const statistics = floatArray(kind, 2 * rows);
        subject().layerNormInto(x, x, { rows, cols, gain, bias, statistics, epsilon: 1e-3 });
        expect(differences(x, found.out)).toBe(0);
        subject().release(x);
      }),
      { numRuns: 50 },
    );
  });

  it("adds the gradients of a norm as ts does: all of them, or those that are wanted", () => {
    fc.assert(
      fc.property(
        sizes,
        precision,
        fc.integer({ min: 0, max: 7 }),
        fc.integer(),
        ([rows, cols], kind, wanted, seed) => {
          const make = (name: string, length: number) => normals(kind, length, name + seed);
          const [x, gradient, gain] = [make("x", rows * cols), make("g", rows * cols), make("n", cols)];
          const statistics = floatArray(kind, 2 * rows);
          const zeros = floatArray(kind, cols);
          const norm = { rows, cols, gain, bias: zeros, statistics, epsilon: 1e-3 };
          tsBackend.layerNormInto(floatArray(kind, rows * cols), x, norm);
          const targets = () => ({
            xGradient: (wanted & 1) > 0 ? make("a", rows * cols) : undefined,
            gainGradient: (wanted & 2) > 0 ? make("b", cols) : undefined,
            biasGradient: (wanted & 4) > 0 ? make("c", cols) : undefined,
          });
          const [found, single] = [targets(), targets()];
          const double = (array: FloatArray | undefined) => array && Float64Array.from(array);
          const expected = {
            xGradient: double(single.xGradient),
            gainGradient: double(single.gainGradient),
            biasGradient: double(single.biasGradient),
          };
          const known = { rows, cols, x, gradient, gain, statistics };
          subject().layerNormGradientInto({ ...known, ...found });
          tsBackend.layerNormGradientInto({ ...known, ...expected });
          for (const name of ["xGradient", "gainGradient", "biasGradient"] as const) {
            const [own, other] = [found[name], expected[name]];
            if (own === undefined || other === undefined) continue;
            const most = 64 * (8 + (name === "xGradient" ? Math.sqrt(cols) : rows));
            expect(
              disagreements(
                own,
                other,
                8,
                other.map((value) => Math.abs(value) + most),
              ),
            ).toBe(0);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("makes a row with NaN or an infinity NaN, and no other", () => {
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY]) {
      for (const kind of ["float32", "float64"] as const) {
        const x = normals(kind, 21, "x");
        x[8] = odd;
        const out = floatArray(kind, 21);
        const [gain, bias] = [floatArray(kind, 7).fill(1), floatArray(kind, 7)];
        const norm = { rows: 3, cols: 7, gain, bias, statistics: floatArray(kind, 6) };
        subject().layerNormInto(out, x, norm);
        expect([...out].map(Number.isNaN)).toEqual(Array.from(out, (_, i) => i >= 7 && i < 14));
      }
    }
  });
}
