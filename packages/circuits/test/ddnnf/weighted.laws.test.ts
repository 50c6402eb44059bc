import {
  clausesOf,
  cnf,
  compileCnf,
  enumerateModels,
  heaviestModel,
  literalShares,
  models,
  weightedModelCount,
  withEvidence,
} from "@credence/circuits";
import { InvalidArgumentError } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { cnfs, weightsFor } from "../cnf/arbitrary.ts";

const near = (actual: number, expected: number) => close(actual, expected, tolerance.reference);
const weighted = cnfs(8)
  .filter((formula) => formula.variables > 0)
  .chain((formula) => fc.tuple(fc.constant(formula), weightsFor(formula)));

describe("weighted counts", () => {
  it("of a formula are those under a literal and under its negation together", () => {
    fc.assert(
      fc.property(weighted, fc.nat(), ([formula, weights], which) => {
        const variable = (which % formula.variables) + 1;
        const wmc = (evidence: readonly number[]): number =>
          weightedModelCount(compileCnf(withEvidence(formula, evidence)).nnf, weights).wmc;
        expect(near(wmc([]), wmc([variable]) + wmc([-variable]))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("grow with a literal's weight by its share", () => {
    fc.assert(
      fc.property(
        weighted,
        fc.nat(),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        (pair, which, factor) => {
          const [formula, weights] = pair;
          const v = which % formula.variables;
          const { nnf } = compileCnf(formula);
          const shares = literalShares(nnf, weights);
          if (shares.kind === "no-model") return;
          const scaled = Float64Array.from(weights);
          scaled[2 * v + 1] *= factor;
          const expected = Math.exp(shares.logWmc) * (1 + (factor - 1) * shares.shares[v]);
          expect(near(weightedModelCount(nnf, scaled).wmc, expected)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("of formulas without common variables multiply", () => {
    fc.assert(
      fc.property(weighted, weighted, ([a, x], [b, y]) => {
        const shifted = clausesOf(b).map((clause) =>
          clause.map((literal) => literal + Math.sign(literal) * a.variables),
        );
        const both = cnf(a.variables + b.variables, [...clausesOf(a), ...shifted]);
        const product =
          weightedModelCount(compileCnf(a).nnf, x).wmc * weightedModelCount(compileCnf(b).nnf, y).wmc;
        const weights = Float64Array.of(...x, ...y);
        expect(near(weightedModelCount(compileCnf(both).nnf, weights).wmc, product)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it("stay exact in logarithms where doubles end", () => {
    fc.assert(
      fc.property(weighted, fc.integer({ min: -250, max: 250 }), ([formula, weights], exponent) => {
        const { nnf } = compileCnf(formula);
        const factor = 2 ** exponent;
        const scaled = weights.map((weight) => weight * factor);
        const plain = weightedModelCount(nnf, weights).logWmc;
        const moved = weightedModelCount(nnf, scaled).logWmc;
        const expected = plain + formula.variables * exponent * Math.LN2;
        expect(plain === Number.NEGATIVE_INFINITY ? moved === plain : near(moved, expected)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe("the heaviest model", () => {
  it("is a model, weighs what it says, and no other one weighs more", () => {
    fc.assert(
      fc.property(weighted, ([formula, weights]) => {
        const { nnf } = compileCnf(formula);
        const weigh = (world: ArrayLike<number>): number => {
          let product = 1;
          for (let v = 0; v < formula.variables; v++) product *= weights[2 * v + world[v]];
          return product;
        };
        const best = heaviestModel(nnf, weights);
        const all = [...models(nnf)];
        const most = all.reduce((max, world) => Math.max(max, weigh(world)), 0);
        if (best.kind === "no-model") {
          expect(most).toBe(0);
          return;
        }
        expect(near(best.weight, most)).toBe(true);
        expect(near(weigh(best.assignment), best.weight)).toBe(true);
        const bits = best.assignment.reduce((sum, value, v) => sum + value * 2 ** v, 0);
        expect([...enumerateModels(formula)]).toContain(bits);
      }),
      { numRuns: 200 },
    );
  });

  it("needs weights that are not negative, as shares do", () => {
    const { nnf } = compileCnf(cnf(1, []));
    for (const use of [heaviestModel, literalShares]) {
      expect(() => use(nnf, Float64Array.of(1, -1))).toThrow(InvalidArgumentError);
      expect(() => use(nnf, Float64Array.of(1))).toThrow(InvalidArgumentError);
      expect(use(nnf, Float64Array.of(0, 0)).kind).toBe("no-model");
    }
    expect(weightedModelCount(nnf, Float64Array.of(1, -1)).wmc).toBe(0);
  });
});
