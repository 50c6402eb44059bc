import {
  clopperPearson,
  clopperPearsonLower,
  clopperPearsonUpper,
  dkwHalfWidth,
  empiricalBernsteinHalfWidth,
  hoeffdingHalfWidth,
  hoeffdingLower,
  hoeffdingUpper,
  klLower,
  klUpper,
  wilsonLower,
  wilsonUpper,
} from "@credence/conformal";
import { bernoulliDivergence, binomialCdf, binomialUpperTail, InvalidArgumentError } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

describe("Clopper–Pearson", () => {
  it("leaves exactly alpha beyond the bound", () => {
    for (const n of [1, 7, 256, 100_000]) {
      for (const s of new Set([0, 1, Math.floor(n / 3), n - 1, n])) {
        for (const alpha of [0.3, 0.005, 1e-9]) {
          const lower = clopperPearsonLower(s, n, alpha);
          const upper = clopperPearsonUpper(s, n, alpha);
          if (s > 0) expect(close(binomialUpperTail(s - 1, n, lower), alpha, tolerance.reference)).toBe(true);
          else expect(lower).toBe(0);
          if (s < n) expect(close(binomialCdf(s, n, upper), alpha, tolerance.reference)).toBe(true);
          else expect(upper).toBe(1);
          expect(lower).toBeLessThanOrEqual(s / n);
          expect(upper).toBeGreaterThanOrEqual(s / n);
        }
      }
    }
  });

  it("has closed forms at 0 and n, and says nothing without trials", () => {
    expect(close(clopperPearsonUpper(0, 50, 0.01), 1 - 0.01 ** (1 / 50), tolerance.rounding)).toBe(true);
    expect(close(clopperPearsonLower(50, 50, 0.01), 0.01 ** (1 / 50), tolerance.rounding)).toBe(true);
    expect(clopperPearson(0, 0, 0.05)).toEqual([0, 1]);
    expect(clopperPearson(3, 9, 0.1)).toEqual([
      clopperPearsonLower(3, 9, 0.05),
      clopperPearsonUpper(3, 9, 0.05),
    ]);
  });
});

/** The probability that a bound computed from K ~ Bin(n, p) is wrong, by the exact sum. */
function errorProbability(n: number, p: number, isWrong: (successes: number) => boolean): number {
  let total = 0;
  for (let k = 0; k <= n; k++) {
    if (isWrong(k)) total += binomialCdf(k, n, p) - binomialCdf(k - 1, n, p);
  }
  return total;
}

describe("coverage of the bounds, by exact binomial sums", () => {
  const bounds = {
    "Clopper–Pearson": [clopperPearsonLower, clopperPearsonUpper],
    KL: [
      (k: number, n: number, alpha: number) => klLower(k / n, n, alpha),
      (k: number, n: number, alpha: number) => klUpper(k / n, n, alpha),
    ],
    Hoeffding: [
      (k: number, n: number, alpha: number) => hoeffdingLower(k / n, n, alpha),
      (k: number, n: number, alpha: number) => hoeffdingUpper(k / n, n, alpha),
    ],
    "empirical Bernstein": [
      (k: number, n: number, alpha: number) => k / n - empiricalBernsteinHalfWidth(variance(k, n), n, alpha),
      (k: number, n: number, alpha: number) => k / n + empiricalBernsteinHalfWidth(variance(k, n), n, alpha),
    ],
  } as const;
  const variance = (k: number, n: number) => ((k / n) * (1 - k / n) * n) / (n - 1);

  for (const [name, [lower, upper]] of Object.entries(bounds)) {
    it(name, () => {
      for (const n of [2, 11, 60]) {
        for (const alpha of [0.01, 0.2]) {
          const low = Array.from({ length: n + 1 }, (_, k) => lower(k, n, alpha));
          const high = Array.from({ length: n + 1 }, (_, k) => upper(k, n, alpha));
          for (const p of [0.001, 0.05, 0.31, 0.5, 0.77, 0.999]) {
            expect(errorProbability(n, p, (k) => low[k] > p)).toBeLessThanOrEqual(alpha);
            expect(errorProbability(n, p, (k) => high[k] < p)).toBeLessThanOrEqual(alpha);
          }
        }
      }
    });
  }
});

