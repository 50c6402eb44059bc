import { parseVtree, printVtree, vtreeOf } from "@credence/circuits";
import { CredenceError } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { vtreeShapes } from "./arbitrary.ts";

const shapes = fc.integer({ min: 1, max: 12 }).chain(vtreeShapes);

describe("vtrees", () => {
  it("meet where the paths to the root do", () => {
    fc.assert(
      fc.property(shapes, fc.nat(), fc.nat(), (shape, x, y) => {
        const vtree = vtreeOf(shape);
        const [a, b] = [x % vtree.size, y % vtree.size];
        const above = new Set<number>();
        for (let node = a; node >= 0; node = vtree.parent[node]) above.add(node);
        let meet = b;
        while (!above.has(meet)) meet = vtree.parent[meet];
        expect(vtree.meet(a, b)).toBe(meet);
        expect(vtree.meet(b, a)).toBe(meet);
      }),
    );
  });

  it("read as they were written", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { meet: _, ...vtree } = vtreeOf(shape);
        const { meet: __, ...read } = parseVtree(printVtree(vtreeOf(shape))).vtree;
        expect(read).toEqual(vtree);
      }),
    );
  });

  it("damaged anywhere either read or fail with a reason", () => {
    fc.assert(
      fc.property(shapes, fc.nat(200), fc.nat(3), fc.string({ maxLength: 3 }), (shape, at, cut, insert) => {
        const text = printVtree(vtreeOf(shape));
        try {
          parseVtree(text.slice(0, at) + insert + text.slice(at + cut));
        } catch (error) {
          expect(error).toBeInstanceOf(CredenceError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
