import {
  binomialCdf,
  binomialQuantile,
  binomialUpperQuantile,
  binomialUpperTail,
  InvalidArgumentError,
} from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

/** Exact tails for p = share / 1024, as integers over 1024^n. */
function exactCounts(n: number, share: number): { weights: bigint[]; total: bigint } {
  const weights: bigint[] = [];
  let choose = 1n;
  for (let k = 0; k <= n; k++) {
    weights.push(choose * BigInt(share) ** BigInt(k) * BigInt(1024 - share) ** BigInt(n - k));
    choose = (choose * BigInt(n - k)) / BigInt(k + 1);
  }
  return { weights, total: 1024n ** BigInt(n) };
}

/** A ratio of big integers as a double, to about 17 digits. */
function ratio(numerator: bigint, denominator: bigint): number {
  if (numerator === 0n) return 0;
  const bits = denominator.toString(2).length - numerator.toString(2).length + 60;
  const shift = BigInt(Math.max(0, bits));
  return Number((numerator << shift) / denominator) * 2 ** -Number(shift);
}

const laws = [
  [1, 512],
  [10, 205],
  [40, 3],
  [100, 900],
  [250, 1023],
  [300, 512],
] as const;

describe("binomial tails", () => {
  it("equal the exact sums", () => {
    for (const [n, share] of laws) {
      const { weights, total } = exactCounts(n, share);
      let below = 0n;
      for (let k = 0; k <= n; k++) {
        below += weights[k];
        const what = `n ${n} k ${k} share ${share}`;
        expect(
          close(binomialCdf(k, n, share / 1024), ratio(below, total), tolerance.rounding, 1e-300),
          what,
        ).toBe(true);
        const above = ratio(total - below, total);
        expect(close(binomialUpperTail(k, n, share / 1024), above, tolerance.rounding, 1e-300), what).toBe(
          true,
        );
      }
    }
  });

  it("are 0 and 1 outside 0..n and for certain laws", () => {
    expect([binomialCdf(-1, 5, 0.3), binomialCdf(5, 5, 0.3), binomialCdf(7, 5, 0.3)]).toEqual([0, 1, 1]);
    expect([binomialUpperTail(-1, 5, 0.3), binomialUpperTail(5, 5, 0.3)]).toEqual([1, 0]);
    expect([binomialCdf(0, 5, 0), binomialCdf(4, 5, 1), binomialCdf(0, 0, 0.4)]).toEqual([1, 0, 1]);
  });
});

describe("binomial quantiles", () => {
  it("are the smallest counts, by exact sums", () => {
    for (const [n, share] of laws) {
      const { weights, total } = exactCounts(n, share);
      for (const thousandths of [1, 5, 50, 333, 500, 900, 995]) {
        let below = 0n;
        let expected = 0;
        for (; ; expected++) {
          below += weights[expected];
          if (below * 1000n >= BigInt(thousandths) * total) break;
        }
        // A tie within rounding may go one up, which is the safe side; no double can tell.
        if (below * 1000n === BigInt(thousandths) * total) continue;
        expect(binomialQuantile(thousandths / 1000, n, share / 1024)).toBe(expected);
        expect(binomialUpperQuantile((1000 - thousandths) / 1000, n, share / 1024)).toBe(expected);
      }
    }
  });

  it("are minimal for a million trials and tiny tails", () => {
    for (const p of [1e-9, 1e-4, 0.3, 0.999]) {
      for (const tail of [1e-12, 0.005, 0.5]) {
        const k = binomialUpperQuantile(tail, 1_000_000, p);
        expect(binomialUpperTail(k, 1_000_000, p)).toBeLessThanOrEqual(tail);
        if (k > 0) expect(binomialUpperTail(k - 1, 1_000_000, p)).toBeGreaterThan(tail);
      }
    }
  });

  it("end at 0 and n", () => {
    expect([binomialQuantile(0, 9, 0.5), binomialQuantile(1, 9, 0.5)]).toEqual([0, 9]);
    expect([binomialUpperQuantile(0, 9, 0.5), binomialUpperQuantile(1, 9, 0.5)]).toEqual([9, 0]);
    expect([binomialQuantile(0.5, 9, 0), binomialQuantile(0.5, 9, 1), binomialQuantile(0.5, 0, 0.5)]).toEqual(
      [0, 9, 0],
    );
  });

  it("refuse counts and probabilities outside their domains", () => {
    for (const call of [
      () => binomialCdf(0.5, 3, 0.5),
      () => binomialUpperTail(1, -1, 0.5),
      () => binomialCdf(1, 2.5, 0.5),
      () => binomialQuantile(1.5, 3, 0.5),
      () => binomialUpperQuantile(0.5, 3, Number.NaN),
    ]) {
      expect(call).toThrow(InvalidArgumentError);
    }
  });
});
