import { InvalidArgumentError } from "@credence/core";
import { tsBackend } from "@credence/core/kernels";
import { relu } from "@credence/core/layers";
import { describe, expect, it } from "vitest";

describe("relu", () => {
  const layer = relu(3);
  const input = Float32Array.from([-1, 0, 2, 3, -4, 5]);
  const none = new Float32Array(0);

  it("keeps what is positive, and what is not a number", () => {
    const out = new Float32Array(6).fill(9);
    layer.forwardInto(out, input, 2, none, tsBackend);
    expect(Array.from(out)).toEqual([0, 0, 2, 3, 0, 5]);
    layer.forwardInto(out, Float32Array.of(Number.NaN, -1, 1), 1, none, tsBackend);
    expect(Array.from(out.subarray(0, 3))).toEqual([Number.NaN, 0, 1]);
  });

  it("lets the gradient through where its input was positive", () => {
    const inputGradient = new Float32Array(6).fill(9);
    layer.backwardInto({
      rows: 2,
      input,
      parameters: none,
      outputGradient: Float32Array.from([1, 2, 3, 4, 5, 6]),
      parameterGradient: none,
      inputGradient,
      backend: tsBackend,
    });
    expect(Array.from(inputGradient)).toEqual([0, 0, 3, 4, 0, 6]);
  });

  it("has no parameters, and a size", () => {
    expect(layer.parameterCount).toBe(0);
    expect(() => relu(0)).toThrow(InvalidArgumentError);
  });
});
