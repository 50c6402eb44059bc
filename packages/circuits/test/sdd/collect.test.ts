import {
  balancedVtree,
  cnf,
  collectSdd,
  compileSdd,
  compileSddAsync,
  naturalOrder,
  pinSdd,
  sddAnd,
  sddLiteral,
  sddManager,
  sddModelCount,
  sddNot,
  sddOr,
  sddSize,
  sddTrue,
  vtreeOf,
} from "@credence/circuits";
import { CredenceError } from "@credence/core";
import { describe, expect, it } from "vitest";
import { queens, randomClauses } from "../../../../bench/compile/families.ts";

function codeOf(use: () => unknown): string {
  try {
    use();
  } catch (error) {
    if (error instanceof CredenceError) return error.code;
    throw error;
  }
  return "none";
}

describe("collectSdd", () => {
  it("keeps pinned functions with their references, constants and literals, and collects the rest", () => {
    const manager = sddManager(balancedVtree(naturalOrder(36)));
    const kept = compileSdd(manager, queens(6));
    const lost = compileSdd(manager, randomClauses(3, 36, 40, 6, 1));
    const size = sddSize(manager, kept);
    const handle = pinSdd(manager, kept);
    expect([handle.manager, handle.ref]).toEqual([manager, kept]);
    const before = manager.nodes;
    const { collected, nodes } = collectSdd(manager);
    expect(collected).toBeGreaterThan(0);
    expect([nodes, nodes + collected]).toEqual([manager.nodes, before]);
    expect(sddSize(manager, kept)).toEqual(size);
    expect(sddModelCount(manager, kept)).toBe(4n);
    expect(compileSdd(manager, queens(6))).toBe(kept);
    expect(sddAnd(manager, sddLiteral(manager, 1), sddTrue)).toBe(sddLiteral(manager, 1));
    for (const use of [
      () => sddNot(manager, lost),
      () => sddAnd(manager, kept, lost),
      () => sddModelCount(manager, sddNot(manager, kept) && lost),
      () => pinSdd(manager, lost),
    ]) {
      expect(codeOf(use)).toBe("SDD_COLLECTED");
    }
    // The negation shares its node.
    expect(sddModelCount(manager, sddNot(manager, kept))).toBe(2n ** 36n - 4n);
  });

  it("refuses old references even after their numbers are used again", () => {
    const manager = sddManager(
      vtreeOf([
        [1, 2],
        [3, 4],
      ]),
    );
    const [x, y, z] = [1, 2, 3].map((v) => sddLiteral(manager, v));
    const old = sddAnd(manager, x, y);
    collectSdd(manager);
    const fresh = sddOr(manager, x, z);
    const again = sddAnd(manager, x, y);
    expect(again).not.toBe(old);
    expect(codeOf(() => sddNot(manager, old))).toBe("SDD_COLLECTED");
    expect([sddModelCount(manager, fresh), sddModelCount(manager, again)]).toEqual([12n, 4n]);
    expect(sddAnd(manager, x, y)).toBe(again);
  });

  it("pins as often as asked, and releases once per handle", () => {
    const manager = sddManager(vtreeOf([1, [2, 3]]));
    const f = sddAnd(manager, sddLiteral(manager, 1), sddLiteral(manager, -3));
    const [first, second] = [pinSdd(manager, f), pinSdd(manager, sddNot(manager, f))];
    first.release();
    first.release();
    collectSdd(manager);
    expect(sddModelCount(manager, f)).toBe(2n);
    second.release();
    expect(collectSdd(manager)).toEqual({ collected: 1, nodes: 4 });
    expect(codeOf(() => sddModelCount(manager, f))).toBe("SDD_COLLECTED");
    expect(collectSdd(manager).collected).toBe(0);
  });

  it("does not grow a manager that is used again and again", () => {
    const manager = sddManager(balancedVtree(naturalOrder(14)));
    let most = 0;
    for (let seed = 0; seed < 30; seed++) {
      const ref = compileSdd(manager, randomClauses(3, 14, 35, 14, seed));
      const fresh = sddManager(manager.vtree);
      expect(sddModelCount(manager, ref)).toBe(
        sddModelCount(fresh, compileSdd(fresh, randomClauses(3, 14, 35, 14, seed))),
      );
      most = Math.max(most, manager.nodes);
      collectSdd(manager);
      expect(manager.nodes).toBe(15);
    }
    expect(most).toBeLessThan(20_000);
  });

  it("waits for operations under way, as other operations do", async () => {
    const manager = sddManager(balancedVtree(naturalOrder(20)));
    const seen: string[] = [];
    const running = compileSddAsync(manager, randomClauses(3, 20, 60, 20, 1), {
      onProgress: ({ step }) => {
        if (step !== 3) return;
        seen.push(codeOf(() => collectSdd(manager)));
        seen.push(codeOf(() => sddOr(manager, sddLiteral(manager, 1), sddLiteral(manager, 2))));
        seen.push(codeOf(() => compileSdd(manager, cnf(2, [[1, 2]]))));
      },
    });
    const ref = await running;
    expect(seen.slice(0, 3)).toEqual(["SDD_BUSY", "SDD_BUSY", "SDD_BUSY"]);
    expect(sddModelCount(manager, ref)).toBeGreaterThan(0n);
    expect(collectSdd(manager).collected).toBeGreaterThan(0);
  });
});
