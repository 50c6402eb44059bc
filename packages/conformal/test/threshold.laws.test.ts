import { calibrateScores, splitQuantile, splitRank } from "@credence/conformal";
import fc from "fast-check";
import { expect, it } from "vitest";

// Few distinct values, so that ties are the rule.
const score = fc.integer({ min: 0, max: 12 }).map((k) => k / 4);
const sample = fc.array(score, { minLength: 1, maxLength: 60 });
const alpha = fc.integer({ min: 1, max: 999 }).map((k) => k / 1000);

it("qhat is the order statistic of the exact rank", () => {
  fc.assert(
    fc.property(sample, alpha, (scores, a) => {
      const rank = splitRank(scores.length, a);
      const sorted = [...scores].sort((x, y) => x - y);
      const expected = rank > scores.length ? Infinity : sorted[rank - 1];
      expect(splitQuantile(scores, a)).toBe(expected);
      expect(calibrateScores(scores, a).qhat).toBe(expected);
    }),
  );
});

it("duality: a score is kept if and only if its p-value exceeds alpha", () => {
  fc.assert(
    fc.property(sample, alpha, score, (scores, a, s) => {
      const threshold = calibrateScores(scores, a);
      expect(threshold.has(s)).toBe(threshold.pValue(s) > a);
    }),
    { numRuns: 1000 },
  );
});

it("p-values are the counts of the definition, the smoothed between its ends", () => {
  fc.assert(
    fc.property(sample, score, fc.double({ min: 0, max: 1, noNaN: true }), (scores, s, t) => {
      const threshold = calibrateScores(scores, 0.5);
      const above = scores.filter((x) => x > s).length;
      const equal = scores.filter((x) => x === s).length;
      const n = scores.length;
      expect(threshold.pValue(s)).toBe((1 + above + equal) / (n + 1));
      expect(threshold.smoothedPValue(s, t)).toBeCloseTo((above + t * (1 + equal)) / (n + 1), 14);
      expect(threshold.smoothedPValue(s, 1)).toBe(threshold.pValue(s));
    }),
  );
});

it("sets grow as alpha falls", () => {
  fc.assert(
    fc.property(sample, alpha, alpha, (scores, a, b) => {
      const larger = calibrateScores(scores, Math.min(a, b)).qhat;
      expect(larger).toBeGreaterThanOrEqual(calibrateScores(scores, Math.max(a, b)).qhat);
    }),
  );
});
