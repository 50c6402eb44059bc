import {
  BudgetError,
  balancedVtree,
  compileCnf,
  compileSdd,
  compileSddAsync,
  modelCount,
  naturalOrder,
  printVtree,
  sddManager,
  sddModelCount,
  sddSize,
} from "@credence/circuits";
import { AbortedError } from "@credence/core";
import { describe, expect, it } from "vitest";
import { independentGrid, latin, matchings, randomClauses } from "../../../../bench/compile/families.ts";

describe("compileSdd with a search for a vtree", () => {
  it.each([
    ["grid", independentGrid(6, 7), 0.7],
    ["matchings", matchings(6, 6), 0.9],
    ["latin squares", latin(4), 0.9],
    ["random clauses", randomClauses(3, 40, 90, 12, 3), 0.7],
  ])("makes smaller diagrams with the same count: %s", (_, formula, share) => {
    const shape = balancedVtree(naturalOrder(formula.variables));
    const fixed = sddManager(shape);
    const size = sddSize(fixed, compileSdd(fixed, formula)).elements;
    const manager = sddManager(shape);
    const phases = new Set<string>();
    const onProgress = ({ phase }: { phase: string }) => phases.add(phase);
    const ref = compileSdd(manager, formula, { vtreeSearch: true, onProgress });
    expect(sddSize(manager, ref).elements).toBeLessThan(share * size);
    expect(sddModelCount(manager, ref)).toBe(modelCount(compileCnf(formula).nnf));
    expect(phases).toContain("minimizing");
    const again = sddManager(shape);
    compileSdd(again, formula, { vtreeSearch: true });
    expect(printVtree(again.vtree)).toBe(printVtree(manager.vtree));
  });

  it("stops within its budget before the last clause, and ends the last search with what it has", () => {
    const formula = independentGrid(8, 8);
    const manager = sddManager(balancedVtree(naturalOrder(64)));
    expect(() => compileSdd(manager, formula, { vtreeSearch: true, nodes: 500 })).toThrow(BudgetError);
    const hard = randomClauses(3, 60, 180, 60, 1);
    const other = sddManager(balancedVtree(naturalOrder(60)));
    expect(() => compileSdd(other, hard, { vtreeSearch: true, milliseconds: 300 })).toThrow(BudgetError);
    for (const each of [manager, other]) {
      const small = compileSdd(each, independentGrid(3, 3));
      expect(sddModelCount(each, small)).toBe(63n << BigInt(each.vtree.variables - 9));
    }
  });

  it("can be cancelled within a search, and the manager goes on", async () => {
    const formula = independentGrid(8, 8);
    const manager = sddManager(balancedVtree(naturalOrder(64)));
    const controller = new AbortController();
    const run = compileSddAsync(manager, formula, {
      vtreeSearch: true,
      signal: controller.signal,
      onProgress: ({ phase, step }) => {
        if (phase === "minimizing" && step > 5) controller.abort();
      },
    });
    await expect(run).rejects.toThrow(AbortedError);
    const fresh = sddManager(manager.vtree);
    const [ref, same] = [manager, fresh].map((each) => compileSdd(each, formula));
    expect(sddSize(manager, ref)).toEqual(sddSize(fresh, same));
    expect(sddModelCount(manager, ref)).toBe(sddModelCount(fresh, same));
  });
});
