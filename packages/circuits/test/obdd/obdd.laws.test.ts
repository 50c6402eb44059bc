import {
  BudgetError,
  type Cnf,
  compileObdd,
  compileSdd,
  enumerateModels,
  modelCount,
  models,
  type ObddManager,
  type ObddRef,
  obddAnd,
  obddCondition,
  obddExists,
  obddFalse,
  obddFromSdd,
  obddIte,
  obddLiteral,
  obddManager,
  obddModelCount,
  obddNot,
  obddOr,
  obddSize,
  obddToNnf,
  obddToSdd,
  obddTrue,
  obddXor,
  rightLinearVtree,
  type Sifted,
  sddManager,
  siftObdd,
  siftObddAsync,
  vtreeOf,
} from "@credence/circuits";
import { AbortedError, InvalidArgumentError } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchings, queens, randomClauses } from "../../../../bench/compile/families.ts";
import { cnfs } from "../cnf/arbitrary.ts";
import { ordersOf, vtreeShapes } from "../vtree/arbitrary.ts";

/** The function of three variables with the truth table `table`. */
function fromTable(manager: ObddManager, table: number): ObddRef {
  let result = obddFalse;
  for (let world = 0; world < 8; world++) {
    if (((table >>> world) & 1) === 0) continue;
    let term = obddTrue;
    for (let v = 0; v < 3; v++) {
      term = obddAnd(manager, term, obddLiteral(manager, ((world >> v) & 1) === 1 ? v + 1 : -v - 1));
    }
    result = obddOr(manager, result, term);
  }
  return result;
}

function worldsOf(manager: ObddManager, ref: ObddRef): number[] {
  const worlds = [...models(obddToNnf(manager, ref))].map((world) =>
    world.reduce((bits, value, v) => bits + value * 2 ** v, 0),
  );
  return worlds.sort((a, b) => a - b);
}

