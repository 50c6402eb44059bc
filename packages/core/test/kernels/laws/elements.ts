import { floatArray } from "@credence/core";
import { type Backend, type ElementFunction, tsBackend } from "@credence/core/kernels";
import fc from "fast-check";
import { expect, it } from "vitest";
import { differences, disagreements, held, normals } from "../samples.ts";

/** Functions of single numbers, and their slopes. */
export function elementLaws(subject: () => Backend): void {
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
  const f = fc.constantFrom<ElementFunction>("exp", "log", "sigmoid", "softplus", "tanh", "gelu", "relu");

  it("has the functions of ts: the same bits in double precision, a few units in single", () => {
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
        const wanted = Float32Array.from(expected);
        // Below 0 gelu is as small as the sigmoid, whose argument is rounded several times before it is an exponent.
        const sizes = wanted.map((y, i) =>
          name === "gelu" ? Math.max(Math.abs(y), Math.abs(values[i])) : y,
        );
        expect(disagreements(single, wanted, name === "gelu" ? 16 : 4, sizes)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it("adds slopes as ts does: the same bits in double precision", () => {
    fc.assert(
      fc.property(
        fc.array(number, { maxLength: 70 }),
        f,
        fc.boolean(),
        fc.integer(),
        (values, name, inside, seed) => {
          for (const kind of ["float64", "float32"] as const) {
            const x = held(subject(), floatArray(kind, values.length), inside);
            x.set(values);
            const [y, gradient] = [floatArray(kind, x.length), normals(kind, x.length, `g${seed}`)];
            tsBackend.mapInto(y, x, name);
            const out = held(subject(), normals(kind, x.length + 2, `o${seed}`), inside);
            const expected = Float64Array.from(out);
            tsBackend.mapGradientInto(expected, { gradient, x, y }, name);
            subject().mapGradientInto(out, { gradient, x, y }, name);
            if (kind === "float64") expect(differences(out, expected)).toBe(0);
            else {
              const bounds = expected.map((value, i) => Math.abs(value) + Math.abs(gradient[i] ?? 0) + 4);
              expect(disagreements(out, Float32Array.from(expected), 16, bounds)).toBe(0);
            }
            for (const array of [x, out]) subject().release(array);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
}
