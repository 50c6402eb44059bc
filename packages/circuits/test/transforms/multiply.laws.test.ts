import { circuitBuilder, logInnerProduct, logPartition, multiply } from "@credence/circuits";
import { vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { finiteDomains, randomCircuit, valueAt, worldsOf } from "../random-circuit.ts";

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

