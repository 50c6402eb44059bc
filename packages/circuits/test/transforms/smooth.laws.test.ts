import { circuitBuilder, logPartition, posteriors, smooth } from "@credence/circuits";
import { vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { finiteDomains, valueAt, worldsOf } from "../random-circuit.ts";

const near = (a: number, b: number) => close(a, b, tolerance.reference, tolerance.referenceAbsolute);
const worlds = [...worldsOf(finiteDomains)];

describe("smooth", () => {
  it("keeps every value and makes marginals right", () => {
    const variables = vocabulary<string>(
      "variable",
      finiteDomains.map((_, v) => `v${v}`),
    );
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat(3), { minLength: 5, maxLength: 5 }), { minLength: 1 }),
        (terms) => {
          const builder = circuitBuilder<string>(variables, { domains: finiteDomains });
          const arity = [2, 3, 2, 4, 2];
          // 3 leaves a variable out; the first term speaks of all.
          const products = terms.map((choices, t) =>
            builder.product(
              choices.flatMap((state, v) =>
                state === 3 && t > 0
                  ? []
                  : [builder.input(v, { family: "indicator", state: state % arity[v] })],
              ),
            ),
          );
          const rough = builder.build(builder.sum(products));
          const fine = smooth(rough);
          expect(fine.properties).toMatchObject({ smooth: true, decomposable: true });
          let total = 0;
          for (const world of worlds) {
            expect(near(valueAt(fine, world), valueAt(rough, world))).toBe(true);
            total += valueAt(rough, world);
          }
          expect(near(Math.exp(logPartition(fine)), total)).toBe(true);
          expect(posteriors(fine).kind).toBe("posteriors");
        },
      ),
      { numRuns: 60 },
    );
  });

  it("refuses to leave out numbers", () => {
    const builder = circuitBuilder(vocabulary("variable", ["x", "y"]), {
      domains: [{ kind: "binary" }, { kind: "real" }],
    });
    const y = builder.input("y", { family: "gaussian", mean: 0, std: 1 });
    const rough = builder.build(
      builder.sum([builder.product([builder.literal("x", true), y]), builder.literal("x", false)]),
    );
    expect(() => smooth(rough)).toThrow(expect.objectContaining({ code: "UNSUPPORTED_QUERY", given: "y" }));
  });
});
