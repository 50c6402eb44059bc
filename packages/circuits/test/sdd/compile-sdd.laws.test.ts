import {
  type Cnf,
  collectSdd,
  compileSdd,
  enumerateModels,
  minimizeSdd,
  moveSddVtree,
  pinSdd,
  sddAnd,
  sddLiteral,
  sddManager,
  sddModels,
  sddNot,
  sddSize,
  vtreeOf,
} from "@credence/circuits";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cnfs } from "../cnf/arbitrary.ts";
import { vtreeShapes } from "../vtree/arbitrary.ts";

const cases = cnfs(9)
  .filter((formula) => formula.variables > 0)
  .chain((formula) => fc.tuple(fc.constant(formula), vtreeShapes(formula.variables)));

const worlds = (formula: Cnf) => [...enumerateModels(formula)];
const worldsOf = (manager: ReturnType<typeof sddManager>, ref: number) =>
  [...sddModels(manager, ref)]
    .map((world) => world.reduce((bits, value, v) => bits + value * 2 ** v, 0))
    .sort((a, b) => a - b);

describe("compileSdd with a search for a vtree", () => {
  it("gives the formula's models, over a vtree for which the size is canonical", () => {
    fc.assert(
      fc.property(cases, ([formula, shape]) => {
        const manager = sddManager(vtreeOf(shape));
        const ref = compileSdd(manager, formula, { vtreeSearch: true });
        expect(worldsOf(manager, ref)).toEqual(worlds(formula));
        const fixed = sddManager(vtreeOf(shape));
        const size = sddSize(fixed, compileSdd(fixed, formula));
        expect(sddSize(manager, ref).elements).toBeLessThanOrEqual(size.elements);
        const fresh = sddManager(manager.vtree);
        expect(sddSize(fresh, compileSdd(fresh, formula))).toEqual(sddSize(manager, ref));
        expect(compileSdd(manager, formula)).toBe(ref);
      }),
      { numRuns: 150 },
    );
  });

  it("keeps every function that the manager had, pinned or not", () => {
    const twice = fc.tuple(cases, cnfs(9));
    fc.assert(
      fc.property(twice, ([[formula, shape], other]) => {
        if (other.variables > formula.variables) return;
        const manager = sddManager(vtreeOf(shape));
        const first = compileSdd(manager, formula);
        const part = sddAnd(manager, sddLiteral(manager, 1), sddNot(manager, first));
        const handle = pinSdd(manager, part);
        const before = [worldsOf(manager, first), worldsOf(manager, part)];
        const second = compileSdd(manager, other, { vtreeSearch: true });
        expect([worldsOf(manager, first), worldsOf(manager, part)]).toEqual(before);
        expect(sddAnd(manager, sddLiteral(manager, 1), sddNot(manager, first))).toBe(part);
        expect(compileSdd(manager, other)).toBe(second);
        collectSdd(manager);
        expect(worldsOf(manager, part)).toEqual(before[1]);
        handle.release();
      }),
      { numRuns: 150 },
    );
  });

  it("leaves a manager that moves and searches go on from", () => {
    fc.assert(
      fc.property(cases, ([formula, shape]) => {
        if (formula.variables < 2) return;
        const manager = sddManager(vtreeOf(shape));
        const ref = compileSdd(manager, formula, { vtreeSearch: true });
        moveSddVtree(manager, "swap", manager.vtree.root);
        expect(worldsOf(manager, ref)).toEqual(worlds(formula));
        const { after } = minimizeSdd(manager, [ref]);
        expect(sddSize(manager, ref).elements).toBe(after);
        expect(worldsOf(manager, ref)).toEqual(worlds(formula));
      }),
      { numRuns: 60 },
    );
  });
});
