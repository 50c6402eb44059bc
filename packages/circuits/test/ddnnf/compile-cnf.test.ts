import {
  BudgetError,
  cnf,
  compileCnf,
  compileCnfAsync,
  heaviestModel,
  literalShares,
  modelCount,
  weightedModelCount,
} from "@credence/circuits";
import { AbortedError, InvalidArgumentError } from "@credence/core";
import { describe, expect, it } from "vitest";
import {
  coloredGrid,
  independentGrid,
  latin,
  matchings,
  pigeons,
  queens,
  randomClauses,
  xorChain,
} from "../../../../bench/compile/families.ts";

const count = (formula: Parameters<typeof compileCnf>[0]) => modelCount(compileCnf(formula).nnf);

describe("compileCnf", () => {
  // OEIS A000170, A002860, A006506, A004003 (dominoes on a square), chromatic polynomials of grids.
  it.each([
    ["8 queens", queens(8), 92n],
    ["Latin squares of order 4", latin(4), 576n],
    ["independent sets of the 8×8 grid", independentGrid(8, 8), 660647962955n],
    ["domino tilings of the 8×8 grid", matchings(8, 8), 12988816n],
    ["3-colorings of the 3×3 grid", coloredGrid(3, 3, 3), 246n],
    ["6 pigeons in 5 holes", pigeons(6, 5), 0n],
    ["odd parity of 200 bits", xorChain(200), 2n ** 199n],
  ])("counts %s", (_, formula, expected) => {
    expect(count(formula)).toBe(expected);
  });

  it("counts random formulas the same way whatever it decides on, also when the race changes sides", () => {
    for (const seed of [1, 2, 3]) {
      const formula = randomClauses(3, 45, 120, 45, seed);
      const counts = (["separators", "weights"] as const).map((branching) =>
        modelCount(compileCnf(formula, { branching }).nnf),
      );
      expect(new Set([...counts, count(formula)]).size).toBe(1);
    }
  });

  it("counts the same with so little memory that solved components are forgotten", () => {
    const formula = independentGrid(6, 6);
    const small = compileCnf(formula, { cacheBytes: 2000, branching: "separators" });
    expect(modelCount(small.nnf)).toBe(count(formula));
    const { decisions } = compileCnf(formula, { branching: "separators" });
    expect(small.decisions).toBeGreaterThan(decisions);
  });

  it("needs no stack for long chains", () => {
    const n = 20_000;
    expect(
      count(
        cnf(
          n,
          Array.from({ length: n - 1 }, (_, i) => [-(i + 1), i + 2]),
        ),
      ),
    ).toBe(BigInt(n + 1));
  });

  it("gives the same circuit every time", () => {
    const formula = randomClauses(3, 30, 80, 30, 7);
    expect(compileCnf(formula)).toEqual(compileCnf(formula));
  });

  it("counts free variables and constants", () => {
    expect(count(cnf(0, []))).toBe(1n);
    expect(count(cnf(70, []))).toBe(2n ** 70n);
    expect(count(cnf(70, [[1], [-1]]))).toBe(0n);
    expect(count(cnf(3, [[]]))).toBe(0n);
  });

  it("stops within its budget and says what it reached", () => {
    const hard = randomClauses(3, 150, 300, 150, 1);
    for (const budget of [{ milliseconds: 50 }, { nodes: 2000 }]) {
      let thrown: unknown;
      try {
        compileCnf(hard, budget);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(BudgetError);
      const error = thrown as BudgetError;
      expect(error.code).toBe("BUDGET_EXCEEDED");
      expect(error.reached["decisions"]).toBeGreaterThan(0);
      expect(error.message).toMatch(/reached: decisions \d+/);
    }
  });

  it.each([{ milliseconds: 0 }, { nodes: Number.NaN }])("refuses the budget %j", (budget) => {
    expect(() => compileCnf(cnf(1, []), budget)).toThrow(InvalidArgumentError);
  });

  it.each([[[0]], [[3]], [[1.5]]])("refuses to project on %j of two variables", (projected) => {
    expect(() => compileCnf(cnf(2, []), { projected })).toThrow(InvalidArgumentError);
  });

  it("can be cancelled, and reports progress", async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const running = compileCnfAsync(randomClauses(3, 150, 300, 150, 1), {
      signal: controller.signal,
      onProgress: ({ metrics }) => {
        seen.push(metrics["decisions"]);
        if (seen.length === 3) controller.abort();
      },
    });
    await expect(running).rejects.toThrow(AbortedError);
    expect(seen).toHaveLength(3);
  });
});

describe("weights", () => {
  const { nnf } = compileCnf(cnf(2, [[1, 2]]));
  const none = compileCnf(cnf(2, [[1], [-1]])).nnf;

  it("that neither under- nor overflow in logarithms", () => {
    const free = compileCnf(cnf(400, [])).nnf;
    const { wmc, logWmc } = weightedModelCount(free, new Float64Array(800).fill(1e-3));
    expect(wmc).toBe(0);
    expect(logWmc / 400).toBeCloseTo(Math.log(2e-3), 12);
  });

  it("of which none is left are no model, not NaN", () => {
    const zero = Float64Array.of(1, 0, 1, 0);
    for (const [formula, weights] of [
      [nnf, zero],
      [none, new Float64Array(4).fill(1)],
    ] as const) {
      expect(weightedModelCount(formula, weights)).toEqual({ wmc: 0, logWmc: Number.NEGATIVE_INFINITY });
      expect(literalShares(formula, weights)).toEqual({ kind: "no-model" });
      expect(heaviestModel(formula, weights)).toEqual({ kind: "no-model" });
    }
  });

  it("of a wrong number or kind are refused", () => {
    expect(() => weightedModelCount(nnf, new Float64Array(3))).toThrow(/4 numbers, two per variable/);
    expect(() => weightedModelCount(nnf, Float64Array.of(1, 1, 1, Number.NaN))).toThrow(InvalidArgumentError);
    for (const query of [literalShares, heaviestModel]) {
      expect(() => query(nnf, Float64Array.of(1, 1, 1, -1))).toThrow(/Only counts allow|at least 0/);
    }
  });
});
