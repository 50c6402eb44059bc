import {
  compileObdd,
  compileObddAsync,
  compileSdd,
  modelCount,
  naturalOrder,
  obddAnd,
  obddFalse,
  obddFromSdd,
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
  sddManager,
  sddSize,
  siftObdd,
} from "@credence/circuits";
import { describe, expect, it } from "vitest";
import { coloredGrid, independentGrid, queens, xorChain } from "../../../../bench/compile/families.ts";

describe("sizes", () => {
  it("of known functions are known", () => {
    const manager = obddManager(10);
    const variables = naturalOrder(10).map((v) => obddLiteral(manager, v));
    const all = variables.reduce((a, b) => obddAnd(manager, a, b), obddTrue);
    const any = variables.reduce((a, b) => obddOr(manager, a, b), obddFalse);
    const odd = variables.reduce((a, b) => obddXor(manager, a, b), obddFalse);
    // With complement edges a parity needs one node per variable, and so do chains.
    expect([all, any, odd].map((each) => obddSize(manager, each))).toEqual([10, 10, 10]);
    expect([all, any, odd].map((each) => obddModelCount(manager, each))).toEqual([1n, 1023n, 512n]);
    expect(obddSize(manager, obddNot(manager, all))).toBe(10);
    expect([obddSize(manager, obddTrue), obddModelCount(manager, obddFalse)]).toEqual([0, 0n]);
    expect(obddModelCount(manager, obddLiteral(manager, -10))).toBe(512n);
  });

  it("of the constant functions as NNFs are those of nothing and of everything", () => {
    const manager = obddManager([3, 1, 2]);
    expect(modelCount(obddToNnf(manager, obddTrue))).toBe(8n);
    expect(modelCount(obddToNnf(manager, obddFalse))).toBe(0n);
    expect(modelCount(obddToNnf(manager, obddLiteral(manager, 1)))).toBe(4n);
    expect(modelCount(obddToNnf(manager, obddLiteral(manager, -3)))).toBe(4n);
  });
});

describe("OBDDs and SDDs over right-linear vtrees", () => {
  it.each([
    ["6 queens", queens(6)],
    ["6×6 grid", independentGrid(6, 6)],
    ["3×3 grid in 3 colors", coloredGrid(3, 3, 3)],
    ["parity", xorChain(40)],
  ])("have the same shape: %s", (_, formula) => {
    const order = naturalOrder(formula.variables);
    const obdds = obddManager(formula.variables);
    const sdds = sddManager(rightLinearVtree(order));
    const obdd = compileObdd(obdds, formula);
    const sdd = obddToSdd(obdds, obdd, sdds);
    expect(compileSdd(sdds, formula)).toBe(sdd);
    expect(obddFromSdd(sdds, sdd, obdds)).toBe(obdd);
    // Decisions have two elements, and there are no more of them than of nodes, counted with both signs.
    const { elements, decisions } = sddSize(sdds, sdd);
    expect(elements).toBe(2 * decisions);
    expect(decisions).toBeLessThanOrEqual(2 * obddSize(obdds, obdd));
    expect(obddModelCount(obdds, obdd)).toBe(modelCount(obddToNnf(obdds, obdd)));
  });
});

describe("siftObdd", () => {
  it("keeps several functions at a time, whatever is shared, and works again and again", () => {
    const manager = obddManager(36);
    const board = compileObdd(manager, queens(6));
    const corner = obddAnd(manager, board, obddLiteral(manager, 2));
    let refs: readonly number[] = [
      board,
      obddNot(manager, board),
      corner,
      obddTrue,
      obddLiteral(manager, 36),
    ];
    const counts = refs.map((ref) => obddModelCount(manager, ref));
    expect(counts.slice(0, 2)).toEqual([4n, (1n << 36n) - 4n]);
    let last = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 3; round++) {
      const sifted = siftObdd(manager, refs);
      refs = sifted.refs;
      expect(refs.map((ref) => obddModelCount(manager, ref))).toEqual(counts);
      expect(sifted.after).toBeLessThanOrEqual(Math.min(last, sifted.before));
      expect(refs[1]).toBe(obddNot(manager, refs[0]));
      last = sifted.after;
    }
    expect([...manager.order].sort((a, b) => a - b)).toEqual(naturalOrder(36));
  });

  it("leaves an empty manager when nothing is to be kept", () => {
    const manager = obddManager(16);
    compileObdd(manager, queens(4));
    expect(siftObdd(manager, [])).toEqual({ refs: [], before: 0, after: 0, finished: true });
    expect(manager.nodes).toBe(1);
  });

  it("undoes the worst order of a comparison of two numbers", () => {
    // Equality of 8 bits with 8 bits: three nodes per pair if pairs stand together, exponential if not.
    const manager = obddManager(16);
    let equal = obddTrue;
    for (let v = 1; v <= 8; v++) {
      const differ = obddXor(manager, obddLiteral(manager, v), obddLiteral(manager, v + 8));
      equal = obddAnd(manager, equal, obddNot(manager, differ));
    }
    const before = obddSize(manager, equal);
    expect(before).toBeGreaterThan(500);
    const { refs, after } = siftObdd(manager, [equal], { growth: 3 });
    expect(after).toBeLessThanOrEqual(24);
    expect(obddModelCount(manager, refs[0])).toBe(256n);
  });

  it("compiles the same in turns", async () => {
    const manager = obddManager(25);
    const seen: number[] = [];
    const ref = await compileObddAsync(manager, queens(5), { onProgress: ({ step }) => seen.push(step) });
    expect(compileObdd(manager, queens(5))).toBe(ref);
    expect(seen).toEqual(Array.from({ length: queens(5).clauses }, (_, i) => i + 1));
  });
});
