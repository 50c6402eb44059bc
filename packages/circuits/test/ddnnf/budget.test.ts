import {
  type Budget,
  BudgetError,
  balancedVtree,
  type Cnf,
  compileCnf,
  compileCnfAsync,
  compileFactors,
  compileFactorsAsync,
  compileObdd,
  compileObddAsync,
  compileSdd,
  compileSddAsync,
  factorGraph,
  logPartition,
  naturalOrder,
  obddManager,
  sddManager,
} from "@credence/circuits";
import { AbortedError, rng } from "@credence/core";
import { describe, expect, it } from "vitest";
import { randomClauses } from "../../../../bench/compile/families.ts";

/** Far too hard for any of the compilers within the limits of these tests. */
const hard: Cnf = randomClauses(3, 120, 300, 120, 1);

const compilers: Readonly<Record<string, (budget: Budget) => unknown>> = {
  "from the top down": (budget) => compileCnf(hard, budget),
  "from the top down, by separators": (budget) => compileCnf(hard, { ...budget, branching: "separators" }),
  "from the top down, by weights": (budget) => compileCnf(hard, { ...budget, branching: "weights" }),
  "to an SDD": (budget) => compileSdd(sddManager(balancedVtree(naturalOrder(120))), hard, budget),
  "to an OBDD": (budget) => compileObdd(obddManager(120), hard, budget),
};

function errorOf(use: () => unknown): BudgetError {
  try {
    use();
  } catch (error) {
    if (error instanceof BudgetError) return error;
    throw error;
  }
  throw new Error("It came to an end.");
}

describe.each(Object.entries(compilers))("a CNF too hard for its budget, %s", (_, compile) => {
  it("stops at its nodes, and says what it reached", () => {
    const error = errorOf(() => compile({ nodes: 2000 }));
    expect(error.code).toBe("BUDGET_EXCEEDED");
    expect(error.reached["nodes"]).toBeGreaterThan(2000);
    // Budgets are looked at now and then, so that a little more may be made.
    expect(error.reached["nodes"]).toBeLessThan(60_000);
    expect(error.message).toContain("2000 nodes");
    expect(error.toJSON()).toMatchObject({ code: "BUDGET_EXCEEDED", hint: expect.stringContaining("vtree") });
  });

  it("stops at its time", () => {
    const error = errorOf(() => compile({ milliseconds: 60 }));
    expect(error.given).toBe("60 ms");
    expect(Object.keys(error.reached)).toContain("nodes");
  });

  it.each([0, -1, Number.NaN])("refuses the limit %d", (limit) => {
    expect(() => compile({ nodes: limit })).toThrow(/above 0/);
    expect(() => compile({ milliseconds: limit })).toThrow(/above 0/);
  });
});

describe("compilations that are cancelled", () => {
  it.each([
    ["compileCnfAsync", (signal: AbortSignal) => compileCnfAsync(hard, { signal })],
    [
      "compileSddAsync",
      (signal: AbortSignal) =>
        compileSddAsync(sddManager(balancedVtree(naturalOrder(120))), hard, { signal }),
    ],
    ["compileObddAsync", (signal: AbortSignal) => compileObddAsync(obddManager(120), hard, { signal })],
    ["compileFactorsAsync", (signal: AbortSignal) => compileFactorsAsync(network(40, 6), { signal })],
  ])("%s ends with an AbortedError soon after", async (_, compile) => {
    const controller = new AbortController();
    const running = compile(controller.signal);
    setTimeout(() => controller.abort(new Error("enough")), 20);
    const error = await running.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AbortedError);
    expect((error as AbortedError).cause).toBeInstanceOf(Error);
  });

  it("come to the same circuit when nobody cancels them", async () => {
    const graph = network(8, 2);
    const circuit = compileFactors(graph);
    const other = await compileFactorsAsync(graph);
    expect([other.size, logPartition(other)]).toEqual([circuit.size, logPartition(circuit)]);
    // The tables are those of a Bayesian network.
    expect(Math.abs(logPartition(circuit))).toBeLessThan(1e-9);
    expect(() => compileFactors(network(40, 6), { nodes: 500 })).toThrow(BudgetError);
  });
});

/** A Bayesian network of binary variables, each with up to `parents` random ones before it. */
function network(size: number, parents: number) {
  const random = rng(7);
  const variables = Array.from({ length: size }, (_, v) => ({ name: `v${v}`, states: ["no", "yes"] }));
  const factors = variables.map((_, v) => {
    const scope = random.shuffle([...Array(v).keys()]).slice(0, parents);
    const values = Float64Array.from({ length: 2 ** (scope.length + 1) });
    for (let row = 0; row < values.length; row += 2) {
      values[row] = 0.1 + 0.8 * random();
      values[row + 1] = 1 - values[row];
    }
    return { scope: [...scope, v], values };
  });
  return factorGraph(variables, factors);
}
