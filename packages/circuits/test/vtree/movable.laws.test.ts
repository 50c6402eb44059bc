import { rotateVtreeLeft, rotateVtreeRight, swapVtreeChildren, vtreeOf } from "@credence/circuits";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  movableVtree,
  placeAfterSwap,
  rotateInPlaceLeft,
  rotateInPlaceRight,
  settledVtree,
  swapInPlace,
} from "../../src/vtree/movable.ts";
import type { Vtree } from "../../src/vtree/vtree.ts";
import { vtreeShapes } from "./arbitrary.ts";

/** All that a vtree says, where any two nodes meet included. */
function facts(vtree: Vtree): object {
  const { meet, ...rest } = vtree;
  const nodes = [...vtree.left.keys()];
  return { ...rest, meets: nodes.map((a) => nodes.map((b) => meet(a, b))) };
}

describe("a movable vtree", () => {
  it("is after every move what the moves that make new vtrees give", () => {
    const cases = fc.integer({ min: 1, max: 9 }).chain((variables) =>
      fc.tuple(
        vtreeShapes(variables),
        fc.array(fc.tuple(fc.constantFrom("left", "right", "swap"), fc.nat(2 * variables - 2)), {
          maxLength: 15,
        }),
      ),
    );
    fc.assert(
      fc.property(cases, ([shape, turns]) => {
        let vtree = vtreeOf(shape);
        const movable = movableVtree(vtree);
        for (const [move, node] of turns) {
          const [l, r] = [vtree.left[node], vtree.right[node]];
          if (l < 0) continue;
          if (move === "swap") {
            const swapped = swapVtreeChildren(vtree, node);
            const placeOf = placeAfterSwap(movable, node);
            expect(Array.from(swapped.places.keys(), placeOf)).toEqual([...swapped.places]);
            expect(swapInPlace(movable, node)).toBe(swapped.places[node]);
            vtree = swapped.vtree;
          } else if (move === "left" && vtree.left[r] >= 0) {
            rotateInPlaceLeft(movable, node);
            vtree = rotateVtreeLeft(vtree, node);
          } else if (move === "right" && vtree.left[l] >= 0) {
            rotateInPlaceRight(movable, node);
            vtree = rotateVtreeRight(vtree, node);
          }
          expect(facts(movable)).toEqual(facts(vtree));
          expect(facts(settledVtree(movable))).toEqual(facts(vtree));
        }
      }),
      { numRuns: 300 },
    );
  });
});
