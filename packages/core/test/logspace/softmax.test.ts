import { InvalidArgumentError, logSoftmaxInto, softmaxInto } from "@credence/core";
import { describe, expect, it } from "vitest";

const infinity = Number.POSITIVE_INFINITY;

describe("softmaxInto and logSoftmaxInto", () => {
  it("give −Infinity no probability", () => {
    const x = [-infinity, 0, 0];
    const p = new Float64Array(3);
    softmaxInto(p, x);
    expect([...p]).toEqual([0, 0.5, 0.5]);
    logSoftmaxInto(p, x);
    expect([...p]).toEqual([-infinity, -Math.LN2, -Math.LN2]);
  });

  it("stay finite on huge values, in single precision too", () => {
    const p = new Float32Array(2);
    softmaxInto(p, [1e30, 1e30]);
    expect([...p]).toEqual([0.5, 0.5]);
    logSoftmaxInto(p, [1e30, -1e30]);
    expect(p[0]).toBe(0);
    expect(p[1]).toBe(Math.fround(-2e30));
  });

  it("leave empty arrays alone", () => {
    softmaxInto(new Float64Array(0), []);
    logSoftmaxInto(new Float64Array(0), []);
  });

  it.each([softmaxInto, logSoftmaxInto])("%o refuses what has no softmax", (kernel) => {
    const out = new Float64Array(2);
    expect(() => kernel(out, [0])).toThrow(InvalidArgumentError);
    expect(() => kernel(out, [0, Number.NaN])).toThrow(InvalidArgumentError);
    expect(() => kernel(out, [0, infinity])).toThrow("no +Infinity");
    expect(() => kernel(out, [-infinity, -infinity])).toThrow("at least one");
  });
});
