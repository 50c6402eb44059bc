/** Ranks against sorting, and what must not change them. */
import { rankCounts, rankUnder } from "@credence/kg";
import fc from "fast-check";
import { expect, it } from "vitest";

const rows = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 12 }).chain((scores) =>
  fc.record({
    scores: fc.constant(scores),
    target: fc.nat(scores.length - 1),
    known: fc.array(fc.nat(scores.length - 1), { maxLength: 12 }),
    order: fc.shuffledSubarray(
      scores.map((_, i) => i),
      { minLength: scores.length },
    ),
  }),
);

it("are the best and the worst place of the target in a sorted list of the candidates left", () => {
  fc.assert(
    fc.property(rows, ({ scores, target, known }) => {
      const left = scores.filter((_, i) => i === target || !known.includes(i)).sort((a, b) => b - a);
      const counts = rankCounts(scores, target, known);
      expect(counts.candidates).toBe(left.length);
      const best = 1 + left.indexOf(scores[target]);
      const worst = 1 + left.lastIndexOf(scores[target]);
      expect(rankUnder("optimistic", counts)).toBe(best);
      expect(rankUnder("pessimistic", counts)).toBe(worst);
      expect(rankUnder("realistic", counts)).toBe((best + worst) / 2);
    }),
  );
});

it("do not depend on the order of the entities or on an increasing change of the scores", () => {
  fc.assert(
    fc.property(rows, ({ scores, target, known, order }) => {
      const counts = rankCounts(scores, target, known);
      const moved = order.map((i) => Math.exp(scores[i]));
      const place = (i: number): number => order.indexOf(i);
      expect(rankCounts(moved, place(target), known.map(place))).toEqual(counts);
    }),
  );
});
