import { type RankMetrics, rankMetrics } from "@credence/kg";
import { describe, expect, it } from "vitest";
import { describeShared } from "../../../../test/shared.ts";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { thrown } from "../../../core/test/thrown.ts";
import { rankingCases } from "./reference.ts";

describe("rankMetrics", () => {
  it("is perfect for ranks of 1, and 0 where chance leaves no room", () => {
    expect(rankMetrics([1, 1], [9, 4])).toMatchObject({
      mrr: 1,
      meanRank: 1,
      hitsAt: { 1: 1, 3: 1, 10: 1 },
      adjustedMrr: 1,
      adjustedMeanRankIndex: 1,
      adjustedHitsAt: { 1: 1, 3: 1, 10: 0 },
    });
    expect(rankMetrics([1], [1])).toMatchObject({
      mrr: 1,
      adjustedMrr: 0,
      adjustedMeanRank: 1,
      adjustedMeanRankIndex: 0,
      zMrr: 0,
      zMeanRank: 0,
      zHitsAt: { 1: 0, 3: 0, 10: 0 },
    });
  });

  it("takes the middle of an even number of ranks", () => {
    expect(rankMetrics([1, 9, 2, 4], [9, 9, 9, 9]).medianRank).toBe(3);
  });

  it.each([
    ["no ranks", [], [], undefined],
    ["fewer candidates than ranks", [1, 2], [5], undefined],
    ["a rank below 1", [0], [5], undefined],
    ["a rank above its candidates", [6], [5], undefined],
    ["a rank of NaN", [Number.NaN], [5], undefined],
    ["half a candidate", [1], [1.5], undefined],
    ["k of 0", [1], [5], [0]],
    ["half a k", [1], [5], [1.5]],
  ])("refuses %s", (_, ranks, candidates, hitsAt) => {
    expect(thrown(() => rankMetrics(ranks, candidates, { hitsAt })).code).toBe("INVALID_ARGUMENT");
  });
});

/** Our figure for a name of the reference files. */
function figure(metrics: RankMetrics, name: string): number {
  const k = Number(/_at_(\d+)$/.exec(name)?.[1]);
  const figures: Record<string, number> = {
    mean_rank: metrics.meanRank,
    geometric_mean_rank: metrics.geometricMeanRank,
    harmonic_mean_rank: metrics.harmonicMeanRank,
    mean_reciprocal_rank: metrics.mrr,
    median_rank: metrics.medianRank,
    [`hits_at_${k}`]: metrics.hitsAt[k],
    adjusted_mean_rank: metrics.adjustedMeanRank,
    adjusted_mean_rank_index: metrics.adjustedMeanRankIndex,
    adjusted_mean_reciprocal_rank: metrics.adjustedMrr,
    [`adjusted_hits_at_${k}`]: metrics.adjustedHitsAt[k],
    z_mean_rank: metrics.zMeanRank,
    z_mean_reciprocal_rank: metrics.zMrr,
    [`z_hits_at_${k}`]: metrics.zHitsAt[k],
  };
  return figures[name];
}

describeShared("ranking.json: metrics", () => {
  for (const one of rankingCases()) {
    for (const kind of ["raw", "filtered"] as const) {
      for (const ties of ["optimistic", "pessimistic", "realistic"] as const) {
        it(`${one.id} ${kind} ${ties}`, () => {
          const { ranks, number_of_candidates, metrics } = one[kind];
          const ours = rankMetrics(ranks[ties], number_of_candidates, { hitsAt: [1, 3, 5, 10] });
          expect(Object.keys(metrics[ties])).toHaveLength(16);
          for (const [name, expected] of Object.entries(metrics[ties])) {
            const actual = figure(ours, name);
            expect(
              close(actual, expected, tolerance.reference, tolerance.referenceAbsolute),
              `${name}: ${actual} instead of ${expected}`,
            ).toBe(true);
          }
        });
      }
    }
  }
});
