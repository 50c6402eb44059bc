import {
  type Cnf,
  clausesOf,
  cnf,
  compileCnf,
  derivatives,
  enumerateModels,
  evaluateNodes,
  heaviestModel,
  literalShares,
  modelCount,
  nnfToCircuit,
  real,
  weightedModelCount,
} from "@credence/circuits";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { cnfs, weightsFor } from "../cnf/arbitrary.ts";

const near = (actual: number, expected: number) => close(actual, expected, tolerance.reference);
const branchings = [{}, { branching: "separators" }, { branching: "weights" }] as const;

/** Two formulas over variables of their own, and clauses that join them. */
const joined = fc.tuple(cnfs(6), cnfs(6), cnfs(12, 4)).map(([a, b, c]) => {
  const shifted = clausesOf(b).map((clause) =>
    clause.map((l) => (l > 0 ? l + a.variables : l - a.variables)),
  );
  const variables = Math.max(a.variables + b.variables, c.variables);
  return cnf(variables, [...clausesOf(a), ...shifted, ...clausesOf(c)]);
});

function weightOf(formula: Cnf, weights: Float64Array, world: number): number {
  let weight = 1;
  for (let v = 0; v < formula.variables; v++) weight *= weights[2 * v + ((world >> v) & 1)];
  return weight;
}

describe("compileCnf", () => {
  it("counts as enumeration does, however variables are chosen", () => {
    fc.assert(
      fc.property(fc.oneof(cnfs(10, 40), joined), (formula) => {
        const count = BigInt([...enumerateModels(formula)].length);
        for (const options of branchings) expect(modelCount(compileCnf(formula, options).nnf)).toBe(count);
      }),
      { numRuns: 400 },
    );
  });

  it("weighs, shares and maximizes as enumeration does", () => {
    const weighted = cnfs(8).chain((formula) => fc.tuple(fc.constant(formula), weightsFor(formula)));
    fc.assert(
      fc.property(weighted, ([formula, weights]) => {
        const { nnf } = compileCnf(formula);
        const models = [...enumerateModels(formula)];
        const each = models.map((world) => weightOf(formula, weights, world));
        const total = each.reduce((sum, weight) => sum + weight, 0);
        expect(near(weightedModelCount(nnf, weights).wmc, total)).toBe(true);
        const shares = literalShares(nnf, weights);
        const best = heaviestModel(nnf, weights);
        expect(shares.kind).toBe(total > 0 ? "shares" : "no-model");
        expect(best.kind).toBe(total > 0 ? "model" : "no-model");
        if (shares.kind !== "shares" || best.kind !== "model") return;
        for (let v = 0; v < formula.variables; v++) {
          const part = models.reduce((sum, world, i) => sum + (((world >> v) & 1) === 1 ? each[i] : 0), 0);
          expect(near(shares.shares[v], part / total)).toBe(true);
        }
        expect(near(best.weight, Math.max(...each))).toBe(true);
        expect(models).toContain(best.assignment.reduce((world, bit, v) => world | (bit << v), 0));
      }),
      { numRuns: 200 },
    );
  });

  it("counts with negative weights, and in floating point as in logarithms", () => {
    const weighted = cnfs(7).chain((formula) =>
      fc.tuple(fc.constant(formula), weightsFor(formula), fc.nat()),
    );
    fc.assert(
      fc.property(weighted, ([formula, weights, which]) => {
        if (formula.variables > 0) weights[which % weights.length] *= -1;
        const each = [...enumerateModels(formula)].map((world) => weightOf(formula, weights, world));
        const { wmc, logWmc } = weightedModelCount(compileCnf(formula).nnf, weights);
        const total = each.reduce((sum, weight) => sum + weight, 0);
        const scale = each.reduce((sum, weight) => sum + Math.abs(weight), 0);
        expect(Math.abs(wmc - total)).toBeLessThanOrEqual(tolerance.reference * Math.max(1, scale));
        expect(near(logWmc, Math.log(Math.abs(wmc)))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it("projects as enumeration does", () => {
    const projections = cnfs(9, 24).chain((formula) =>
      fc.tuple(fc.constant(formula), fc.subarray(Array.from({ length: formula.variables }, (_, v) => v + 1))),
    );
    fc.assert(
      fc.property(projections, ([formula, projected]) => {
        const mask = projected.reduce((bits, variable) => bits | (1 << (variable - 1)), 0);
        const shadows = new Set([...enumerateModels(formula)].map((world) => world & mask));
        for (const options of branchings) {
          const { nnf } = compileCnf(formula, { ...options, projected });
          expect(modelCount(nnf)).toBe(BigInt(shadows.size));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("gives slopes that are finite differences", () => {
    const weighted = cnfs(6).chain((formula) =>
      fc.tuple(fc.constant(formula), weightsFor(formula), fc.nat()),
    );
    fc.assert(
      fc.property(weighted, ([formula, weights, which]) => {
        fc.pre(formula.variables > 0);
        const { nnf } = compileCnf(formula);
        const code = which % weights.length;
        const values = evaluateNodes(nnf, real, (each) => weights[each]);
        const slopes = derivatives(nnf, real, values);
        // The count is linear in every weight: one step gives the slope exactly.
        const changed = evaluateNodes(nnf, real, (each) => weights[each] + (each === code ? 1 : 0));
        let slope = 0;
        for (let node = 0; node < nnf.size; node++) {
          const isLiteral = nnf.kinds[node] === 0 && nnf.labels[node] === code;
          if (isLiteral || (nnf.kinds[node] === 1 && nnf.labels[node] === code >> 1)) slope += slopes[node];
        }
        const step = changed[nnf.size - 1] - values[nnf.size - 1];
        expect(close(slope, step, tolerance.gradient)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it("gives circuits that are smooth, decomposable and deterministic", () => {
    fc.assert(
      fc.property(cnfs(8), (formula) => {
        const { nnf } = compileCnf(formula);
        fc.pre(modelCount(nnf) > 0n && formula.variables > 0);
        const { smooth, decomposable, deterministic } = nnfToCircuit(nnf).properties;
        expect([smooth, decomposable, deterministic]).toEqual([true, true, true]);
      }),
      { numRuns: 100 },
    );
  });
});
