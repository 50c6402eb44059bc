import { InvalidArgumentError, orderStatistic } from "@credence/core";
import { describe, expect, it } from "vitest";

describe("orderStatistic", () => {
  it("finds minimum, median and maximum", () => {
    const values = Float32Array.of(5, 1, 4, 2, 3);
    expect([1, 3, 5].map((k) => orderStatistic(values, k))).toEqual([1, 3, 5]);
  });

  it("is fast on inputs that are hard for quickselect", () => {
    const n = 200_000;
    const ascending = Float64Array.from({ length: n }, (_, i) => i);
    const organPipe = Float64Array.from({ length: n }, (_, i) => Math.min(i, n - i));
    const equal = new Float64Array(n).fill(7);
    expect(orderStatistic(ascending, 17)).toBe(16);
    expect(orderStatistic(ascending.slice().reverse(), n)).toBe(n - 1);
    expect(orderStatistic(organPipe, n)).toBe(n / 2);
    expect(orderStatistic(equal, n / 2)).toBe(7);
  });

  it("falls back to sorting where the medians of three are chosen to mislead it", () => {
    // D. Musser's adversary ("Introspective sorting and selection algorithms", 1997): quadratic without a limit.
    const half = 1 << 15;
    const killer = new Float64Array(2 * half);
    for (let i = 0; i < half; i++) {
      killer[i] = i % 2 === 0 ? i + 1 : half + i + (i % 2);
      killer[half + i] = 2 * (i + 1);
    }
    const sorted = killer.slice().sort();
    for (const k of [1, half, 2 * half]) expect(orderStatistic(killer, k)).toBe(sorted[k - 1]);
  });

  it("refuses k outside 1..n, NaN and holes", () => {
    for (const k of [0, 4, 1.5, Number.NaN])
      expect(() => orderStatistic([1, 2, 3], k)).toThrow(InvalidArgumentError);
    expect(() => orderStatistic([], 1)).toThrow("there are no values");
    expect(() => orderStatistic([1, Number.NaN], 1)).toThrow("values[1]");
    expect(() => orderStatistic([1, undefined as unknown as number], 1)).toThrow("values[1]");
  });
});
