import { circuitBuilder, logPartition, posteriors, smooth } from "@credence/circuits";
import { logSumExp, vocabulary } from "@credence/core";
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

  it.each([33, 64, 500, 2000])("adds few edges to a decision list of %i variables", (n) => {
    const builder = circuitBuilder(
      vocabulary(
        "variable",
        Array.from({ length: n }, (_, v) => `x${v}`),
      ),
    );
    // The first variable that holds has the weight 1 / 2^(its place), whatever comes after it.
    let rest = builder.literal(n - 1, true);
    for (let v = n - 2; v >= 0; v--) {
      const otherwise = builder.product([builder.literal(v, false), rest]);
      rest = builder.sum([builder.literal(v, true), otherwise], [0, -Math.LN2]);
    }
    const rough = builder.build(rest);
    const fine = smooth(rough);
    expect(fine.properties).toMatchObject({ smooth: true, decomposable: true });
    expect(fine.edges).toBeLessThan(rough.edges + 4 * n + 2 * n * Math.log2(n));
    // Σ_v 2^-v · 2^(n - 1 - v), by places from 0.
    const logs = Array.from({ length: n }, (_, v) => (n - 1 - 2 * v) * Math.LN2);
    expect(near(logPartition(fine), logSumExp(logs))).toBe(true);
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
