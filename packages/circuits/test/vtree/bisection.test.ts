import {
  bisectionVtree,
  cnf,
  compileSdd,
  constrainedVtree,
  eliminationVtree,
  minFillVtree,
  naturalOrder,
  printVtree,
  randomVtree,
  rightLinearVtree,
  sddManager,
  sddModelCount,
  sddSize,
} from "@credence/circuits";
import { CredenceError, InvalidArgumentError } from "@credence/core";
import { describe, expect, it } from "vitest";
import { independentGrid, queens, randomClauses } from "../../../../bench/compile/families.ts";

describe("bisectionVtree", () => {
  it("separates what has nothing in common at the root", () => {
    const parts = cnf(8, [
      [1, 3],
      [3, 5],
      [5, 7],
      [2, 4],
      [4, 6],
      [6, 8],
    ]);
    const vtree = bisectionVtree(parts);
    const leftLeaves: number[] = [];
    for (let node = vtree.first[vtree.left[vtree.root]]; node < vtree.root; node += 2) {
      leftLeaves.push(vtree.variable[node] % 2);
    }
    expect(new Set(leftLeaves).size).toBe(1);
    expect(leftLeaves).toHaveLength(4);
  });

  it("is balanced, the same for the same seed, and good for compiling", () => {
    const formula = independentGrid(6, 6);
    const vtree = bisectionVtree(formula, { seed: 5 });
    expect(printVtree(vtree)).toBe(printVtree(bisectionVtree(formula, { seed: 5 })));
    expect(Math.max(...vtree.depth)).toBeLessThanOrEqual(9);
    const size = (tree: typeof vtree) => {
      const manager = sddManager(tree);
      const ref = compileSdd(manager, formula);
      expect(sddModelCount(manager, ref)).toBe(5598861n);
      return sddSize(manager, ref).elements;
    };
    expect(size(vtree)).toBeLessThan(0.5 * size(randomVtree(36, { seed: 5 })));
  });

  it("cuts formulas without clauses, and long chains without recursion", () => {
    expect(bisectionVtree(cnf(1, [])).variables).toBe(1);
    expect(bisectionVtree(cnf(7, [])).variables).toBe(7);
    const skewed = bisectionVtree(randomClauses(3, 60, 120, 60, 1), { balance: 0.95, starts: 1 });
    expect(skewed.variables).toBe(60);
  });

  it("refuses senseless options", () => {
    expect(() => bisectionVtree(cnf(0, []))).toThrow(InvalidArgumentError);
    expect(() => bisectionVtree(3 as never)).toThrow(InvalidArgumentError);
    expect(() => bisectionVtree(cnf(2, []), { balance: 0.4 })).toThrow(InvalidArgumentError);
    expect(() => bisectionVtree(cnf(2, []), { balance: 1 })).toThrow(InvalidArgumentError);
    expect(() => bisectionVtree(cnf(2, []), { starts: 0 })).toThrow(InvalidArgumentError);
  });
});

describe("other vtrees", () => {
  it("follow an elimination order: the last variable is at the root", () => {
    const chain = cnf(
      6,
      Array.from({ length: 5 }, (_, i) => [-(i + 1), i + 2]),
    );
    expect(printVtree(eliminationVtree(chain, naturalOrder(6)))).toBe(
      printVtree(rightLinearVtree(naturalOrder(6).reverse())),
    );
    const halves = eliminationVtree(chain, [1, 2, 6, 5, 3, 4]);
    expect(halves.variable[halves.left[halves.root]]).toBe(4);
    expect(Math.max(...halves.depth)).toBeLessThan(5);
    const formula = queens(5);
    const [a, b] = [minFillVtree(formula), eliminationVtree(formula, naturalOrder(25))].map((vtree) => {
      const manager = sddManager(vtree);
      return sddModelCount(manager, compileSdd(manager, formula));
    });
    expect([a, b]).toEqual([10n, 10n]);
    for (const order of [
      [1, 2],
      [1, 2, 3, 4, 5, 5],
      [1, 2, 3, 4, 5, 7],
      [0, 1, 2, 3, 4, 5],
    ]) {
      expect(() => eliminationVtree(chain, order)).toThrow(InvalidArgumentError);
    }
    expect(() => eliminationVtree(cnf(0, []), [])).toThrow(InvalidArgumentError);
  });

  it("decide constrained variables first", () => {
    const vtree = constrainedVtree([3, 1], [2, [4, 5]]);
    expect(vtree.variable[vtree.left[vtree.root]]).toBe(3);
    const below = vtree.right[vtree.root];
    expect(vtree.variable[vtree.left[below]]).toBe(1);
    expect(vtree.last[below] - vtree.first[vtree.right[below]]).toBe(4);
    expect(printVtree(constrainedVtree([2, 1]))).toBe(printVtree(rightLinearVtree([2, 1])));
    expect(() => constrainedVtree([1, 2], [2, 3])).toThrow(CredenceError);
  });

  it("are random by their seed alone", () => {
    const texts = [1, 1, 2].map((seed) => printVtree(randomVtree(20, { seed })));
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).not.toBe(texts[2]);
    expect(() => randomVtree(0)).toThrow(InvalidArgumentError);
    expect(() => randomVtree(1.5)).toThrow(InvalidArgumentError);
  });
});
