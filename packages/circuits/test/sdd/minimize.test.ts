import {
  BudgetError,
  balancedVtree,
  collectSdd,
  compileSdd,
  type Minimized,
  minimizeSdd,
  minimizeSddAsync,
  moveSddVtree,
  naturalOrder,
  pinSdd,
  rightLinearVtree,
  sddCopy,
  sddManager,
  sddModelCount,
  sddNot,
  sddSize,
  vtreeOf,
} from "@credence/circuits";
import { AbortedError, InvalidArgumentError } from "@credence/core";
import { describe, expect, it } from "vitest";
import { matchings, queens, randomClauses } from "../../../../bench/compile/families.ts";

describe("minimizeSdd", () => {
  it("finds a smaller diagram of the same functions, whose size is canonical", () => {
    const formula = queens(6);
    const manager = sddManager(balancedVtree(naturalOrder(36)));
    const ref = compileSdd(manager, formula);
    const other = compileSdd(manager, randomClauses(3, 36, 20, 6, 1));
    const counts = [ref, other].map((each) => sddModelCount(manager, each));
    const handle = pinSdd(manager, other);
    const result = minimizeSdd(manager, [ref]);
    expect(result.finished).toBe(true);
    expect(result.after).toBeLessThan(0.8 * result.before);
    expect([ref, other].map((each) => sddModelCount(manager, each))).toEqual(counts);
    const fresh = sddManager(manager.vtree);
    expect(sddSize(manager, ref)).toEqual(sddSize(fresh, compileSdd(fresh, formula)));
    handle.release();
    // The manager can be worked with: what is compiled anew is found again.
    expect(compileSdd(manager, formula)).toBe(ref);
    expect(sddCopy(fresh, compileSdd(fresh, formula), manager)).toBe(ref);
    expect(sddModelCount(manager, sddNot(manager, ref))).toBe(2n ** 36n - 4n);
  });

  it("collects what is neither given nor pinned", () => {
    const manager = sddManager(balancedVtree(naturalOrder(16)));
    const lost = compileSdd(manager, queens(4));
    expect(minimizeSdd(manager, [])).toMatchObject({ before: 0, after: 0, finished: true });
    expect(() => sddModelCount(manager, lost)).toThrow(/collected/);
    expect(collectSdd(manager).nodes).toBe(17);
  });

  it("keeps the best so far when its time is up or it is cancelled", async () => {
    const formula = matchings(5, 6);
    const manager = sddManager(balancedVtree(naturalOrder(49)));
    const ref = compileSdd(manager, formula);
    const short = minimizeSdd(manager, [ref], { milliseconds: 30 });
    expect(short.finished).toBe(false);
    expect(sddSize(manager, ref).elements).toBe(short.after);
    const controller = new AbortController();
    let error: unknown;
    try {
      await minimizeSddAsync(manager, [ref], {
        signal: controller.signal,
        onProgress: ({ step, metrics }) => {
          expect(metrics["elements"]).toBeLessThanOrEqual(short.after);
          if (step === 20) controller.abort();
        },
      });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(AbortedError);
    const partial = (error as AbortedError<Minimized>).partial!;
    expect(sddSize(manager, ref).elements).toBe(partial.after);
    expect(sddModelCount(manager, ref)).toBe(1183n);
    const fresh = sddManager(manager.vtree);
    expect(sddSize(fresh, compileSdd(fresh, formula)).elements).toBe(partial.after);
  });

  it("does nothing to a single variable, and refuses senseless options", () => {
    const manager = sddManager(vtreeOf(1));
    expect(minimizeSdd(manager, [2])).toEqual({ before: 0, after: 0, moves: 0, finished: true });
    expect(() => minimizeSdd(manager, [2], { growth: 0.5 })).toThrow(InvalidArgumentError);
    expect(() => minimizeSdd(manager, [2], { milliseconds: 0 })).toThrow(InvalidArgumentError);
    expect(() => minimizeSdd(manager, [99])).toThrow(InvalidArgumentError);
  });
});

describe("moveSddVtree", () => {
  it("undoes a rotation by the other one, and a swap by itself", () => {
    const formula = queens(5);
    const manager = sddManager(rightLinearVtree(naturalOrder(25)));
    const ref = compileSdd(manager, formula);
    const size = sddSize(manager, ref);
    const w = moveSddVtree(manager, "left", 5);
    expect(w).toBe(7);
    expect(sddSize(manager, ref)).not.toEqual(size);
    expect(moveSddVtree(manager, "right", w)).toBe(5);
    expect(sddSize(manager, ref)).toEqual(size);
    expect(moveSddVtree(manager, "swap", moveSddVtree(manager, "swap", 5))).toBe(5);
    expect(sddSize(manager, ref)).toEqual(size);
    expect(compileSdd(manager, formula)).toBe(ref);
  });

  it("changes nothing when the budget ends it", () => {
    const manager = sddManager(rightLinearVtree(naturalOrder(24)));
    const ref = compileSdd(manager, randomClauses(3, 24, 50, 24, 1));
    const { vtree } = manager;
    const [size, count] = [sddSize(manager, ref), sddModelCount(manager, ref)];
    moveSddVtree(manager, "swap", moveSddVtree(manager, "swap", vtree.root));
    const middle = sddManager(balancedVtree(naturalOrder(24)));
    const other = compileSdd(middle, randomClauses(3, 24, 50, 24, 1));
    const before = [middle.vtree, sddSize(middle, other)];
    expect(() => moveSddVtree(middle, "swap", middle.vtree.root, { nodes: middle.nodes })).toThrow(
      BudgetError,
    );
    expect([middle.vtree, sddSize(middle, other)]).toEqual(before);
    expect(sddModelCount(middle, other)).toBe(count);
    expect(sddSize(manager, ref)).toEqual(size);
  });

  it("refuses moves that are not possible", () => {
    const manager = sddManager(vtreeOf([[1, 2], 3]));
    expect(() => moveSddVtree(manager, "left", 3)).toThrow(/right child/);
    expect(() => moveSddVtree(manager, "right", 1)).toThrow(/left child/);
    expect(() => moveSddVtree(manager, "swap", 0)).toThrow(InvalidArgumentError);
    expect(() => moveSddVtree(manager, "turn" as never, 1)).toThrow(InvalidArgumentError);
  });
});
