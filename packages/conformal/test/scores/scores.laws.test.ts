import { aps, lac, margin, type NonconformityScore, raps, saps, topKScore } from "@credence/conformal";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

/** Rows with ties, zeros and entries that vanish next to others. */
const row = fc
  .array(
    fc.oneof(fc.integer({ min: 0, max: 4 }), fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(1e-17)),
    {
      minLength: 1,
      maxLength: 40,
    },
  )
  .filter((weights) => weights.some((w) => w > 0.01))
  .map((weights) => {
    const sum = weights.reduce((a, b) => a + b, 0);
    return Float64Array.from(weights, (w) => w / sum);
  });
const draw = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));

const scoresOf = (score: NonconformityScore, p: Float64Array, u: number): Float64Array => {
  const out = new Float64Array(p.length);
  score.scoresInto(p, out, u);
  return out;
};

/** Rank from 1: labels with more probability, or as much and a smaller number, come first. */
const rankOf = (p: Float64Array, j: number): number =>
  1 + p.reduce((count, q, i) => count + (q > p[j] || (q === p[j] && i < j) ? 1 : 0), 0);

const definitions: readonly [NonconformityScore, (p: Float64Array, j: number, u: number) => number][] = [
  [lac(), (p, j) => 1 - p[j]],
  [margin(), (p, j) => Math.max(0, ...p.filter((_, i) => i !== j)) - p[j]],
  [topKScore({ randomized: true }), (p, j, u) => rankOf(p, j) - u],
  [
    saps({ weight: 0.3 }),
    (p, j, u) => {
      const top = Math.max(...p);
      const rank = rankOf(p, j);
      return rank === 1 ? (1 - u) * top : top + 0.3 * (rank - 1 - u);
    },
  ],
  [aps(), (p, j, u) => p.reduce((sum, q, i) => sum + (rankOf(p, i) <= rankOf(p, j) ? q : 0), 0) - u * p[j]],
  [
    raps({ penalty: 0.2, kreg: 1 }),
    (p, j, u) => {
      const cumulative = p.reduce((sum, q, i) => sum + (rankOf(p, i) <= rankOf(p, j) ? q : 0), 0);
      return cumulative - u * p[j] + 0.2 * Math.max(0, rankOf(p, j) - 1);
    },
  ],
];

describe.each(definitions)("$name", (score, definition) => {
  it("is its definition, label by label", () => {
    fc.assert(
      fc.property(row, draw, (p, u) => {
        const scores = scoresOf(score, p, u);
        for (let j = 0; j < p.length; j++) {
          expect(close(scores[j], definition(p, j, u), tolerance.rounding)).toBe(true);
        }
      }),
    );
  });

  it("gives one label's score, and the labels up to any threshold, to the same last bit", () => {
    fc.assert(
      fc.property(row, draw, fc.double({ min: -0.1, max: 1.1, noNaN: true }), (p, u, free) => {
        const scores = scoresOf(score, p, u);
        const own = Array.from(p, (_, j) => score.scoreOf?.(p, j, u) ?? scores[j]);
        expect(own).toEqual([...scores]);
        if (score.labelsInto === undefined) return;
        // Thresholds at the scores themselves are where a difference in the last bit would show.
        for (const qhat of [free, Infinity, ...scores]) {
          const out = new Int32Array(p.length);
          const size = score.labelsInto(p, qhat, out, u);
          const expected = [...scores.keys()].filter((j) => scores[j] <= qhat);
          expect([...out.subarray(0, size)]).toEqual(expected);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("leaves the row alone and depends on nothing but its arguments", () => {
    fc.assert(
      fc.property(row, row, draw, (p, other, u) => {
        const kept = [...p];
        const scores = scoresOf(score, p, u);
        scoresOf(score, other, u);
        expect(scoresOf(score, p, u)).toEqual(scores);
        expect([...p]).toEqual(kept);
      }),
    );
  });
});