describe("OBDDs", () => {
  it.each(ordersOf([1, 2, 3]).map((order) => [order.join(), order]))(
    "in the order %s have one reference per function, and all operations agree with truth tables",
    (_, order) => {
      const manager = obddManager(order);
      const refs = Array.from({ length: 256 }, (__, table) => fromTable(manager, table));
      expect(new Set(refs).size).toBe(256);
      let wrong = 0;
      for (let a = 0; a < 256; a++) {
        if (obddNot(manager, refs[a]) !== refs[255 - a]) wrong++;
        if (obddModelCount(manager, refs[a]) !== BigInt(a.toString(2).replaceAll("0", "").length)) wrong++;
        for (let b = 0; b < 256; b++) {
          if (obddAnd(manager, refs[a], refs[b]) !== refs[a & b]) wrong++;
          if (obddXor(manager, refs[a], refs[b]) !== refs[a ^ b]) wrong++;
          const c = (a * 31 + b * 7) % 256;
          if (obddIte(manager, refs[a], refs[b], refs[c]) !== refs[(a & b) | (~a & c & 255)]) wrong++;
        }
        for (let v = 0; v < 3; v++) {
          const [high, low] = [
            obddCondition(manager, refs[a], [v + 1]),
            obddCondition(manager, refs[a], [-v - 1]),
          ];
          const x = obddLiteral(manager, v + 1);
          if (obddIte(manager, x, high, low) !== refs[a]) wrong++;
          if (obddExists(manager, refs[a], [v + 1]) !== obddOr(manager, high, low)) wrong++;
        }
      }
      expect(wrong).toBe(0);
    },
  );

  const cases = cnfs(8)
    .filter((formula) => formula.variables > 0)
    .chain((formula) => {
      const order = fc.shuffledSubarray(
        Array.from({ length: formula.variables }, (_, i) => i + 1),
        { minLength: formula.variables },
      );
      return fc.tuple(fc.constant(formula), order, vtreeShapes(formula.variables));
    });

  it("have the models of the CNF they are compiled from, also as NNFs and SDDs, there and back", () => {
    fc.assert(
      fc.property(cases, ([formula, order, shape]) => {
        const manager = obddManager(order);
        const ref = compileObdd(manager, formula);
        const expected = [...enumerateModels(formula)];
        expect(worldsOf(manager, ref)).toEqual(expected);
        expect(obddModelCount(manager, ref)).toBe(BigInt(expected.length));
        expect(modelCount(obddToNnf(manager, obddNot(manager, ref)))).toBe(
          BigInt(2 ** formula.variables - expected.length),
        );
        for (const vtree of [rightLinearVtree(order), vtreeOf(shape)]) {
          const sdds = sddManager(vtree);
          const sdd = obddToSdd(manager, ref, sdds);
          expect(sdd).toBe(compileSdd(sdds, formula));
          expect(obddFromSdd(sdds, sdd, manager)).toBe(ref);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("mean the same after sifting, and are those of the new order", () => {
    fc.assert(
      fc.property(cases, ([formula, order]) => {
        const manager = obddManager(order);
        const ref = compileObdd(manager, formula);
        const half = obddAnd(manager, ref, obddLiteral(manager, 1));
        const [expected, part] = [worldsOf(manager, ref), worldsOf(manager, half)];
        const { refs, before, after, finished } = siftObdd(manager, [ref, half]);
        expect([finished, after <= before, manager.nodes - 1]).toEqual([true, true, after]);
        expect([worldsOf(manager, refs[0]), worldsOf(manager, refs[1])]).toEqual([expected, part]);
        const fresh = obddManager(manager.order);
        expect(obddSize(manager, refs[0])).toBe(obddSize(fresh, compileObdd(fresh, formula)));
        expect(obddAnd(manager, refs[0], obddLiteral(manager, 1))).toBe(refs[1]);
        expect(compileObdd(manager, formula)).toBe(refs[0]);
      }),
      { numRuns: 200 },
    );
  });
});

describe("larger OBDDs", () => {
  it("count what is known, at any depth", () => {
    const count = (formula: Cnf): bigint => {
      const manager = obddManager(formula.variables);
      return obddModelCount(manager, compileObdd(manager, formula));
    };
    expect(count(queens(6))).toBe(4n);
    expect(count(matchings(6, 6))).toBe(6728n);
    const n = 20_000;
    const manager = obddManager(n);
    let chain = obddTrue;
    for (let v = n; v > 0; v--) chain = obddXor(manager, chain, obddLiteral(manager, v));
    expect(obddSize(manager, chain)).toBe(n);
    expect(obddModelCount(manager, chain)).toBe(2n ** BigInt(n - 1));
    // Deciding the last variable passes through all levels.
    const last = obddAnd(manager, chain, obddLiteral(manager, n));
    expect(obddModelCount(manager, last)).toBe(2n ** BigInt(n - 2));
  });

  it("shrink by sifting: pairs that belong together find each other", () => {
    // x1 x5 ∨ x2 x6 ∨ …: linear with pairs side by side, exponential with all first halves first.
    const manager = obddManager(16);
    let ref = obddFalse;
    for (let v = 1; v <= 8; v++) {
      const pair = obddAnd(manager, obddLiteral(manager, v), obddLiteral(manager, v + 8));
      ref = obddOr(manager, ref, pair);
    }
    expect(obddSize(manager, ref)).toBe(510);
    const { refs, before, after } = siftObdd(manager, [ref], { growth: 2 });
    expect([before, after]).toEqual([510, 16]);
    expect(obddModelCount(manager, refs[0])).toBe(4n ** 8n - 3n ** 8n);
  });

  it("stop within their budgets, and when they are cancelled", async () => {
    const manager = obddManager(40);
    expect(() => compileObdd(manager, randomClauses(3, 40, 100, 40, 1), { nodes: 3000 })).toThrow(
      BudgetError,
    );
    expect(() => compileObdd(manager, randomClauses(3, 40, 100, 40, 1), { milliseconds: 20 })).toThrow(
      BudgetError,
    );
    const small = obddManager(36);
    const ref = compileObdd(small, queens(6));
    const controller = new AbortController();
    let error: unknown;
    try {
      await siftObddAsync(small, [ref], {
        signal: controller.signal,
        onProgress: ({ step }) => {
          if (step === 4) controller.abort();
        },
      });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(AbortedError);
    const { refs } = (error as AbortedError<Sifted>).partial!;
    expect(obddModelCount(small, refs[0])).toBe(4n);
    expect(siftObdd(small, refs, { milliseconds: 1e-3 }).finished).toBe(false);
  });

  it("refuse what cannot be", () => {
    const manager = obddManager([2, 1]);
    for (const use of [
      () => obddManager(0),
      () => obddManager([]),
      () => obddManager([1, 1]),
      () => obddManager([1, 3]),
      () => obddLiteral(manager, 3),
      () => obddNot(manager, 99),
      () => obddAnd(manager, 0, 1.5),
      () => obddXor(manager, 0, -1),
      () => obddCondition(manager, 0, [1, -1]),
      () => compileObdd(manager, queens(4)),
      () => siftObdd(manager, [0], { growth: 0 }),
      () => siftObdd(manager, [0], { milliseconds: -1 }),
      () => obddToSdd(manager, 0, sddManager(vtreeOf(1))),
      () => obddFromSdd(sddManager(vtreeOf([1, [2, 3]])), 0, manager),
      () => obddSize({ variables: 2, order: [1, 2], nodes: 1 }, 0),
    ]) {
      expect(use).toThrow(InvalidArgumentError);
    }
  });
});
