import { closestNames } from "@credence/core";
import fc from "fast-check";
import { expect, it } from "vitest";
// The distance is internal; its laws are checked where it is defined.
import { editDistance } from "../../src/errors/closest-names.ts";

const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 7 });

/** Optimal string alignment by its recursive definition, on ever shorter prefixes. */
function oracle(a: string, b: string): number {
  if (a === "" || b === "") return a.length + b.length;
  const [x, y] = [a.slice(0, -1), b.slice(0, -1)];
  const options = [oracle(x, b) + 1, oracle(a, y) + 1, oracle(x, y) + (a.at(-1) === b.at(-1) ? 0 : 1)];
  if (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1)) {
    options.push(oracle(a.slice(0, -2), b.slice(0, -2)) + 1);
  }
  return Math.min(...options);
}

it("the distance is its recursive definition, and cut off only beyond the limit", () => {
  const short = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 5 });
  fc.assert(
    fc.property(short, short, fc.nat({ max: 6 }), (a, b, limit) => {
      const distance = oracle(a, b);
      expect(editDistance(a, b)).toBe(distance);
      const cut = editDistance(a, b, limit);
      if (distance <= limit) expect(cut).toBe(distance);
      else expect(cut).toBeGreaterThan(limit);
    }),
  );
});

it("the distance is symmetric, 0 only between equals, and at most the longer length", () => {
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b);
      expect(distance).toBe(editDistance(b, a));
      expect(distance === 0).toBe(a === b);
      expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});

it("a name that exists is suggested first, and suggestions are existing names", () => {
  fc.assert(
    fc.property(fc.uniqueArray(word, { minLength: 1 }), fc.nat(), (names, pick) => {
      const wanted = names[pick % names.length];
      const found = closestNames(wanted.toUpperCase(), names, names.length);
      expect(found[0]).toBe(wanted);
      expect(found.every((name) => names.includes(name))).toBe(true);
      expect(closestNames(wanted, names, 2)).toEqual(found.slice(0, 2));
    }),
  );
});
