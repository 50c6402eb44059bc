import { calibrateScores } from "@credence/conformal";
import { InvalidArgumentError } from "@credence/core";
import { describe, expect, it } from "vitest";

describe("a threshold over scores", () => {
  const scores = [0.3, 0.1, 0.2, 0.2, 0.9, 0.5, 0.4, 0.7, 0.6];
  const threshold = calibrateScores(scores, 0.2);

  it("keeps what is at most qhat", () => {
    expect(threshold).toMatchObject({ qhat: 0.7, rank: 8, n: 9, alpha: 0.2 });
    expect([...threshold.select([0.7, 0.71, -1, 2])]).toEqual([0, 2]);
    expect([threshold.has(0.7), threshold.has(0.70001)]).toEqual([true, false]);
    expect([...threshold.scores]).toEqual([...scores].sort((a, b) => a - b));
  });

  it("has the p-values of the definition, ties included", () => {
    expect(threshold.pValue(0.2)).toBe(9 / 10);
    expect(threshold.pValue(2)).toBe(1 / 10);
    expect(threshold.pValue(-2)).toBe(1);
    expect(threshold.smoothedPValue(0.2, 0)).toBe(6 / 10);
    expect(threshold.smoothedPValue(0.2, 1)).toBe(9 / 10);
    expect(threshold.smoothedPValue(0.25, 0.5)).toBe(6.5 / 10);
  });

  it("takes infinite scores and refuses NaN and draws outside [0, 1]", () => {
    expect(calibrateScores([Infinity, 1, 2, 3], 0.5).qhat).toBe(3);
    for (const call of [
      () => calibrateScores([1, Number.NaN], 0.5),
      () => threshold.pValue(Number.NaN),
      () => threshold.has(Number.NaN),
      () => threshold.select([Number.NaN]),
      () => threshold.smoothedPValue(0.5, 1.5),
      () => calibrateScores([1, 2], 1),
    ]) {
      expect(call).toThrow(InvalidArgumentError);
    }
    expect(() => calibrateScores([], 0.1)).toThrow(expect.objectContaining({ code: "EMPTY_CALIBRATION" }));
  });
});

describe("the warning", () => {
  it("says how many points a finite threshold needs", () => {
    const { qhat, warning } = calibrateScores([1, 2, 3, 4, 5], 0.1);
    expect(qhat).toBe(Infinity);
    expect(warning).toContain("At least 9 points");
    expect(calibrateScores(new Float64Array(9), 0.1).qhat).toBe(0);
    expect(calibrateScores(new Float64Array(18), 0.05).warning).toContain("At least 19 points");
  });

  it("says how many points a steady coverage needs, and they do", () => {
    const few = calibrateScores(new Float64Array(50), 0.1).warning;
    expect(few).toContain("below 0.826");
    const wanted = Number(/about (\d+) points/.exec(few ?? "")?.[1]);
    expect(wanted).toBeGreaterThan(50);
    expect(calibrateScores(new Float64Array(wanted), 0.1).warning).toBeUndefined();
    expect(calibrateScores(new Float64Array(1000), 0.1).warning).toBeUndefined();
  });
});
