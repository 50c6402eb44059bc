import { InvalidArgumentError, log1mExp, logAddExp, logSumExp } from "@credence/core";
import { describe, expect, it } from "vitest";

const infinity = Number.POSITIVE_INFINITY;

describe("logSumExp", () => {
  it("treats −Infinity as the logarithm of nothing", () => {
    expect(logSumExp([])).toBe(-infinity);
    expect(logSumExp([-infinity])).toBe(-infinity);
    expect(logSumExp([-infinity, -infinity])).toBe(-infinity);
    expect(logSumExp([-infinity, 3])).toBe(3);
    expect(logSumExp([infinity, 3, infinity, -infinity])).toBe(infinity);
  });

  it("neither overflows nor underflows", () => {
    expect(logSumExp([1000, 1000])).toBe(1000 + Math.LN2);
    expect(logSumExp(Float32Array.of(-5000, -5000))).toBe(-5000 + Math.LN2);
    expect(logSumExp([1e308, 1e308])).toBe(1e308);
  });

  it("refuses NaN", () => {
    expect(() => logSumExp([0, Number.NaN])).toThrow(InvalidArgumentError);
    expect(() => logSumExp([0, Number.NaN])).toThrow("values[1]");
  });
});

describe("logAddExp", () => {
  it("has −Infinity as its neutral element", () => {
    expect(logAddExp(-infinity, -infinity)).toBe(-infinity);
    expect(logAddExp(-infinity, 2)).toBe(2);
    expect(logAddExp(2, -infinity)).toBe(2);
    expect(logAddExp(infinity, infinity)).toBe(infinity);
    expect(logAddExp(infinity, -infinity)).toBe(infinity);
  });

  it("keeps small summands", () => {
    expect(logAddExp(0, -40)).toBe(Math.log1p(Math.exp(-40)));
    expect(logAddExp(0, -40)).toBeGreaterThan(0);
  });

  it("refuses NaN on either side", () => {
    expect(() => logAddExp(Number.NaN, 0)).toThrow(InvalidArgumentError);
    expect(() => logAddExp(-infinity, Number.NaN)).toThrow(InvalidArgumentError);
  });
});

describe("log1mExp", () => {
  it("keeps its digits at both ends", () => {
    expect(log1mExp(-infinity)).toBe(-0);
    expect(log1mExp(0)).toBe(-infinity);
    expect(log1mExp(-1e-300)).toBe(Math.log(1e-300));
    expect(log1mExp(-50)).toBe(-Math.exp(-50));
    expect(log1mExp(-Math.LN2)).toBeCloseTo(-Math.LN2, 14);
  });

  it("refuses logarithms of more than 1", () => {
    expect(() => log1mExp(1e-9)).toThrow(InvalidArgumentError);
    expect(() => log1mExp(Number.NaN)).toThrow(InvalidArgumentError);
  });
});
