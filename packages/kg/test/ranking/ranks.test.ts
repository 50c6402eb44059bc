import { rankCounts, rankUnder, type TieRule } from "@credence/kg";
import { describe, expect, it } from "vitest";
import { describeShared } from "../../../../test/shared.ts";
import { thrown } from "../../../core/test/thrown.ts";
import { type RankingCase, rankingCases } from "./reference.ts";

describe("rankCounts", () => {
  it("leaves out known candidates by counting, however low their scores are", () => {
    const scores = [-1e9, -2e9, -3e9, -2e9];
    expect(rankCounts(scores, 2)).toEqual({ higher: 3, ties: 0, candidates: 4 });
    expect(rankCounts(scores, 2, [0, 1, 2, 0])).toEqual({ higher: 1, ties: 0, candidates: 2 });
    expect(rankCounts(scores, 1, [3])).toEqual({ higher: 1, ties: 0, candidates: 3 });
  });

  it("takes infinities among the others", () => {
    const scores = [Number.POSITIVE_INFINITY, 0, Number.NEGATIVE_INFINITY];
    expect(rankCounts(scores, 1)).toEqual({ higher: 1, ties: 0, candidates: 3 });
  });

  it.each([
    ["a target of NaN", [0, Number.NaN, 1], 1],
    ["an infinite target", [0, Number.POSITIVE_INFINITY, 1], 1],
    ["another candidate of NaN", [0, 1, Number.NaN], 0],
  ])("refuses %s instead of ranking it first", (_, scores, target) => {
    const error = thrown(() => rankCounts(scores, target));
    expect(error.code).toBe("NON_FINITE_SCORE");
    expect(error.hint).toContain("learning rate");
  });

  it.each([
    [-1, []],
    [3, []],
    [0.5, []],
    [0, [3]],
    [0, [-1]],
  ])("refuses target %s with known %j: outside the scores", (target, known) => {
    expect(thrown(() => rankCounts([1, 2, 3], target, known)).code).toBe("INVALID_ARGUMENT");
  });
});

describe("rankUnder", () => {
  it("ranks ties by the rule", () => {
    const counts = { higher: 2, ties: 3 };
    const ranks = (["optimistic", "pessimistic", "realistic", "libkge"] as const).map((rule) =>
      rankUnder(rule, counts),
    );
    expect(ranks).toEqual([3, 6, 4.5, 5]);
  });
});

describeShared("ranking.json: ranks", () => {
  const rules: readonly (readonly [TieRule, keyof RankingCase["raw"]["ranks"]])[] = [
    ["optimistic", "optimistic"],
    ["pessimistic", "pessimistic"],
    ["realistic", "realistic"],
    ["libkge", "libkge_rounded_mean_rank"],
  ];
  for (const one of rankingCases()) {
    for (const kind of ["raw", "filtered"] as const) {
      it(`${one.id} ${kind}`, () => {
        const counts = one.scores.map((row, i) =>
          rankCounts(row, one.target[i], kind === "raw" ? [] : one.known_true[i]),
        );
        expect(counts.map((count) => count.candidates)).toEqual(one[kind].number_of_candidates);
        expect(counts.map((count) => count.ties)).toEqual(one[kind].ties);
        for (const [rule, field] of rules) {
          expect(counts.map((count) => rankUnder(rule, count))).toEqual(one[kind].ranks[field]);
        }
      });
    }
  }
});
