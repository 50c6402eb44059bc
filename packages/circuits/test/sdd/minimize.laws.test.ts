import {
  compileSdd,
  enumerateModels,
  minimizeSdd,
  moveSddVtree,
  type SddManager,
  type SddRef,
  sddAnd,
  sddFalse,
  sddLiteral,
  sddManager,
  sddModels,
  sddNot,
  sddOr,
  sddRename,
  sddSize,
  sddTrue,
  type VtreeMove,
  vtreeOf,
} from "@credence/circuits";
import { InvalidArgumentError } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cnfs } from "../cnf/arbitrary.ts";
import { ordersOf, treesOver, vtreeShapes } from "../vtree/arbitrary.ts";

function worldsOf(manager: SddManager, ref: SddRef): number[] {
  const worlds = [...sddModels(manager, ref)].map((world) =>
    world.reduce((bits, value, v) => bits + value * 2 ** v, 0),
  );
  return worlds.sort((a, b) => a - b);
}

const moves: readonly VtreeMove[] = ["left", "right", "swap"];

describe("moves of the vtree", () => {
  const cases = cnfs(8)
    .filter((formula) => formula.variables > 1)
    .chain((formula) =>
      fc.tuple(
        fc.constant(formula),
        vtreeShapes(formula.variables),
        fc.array(fc.tuple(fc.constantFrom(...moves), fc.nat(2 * formula.variables - 2)), { maxLength: 12 }),
      ),
    );

  it("leave all functions as they are, and their sizes canonical", () => {
    fc.assert(
      fc.property(cases, ([formula, shape, turns]) => {
        const manager = sddManager(vtreeOf(shape));
        const ref = compileSdd(manager, formula);
        const part = sddAnd(manager, sddLiteral(manager, 1), sddNot(manager, ref));
        const expected = [worldsOf(manager, ref), worldsOf(manager, part)];
        for (const [move, node] of turns) {
          try {
            moveSddVtree(manager, move, node);
          } catch (error) {
            if (!(error instanceof InvalidArgumentError)) throw error;
          }
        }
        expect([worldsOf(manager, ref), worldsOf(manager, part)]).toEqual(expected);
        expect(worldsOf(manager, ref)).toEqual([...enumerateModels(formula)]);
        const fresh = sddManager(manager.vtree);
        const again = compileSdd(fresh, formula);
        expect(sddSize(manager, ref)).toEqual(sddSize(fresh, again));
        expect(sddAnd(manager, sddLiteral(manager, 1), sddNot(manager, ref))).toBe(part);
        expect(compileSdd(manager, formula)).toBe(ref);
      }),
      { numRuns: 300 },
    );
  });

  it("keep all 256 functions of three variables apart, whatever the vtree before and after", () => {
    for (const shape of ordersOf([1, 2, 3]).flatMap(treesOver)) {
      const manager = sddManager(vtreeOf(shape));
      const refs = Array.from({ length: 256 }, (_, table) => fromTable(manager, table));
      for (const move of [...moves, ...moves, ...moves]) {
        const node = manager.vtree.root;
        try {
          moveSddVtree(manager, move, node);
        } catch (error) {
          if (!(error instanceof InvalidArgumentError)) throw error;
        }
        let wrong = 0;
        for (let a = 0; a < 256; a++) {
          if (fromTable(manager, a) !== refs[a]) wrong++;
          for (let b = 0; b < 256; b += 7) if (sddAnd(manager, refs[a], refs[b]) !== refs[a & b]) wrong++;
        }
        expect(wrong).toBe(0);
      }
    }
  });

  it("end, as a search, in a diagram that is not larger, with the functions that there were", () => {
    fc.assert(
      fc.property(cases, ([formula, shape]) => {
        const manager = sddManager(vtreeOf(shape));
        const ref = compileSdd(manager, formula);
        const before = sddSize(manager, ref).elements;
        const result = minimizeSdd(manager, [ref]);
        expect(result.before).toBe(before);
        expect(result.after).toBeLessThanOrEqual(before);
        expect(sddSize(manager, ref).elements).toBe(result.after);
        expect(worldsOf(manager, ref)).toEqual([...enumerateModels(formula)]);
        const fresh = sddManager(manager.vtree);
        expect(sddSize(fresh, compileSdd(fresh, formula)).elements).toBe(result.after);
      }),
      { numRuns: 60 },
    );
  });
});

describe("sddRename", () => {
  it("looks every variable up under its new name", () => {
    const cases = cnfs(6)
      .filter((formula) => formula.variables > 0)
      .chain((formula) => {
        const names = fc.tuple(fc.integer({ min: 1, max: formula.variables }), fc.boolean());
        return fc.tuple(
          fc.constant(formula),
          vtreeShapes(formula.variables),
          fc.array(names, { minLength: formula.variables, maxLength: formula.variables }),
        );
      });
    fc.assert(
      fc.property(cases, ([formula, shape, chosen]) => {
        const manager = sddManager(vtreeOf(shape));
        const ref = compileSdd(manager, formula);
        const names = chosen.map(([variable, positive]) => (positive ? variable : -variable));
        const renamed = sddRename(manager, ref, new Map(names.map((name, v) => [v + 1, name])));
        const models = new Set(enumerateModels(formula));
        const expected = Array.from({ length: 2 ** formula.variables }, (_, world) => world).filter(
          (world) => {
            const bits = names.map((name) => ((world >> (Math.abs(name) - 1)) & 1) === (name > 0 ? 1 : 0));
            return models.has(bits.reduce((sum, value, v) => sum + (value ? 2 ** v : 0), 0));
          },
        );
        expect(worldsOf(manager, renamed)).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });
});

/** The function of three variables with the truth table `table`. */
function fromTable(manager: SddManager, table: number): SddRef {
  let result = sddFalse;
  for (let world = 0; world < 8; world++) {
    if (((table >>> world) & 1) === 0) continue;
    let term = sddTrue;
    for (let v = 0; v < 3; v++) {
      term = sddAnd(manager, term, sddLiteral(manager, ((world >> v) & 1) === 1 ? v + 1 : -v - 1));
    }
    result = sddOr(manager, result, term);
  }
  return result;
}
