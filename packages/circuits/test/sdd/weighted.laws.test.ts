import {
  type Cnf,
  clausesOf,
  cnf,
  compileCnf,
  compileSdd,
  heaviestModel,
  literalShares,
  minFillVtree,
  modelCount,
  nnfToCircuit,
  sddCondition,
  sddManager,
  sddToNnf,
  vtreeOf,
  weightedModelCount,
  withEvidence,
} from "@credence/circuits";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { cnfs, weightsFor } from "../cnf/arbitrary.ts";
import { vtreeShapes } from "../vtree/arbitrary.ts";

const near = (actual: number, expected: number) => close(actual, expected, tolerance.reference);
const nonEmpty = cnfs(8).filter((formula) => formula.variables > 0);

describe("weighted counts of SDDs", () => {
  const cases = nonEmpty.chain((formula) =>
    fc.tuple(fc.constant(formula), vtreeShapes(formula.variables), weightsFor(formula)),
  );

  it("are those of the top-down compiler: totals, shares, and the heaviest model", () => {
    fc.assert(
      fc.property(cases, ([formula, shape, weights]) => {
        const manager = sddManager(vtreeOf(shape));
        const bottomUp = sddToNnf(manager, compileSdd(manager, formula));
        const topDown = compileCnf(formula).nnf;
        expect(
          near(weightedModelCount(bottomUp, weights).wmc, weightedModelCount(topDown, weights).wmc),
        ).toBe(true);
        const [a, b] = [literalShares(bottomUp, weights), literalShares(topDown, weights)];
        expect(a.kind).toBe(b.kind);
        if (a.kind === "shares" && b.kind === "shares") {
          a.shares.forEach((share, v) => {
            expect(near(share, b.shares[v])).toBe(true);
          });
        }
        const [x, y] = [heaviestModel(bottomUp, weights), heaviestModel(topDown, weights)];
        expect(x.kind).toBe(y.kind);
        if (x.kind === "model" && y.kind === "model") expect(near(x.weight, y.weight)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it("under conditions are those of evidence, whose variables have become free", () => {
    fc.assert(
      fc.property(cases, fc.nat(), fc.boolean(), ([formula, shape], which, positive) => {
        const variable = 1 + (which % formula.variables);
        const literal = positive ? variable : -variable;
        const manager = sddManager(vtreeOf(shape));
        const given = sddCondition(manager, compileSdd(manager, formula), [literal]);
        const expected = modelCount(compileCnf(withEvidence(formula, [literal])).nnf);
        expect(modelCount(sddToNnf(manager, given))).toBe(2n * expected);
      }),
      { numRuns: 150 },
    );
  });

  it("over min-fill vtrees agree, and the circuits are smooth and decomposable", () => {
    fc.assert(
      fc.property(nonEmpty, (formula) => {
        const manager = sddManager(minFillVtree(formula));
        const nnf = sddToNnf(manager, compileSdd(manager, formula));
        const count = modelCount(nnf);
        expect(count).toBe(modelCount(compileCnf(formula).nnf));
        if (count === 0n) return;
        expect(nnfToCircuit(nnf).properties).toMatchObject({ smooth: true, decomposable: true });
      }),
      { numRuns: 100 },
    );
  });
});

describe("compiling", () => {
  /** The formula with its variables renamed and its clauses and literals in another order. */
  function renamed(formula: Cnf, names: readonly number[]): Cnf {
    const clauses = clausesOf(formula).map((clause) =>
      clause.map((l) => Math.sign(l) * names[Math.abs(l) - 1]).reverse(),
    );
    return cnf(formula.variables, clauses.reverse());
  }

  it("does not depend on names or on the order of clauses", () => {
    const pairs = nonEmpty.chain((formula) => {
      const all = Array.from({ length: formula.variables }, (_, i) => i + 1);
      return fc.tuple(fc.constant(formula), fc.shuffledSubarray(all, { minLength: all.length }));
    });
    fc.assert(
      fc.property(pairs, ([formula, names]) => {
        const other = renamed(formula, names);
        expect(modelCount(compileCnf(other).nnf)).toBe(modelCount(compileCnf(formula).nnf));
        const [a, b] = [sddManager(minFillVtree(formula)), sddManager(minFillVtree(other))];
        const counts = [sddToNnf(a, compileSdd(a, formula)), sddToNnf(b, compileSdd(b, other))].map(
          modelCount,
        );
        expect(counts[0]).toBe(counts[1]);
      }),
      { numRuns: 100 },
    );
  });

  it("counts a formula and one of its clauses' negations to the count without the clause", () => {
    fc.assert(
      fc.property(nonEmpty, fc.nat(), (formula, which) => {
        fc.pre(formula.clauses > 0);
        const clauses = clausesOf(formula);
        const [clause] = clauses.splice(which % clauses.length, 1);
        const without = cnf(formula.variables, clauses);
        const denied = withEvidence(
          without,
          clause.map((literal) => -literal),
        );
        const count = (each: Cnf) => modelCount(compileCnf(each).nnf);
        expect(count(formula) + count(denied)).toBe(count(without));
      }),
      { numRuns: 150 },
    );
  });
});
