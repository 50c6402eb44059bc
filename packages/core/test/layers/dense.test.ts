import { InvalidArgumentError, rng } from "@credence/core";
import { tsBackend } from "@credence/core/kernels";
import { dense } from "@credence/core/layers";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

describe("dense", () => {
  const [inputs, outputs, rows] = [5, 3, 4];
  const layer = dense(inputs, outputs);
  const r = rng("dense");
  const draw = (n: number) => Float64Array.from({ length: n }, () => r.normal());
  const [input, parameters] = [draw(rows * inputs), draw(layer.parameterCount)];

  it("computes X W + b, row by row", () => {
    const out = new Float64Array(rows * outputs).fill(7);
    layer.forwardInto(out, input, rows, parameters, tsBackend);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < outputs; j++) {
        let expected = parameters[inputs * outputs + j];
        for (let k = 0; k < inputs; k++) expected += input[i * inputs + k] * parameters[k * outputs + j];
        expect(close(out[i * outputs + j], expected, tolerance.rounding)).toBe(true);
      }
    }
  });

  it("computes Xᵀ G, Gᵀ 1 and G Wᵀ on the way back, over whatever was there", () => {
    const outputGradient = draw(rows * outputs);
    const parameterGradient = draw(layer.parameterCount);
    const inputGradient = draw(rows * inputs);
    const pass = { rows, input, parameters, outputGradient, parameterGradient, backend: tsBackend };
    layer.backwardInto({ ...pass, inputGradient });
    const sum = (n: number, term: (i: number) => number) => {
      let total = 0;
      for (let i = 0; i < n; i++) total += term(i);
      return total;
    };
    const g = (i: number, j: number) => outputGradient[i * outputs + j];
    for (let j = 0; j < outputs; j++) {
      for (let k = 0; k < inputs; k++) {
        const expected = sum(rows, (i) => input[i * inputs + k] * g(i, j));
        expect(close(parameterGradient[k * outputs + j], expected, tolerance.rounding)).toBe(true);
      }
      const bias = sum(rows, (i) => g(i, j));
      expect(close(parameterGradient[inputs * outputs + j], bias, tolerance.rounding)).toBe(true);
    }
    for (let i = 0; i < rows; i++) {
      for (let k = 0; k < inputs; k++) {
        const expected = sum(outputs, (j) => g(i, j) * parameters[k * outputs + j]);
        expect(close(inputGradient[i * inputs + k], expected, tolerance.rounding)).toBe(true);
      }
    }
    const again = new Float64Array(layer.parameterCount);
    layer.backwardInto({ ...pass, parameterGradient: again });
    expect(again).toEqual(parameterGradient);
  });

  it("begins with weights uniform in ±√(6 / inputs) and biases of 0", () => {
    const wide = dense(100, 50);
    const initial = new Float64Array(wide.parameterCount).fill(9);
    wide.initializeInto(initial, rng(1));
    const bound = Math.sqrt(6 / 100);
    const weights = initial.subarray(0, 5000);
    expect(Math.max(...weights)).toBeLessThan(bound);
    expect(Math.max(...weights)).toBeGreaterThan(0.99 * bound);
    expect(Math.min(...weights)).toBeGreaterThan(-bound);
    // A uniform number in ±b has variance b²/3; the mean of 5,000 squares is within 4 standard errors.
    const variance = weights.reduce((total, w) => total + w * w, 0) / 5000;
    expect(Math.abs(variance / (bound ** 2 / 3) - 1)).toBeLessThan(4 * Math.sqrt(0.8 / 5000));
    expect(initial.subarray(5000).every((b) => b === 0)).toBe(true);
  });

  it("refuses sizes that are not positive integers", () => {
    for (const [a, b] of [
      [0, 1],
      [1, -1],
      [1.5, 1],
      [1, Number.NaN],
    ]) {
      expect(() => dense(a, b)).toThrow(InvalidArgumentError);
    }
  });
});
