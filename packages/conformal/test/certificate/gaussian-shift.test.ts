import { gaussianShiftDown, gaussianShiftUp, majorityRadius } from "@credence/conformal";
import { InvalidArgumentError, normalCdf, rng } from "@credence/core";
import { expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

it("is attained by half-spaces across the perturbation", () => {
  // g(x) = P(x + σε ≤ t) = Φ((t − x)/σ), moved by −δ and +δ.
  for (const [x, t, sigma, delta] of [
    [0, 0.3, 0.25, 0.5],
    [1, -0.2, 0.5, 0.125],
    [-2, -1.9, 1, 3],
  ]) {
    const p = normalCdf((t - x) / sigma);
    const up = normalCdf((t - (x - delta)) / sigma);
    const down = normalCdf((t - (x + delta)) / sigma);
    expect(close(gaussianShiftUp(p, delta, sigma), up, tolerance.reference)).toBe(true);
    expect(close(gaussianShiftDown(p, delta, sigma), down, tolerance.reference)).toBe(true);
  }
});

it("bounds smoothed functions at every point within the radius", () => {
  // f = indicator of a union of intervals; its smoothed value is a sum of differences of Φ.
  const stream = rng("intervals");
  for (let trial = 0; trial < 100; trial++) {
    const sigma = 0.2 + stream();
    const ends = Array.from({ length: 6 }, () => 3 * stream.normal()).sort((a, b) => a - b);
    const g = (x: number) => {
      let sum = 0;
      for (let k = 0; k < 6; k += 2)
        sum += normalCdf((ends[k + 1] - x) / sigma) - normalCdf((ends[k] - x) / sigma);
      return Math.min(1, Math.max(0, sum));
    };
    const x = stream.normal();
    const radius = 2 * stream();
    const up = gaussianShiftUp(g(x), radius, sigma);
    const down = gaussianShiftDown(g(x), radius, sigma);
    for (let k = -20; k <= 20; k++) {
      const moved = g(x + (radius * k) / 20);
      expect(moved).toBeLessThanOrEqual(up + tolerance.rounding);
      expect(moved).toBeGreaterThanOrEqual(down - tolerance.rounding);
    }
  }
});

it("leaves 0, 1 and unmoved values alone, and undoes itself", () => {
  for (const p of [0, 1]) expect([gaussianShiftUp(p, 2, 0.5), gaussianShiftDown(p, 2, 0.5)]).toEqual([p, p]);
  for (const p of [1e-300, 0.1, 0.7]) {
    expect(gaussianShiftUp(p, 0, 0.5)).toBe(p);
    expect(close(gaussianShiftUp(gaussianShiftDown(p, 0.3, 0.5), 0.3, 0.5), p, tolerance.rounding)).toBe(
      true,
    );
  }
});

it("meets one half at the majority radius", () => {
  expect(majorityRadius(0.4, 0.25)).toBe(0);
  expect(majorityRadius(1, 0.25)).toBe(Infinity);
  const radius = majorityRadius(0.9, 0.25);
  expect(close(gaussianShiftDown(0.9, radius, 0.25), 0.5, tolerance.rounding)).toBe(true);
});

it("refuses negative radii, noise of no width and what is no probability", () => {
  for (const call of [
    () => gaussianShiftUp(0.5, -0.1, 1),
    () => gaussianShiftDown(0.5, Number.NaN, 1),
    () => gaussianShiftUp(0.5, Infinity, 1),
    () => gaussianShiftUp(0.5, 0.1, 0),
    () => gaussianShiftUp(0.5, 0.1, -1),
    () => gaussianShiftUp(1.5, 0.1, 1),
    () => majorityRadius(0.9, 0),
  ]) {
    expect(call).toThrow(InvalidArgumentError);
  }
});
