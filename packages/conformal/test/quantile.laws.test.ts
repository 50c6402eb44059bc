import { calibrateScores, splitQuantile, splitRank } from "@credence/conformal";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** A decimal 0 < digits / 10^places < 1, as numerator, denominator and the number that is written so. */
const alphas = fc
  .tuple(
    fc.integer({ min: 1, max: 15 }),
    fc.bigInt({ min: 1n, max: 10n ** 15n - 1n }),
    fc.integer({ min: 0, max: 40 }),
  )
  .map(([places, big, zeros]) => {
    const digits = (big % (10n ** BigInt(places) - 1n)) + 1n;
    const denominator = 10n ** BigInt(places + zeros);
    return { digits, denominator, alpha: Number(`${digits}e-${places + zeros}`) };
  });

describe("the rank", () => {
  it("is the ceiling of (n + 1)(1 − alpha) in exact arithmetic, however small alpha is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), alphas, (n, { digits, denominator, alpha }) => {
        const product = BigInt(n + 1) * (denominator - digits);
        expect(splitRank(n, alpha)).toBe(Number((product + denominator - 1n) / denominator));
      }),
      { numRuns: 1000 },
    );
    for (const alpha of [Number.MIN_VALUE, 1e-300]) expect(splitRank(1000, alpha)).toBe(1001);
  });

  it("falls as alpha grows, and grows by at most 1 with one more score", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), alphas, alphas, (n, { alpha: a }, { alpha: b }) => {
        expect(splitRank(n, Math.min(a, b))).toBeGreaterThanOrEqual(splitRank(n, Math.max(a, b)));
        const step = splitRank(n + 1, a) - splitRank(n, a);
        expect(step === 0 || step === 1).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe("the threshold", () => {
  it("is the smallest score that rank scores do not exceed, in any order of the scores", () => {
    const scores = fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ noNaN: true })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(scores, fc.constantFrom(0.05, 0.1, 0.3, 0.5, 0.9), (list, alpha) => {
        const qhat = splitQuantile(list, alpha);
        const rank = splitRank(list.length, alpha);
        const upTo = (limit: number) => list.filter((score) => score <= limit).length;
        if (rank > list.length) expect(qhat).toBe(Number.POSITIVE_INFINITY);
        else {
          expect(upTo(qhat)).toBeGreaterThanOrEqual(rank);
          for (const score of list) if (score < qhat) expect(upTo(score)).toBeLessThan(rank);
        }
        expect(splitQuantile([...list].reverse(), alpha)).toBe(qhat);
        expect(calibrateScores(list, alpha)).toMatchObject({ qhat, rank, n: list.length });
      }),
      { numRuns: 300 },
    );
  });
});
