import {
  BudgetError,
  balancedVtree,
  cnf,
  compileSdd,
  compileSddAsync,
  leftLinearVtree,
  modelCount,
  naturalOrder,
  parseSdd,
  rightLinearVtree,
  type SddManager,
  sddAnd,
  sddCondition,
  sddFalse,
  sddLiteral,
  sddManager,
  sddMinimumCardinality,
  sddModelCount,
  sddNot,
  sddOr,
  sddSize,
  sddToNnf,
  sddTrue,
  vtreeOf,
} from "@credence/circuits";
import { AbortedError, InvalidArgumentError, ParseError } from "@credence/core";
import { describe, expect, it } from "vitest";
import {
  independentGrid,
  matchings,
  queens,
  randomClauses,
  xorChain,
} from "../../../../bench/compile/families.ts";

describe("compileSdd", () => {
  // Canonical sizes, as the specification's table has them.
  it.each([
    ["8×8 grid, right", independentGrid(8, 8), rightLinearVtree, 5704, 660647962955n],
    ["8×8 grid, balanced", independentGrid(8, 8), balancedVtree, 22908, 660647962955n],
    ["6×6 matchings, right", matchings(6, 6), rightLinearVtree, 1738, 6728n],
    ["6×6 matchings, balanced", matchings(6, 6), balancedVtree, 2604, 6728n],
    ["6 queens, balanced", queens(6), balancedVtree, 388, 4n],
    ["parity, right", xorChain(200), rightLinearVtree, 1594, 2n ** 199n],
  ])("gives the canonical size and count: %s", (_, formula, vtree, elements, count) => {
    const manager = sddManager(vtree(naturalOrder(formula.variables)));
    const ref = compileSdd(manager, formula);
    expect(sddSize(manager, ref).elements).toBe(elements);
    expect(modelCount(sddToNnf(manager, ref))).toBe(count);
  });

  it("gives constants for constants", () => {
    const manager = sddManager(vtreeOf([1, 2]));
    expect(compileSdd(manager, cnf(2, []))).toBe(sddTrue);
    expect(compileSdd(manager, cnf(2, [[]]))).toBe(sddFalse);
    expect(compileSdd(manager, cnf(2, [[1], [-1]]))).toBe(sddFalse);
    expect(sddSize(manager, sddFalse)).toEqual({ elements: 0, decisions: 0 });
    expect(modelCount(sddToNnf(manager, sddTrue))).toBe(4n);
    expect(modelCount(sddToNnf(manager, sddFalse))).toBe(0n);
  });

  it.each([
    ["right-linear", rightLinearVtree],
    ["left-linear", leftLinearVtree],
    ["balanced", balancedVtree],
  ])("goes as deep as a %s vtree of 10,000 variables", (_, vtree) => {
    const n = 10_000;
    const manager = sddManager(vtree(naturalOrder(n)));
    const chain = cnf(
      n,
      Array.from({ length: n - 1 }, (__, i) => [-(i + 1), i + 2]),
    );
    const ref = compileSdd(manager, chain);
    expect(sddModelCount(manager, ref)).toBe(BigInt(n + 1));
    // Forcing the last variable, then the first one, passes through all levels.
    const both = sddAnd(manager, sddAnd(manager, ref, sddLiteral(manager, 1)), sddLiteral(manager, n));
    expect(sddModelCount(manager, both)).toBe(1n);
    expect(sddMinimumCardinality(manager, sddCondition(manager, ref, [1]))).toBe(n - 1);
  });

  it("stops within its budget, says what it reached, and leaves the manager usable", () => {
    const formula = randomClauses(3, 60, 180, 60, 1);
    const manager = sddManager(balancedVtree(naturalOrder(60)));
    for (const budget of [{ nodes: 5000 }, { milliseconds: 100 }]) {
      let error: unknown;
      try {
        compileSdd(manager, formula, budget);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(BudgetError);
      expect((error as BudgetError).reached["nodes"]).toBeGreaterThan(60);
    }
    const x = sddLiteral(manager, 1);
    expect(sddAnd(manager, x, sddNot(manager, x))).toBe(sddFalse);
    const small = compileSdd(
      manager,
      cnf(60, [
        [1, 2],
        [-2, 60],
      ]),
    );
    expect(sddCondition(manager, small, [1, -2])).toBe(sddTrue);
  });

  it("can be cancelled between clauses", async () => {
    const controller = new AbortController();
    const manager = sddManager(balancedVtree(naturalOrder(60)));
    const running = compileSddAsync(manager, randomClauses(3, 60, 180, 60, 1), {
      signal: controller.signal,
      onProgress: ({ step }) => {
        if (step === 5) controller.abort();
      },
    });
    await expect(running).rejects.toThrow(AbortedError);
  });

  it("collects its own garbage, and nothing that was there before", () => {
    const formula = randomClauses(3, 25, 60, 25, 1);
    const manager = sddManager(balancedVtree(naturalOrder(25)));
    const before = compileSdd(manager, queens(5));
    const unlimited = sddManager(manager.vtree);
    compileSdd(unlimited, queens(5));
    const expected = compileSdd(unlimited, formula);
    // With a budget collections come early, at half of it.
    const nodes = Math.floor(0.7 * unlimited.nodes);
    const ref = compileSdd(manager, formula, { nodes });
    expect(manager.nodes).toBeLessThanOrEqual(nodes);
    expect(sddModelCount(manager, ref)).toBe(sddModelCount(unlimited, expected));
    expect(sddModelCount(manager, before)).toBe(10n);
  });

  it("refuses formulas with more variables than the vtree", () => {
    expect(() => compileSdd(sddManager(vtreeOf([1, 2])), cnf(3, []))).toThrow(InvalidArgumentError);
  });
});

describe("references", () => {
  const manager = sddManager(vtreeOf([[1, 2], 3]));

  it.each([-1, 1.5, 1e9, Number.NaN])("unknown to the manager are refused: %d", (ref) => {
    for (const use of [
      () => sddNot(manager, ref),
      () => sddAnd(manager, sddTrue, ref),
      () => sddOr(manager, ref, sddTrue),
      () => sddSize(manager, ref),
      () => sddToNnf(manager, ref),
    ]) {
      expect(use).toThrow(InvalidArgumentError);
    }
  });

  it.each([0, 4, -4, 0.5])("to the literal %d do not exist", (literal) => {
    expect(() => sddLiteral(manager, literal)).toThrow(InvalidArgumentError);
    expect(() => sddCondition(manager, sddTrue, [literal])).toThrow(InvalidArgumentError);
  });

  it("need a manager that was made as one", () => {
    const other = { vtree: manager.vtree, nodes: 4 } as SddManager;
    expect(() => sddLiteral(other, 1)).toThrow(/made by sddManager/);
  });
});

describe("parseSdd", () => {
  const manager = sddManager(vtreeOf([1, 2]));

  it("reads what is neither compressed nor trimmed", () => {
    const text = "c x\nsdd 6\nT 0\nF 1\nL 2 0 1\nL 3 0 -1\nL 4 2 2\nD 5 1 2 2 4 3 4\n";
    expect(parseSdd(manager, text)).toBe(sddLiteral(manager, 2));
  });

  it.each([
    ["", "SDD_HEADER", 1],
    ["T 0\n", "SDD_HEADER", 1],
    ["sdd 2\nT 0\n", "SDD_HEADER", 3],
    ["sdd 1\nT 0\nsdd 1\n", "SDD_HEADER", 3],
    ["sdd 1\nX 0\n", "SDD_LINE", 2],
    ["sdd 1\nT 0 0\n", "SDD_LINE", 2],
    ["sdd 1\nL 0 7 1\n", "SDD_NODE", 2],
    ["sdd 1\nL 0 0 2\n", "SDD_NODE", 2],
    ["sdd 1\nD 0 1 1 4 5\n", "SDD_NODE", 2],
    ["sdd 2\nT 0\nF 0\n", "SDD_NODE", 3],
    ["sdd 1\nD 0 1 5\n", "SDD_NODE", 2],
  ])("refuses %j with %s on line %d", (text, code, line) => {
    let error: unknown;
    try {
      parseSdd(manager, text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ParseError);
    expect([(error as ParseError).code, (error as ParseError).line]).toEqual([code, line]);
  });
});
