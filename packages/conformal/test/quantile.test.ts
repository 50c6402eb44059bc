import { splitQuantile, splitRank } from "@credence/conformal";
import { CredenceError, InvalidArgumentError } from "@credence/core";
import { describe, expect, it } from "vitest";

describe("the rank", () => {
  it("is exact where floating point is off by one", () => {
    // (99 + 1)(1 − 0.45) is 55 exactly, and 55.00000000000001 in doubles.
    expect(Math.ceil(100 * (1 - 0.45))).toBe(56);
    expect(splitRank(99, 0.45)).toBe(55);
    expect(splitRank(339, 0.45)).toBe(187);
  });

  it("is the ceiling for every decimal of three places", () => {
    for (const n of [1, 7, 19, 99, 1000]) {
      for (let thousandths = 1; thousandths < 1000; thousandths++) {
        const product = (n + 1) * (1000 - thousandths);
        expect(splitRank(n, thousandths / 1000)).toBe(Math.floor((product + 999) / 1000));
      }
    }
  });

  it("reads exponents as the decimals that they are", () => {
    expect(splitRank(1e9, 1e-7)).toBe(1e9 + 1 - 100);
    expect(splitRank(9, 1e-7)).toBe(10);
    expect(splitRank(0, 0.5)).toBe(1);
  });

  it("refuses alphas outside (0, 1) and counts that are none", () => {
    for (const alpha of [0, 1, -0.1, 2, Number.NaN])
      expect(() => splitRank(10, alpha)).toThrow(InvalidArgumentError);
    for (const n of [-1, 2.5, Number.NaN]) expect(() => splitRank(n, 0.1)).toThrow(InvalidArgumentError);
  });
});

describe("the threshold", () => {
  it("is an order statistic and leaves the scores alone", () => {
    const scores = [5, 3, 4, 1, 2];
    expect(splitQuantile(scores, 0.5)).toBe(3);
    expect(splitQuantile(scores, 0.2)).toBe(5);
    expect(scores).toEqual([5, 3, 4, 1, 2]);
  });

  it("is +Infinity when there are too few scores", () => {
    expect(splitQuantile([1, 2, 3, 4, 5], 0.1)).toBe(Infinity);
  });

  it("refuses nothing and NaN", () => {
    expect(() => splitQuantile([], 0.1)).toThrow(expect.objectContaining({ code: "EMPTY_CALIBRATION" }));
    expect(() => splitQuantile([], 0.1)).toThrow(CredenceError);
    expect(() => splitQuantile([1, Number.NaN], 0.1)).toThrow(InvalidArgumentError);
    expect(() => splitQuantile([1, Number.NaN], 0.6)).toThrow(InvalidArgumentError);
  });
});
