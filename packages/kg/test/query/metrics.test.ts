import { InvalidArgumentError } from "@credence/core";
import { meanQueryMetrics, queryMetrics } from "@credence/kg";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeShared, sharedJson } from "../../../../test/shared.ts";
import { close, tolerance } from "../../../../test/tolerance.ts";

interface MetricsFile {
  readonly cases: readonly {
    readonly id: string;
    readonly scores: readonly number[];
    readonly easy: readonly number[];
    readonly hard: readonly number[];
    readonly filteredRanks: readonly number[];
    readonly fit: Readonly<Record<"MRR" | "HITS1" | "HITS3" | "HITS10", number>>;
  }[];
  readonly ties: readonly ({
    readonly id: string;
    readonly scores: readonly number[];
    readonly easy: readonly number[];
    readonly hard: readonly number[];
  } & Readonly<Record<"optimistic" | "pessimistic" | "realistic", readonly number[]>>)[];
  readonly averages: {
    readonly meanOfThisFile: Readonly<Record<"MRR" | "HITS1" | "HITS3" | "HITS10", number>>;
  };
}

describe("queryMetrics", () => {
  it("ranks hard answers among the entities that are no answers", () => {
    // Answers: 0 easy, 1 and 4 hard. Above 0.5 stands only entity 2; 3 ties with it.
    const metrics = queryMetrics([0.9, 0.5, 0.7, 0.5, 0.6], { easy: [0], hard: [1, 4] });
    expect(metrics.ranks).toEqual([2.5, 2]);
    expect(metrics.mrr).toBeCloseTo((1 / 2.5 + 1 / 2) / 2, 14);
    expect(metrics.hitsAt).toEqual({ 1: 0, 3: 1, 10: 1 });
    expect(metrics.optimisticMrr).toBe(0.5);
    expect(metrics.pessimisticMrr).toBeCloseTo((1 / 3 + 1 / 2) / 2, 14);
    expect(queryMetrics([0, 0, 1], { hard: [0] }, { ties: "optimistic", hitsAt: [2] })).toMatchObject({
      ranks: [2],
      hitsAt: { 2: 1 },
    });
  });

  it("agrees with a plain count", () => {
    const truths = fc.array(fc.constantFrom(0, 0.25, 0.5, 1), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(
        truths,
        fc.array(fc.constantFrom(0, 1, 2), { minLength: 12, maxLength: 12 }),
        (truth, roles) => {
          const role = (wanted: number) => truth.map((_, i) => i).filter((i) => roles[i] === wanted);
          const [easy, hard, rest] = [role(1), role(2), role(0)];
          fc.pre(hard.length > 0);
          const ranks = hard.map((h) => {
            const above = rest.filter((x) => truth[x] > truth[h]).length;
            return 1 + above + rest.filter((x) => truth[x] === truth[h]).length / 2;
          });
          expect(queryMetrics(truth, { easy, hard }).ranks).toEqual(ranks);
        },
      ),
    );
  });

  it("has no figure for a query without hard answers, and says so", () => {
    expect(() => queryMetrics([1, 0], { easy: [0], hard: [] })).toThrow(
      expect.objectContaining({ code: "NO_HARD_ANSWERS" }),
    );
  });

  it("refuses answers that are no entities or are listed twice, and truths that are NaN", () => {
    expect(() => queryMetrics([1, 0], { hard: [2] })).toThrow(InvalidArgumentError);
    expect(() => queryMetrics([1, 0], { easy: [-1], hard: [0] })).toThrow(InvalidArgumentError);
    expect(() => queryMetrics([1, 0], { easy: [0], hard: [0] })).toThrow(InvalidArgumentError);
    expect(() => queryMetrics([1, Number.NaN], { hard: [0] })).toThrow();
  });
});

describe("meanQueryMetrics", () => {
  it("is the plain mean", () => {
    const one = queryMetrics([1, 0, 0.5], { hard: [0] });
    const two = queryMetrics([1, 0, 0.5], { hard: [1] });
    expect(meanQueryMetrics([one, two])).toEqual({
      mrr: (1 + 1 / 3) / 2,
      hitsAt: { 1: 0.5, 3: 1, 10: 1 },
      optimisticMrr: (1 + 1 / 3) / 2,
      pessimisticMrr: (1 + 1 / 3) / 2,
    });
    expect(() => meanQueryMetrics([])).toThrow(InvalidArgumentError);
    const other = queryMetrics([1, 0], { hard: [0] }, { hitsAt: [5] });
    expect(() => meanQueryMetrics([one, other])).toThrow(InvalidArgumentError);
  });
});

describeShared("metrics-A", () => {
  const file = sharedJson<MetricsFile>("reference", "fit", "metrics-A.json");
  // The released code accumulates in single precision (its README: compare with 1e-6).
  const single = (actual: number, expected: number) => close(actual, expected, tolerance.gradient);

  it.each(file.cases)("$id", ({ scores, easy, hard, filteredRanks, fit }) => {
    const metrics = queryMetrics(scores, { easy, hard });
    expect(metrics.ranks).toEqual(filteredRanks);
    expect(single(metrics.mrr, fit.MRR)).toBe(true);
    for (const k of [1, 3, 10] as const) expect(single(metrics.hitsAt[k], fit[`HITS${k}`])).toBe(true);
  });

  it.each(file.ties)("$id", ({ scores, easy, hard, ...expected }) => {
    for (const ties of ["optimistic", "pessimistic", "realistic"] as const) {
      expect(queryMetrics(scores, { easy, hard }, { ties }).ranks).toEqual(expected[ties]);
    }
  });

  it("has the mean of the file", () => {
    const mean = meanQueryMetrics(
      file.cases.map(({ scores, easy, hard }) => queryMetrics(scores, { easy, hard })),
    );
    const expected = file.averages.meanOfThisFile;
    expect(single(mean.mrr, expected.MRR)).toBe(true);
    for (const k of [1, 3, 10] as const) expect(single(mean.hitsAt[k], expected[`HITS${k}`])).toBe(true);
  });
});
