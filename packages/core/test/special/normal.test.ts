import { InvalidArgumentError, normalCdf, normalQuantile } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import * as oracle from "./oracle.ts";

const expectClose = (actual: number, expected: number, what: unknown = "") =>
  expect(close(actual, expected, tolerance.rounding, 0), `${actual} for ${expected} ${what}`).toBe(true);

describe("the normal distribution function", () => {
  it("agrees with 60 digits down to the smallest doubles", () => {
    for (const [z, p] of oracle.normalCdf) expectClose(normalCdf(z), p, z);
  });

  it("ends at 0 and 1 and refuses NaN", () => {
    expect([Number.NEGATIVE_INFINITY, -1e9, 40, Number.POSITIVE_INFINITY].map(normalCdf)).toEqual([
      0, 0, 1, 1,
    ]);
    expect(() => normalCdf(Number.NaN)).toThrow(InvalidArgumentError);
  });

  it("never falls, where its formulas meet too", () => {
    let last = 0;
    for (let i = -4000; i <= 4000; i++) {
      const p = normalCdf(i / 1000);
      expect(p).toBeGreaterThan(last);
      last = p;
    }
  });
});

describe("the normal quantile", () => {
  it("agrees with 60 digits from 1e-320 to 1 − 1e-15", () => {
    for (const [p, z] of oracle.normalQuantile) expectClose(normalQuantile(p), z, p);
  });

  it("inverts the distribution function and is odd about ½", () => {
    for (let i = 1; i < 1024; i++) {
      const p = i / 1024;
      const z = normalQuantile(p);
      expectClose(normalCdf(z), p);
      expect(normalQuantile(1 - p)).toBe(z === 0 ? 0 : -z);
    }
  });

  it("reaches the ends and refuses what is no probability", () => {
    expect([0, 0.5, 1].map(normalQuantile)).toEqual([Number.NEGATIVE_INFINITY, 0, Number.POSITIVE_INFINITY]);
    for (const p of [-0.1, 1.1, Number.NaN]) expect(() => normalQuantile(p)).toThrow(InvalidArgumentError);
  });
});
