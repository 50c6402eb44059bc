import {
  balancedVtree,
  bisectionVtree,
  type Cnf,
  compileSdd,
  constrainedVtree,
  eliminationVtree,
  enumerateModels,
  leftLinearVtree,
  minFillVtree,
  naturalOrder,
  parseVtree,
  printVtree,
  randomVtree,
  rightLinearVtree,
  sddManager,
  sddModelCount,
  type Vtree,
} from "@credence/circuits";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cnfs } from "../cnf/arbitrary.ts";
import { vtreeShapes } from "./arbitrary.ts";

/** All ways to a vtree for a formula. */
const makers: Readonly<Record<string, (formula: Cnf, order: readonly number[], seed: number) => Vtree>> = {
  "right-linear": (_, order) => rightLinearVtree(order),
  "left-linear": (_, order) => leftLinearVtree(order),
  balanced: (_, order) => balancedVtree(order),
  random: (formula, _, seed) => randomVtree(formula.variables, { seed }),
  "min-fill": (formula) => minFillVtree(formula),
  elimination: (formula, order) => eliminationVtree(formula, order),
  bisection: (formula, _, seed) => bisectionVtree(formula, { seed }),
  "bisection, unbalanced": (formula, _, seed) => bisectionVtree(formula, { seed, balance: 0.9, starts: 2 }),
  constrained: (_, order) =>
    order.length < 3 ? constrainedVtree(order) : constrainedVtree(order.slice(2), [order[0], order[1]]),
};

const cases = cnfs(9)
  .filter((formula) => formula.variables > 0)
  .chain((formula) => {
    const all = naturalOrder(formula.variables);
    return fc.tuple(fc.constant(formula), fc.shuffledSubarray(all, { minLength: all.length }), fc.nat(1000));
  });

describe.each(Object.entries(makers))("%s vtrees", (_, make) => {
  it("have every variable once, can be written and read, and carry the formula's count", () => {
    fc.assert(
      fc.property(cases, ([formula, order, seed]) => {
        const vtree = make(formula, order, seed);
        expect([vtree.variables, vtree.size]).toEqual([formula.variables, 2 * formula.variables - 1]);
        expect([...vtree.variable].filter((v) => v > 0).sort((a, b) => a - b)).toEqual(
          naturalOrder(formula.variables),
        );
        expect(printVtree(parseVtree(printVtree(vtree)).vtree)).toBe(printVtree(vtree));
        const manager = sddManager(vtree);
        const count = sddModelCount(manager, compileSdd(manager, formula));
        expect(count).toBe(BigInt([...enumerateModels(formula)].length));
      }),
      { numRuns: 60 },
    );
  });

  it("do not depend on the order of clauses, nor on anything but their arguments", () => {
    fc.assert(
      fc.property(cases, ([formula, order, seed]) => {
        expect(printVtree(make(formula, order, seed))).toBe(printVtree(make(formula, order, seed)));
      }),
      { numRuns: 30 },
    );
  });
});

describe("eliminationVtree", () => {
  it("puts a variable above all that is eliminated before it and joined with it", () => {
    fc.assert(
      fc.property(cases, ([formula, order]) => {
        const vtree = eliminationVtree(formula, order);
        const rank = new Map(order.map((variable, place) => [variable, place]));
        for (let c = 0; c < formula.clauses; c++) {
          const clause = [...formula.literals.subarray(formula.offsets[c], formula.offsets[c + 1])].map(
            Math.abs,
          );
          // The clause's variables lie on one path: each one is a left leaf beside those before it.
          const sorted = [...new Set(clause)].sort((a, b) => rank.get(b)! - rank.get(a)!);
          for (let i = 1; i < sorted.length; i++) {
            const above = vtree.parent[vtree.leaf[sorted[i - 1]]];
            const leaf = vtree.leaf[sorted[i]];
            expect(vtree.first[above] <= leaf && leaf <= vtree.last[above]).toBe(true);
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe("files", () => {
  it("of vtrees cut off anywhere are refused, never read as another tree", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }).chain(vtreeShapes), fc.nat(), (shape, seed) => {
        const variables = String(shape).split(",").length;
        const text = printVtree(randomVtree(variables, { seed }));
        for (let at = 0; at < text.trimEnd().length; at++) {
          let read: string | undefined;
          try {
            read = printVtree(parseVtree(text.slice(0, at)).vtree);
          } catch {
            continue;
          }
          // Only a digit may be missing without trace, and then the leaf or child does not fit.
          expect(read).toBe(text);
        }
      }),
      { numRuns: 30 },
    );
  });
});
