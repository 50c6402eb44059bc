import { rng } from "@credence/core";
import { exp, log } from "@credence/core/kernels";
import { type BigNumber, bignumberDependencies, create, expDependencies, logDependencies } from "mathjs";
import { describe, expect, it } from "vitest";

const exact = create({ bignumberDependencies, expDependencies, logDependencies }, { precision: 60 });

/** A double to the last bit: mathjs would take its shortest decimal, which is another number. */
function big(x: number): BigNumber {
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(x))) - 53, -1074);
  const half = Math.trunc(exponent / 2);
  return exact.bignumber(x / 2 ** half / 2 ** (exponent - half)).times(exact.bignumber(2).pow(exponent));
}

/** The distance of a double from an exact value, in units in the last place of that value. */
function units(value: number, truth: BigNumber): number {
  const size = Math.abs(truth.toNumber());
  const place = Math.max(Math.floor(Math.log2(size)) - 52, -1074);
  return Math.abs(truth.minus(big(value)).div(exact.bignumber(2).pow(place)).toNumber());
}

describe("exp and log", () => {
  it("are within one unit in the last place of the exact values", () => {
    const r = rng("elementary");
    let [worstExp, worstLog] = [0, 0];
    for (let i = 0; i < 1500; i++) {
      const x = i % 3 === 0 ? r.normal() : (2 * r() - 1) * 708;
      worstExp = Math.max(worstExp, units(exp(x), exact.exp(big(x))));
      const y = i % 3 === 0 ? 1 + (r() - 0.5) / 2 ** r.int(30) : 2 ** ((2 * r() - 1) * 1020);
      worstLog = Math.max(worstLog, units(log(y), exact.log(big(y)) as BigNumber));
    }
    expect(worstExp).toBeLessThan(1);
    expect(worstLog).toBeLessThan(1);
  });

  it("keep subnormal numbers and the ends of the range", () => {
    expect(exp(-745.1332191019411)).toBe(Number.MIN_VALUE);
    expect(exp(-745.1332191019412)).toBe(0);
    expect(exp(709.782712893384)).toBeLessThan(Number.POSITIVE_INFINITY);
    expect(exp(709.7827128933841)).toBe(Number.POSITIVE_INFINITY);
    for (let e = -1074; e < 1024; e++) {
      const y = 2 ** e;
      expect(units(log(y), exact.log(big(y)) as BigNumber)).toBeLessThan(1);
      const x = (e * 745) / 1075;
      expect(units(exp(x), exact.exp(big(x)))).toBeLessThan(1);
    }
  });

  it("know the special values", () => {
    expect([exp(Number.POSITIVE_INFINITY), exp(Number.NEGATIVE_INFINITY), exp(0), exp(-0)]).toEqual([
      Number.POSITIVE_INFINITY,
      0,
      1,
      1,
    ]);
    expect([log(Number.POSITIVE_INFINITY), log(0), log(-0), log(1)]).toEqual([
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      0,
    ]);
    expect([exp(Number.NaN), log(Number.NaN), log(-1), log(Number.NEGATIVE_INFINITY)]).toEqual(
      Array.from({ length: 4 }, () => Number.NaN),
    );
  });
});
