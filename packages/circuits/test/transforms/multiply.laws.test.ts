import { circuitBuilder, determinism, logInnerProduct, logPartition, multiply } from "@credence/circuits";
import { vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import {
  finiteDomains,
  randomCircuit,
  randomDeterministicCircuit,
  valueAt,
  worldsOf,
} from "../random-circuit.ts";

const near = (a: number, b: number) => close(a, b, tolerance.reference, tolerance.referenceAbsolute);
const seeds = fc.integer({ min: 0, max: 1e6 });
const worlds = [...worldsOf(finiteDomains)];

describe("multiply", () => {
  it("multiplies values at every world, and its total is the inner product", () => {
    fc.assert(
      fc.property(seeds, seeds, fc.boolean(), (a, b, structured) => {
        const [p, q] = [a, b].map((seed) => randomCircuit(seed, finiteDomains, structured));
        const inner = logInnerProduct(p, q);
        if (inner === Number.NEGATIVE_INFINITY) {
          expect(() => multiply(p, q)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
          return;
        }
        const both = multiply(p, q);
        expect(both.properties).toMatchObject({ smooth: true, decomposable: true });
        expect(near(logPartition(both), inner)).toBe(true);
        for (const world of worlds) {
          expect(near(valueAt(both, world), valueAt(p, world) * valueAt(q, world))).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("multiplies densities: two gaussian inputs make one", () => {
    const variables = vocabulary("variable", ["x"]);
    const input = (mean: number, std: number) => {
      const builder = circuitBuilder(variables, { domains: [{ kind: "real" }] });
      return builder.build(builder.input("x", { family: "gaussian", mean, std }));
    };
    const [p, q] = [input(0, 1), input(2, 2)];
    const both = multiply(p, q);
    for (const x of [-1, 0, 0.7]) {
      const expected = logPartition(p, { x }) + logPartition(q, { x });
      expect(near(logPartition(both, { x }), expected)).toBe(true);
    }
  });
});

describe("multiply with a circuit over fewer variables", () => {
  it("weighs the worlds by what the second says of its own", () => {
    fc.assert(
      fc.property(seeds, seeds, (a, b) => {
        const p = randomCircuit(a, finiteDomains, a % 2 === 0);
        const small = [finiteDomains[0], finiteDomains[1]];
        const q = randomCircuit(b, small);
        const zero = worlds.every((world) => valueAt(p, world) * valueAt(q, world.slice(0, 2)) === 0);
        if (zero) {
          expect(() => multiply(p, q)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
          return;
        }
        const both = multiply(p, q);
        expect(both.properties).toMatchObject({ smooth: true, decomposable: true });
        for (const world of worlds) {
          const expected = valueAt(p, world) * valueAt(q, world.slice(0, 2));
          expect(near(valueAt(both, world), expected)).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("refuses variables that the first does not have, or has with another domain", () => {
    const p = randomCircuit(1, finiteDomains);
    const builder = circuitBuilder(vocabulary("variable", ["w"]));
    const other = builder.build(builder.literal("w", true));
    const shifted = randomCircuit(1, [finiteDomains[1]]);
    for (const q of [other, shifted]) {
      expect(() => multiply(p, q as typeof p)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    }
  });

  it("is deterministic if both are", () => {
    fc.assert(
      fc.property(seeds, seeds, (a, b) => {
        const [p, q] = [a, b].map((seed) => randomDeterministicCircuit(seed, finiteDomains));
        if (logInnerProduct(p, q) === Number.NEGATIVE_INFINITY) return;
        expect(determinism(multiply(p, q)).status).toBe("certified");
      }),
      { numRuns: 20 },
    );
  });
});
