import {
  compileCnf,
  compileSdd,
  enumerateModels,
  modelCount,
  parseSdd,
  printSdd,
  type SddManager,
  type SddRef,
  sddAnd,
  sddCondition,
  sddExists,
  sddFalse,
  sddForAll,
  sddIff,
  sddLiteral,
  sddManager,
  sddNot,
  sddOr,
  sddToNnf,
  sddTrue,
  vtreeOf,
} from "@credence/circuits";
import { ParseError } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cnfs } from "../cnf/arbitrary.ts";
import { ordersOf, treesOver, vtreeShapes } from "../vtree/arbitrary.ts";

/** The function with the truth table `table`: bit w is its value at the world w. */
function fromTable(manager: SddManager, variables: number, table: number): SddRef {
  let result = sddFalse;
  for (let world = 0; world < 1 << variables; world++) {
    if (((table >>> world) & 1) === 0) continue;
    let term = sddTrue;
    for (let v = 0; v < variables; v++) {
      term = sddAnd(manager, term, sddLiteral(manager, ((world >> v) & 1) === 1 ? v + 1 : -v - 1));
    }
    result = sddOr(manager, result, term);
  }
  return result;
}

/** The table of f with variable v (from 0) fixed. */
function fixed(table: number, variables: number, v: number, value: number): number {
  let out = 0;
  for (let world = 0; world < 1 << variables; world++) {
    const at = (world & ~(1 << v)) | (value << v);
    out |= ((table >>> at) & 1) << world;
  }
  return out >>> 0;
}

const smallVtrees = ordersOf([1, 2, 3]).flatMap(treesOver);

describe("SDDs", () => {
  it.each(smallVtrees.map((shape) => [JSON.stringify(shape), shape]))(
    "over %s have one reference per function, and all operations on all pairs agree with truth tables",
    (_, shape) => {
      const manager = sddManager(vtreeOf(shape));
      const refs = Array.from({ length: 256 }, (__, table) => fromTable(manager, 3, table));
      expect(new Set(refs).size).toBe(256);
      let wrong = 0;
      for (let a = 0; a < 256; a++) {
        if (sddNot(manager, refs[a]) !== refs[255 - a]) wrong++;
        for (let b = 0; b < 256; b++) {
          if (sddAnd(manager, refs[a], refs[b]) !== refs[a & b]) wrong++;
          if (sddOr(manager, refs[a], refs[b]) !== refs[a | b]) wrong++;
        }
        for (let v = 0; v < 3; v++) {
          const [low, high] = [fixed(a, 3, v, 0), fixed(a, 3, v, 1)];
          if (sddCondition(manager, refs[a], [v + 1]) !== refs[high]) wrong++;
          if (sddCondition(manager, refs[a], [-v - 1]) !== refs[low]) wrong++;
          if (sddExists(manager, refs[a], [v + 1]) !== refs[low | high]) wrong++;
          if (sddForAll(manager, refs[a], [v + 1]) !== refs[low & high]) wrong++;
        }
      }
      expect(wrong).toBe(0);
    },
  );

  it("over all vtrees of four variables agree with truth tables", () => {
    const vtrees = ordersOf([1, 2, 3, 4]).flatMap(treesOver);
    const table = fc.nat(65535);
    fc.assert(
      fc.property(fc.constantFrom(...vtrees), table, table, (shape, a, b) => {
        const manager = sddManager(vtreeOf(shape));
        const [f, g] = [fromTable(manager, 4, a), fromTable(manager, 4, b)];
        expect(sddAnd(manager, f, g)).toBe(fromTable(manager, 4, a & b));
        expect(sddIff(manager, f, g)).toBe(fromTable(manager, 4, ~(a ^ b) & 65535));
        expect(sddIff(manager, f, g) === sddTrue).toBe(a === b);
      }),
      { numRuns: 300 },
    );
  });

  const compiled = cnfs(9, 24).chain((formula) =>
    fc.tuple(fc.constant(formula), vtreeShapes(Math.max(1, formula.variables))),
  );

  it("compiled from CNFs count as enumeration does, and so does the negation", () => {
    fc.assert(
      fc.property(compiled, ([formula, shape]) => {
        const manager = sddManager(vtreeOf(shape));
        const ref = compileSdd(manager, formula);
        const extra = BigInt(manager.vtree.variables - formula.variables);
        const count = modelCount(sddToNnf(manager, ref));
        expect(count).toBe(BigInt([...enumerateModels(formula)].length) << extra);
        expect(count).toBe(modelCount(compileCnf(formula).nnf) << extra);
        const other = modelCount(sddToNnf(manager, sddNot(manager, ref)));
        expect(count + other).toBe(1n << BigInt(manager.vtree.variables));
      }),
      { numRuns: 200 },
    );
  });

  it("read as they were written", () => {
    fc.assert(
      fc.property(compiled, ([formula, shape]) => {
        const manager = sddManager(vtreeOf(shape));
        const ref = compileSdd(manager, formula);
        for (const each of [ref, sddNot(manager, ref)]) {
          expect(parseSdd(manager, printSdd(manager, each))).toBe(each);
        }
        const fresh = sddManager(vtreeOf(shape));
        expect(parseSdd(fresh, printSdd(manager, ref))).toBe(compileSdd(fresh, formula));
      }),
      { numRuns: 100 },
    );
  });

  it("damaged anywhere either read or fail with a place", () => {
    fc.assert(
      fc.property(compiled, fc.nat(300), fc.nat(3), fc.string({ maxLength: 3 }), (pair, at, cut, insert) => {
        const manager = sddManager(vtreeOf(pair[1]));
        const text = printSdd(manager, compileSdd(manager, pair[0]));
        try {
          parseSdd(manager, text.slice(0, at) + insert + text.slice(at + cut));
        } catch (error) {
          if (!(error instanceof ParseError)) throw error;
          expect(error.line).toBeGreaterThan(0);
        }
      }),
      { numRuns: 500 },
    );
  });
});
