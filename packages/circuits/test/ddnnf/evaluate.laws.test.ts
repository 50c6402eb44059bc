import {
  boolean,
  compileCnf,
  counting,
  derivatives,
  enumerateModels,
  evaluateNnf,
  evaluateNodes,
  gradient,
  logReal,
  maxPlus,
  minPlus,
  modelCount,
  type Nnf,
  nnfKinds,
  real,
  type Semiring,
} from "@credence/circuits";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { cnfs, weightsFor } from "../cnf/arbitrary.ts";

const near = (actual: number, expected: number) => close(actual, expected, tolerance.reference);
const formulas = cnfs(8).filter((formula) => formula.variables > 0);
const weighted = formulas.chain((formula) => fc.tuple(fc.constant(formula), weightsFor(formula)));

/** The sum over the models, by the definition. */
function byEnumeration<T>(
  worlds: readonly number[],
  variables: number,
  semiring: Semiring<T>,
  weight: (code: number) => T,
): T {
  let total = semiring.zero;
  for (const world of worlds) {
    let product = semiring.one;
    for (let v = 0; v < variables; v++) product = semiring.times(product, weight(2 * v + ((world >> v) & 1)));
    total = semiring.plus(total, product);
  }
  return total;
}

describe("evaluateNnf", () => {
  it("is the sum over all models in every semiring", () => {
    fc.assert(
      fc.property(weighted, ([formula, weights]) => {
        const { nnf } = compileCnf(formula);
        const worlds = [...enumerateModels(formula)];
        const both = <T>(semiring: Semiring<T>, weight: (code: number) => T): [T, T] => [
          evaluateNnf(nnf, semiring, weight),
          byEnumeration(worlds, formula.variables, semiring, weight),
        ];
        const numbers: readonly [number, number][] = [
          both(real, (code) => weights[code]),
          both(logReal, (code) => Math.log(weights[code])),
          both(maxPlus, (code) => Math.log(weights[code])),
          both(minPlus, (code) => weights[code]),
        ];
        for (const [actual, expected] of numbers) expect(near(actual, expected)).toBe(true);
        const exact = both(counting, (code) => BigInt(Math.round(1000 * weights[code])));
        expect(exact[0]).toBe(exact[1]);
        const possible = both(boolean, (code) => weights[code] > 0);
        expect(possible[0]).toBe(possible[1]);
        const [dual, expected] = both(gradient, (code) => ({ value: weights[code], slope: code }));
        expect(near(dual.value, expected.value) && near(dual.slope, expected.slope)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("counts exactly on both sides of 53 variables", () => {
    fc.assert(
      fc.property(formulas, fc.constantFrom(40, 53, 54, 80), (formula, variables) => {
        const wider = { ...formula, variables };
        const count = BigInt([...enumerateModels(formula)].length);
        expect(modelCount(compileCnf(wider).nnf)).toBe(count << BigInt(variables - formula.variables));
      }),
      { numRuns: 100 },
    );
  });
});

/** The weight of each leaf in the sum: what its derivative is multiplied with. */
function leafTotals(nnf: Nnf, weights: ArrayLike<number>): Float64Array {
  const values = evaluateNodes(nnf, real, (code) => weights[code]);
  const slopes = derivatives(nnf, real, values);
  const totals = new Float64Array(2 * nnf.variables);
  for (let node = 0; node < nnf.size; node++) {
    const label = nnf.labels[node];
    if (nnf.kinds[node] === nnfKinds.literal) totals[label] += slopes[node];
    if (nnf.kinds[node] !== nnfKinds.free) continue;
    totals[2 * label] += slopes[node];
    totals[2 * label + 1] += slopes[node];
  }
  return totals;
}

describe("derivatives", () => {
  it("are, per literal, the weight of the models with it without its own weight", () => {
    fc.assert(
      fc.property(weighted, ([formula, weights]) => {
        const { nnf } = compileCnf(formula);
        const totals = leafTotals(nnf, weights);
        const worlds = [...enumerateModels(formula)];
        for (let code = 0; code < 2 * formula.variables; code++) {
          const v = code >> 1;
          const those = worlds.filter((world) => ((world >> v) & 1) === (code & 1));
          const expected = byEnumeration(those, formula.variables, real, (each) =>
            each === code ? 1 : weights[each],
          );
          expect(near(totals[code], expected)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("sum, weighed, to the count once per variable", () => {
    fc.assert(
      fc.property(weighted, ([formula, weights]) => {
        const { nnf } = compileCnf(formula);
        const total = evaluateNnf(nnf, real, (code) => weights[code]);
        const slopes = leafTotals(nnf, weights);
        for (let v = 0; v < formula.variables; v++) {
          const sum = weights[2 * v] * slopes[2 * v] + weights[2 * v + 1] * slopes[2 * v + 1];
          expect(near(sum, total)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("are 1 at the root and values of the rest at its children, also where a factor is 0", () => {
    const { nnf } = compileCnf({
      variables: 3,
      clauses: 3,
      literals: Int32Array.of(1, 2, 3),
      offsets: Int32Array.of(0, 1, 2, 3),
    });
    const values = evaluateNodes(nnf, real, (code) => (code === 1 ? 0 : code));
    const slopes = derivatives(nnf, real, values);
    expect(slopes[nnf.size - 1]).toBe(1);
    const slopeOf = (code: number) => slopes[[...nnf.labels].indexOf(code)];
    // x1 weighs 0, x2 weighs 3, x3 weighs 5.
    expect([slopeOf(1), slopeOf(3), slopeOf(5)]).toEqual([15, 0, 0]);
  });
});
