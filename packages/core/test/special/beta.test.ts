import {
  betaCdf,
  betaQuantile,
  betaUpperQuantile,
  betaUpperTail,
  InvalidArgumentError,
} from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import * as oracle from "./oracle.ts";

const expectClose = (actual: number, expected: number, what: unknown = "") =>
  expect(close(actual, expected, tolerance.rounding, 0), `${actual} for ${expected} ${what}`).toBe(true);

describe("the incomplete beta function", () => {
  it("agrees with 60 digits in both tails", () => {
    for (const [a, b, x, lower, upper] of oracle.betaCdf) {
      expectClose(betaCdf(x, a, b), lower, [a, b, x]);
      expectClose(betaUpperTail(x, a, b), upper, [a, b, x]);
    }
  });

  it("has its closed forms", () => {
    for (const x of [1e-300, 1e-9, 0.2, 0.5, 0.9, 1 - 1e-12]) {
      expectClose(betaCdf(x, 1, 1), x);
      expectClose(betaCdf(x, 7, 1), x ** 7);
      expectClose(betaUpperTail(x, 1, 7), (1 - x) ** 7);
      // The arcsine law, whose own formula is exact only away from 1.
      if (x <= 0.9) expectClose(betaCdf(x, 0.5, 0.5), (2 / Math.PI) * Math.asin(Math.sqrt(x)));
    }
  });

  it("ends at 0 and 1", () => {
    expect([betaCdf(0, 2, 3), betaUpperTail(0, 2, 3), betaCdf(1, 2, 3), betaUpperTail(1, 2, 3)]).toEqual([
      0, 1, 1, 0,
    ]);
    expect(betaCdf(0.5, 1e7, 1)).toBe(0);
    expect(betaUpperTail(0.5, 1e7, 1)).toBe(1);
  });

  it("refuses shapes and arguments outside its domain", () => {
    for (const call of [
      () => betaCdf(0.5, 0, 1),
      () => betaCdf(0.5, 1, Number.POSITIVE_INFINITY),
      () => betaUpperTail(-0.1, 1, 1),
      () => betaQuantile(1.1, 1, 1),
      () => betaUpperQuantile(Number.NaN, 1, 1),
    ]) {
      expect(call).toThrow(InvalidArgumentError);
    }
  });
});

describe("the beta quantiles", () => {
  it("agree with 60 digits, next to 1 too", () => {
    for (const [a, b, p, x, y] of oracle.betaQuantile) {
      expectClose(betaQuantile(p, a, b), x, [a, b, p]);
      expectClose(betaUpperQuantile(p, b, a), y, [a, b, p]);
    }
  });

  it("reach the ends, and solutions beyond the range of doubles", () => {
    expect([betaQuantile(0, 2, 3), betaQuantile(1, 2, 3)]).toEqual([0, 1]);
    expect([betaUpperQuantile(0, 2, 3), betaUpperQuantile(1, 2, 3)]).toEqual([1, 0]);
    expect(betaQuantile(1e-12, 1e-3, 1)).toBe(0);
    expect(betaUpperQuantile(1e-12, 1, 1e-3)).toBe(1);
    expect(betaQuantile(0.5, 1, 1e-4)).toBe(1);
    expectClose(betaQuantile(1e-300, 1, 1), 1e-300);
    expectClose(betaUpperQuantile(1e-300, 1, 2), 1);
  });
});
