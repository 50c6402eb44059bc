import {
  boolean,
  compileSdd,
  counting,
  enumerateModels,
  gradient,
  naturalOrder,
  real,
  rightLinearVtree,
  sddEvaluate,
  sddManager,
  sddMinimumCardinality,
  sddModelCount,
  sddModels,
  sddToNnf,
  vtreeOf,
  weightedModelCount,
} from "@credence/circuits";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { cnfs, weightsFor } from "../cnf/arbitrary.ts";
import { vtreeShapes } from "../vtree/arbitrary.ts";

const near = (actual: number, expected: number) => close(actual, expected, tolerance.reference);
const compiled = cnfs(8)
  .filter((formula) => formula.variables > 0)
  .chain((formula) => fc.tuple(fc.constant(formula), vtreeShapes(formula.variables), weightsFor(formula)));

describe("counting on SDDs", () => {
  it("enumerates exactly the models, lazily, and finds the smallest of them", () => {
    fc.assert(
      fc.property(compiled, ([formula, shape]) => {
        const manager = sddManager(vtreeOf(shape));
        const ref = compileSdd(manager, formula);
        const expected = [...enumerateModels(formula)];
        const found = [...sddModels(manager, ref)].map((world) =>
          world.reduce((bits, value, v) => bits + value * 2 ** v, 0),
        );
        expect(found.sort((a, b) => a - b)).toEqual(expected);
        expect(sddModelCount(manager, ref)).toBe(BigInt(expected.length));
        const ones = expected.map((world) => world.toString(2).replaceAll("0", "").length);
        expect(sddMinimumCardinality(manager, ref)).toBe(Math.min(Number.POSITIVE_INFINITY, ...ones));
      }),
      { numRuns: 200 },
    );
  });

  it("agrees in every semiring with enumeration", () => {
    fc.assert(
      fc.property(compiled, ([formula, shape, weights]) => {
        const manager = sddManager(vtreeOf(shape));
        const ref = compileSdd(manager, formula);
        const worlds = [...enumerateModels(formula)];
        const weigh = (world: number, of: ArrayLike<number>): number => {
          let product = 1;
          for (let v = 0; v < formula.variables; v++) product *= of[2 * v + ((world >> v) & 1)];
          return product;
        };
        const total = worlds.reduce((sum, world) => sum + weigh(world, weights), 0);
        expect(
          near(
            sddEvaluate(manager, ref, real, (code) => weights[code]),
            total,
          ),
        ).toBe(true);
        expect(near(weightedModelCount(sddToNnf(manager, ref), weights).wmc, total)).toBe(true);
        expect(sddEvaluate(manager, ref, boolean, () => true)).toBe(worlds.length > 0);
        expect(sddEvaluate(manager, ref, counting, (code) => BigInt(code))).toBe(
          worlds.reduce((sum, world) => sum + BigInt(weigh(world, literalCodes(formula.variables))), 0n),
        );
        // The slope in the direction of the first literal is the weight of its models without it.
        const slope = sddEvaluate(manager, ref, gradient, (code) => ({
          value: weights[code],
          slope: code === 1 ? 1 : 0,
        })).slope;
        const raised = Float64Array.from(weights);
        raised[1] += 1;
        const moved = worlds.reduce((sum, world) => sum + weigh(world, raised), 0);
        expect(near(slope, moved - total)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it("lists the models of a large space one by one, and needs no reference for the rest", () => {
    const n = 200;
    const manager = sddManager(rightLinearVtree(naturalOrder(n)));
    const models = sddModels(manager, 0);
    expect(models.next().value).toEqual(new Uint8Array(n));
    expect(models.next().value).not.toEqual(new Uint8Array(n));
    expect(sddModelCount(manager, 0)).toBe(2n ** 200n);
  });
});

function literalCodes(variables: number): number[] {
  return Array.from({ length: 2 * variables }, (_, code) => code);
}
