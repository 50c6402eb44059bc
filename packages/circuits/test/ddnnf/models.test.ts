import {
  cnf,
  compileCnf,
  compileSdd,
  enumerateModels,
  evaluateNnf,
  minPlus,
  models,
  naturalOrder,
  rightLinearVtree,
  sddManager,
  sddToNnf,
} from "@credence/circuits";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cnfs } from "../cnf/arbitrary.ts";

const asInteger = (world: Uint8Array): number => world.reduce((bits, bit, v) => bits | (bit << v), 0);

describe("models", () => {
  it("are those of enumeration, each once, and the least of them is the minimum cardinality", () => {
    fc.assert(
      fc.property(cnfs(8), (formula) => {
        const expected = [...enumerateModels(formula)];
        const { nnf } = compileCnf(formula);
        expect([...models(nnf)].map(asInteger).sort((a, b) => a - b)).toEqual(expected);
        const ones = expected.map((world) => world.toString(2).replaceAll("0", "").length);
        expect(evaluateNnf(nnf, minPlus, (code) => code & 1)).toBe(
          Math.min(Number.POSITIVE_INFINITY, ...ones),
        );
        if (formula.variables === 0) return;
        const manager = sddManager(rightLinearVtree(naturalOrder(formula.variables)));
        const sdd = sddToNnf(manager, compileSdd(manager, formula));
        expect([...models(sdd)].map(asInteger).sort((a, b) => a - b)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it("come one at a time, however many there are", () => {
    const worlds = models(compileCnf(cnf(500, [[1]])).nnf);
    const found = new Set<string>();
    for (const world of worlds) {
      expect(world[0]).toBe(1);
      if (found.add(world.join("")).size === 1000) break;
    }
    expect(found.size).toBe(1000);
  });
});
