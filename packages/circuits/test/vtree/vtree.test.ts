import {
  balancedVtree,
  cnf,
  leftLinearVtree,
  minFillVtree,
  naturalOrder,
  parseVtree,
  printVtree,
  rightLinearVtree,
  vtreeOf,
} from "@credence/circuits";
import { CredenceError, InvalidArgumentError, ParseError } from "@credence/core";
import { describe, expect, it } from "vitest";

describe("vtreeOf", () => {
  it("numbers nodes in-order", () => {
    const vtree = vtreeOf([[3, 1], 2]);
    expect([...vtree.variable]).toEqual([3, 0, 1, 0, 2]);
    expect([vtree.root, vtree.size, vtree.variables]).toEqual([3, 5, 3]);
    expect([vtree.left[3], vtree.right[3], vtree.parent[1], vtree.leaf[2]]).toEqual([1, 4, 3, 4]);
    expect([vtree.first[1], vtree.last[1], vtree.depth[0]]).toEqual([0, 2, 2]);
  });

  it.each([[[1, 3]], [[1, 1]], [[[1, 2], 2]]])("refuses %j", (shape) => {
    expect(() => vtreeOf(shape as [number, number])).toThrow(CredenceError);
  });

  it.each([0, -1, 1.5])("refuses the variable %d", (variable) => {
    expect(() => vtreeOf([1, variable])).toThrow(InvalidArgumentError);
  });
});

describe("the usual vtrees", () => {
  const order = [2, 1, 3, 4, 5];
  it.each([
    ["right-linear", rightLinearVtree(order), [2, [1, [3, [4, 5]]]]],
    ["left-linear", leftLinearVtree(order), [[[[2, 1], 3], 4], 5]],
    [
      "balanced",
      balancedVtree(order),
      [
        [2, 1],
        [3, [4, 5]],
      ],
    ],
  ])("%s", (_, made, shape) => {
    expect(printVtree(made)).toBe(printVtree(vtreeOf(shape as [number, number])));
  });

  it("of one variable are a leaf, of none are refused", () => {
    for (const make of [rightLinearVtree, leftLinearVtree, balancedVtree]) {
      expect(printVtree(make([1]))).toBe("vtree 1\nL 0 1\n");
      expect(() => make([])).toThrow(InvalidArgumentError);
    }
  });

  it("min-fill keeps together what occurs together", () => {
    const vtree = minFillVtree(
      cnf(6, [
        [1, 4],
        [4, -1],
        [2, 5],
        [3, 6],
      ]),
    );
    const met = [vtree.meet(vtree.leaf[1], vtree.leaf[4]), vtree.meet(vtree.leaf[2], vtree.leaf[5])];
    for (const node of met) expect(vtree.last[node] - vtree.first[node]).toBe(2);
    expect(() => minFillVtree(cnf(0, []))).toThrow(InvalidArgumentError);
  });

  it("min-fill puts a star's center on top of its rays", () => {
    const vtree = minFillVtree(
      cnf(4, [
        [2, 1],
        [2, 3],
        [2, 4],
      ]),
    );
    expect(vtree.variables).toBe(4);
    expect(vtree.depth[vtree.leaf[2]]).toBeLessThan(3);
  });
});

describe("parseVtree", () => {
  it("reads any numbers of nodes, and comments", () => {
    const { vtree, places } = parseVtree("c a comment\nvtree 3\nL 7 2\nL 4 1\nI 9 7 4\n");
    expect(printVtree(vtree)).toBe(printVtree(vtreeOf([2, 1])));
    expect([places.get(7), places.get(9), places.get(4)]).toEqual([0, 1, 2]);
    expect(naturalOrder(3)).toEqual([1, 2, 3]);
  });

  it.each([
    ["", "VTREE_HEADER", 1],
    ["L 0 1\n", "VTREE_HEADER", 1],
    ["vtree x\n", "VTREE_HEADER", 1],
    ["vtree 1\nvtree 1\n", "VTREE_HEADER", 2],
    ["vtree 3\nL 0 1\nL 2 2\n", "VTREE_HEADER", 4],
    ["c only a comment\n", "VTREE_HEADER", 2],
    ["vtree 3\nL 0 1\nL 1 1\nI 2 0 1\n", "VTREE_VARIABLES", 4],
    ["vtree 1\nL 0 0\n", "VTREE_NODE", 2],
    ["vtree 2\nL 0 1\nL 0 2\n", "VTREE_NODE", 3],
    ["vtree 2\nL 0 1\nI 1 0 0\n", "VTREE_NODE", 3],
    ["vtree 2\nX 0 1\n", "VTREE_LINE", 2],
    ["vtree 1\nL 0 1 1\n", "VTREE_LINE", 2],
  ])("refuses %j with %s on line %d", (text, code, line) => {
    let error: unknown;
    try {
      parseVtree(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ParseError);
    expect([(error as ParseError).code, (error as ParseError).line]).toEqual([code, line]);
  });
});
