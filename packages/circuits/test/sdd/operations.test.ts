import {
  BudgetError,
  balancedVtree,
  compileSdd,
  naturalOrder,
  rightLinearVtree,
  type SddManager,
  sddAnd,
  sddAndAsync,
  sddCondition,
  sddCopy,
  sddExists,
  sddExistsAsync,
  sddIff,
  sddLiteral,
  sddManager,
  sddModelCount,
  sddOr,
  sddRename,
  sddTrue,
  vtreeOf,
} from "@credence/circuits";
import { AbortedError, InvalidArgumentError } from "@credence/core";
import { describe, expect, it } from "vitest";
import { matchings, queens, randomClauses } from "../../../../bench/compile/families.ts";

/** Two functions whose conjunction takes long. */
function heavy(): { readonly manager: SddManager; readonly a: number; readonly b: number } {
  const manager = sddManager(balancedVtree(naturalOrder(40)));
  return {
    manager,
    a: compileSdd(manager, randomClauses(3, 40, 22, 40, 1)),
    b: compileSdd(manager, randomClauses(3, 40, 22, 40, 2)),
  };
}

describe("operations on SDDs", () => {
  it("stop within their budgets and when they are cancelled, and leave the manager usable", async () => {
    const { manager, a, b } = heavy();
    const before = sddModelCount(manager, a);
    expect(() => sddAnd(manager, a, b, { nodes: manager.nodes + 5000 })).toThrow(BudgetError);
    expect(() => sddOr(manager, a, b, { milliseconds: 20 })).toThrow(BudgetError);
    expect(() => sddIff(manager, a, b, { milliseconds: 20 })).toThrow(BudgetError);
    const controller = new AbortController();
    const running = sddAndAsync(manager, a, b, {
      signal: controller.signal,
      onProgress: ({ metrics }) => {
        expect(metrics["nodes"]).toBeGreaterThan(60);
        controller.abort();
      },
    });
    await expect(running).rejects.toThrow(AbortedError);
    expect(sddModelCount(manager, a)).toBe(before);
    expect(sddModelCount(manager, sddAnd(manager, a, sddLiteral(manager, 1)))).toBeLessThan(before);
  });

  it("quantify until they are cancelled", async () => {
    const manager = sddManager(rightLinearVtree(naturalOrder(60)));
    const matched = compileSdd(manager, matchings(6, 6));
    const inner = naturalOrder(60).filter((v) => v % 2 === 1);
    const projected = await sddExistsAsync(manager, matched, inner);
    expect(projected).toBe(sddExists(manager, matched, inner));
    const signal = AbortSignal.abort();
    const { manager: other, a } = heavy();
    await expect(sddExistsAsync(other, a, naturalOrder(40), { signal })).rejects.toThrow(AbortedError);
  });

  it("refuse literals of both signs and unknown variables", () => {
    const manager = sddManager(vtreeOf([1, 2]));
    expect(() => sddCondition(manager, sddTrue, [1, -1])).toThrow(/both signs/);
    expect(() => sddExists(manager, sddTrue, [3])).toThrow(InvalidArgumentError);
    expect(() => sddRename(manager, sddTrue, new Map([[1, 3]]))).toThrow(InvalidArgumentError);
    expect(() => sddRename(manager, sddTrue, new Map([[0, 1]]))).toThrow(InvalidArgumentError);
  });

  it("rename queens by a symmetry of the board to the same function", () => {
    const manager = sddManager(balancedVtree(naturalOrder(36)));
    const ref = compileSdd(manager, queens(6));
    const mirrored = new Map(
      naturalOrder(36).map((v) => [v, Math.floor((v - 1) / 6) * 6 + (5 - ((v - 1) % 6)) + 1]),
    );
    expect(sddRename(manager, ref, mirrored)).toBe(ref);
    expect(sddModelCount(manager, sddRename(manager, ref, new Map([[1, -1]])))).toBe(4n);
  });

  it("copy to another vtree, where the function is the one compiled there", () => {
    const formula = queens(6);
    const source = sddManager(balancedVtree(naturalOrder(36)));
    const target = sddManager(rightLinearVtree(naturalOrder(40).reverse()));
    const copied = sddCopy(source, compileSdd(source, formula), target);
    expect(copied).toBe(compileSdd(target, formula));
    expect(() => sddCopy(target, copied, source)).toThrow(InvalidArgumentError);
  });
});
