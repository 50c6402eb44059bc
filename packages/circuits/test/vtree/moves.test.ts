import {
  balancedVtree,
  naturalOrder,
  randomVtree,
  rotateVtreeLeft,
  rotateVtreeRight,
  swapVtreeChildren,
  type Vtree,
  vtreeOf,
} from "@credence/circuits";
import { InvalidArgumentError } from "@credence/core";
import { describe, expect, it } from "vitest";

/** A vtree as nested pairs. */
function shapeOf(vtree: Vtree, node = vtree.root): unknown {
  if (vtree.variable[node] > 0) return vtree.variable[node];
  return [shapeOf(vtree, vtree.left[node]), shapeOf(vtree, vtree.right[node])];
}

/** All that a vtree says of itself, checked against its children. */
function checkConsistent(vtree: Vtree): void {
  for (let node = 0; node < vtree.size; node++) {
    const [left, right] = [vtree.left[node], vtree.right[node]];
    if (left < 0) {
      expect([vtree.first[node], vtree.last[node], node % 2]).toEqual([node, node, 0]);
      expect(vtree.leaf[vtree.variable[node]]).toBe(node);
      continue;
    }
    expect([vtree.parent[left], vtree.parent[right]]).toEqual([node, node]);
    expect([vtree.depth[left], vtree.depth[right]]).toEqual([vtree.depth[node] + 1, vtree.depth[node] + 1]);
    expect([vtree.first[node], vtree.last[node]]).toEqual([vtree.first[left], vtree.last[right]]);
    expect([left < node, node < right, vtree.meet(left, right)]).toEqual([true, true, node]);
  }
}

describe("moves of vtrees", () => {
  it("rotate and swap as drawn", () => {
    const right = vtreeOf([1, [2, 3]]);
    const left = rotateVtreeLeft(right, right.root);
    expect(shapeOf(left)).toEqual([[1, 2], 3]);
    expect(shapeOf(rotateVtreeRight(left, left.root))).toEqual([1, [2, 3]]);
    const { vtree, places } = swapVtreeChildren(right, right.root);
    expect(shapeOf(vtree)).toEqual([[2, 3], 1]);
    expect([...places]).toEqual([4, 3, 0, 1, 2]);
    expect(shapeOf(right)).toEqual([1, [2, 3]]);
  });

  it("leave a consistent vtree below and above, and are undone by their inverses", () => {
    let vtree = balancedVtree(naturalOrder(9));
    for (let step = 0; step < 60; step++) {
      const node = 2 * ((step * 7) % 8) + 1;
      const before = shapeOf(vtree);
      if (step % 3 === 0 && vtree.left[vtree.right[node]] >= 0) {
        const moved = rotateVtreeLeft(vtree, node);
        expect(shapeOf(rotateVtreeRight(moved, vtree.right[node]))).toEqual(before);
        vtree = moved;
      } else if (step % 3 === 1 && vtree.left[vtree.left[node]] >= 0) {
        const moved = rotateVtreeRight(vtree, node);
        expect(shapeOf(rotateVtreeLeft(moved, vtree.left[node]))).toEqual(before);
        vtree = moved;
      } else {
        const swapped = swapVtreeChildren(vtree, node);
        const again = swapVtreeChildren(swapped.vtree, swapped.places[node]);
        expect(shapeOf(again.vtree)).toEqual(before);
        expect(again.places[swapped.places[node]]).toBe(node);
        vtree = swapped.vtree;
      }
      checkConsistent(vtree);
    }
    checkConsistent(randomVtree(30, { seed: 3 }));
  });

  it("refuse nodes where they are not possible", () => {
    const vtree = vtreeOf([1, [2, 3]]);
    for (const use of [
      () => rotateVtreeLeft(vtree, 3),
      () => rotateVtreeRight(vtree, vtree.root),
      () => swapVtreeChildren(vtree, 0),
      () => rotateVtreeLeft(vtree, -1),
      () => swapVtreeChildren(vtree, 0.5),
    ]) {
      expect(use).toThrow(InvalidArgumentError);
    }
  });
});