describe("the Chernoff bounds", () => {
  it("exhaust the divergence, mirror each other and lie inside Hoeffding's", () => {
    for (const n of [1, 10, 1000, 1_000_000]) {
      for (const mean of [1e-6, 0.1, 0.5, 0.9, 1 - 1e-6]) {
        for (const alpha of [0.5, 0.01, 1e-12]) {
          const low = klLower(mean, n, alpha);
          const high = klUpper(mean, n, alpha);
          const budget = Math.log(1 / alpha) / n;
          // A bound below the smallest double is 0.
          if (low > 0) {
            expect(close(bernoulliDivergence(mean, low), budget, tolerance.optimizer, 1e-9)).toBe(true);
          }
          if (high < 1 - 1e-9) {
            expect(close(bernoulliDivergence(mean, high), budget, tolerance.optimizer, 1e-9)).toBe(true);
          }
          expect(close(klUpper(1 - mean, n, alpha), 1 - low, tolerance.reference)).toBe(true);
          expect(low).toBeGreaterThanOrEqual(hoeffdingLower(mean, n, alpha));
          expect(high).toBeLessThanOrEqual(hoeffdingUpper(mean, n, alpha));
        }
      }
    }
  });

  it("end at the ends", () => {
    expect([klLower(0, 10, 0.1), klUpper(1, 10, 0.1)]).toEqual([0, 1]);
    expect(close(klUpper(0, 10, 0.1), 1 - 0.1 ** 0.1, tolerance.rounding)).toBe(true);
    expect(close(klLower(1, 10, 0.1), 0.1 ** 0.1, tolerance.rounding)).toBe(true);
  });
});

describe("Wilson's bounds", () => {
  it("solve the score equation and end at the ends", () => {
    const z = 1.6448536269514722;
    const low = wilsonLower(7, 20, 0.05);
    expect(close(7 / 20 - low, z * Math.sqrt((low * (1 - low)) / 20), tolerance.reference)).toBe(true);
    const high = wilsonUpper(7, 20, 0.05);
    expect(close(high - 7 / 20, z * Math.sqrt((high * (1 - high)) / 20), tolerance.reference)).toBe(true);
    expect(wilsonLower(0, 20, 0.05)).toBeCloseTo(0, 15);
    expect(wilsonUpper(20, 20, 0.05)).toBeCloseTo(1, 15);
  });
});

it("half-widths are their formulas", () => {
  expect(hoeffdingHalfWidth(200, 0.05)).toBe(Math.sqrt(Math.log(20) / 400));
  expect(dkwHalfWidth(200, 0.05)).toBe(Math.sqrt(Math.log(40) / 400));
  const log = Math.log(40);
  expect(empiricalBernsteinHalfWidth(0.25, 200, 0.05)).toBeCloseTo(
    Math.sqrt((0.5 * log) / 200) + (7 * log) / 597,
    14,
  );
});

it("arguments outside their domains are refused", () => {
  for (const call of [
    () => clopperPearsonLower(-1, 10, 0.05),
    () => clopperPearsonUpper(11, 10, 0.05),
    () => clopperPearsonLower(1.5, 10, 0.05),
    () => clopperPearsonLower(1, 10, 0),
    () => wilsonLower(0, 0, 0.05),
    () => klLower(1.1, 10, 0.05),
    () => klUpper(0.5, 0, 0.05),
    () => hoeffdingLower(Number.NaN, 10, 0.05),
    () => hoeffdingHalfWidth(10, 1),
    () => empiricalBernsteinHalfWidth(0.1, 1, 0.05),
    () => empiricalBernsteinHalfWidth(-0.1, 10, 0.05),
    () => dkwHalfWidth(0, 0.05),
  ]) {
    expect(call).toThrow(InvalidArgumentError);
  }
});
