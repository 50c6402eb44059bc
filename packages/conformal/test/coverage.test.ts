import { calibrationWarning, coverageBand, coverageLaw, coverageReport } from "@credence/conformal";
import { type CredenceError, InvalidArgumentError } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../test/tolerance.ts";

describe("the law of the coverage", () => {
  it("is Beta(k, n + 1 − k)", () => {
    const law = coverageLaw(50, 0.1);
    expect([law.rank, law.mean]).toEqual([46, 46 / 51]);
    expect(close(law.quantile(0.05), 0.8262088418358065, tolerance.reference)).toBe(true);
    expect(coverageLaw(5, 0.1).quantile(0.5)).toBe(1);
  });

  it("refuses levels and counts outside their domains", () => {
    expect(() => coverageLaw(0, 0.1)).toThrow(InvalidArgumentError);
    expect(() => coverageLaw(10, 0.1).quantile(1)).toThrow(InvalidArgumentError);
    expect(() => coverageLaw(10, 0)).toThrow(InvalidArgumentError);
  });

  it("warns for every alpha exactly while there is no finite threshold, or coverage is unsteady", () => {
    for (const alpha of [0.01, 0.05, 0.1, 0.3]) {
      for (const n of [1, 3, 9, 19, 60, 99, 300, 2000]) {
        const law = coverageLaw(n, alpha);
        const steady = law.rank <= n && law.quantile(0.05) >= 1 - 1.5 * alpha;
        expect(calibrationWarning(n, alpha) === undefined).toBe(steady);
      }
    }
  });
});

describe("the band of measured coverages", () => {
  it("has the probability that it says, by exact counting", () => {
    // The m-th test score's rank among n + m exchangeable scores: all orders are equally likely.
    const [n, m, alpha] = [4, 3, 0.4];
    const rank = 3;
    const counts = new Float64Array(m + 1);
    let total = 0;
    // Choose which of the 7 places in sorted order are test points; count those up to the rank-th calibration
    // point.
    for (let mask = 0; mask < 2 ** (n + m); mask++) {
      const places = Array.from({ length: n + m }, (_, i) => (mask >> i) & 1);
      if (places.reduce((a, b) => a + b, 0) !== m) continue;
      let seen = 0;
      let covered = 0;
      for (const isTest of places) {
        if (isTest === 0) seen++;
        else if (seen < rank) covered++;
      }
      counts[covered]++;
      total++;
    }
    for (const level of [0.5, 0.8, 0.9]) {
      const band = coverageBand(n, m, alpha, { level });
      const inside = counts.reduce((sum, count, j) => {
        const coverage = j / m;
        return sum + (coverage >= band.low && coverage <= band.high ? count : 0);
      }, 0);
      expect(close(band.probability, inside / total, tolerance.rounding)).toBe(true);
      expect(band.probability).toBeGreaterThanOrEqual(level);
      expect(band.mean).toBe(3 / 5);
    }
  });

  it("narrows to the beta law's quantiles with many test rows", () => {
    const band = coverageBand(500, 200_000, 0.1, { level: 0.9 });
    const law = coverageLaw(500, 0.1);
    expect(band.low).toBeCloseTo(law.quantile(0.05), 3);
    expect(band.high).toBeCloseTo(law.quantile(0.95), 3);
  });

  it("is certain coverage without a finite threshold, and refuses bad counts", () => {
    expect(coverageBand(5, 100, 0.1)).toEqual({ low: 1, high: 1, mean: 1, probability: 1 });
    for (const call of [
      () => coverageBand(0, 10, 0.1),
      () => coverageBand(10, 0, 0.1),
      () => coverageBand(10, 10, 1),
      () => coverageBand(10, 10, 0.1, { level: 0 }),
    ]) {
      expect(call).toThrow(InvalidArgumentError);
    }
  });
});

describe("the report", () => {
  const sets = [[0], [1, 2], [], [0, 1, 2], [2], [1]];
  const labels = [0, 0, 1, 2, 1, 1];

  it("counts", () => {
    const report = coverageReport(sets, labels, { alpha: 0.2, classes: 4 });
    expect(report).toMatchObject({
      count: 6,
      coverage: 3 / 6,
      meanSize: 8 / 6,
      empty: 1 / 6,
      singleton: 3 / 6,
      singletonHit: 2 / 6,
    });
    expect(report.sizeStratified.map((s) => [s.size, s.count, s.coverage])).toEqual([
      [[0, 0], 1, 0],
      [[1, 1], 3, 2 / 3],
      [[2, 2], 1, 0],
      [[3, 3], 1, 1],
    ]);
    expect(report.perClass.map((c) => [c.label, c.count, c.coverage])).toEqual([
      [0, 2, 1 / 2],
      [1, 3, 1 / 3],
      [2, 1, 1],
      [3, 0, undefined],
    ]);
    expect(report.perClass[3]).toMatchObject({ gap: undefined, band: [0, 1] });
    expect(report.sizeStratifiedViolation).toBeCloseTo(0.8, 12);
    expect(report.meanClassGap).toBeCloseTo((0.3 + (0.8 - 1 / 3) + 0.2) / 3, 12);
    const [low, high] = report.band;
    expect([low < 0.5, high > 0.5, low > 0.1, high < 0.9]).toEqual([true, true, true, true]);
  });

  it("leaves gaps out without alpha, and guesses the classes", () => {
    const report = coverageReport(sets, labels);
    expect([report.meanClassGap, report.sizeStratifiedViolation]).toEqual([undefined, undefined]);
    expect(report.perClass).toHaveLength(3);
  });

  it("widens its bands with the level", () => {
    const narrow = coverageReport(sets, labels, { level: 0.5 }).band;
    const wide = coverageReport(sets, labels, { level: 0.999 }).band;
    expect(wide[0]).toBeLessThan(narrow[0]);
    expect(wide[1]).toBeGreaterThan(narrow[1]);
  });

  it("refuses what does not fit together", () => {
    const code = (call: () => unknown) => {
      try {
        call();
      } catch (error) {
        return (error as CredenceError).code;
      }
      return undefined;
    };
    expect(code(() => coverageReport(sets, [0, 1]))).toBe("LENGTH_MISMATCH");
    expect(code(() => coverageReport(sets, labels, { classes: 2 }))).toBe("LABEL_OUT_OF_RANGE");
    expect(code(() => coverageReport([[0]], [-1]))).toBe("LABEL_OUT_OF_RANGE");
    expect(code(() => coverageReport([], []))).toBe("INVALID_ARGUMENT");
    expect(code(() => coverageReport(sets, labels, { level: 1 }))).toBe("INVALID_ARGUMENT");
    expect(code(() => coverageReport(sets, labels, { alpha: 0 }))).toBe("INVALID_ARGUMENT");
    expect(code(() => coverageReport(sets, labels, { classes: 0 }))).toBe("INVALID_ARGUMENT");
  });
});
