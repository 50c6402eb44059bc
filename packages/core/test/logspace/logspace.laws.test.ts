import {
  log1mExp,
  logAddExp,
  logit,
  logSoftmaxInto,
  logSumExp,
  sigmoid,
  softmaxInto,
  softplus,
} from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

const moderate = fc.double({ min: -30, max: 30, noNaN: true });
const anyNumber = fc.double({ noNaN: true });
const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
const near = (x: number, y: number) => close(x, y, tolerance.rounding);

describe("log-sum-exp", () => {
  it("is the logarithm of the sum where that can be had directly", () => {
    fc.assert(
      fc.property(fc.array(moderate, { minLength: 1 }), (x) => {
        const sum = x.reduce((total, value) => total + Math.exp(value), 0);
        expect(near(logSumExp(x), Math.log(sum))).toBe(true);
      }),
    );
  });

  it("never gives NaN, is at least the maximum and at most log n above it", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyNumber, fc.constant(Number.NEGATIVE_INFINITY))), (x) => {
        const max = Math.max(...x);
        const result = logSumExp(x);
        expect(result).toBeGreaterThanOrEqual(max);
        expect(result).toBeLessThanOrEqual(
          max + (x.length === 0 ? 0 : Math.log(x.length)) + Math.abs(Number.isFinite(max) ? max : 0) * 1e-15,
        );
      }),
    );
  });

  it("folds from logAddExp, in any order", () => {
    fc.assert(
      fc.property(fc.array(finite), (x) => {
        const folded = x.reduce(logAddExp, Number.NEGATIVE_INFINITY);
        expect(near(logSumExp(x), folded)).toBe(true);
        expect(near(logSumExp(x.slice().reverse()), folded)).toBe(true);
      }),
    );
  });

  it("is undone by log1mExp: log(exp a + exp b) with exp a = 1 − exp b is 0", () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: -1e-12, noNaN: true }), (b) => {
        expect(Math.abs(logAddExp(log1mExp(b), b))).toBeLessThan(tolerance.rounding);
      }),
    );
  });
});

describe("the logistic function", () => {
  it("is symmetric, and logit undoes it", () => {
    fc.assert(
      fc.property(moderate, (x) => {
        expect(near(sigmoid(x) + sigmoid(-x), 1)).toBe(true);
        if (x < 5) expect(near(logit(sigmoid(x)), x)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (p) => {
        expect(near(sigmoid(logit(p)), p)).toBe(true);
      }),
    );
  });

  it("softplus is −log sigmoid(−x), at least max(0, x), and x apart from its mirror image", () => {
    fc.assert(
      fc.property(anyNumber, (x) => {
        expect(softplus(x)).toBeGreaterThanOrEqual(Math.max(0, x));
        if (Math.abs(x) < 700) expect(near(softplus(x), -Math.log(sigmoid(-x)))).toBe(true);
        if (Number.isFinite(x)) expect(near(softplus(x) - softplus(-x), x)).toBe(true);
      }),
    );
  });
});

describe("softmax", () => {
  it("sums to 1, ignores a common shift, works in place, and exp log softmax is softmax", () => {
    fc.assert(
      fc.property(fc.array(moderate, { minLength: 1 }), moderate, (values, shift) => {
        const x = Float64Array.from(values);
        const [p, q, logs] = [x.slice(), x.slice(), x.slice()];
        softmaxInto(p, x);
        expect(
          near(
            p.reduce((sum, value) => sum + value, 0),
            1,
          ),
        ).toBe(true);
        softmaxInto(
          q,
          x.map((value) => value + shift),
        );
        logSoftmaxInto(logs, logs);
        for (let i = 0; i < x.length; i++) {
          expect(close(q[i], p[i], tolerance.rounding)).toBe(true);
          expect(close(Math.exp(logs[i]), p[i], tolerance.rounding)).toBe(true);
          expect(logs[i]).toBeLessThanOrEqual(0);
        }
        softmaxInto(x, x);
        expect(x).toEqual(p);
      }),
    );
  });
});
