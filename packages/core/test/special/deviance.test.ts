import { bernoulliDivergence, InvalidArgumentError } from "@credence/core";
import { expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

it("is the textbook sum where that does not cancel", () => {
  for (const p of [0.01, 0.2, 0.5, 0.93]) {
    for (const q of [0.001, 0.35, 0.6, 0.999]) {
      const sum = p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));
      expect(close(bernoulliDivergence(p, q), sum, tolerance.rounding)).toBe(true);
    }
  }
});

it("is (p − q)²/2pq to first order where that cancels", () => {
  const p = 0.25;
  const q = p + 2 ** -40;
  expect(close(bernoulliDivergence(p, q), 2 ** -80 / (2 * p * (1 - p)), tolerance.reference, 0)).toBe(true);
});

it("is 0 on the diagonal, infinite where q excludes p, finite at p = 0 and 1", () => {
  for (const p of [0, 0.3, 1]) expect(bernoulliDivergence(p, p)).toBe(0);
  expect([bernoulliDivergence(0.3, 0), bernoulliDivergence(0.3, 1)]).toEqual([Infinity, Infinity]);
  expect(close(bernoulliDivergence(0, 0.3), -Math.log(0.7), tolerance.rounding)).toBe(true);
  expect(close(bernoulliDivergence(1, 0.3), -Math.log(0.3), tolerance.rounding)).toBe(true);
});

it("stays finite where the ratio of the two overflows", () => {
  const expected = 1e-6 * (Math.log(1e-6) - Math.log(5e-315)) + Math.log1p(-1e-6) * (1 - 1e-6);
  expect(close(bernoulliDivergence(1e-6, 5e-315), expected, tolerance.reference)).toBe(true);
});

it("refuses what is no probability", () => {
  expect(() => bernoulliDivergence(-1, 0.5)).toThrow(InvalidArgumentError);
  expect(() => bernoulliDivergence(0.5, Number.NaN)).toThrow(InvalidArgumentError);
});
