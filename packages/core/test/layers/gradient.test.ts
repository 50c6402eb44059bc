import { rng } from "@credence/core";
import {
  block,
  dense,
  type Layer,
  layerBlock,
  lossGradient,
  model,
  network,
  onTape,
} from "@credence/core/layers";
import { add, mean, mul, tape } from "@credence/core/tape";
import { describe, expect, it } from "vitest";
import { thrown } from "../thrown.ts";
import { checkParameterGradients, normals } from "./model-gradients.ts";

/** y = x ⊙ a², a layer that nobody here has heard of. */
function squaredScale(size: number): Layer {
  return {
    name: "squared scale",
    inputs: size,
    outputs: size,
    parameterCount: size,
    initializeInto(parameters, r) {
      for (let i = 0; i < size; i++) parameters[i] = r.normal();
    },
    forwardInto(output, input, rows, parameters) {
      for (let i = 0; i < rows * size; i++) output[i] = input[i] * parameters[i % size] ** 2;
    },
    backwardInto({ rows, input, parameters, outputGradient, parameterGradient, inputGradient }) {
      parameterGradient.fill(0);
      for (let i = 0; i < rows * size; i++) {
        const a = parameters[i % size];
        parameterGradient[i % size] += 2 * a * input[i] * outputGradient[i];
        if (inputGradient) inputGradient[i] = a ** 2 * outputGradient[i];
      }
    },
  };
}

describe("layers of one's own", () => {
  it("take part in networks", () => {
    const net = network([squaredScale(2), dense(2, 2)], { seed: 1, precision: "float64" });
    const input = Float64Array.of(1, 2, -1, 0.5);
    const labels = Int32Array.of(0, 1);
    const evaluate = lossGradient(net, 2);
    const gradient = new Float64Array(net.parameters.length);
    const loss = evaluate(gradient, input, labels, 2);
    for (let i = 0; i < gradient.length; i++) net.parameters[i] -= 0.01 * gradient[i];
    expect(evaluate(gradient, input, labels, 2)).toBeLessThan(loss);
  });

  it("take part in blocks, used twice on one value and on their own results", () => {
    const twice = block({ scale: layerBlock(squaredScale(3)) }, ({ scale }) => scale);
    expect(Object.keys(twice.specs)).toEqual(["scale.parameters"]);
    const wrapped = block(
      { before: dense(3, 3), twice },
      ({ before, twice: apply }) => [before, apply] as const,
    );
    checkParameterGradients(
      wrapped,
      ([before, apply], t) => {
        const x = before(normals(t, 4, 3, "x"));
        return mean(mul(add(apply(apply(x)), apply(x)), x));
      },
      1,
    );
  });

  it("refuse rows of another width", () => {
    const own = model(layerBlock(squaredScale(3)), { precision: "float64" });
    const t = tape({ precision: "float64" });
    expect(thrown(() => onTape(t, own)(normals(t, 1, 2, "x"))).message).toMatch(/x.cols is 2, but must be 3/);
  });
});

describe("lossGradient", () => {
  const net = network([dense(2, 3)], { seed: 1 });
  const gradient = new Float32Array(9);
  const r = rng("data");
  const input = Float32Array.from({ length: 8 }, () => r.normal());
  const labels = Int32Array.of(0, 1, 2, 0);

  it("reads the first rows of longer arrays", () => {
    const evaluate = lossGradient(net, 4);
    const loss = evaluate(gradient, input, labels, 2);
    const exact = lossGradient(net, 2)(new Float32Array(9), input.slice(0, 4), labels.slice(0, 2), 2);
    expect(loss).toBe(exact);
  });

  it("refuses more rows than it was made for, none, short arrays and labels that are no classes", () => {
    const evaluate = lossGradient(net, 4);
    for (const rows of [0, 5, 1.5]) {
      expect(thrown(() => evaluate(gradient, input, labels, rows)).message).toMatch(/rows is .* from 1 to 4/);
    }
    for (const call of [
      () => evaluate(gradient, input.subarray(1), labels, 4),
      () => evaluate(gradient, input, labels.subarray(1), 4),
      () => evaluate(gradient, input, Int32Array.of(0, 3), 2),
      () => evaluate(gradient.subarray(1), input, labels, 4),
    ]) {
      expect(thrown(call).code).toBe("INVALID_ARGUMENT");
    }
  });
});
