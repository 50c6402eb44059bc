import { argsort, orderStatistic, rng, topK } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const special = fc.constantFrom(0, -0, 1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324);
const value = fc.oneof(fc.double({ noNaN: true }), fc.integer({ min: 0, max: 4 }), special);
const values = fc.oneof(
  fc.array(value, { minLength: 1, maxLength: 300 }),
  fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 300 }),
);

/** Sorting indices with a comparison function: slow and obvious. */
function oracle(list: readonly number[], descending: boolean): number[] {
  const before = (a: number, b: number) => (list[a] < list[b] ? -1 : list[a] > list[b] ? 1 : 0);
  return list.map((_, i) => i).sort((a, b) => (descending ? before(b, a) : before(a, b)) || a - b);
}

describe("order", () => {
  it("the k-th smallest is where sorting puts it, for every k, and the input stays", () => {
    fc.assert(
      fc.property(values, (list) => {
        const kept = list.slice();
        const sorted = Float64Array.from(list).sort();
        // Zeros of either sign are equal.
        for (let k = 1; k <= list.length; k++) expect(orderStatistic(list, k) === sorted[k - 1]).toBe(true);
        expect(list).toEqual(kept);
      }),
    );
  });

  it("the k-th smallest does not depend on the order of the values, and grows with k", () => {
    fc.assert(
      fc.property(values, fc.integer(), fc.nat(), (list, seed, pick) => {
        const k = (pick % list.length) + 1;
        const found = orderStatistic(list, k);
        expect(orderStatistic(rng(seed).shuffle(list.slice()), k) === found).toBe(true);
        expect(orderStatistic(list, list.length)).toBeGreaterThanOrEqual(found);
      }),
    );
  });

  it("argsort is the stable permutation, both ways", () => {
    fc.assert(
      fc.property(values, fc.boolean(), (list, descending) => {
        expect([...argsort(list, { descending })]).toEqual(oracle(list, descending));
      }),
    );
  });

  it("top k is the head of the descending order without what is skipped", () => {
    fc.assert(
      fc.property(
        values,
        fc.integer({ min: 0, max: 310 }),
        fc.integer({ min: 2, max: 5 }),
        (list, k, step) => {
          const sorted = oracle(list, true);
          expect([...topK(list, k)]).toEqual(sorted.slice(0, k));
          const skip = (i: number) => i % step === 0;
          expect([...topK(list, k, { skip })]).toEqual(sorted.filter((i) => !skip(i)).slice(0, k));
        },
      ),
    );
  });
});
