import { CredenceError, InvalidArgumentError, rng } from "@credence/core";
import { dense, evaluator, network, probabilities, relu } from "@credence/core/layers";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

const layers = [dense(4, 8), relu(8), dense(8, 3)];
const net = network(layers, { seed: 1, precision: "float64" });
const r = rng("inputs");
const input = Float64Array.from({ length: 40 }, () => r.normal());

/** The network's logits for one row, straight from the definition. */
function oracle(x: Float64Array): number[] {
  const p = net.parameters;
  const hidden = Array.from({ length: 8 }, (_, j) => {
    let sum = p[32 + j];
    for (let k = 0; k < 4; k++) sum += x[k] * p[8 * k + j];
    return Math.max(0, sum);
  });
  return Array.from({ length: 3 }, (_, j) =>
    hidden.reduce((sum, h, k) => sum + h * p[40 + 3 * k + j], p[64 + j]),
  );
}

describe("network", () => {
  it("begins with the same parameters for the same seed, in single precision unless told otherwise", () => {
    expect(network(layers, { seed: 1, precision: "float64" }).parameters).toEqual(net.parameters);
    expect(network(layers, { seed: 2 }).parameters).not.toEqual(network(layers, { seed: 1 }).parameters);
    expect(network(layers, { seed: 1 }).parameters).toEqual(Float32Array.from(net.parameters));
    expect(network(layers).parameters).toEqual(network(layers, { seed: 0 }).parameters);
  });

  it("takes given parameters as they are", () => {
    expect(network(layers, { parameters: net.parameters }).parameters).toBe(net.parameters);
  });

  it("refuses layers that do not fit, and parameters that do not fit them", () => {
    expect(() => network([])).toThrow(InvalidArgumentError);
    expect(() => network([dense(4, 8), dense(9, 3)])).toThrow(
      /layers\[1\]\.inputs is 9, but must be 8, the outputs of layers\[0\]/,
    );
    for (const parameters of [
      new Float64Array(66),
      new Float64Array(68),
      new Float64Array(67).fill(Infinity),
    ]) {
      expect(() => network(layers, { parameters })).toThrow(InvalidArgumentError);
    }
  });
});

describe("evaluator", () => {
  it("computes every row's logits, in batches of any size", () => {
    const out = new Float64Array(30);
    evaluator(net, 10)(out, input, 10);
    const small = evaluator(net, 3);
    const single = new Float64Array(3);
    for (let row = 0; row < 10; row++) {
      const x = input.subarray(4 * row, 4 * row + 4);
      small(single, x, 1);
      oracle(x).forEach((expected, j) => {
        expect(close(out[3 * row + j], expected, tolerance.rounding)).toBe(true);
        expect(close(single[j], expected, tolerance.rounding)).toBe(true);
      });
    }
  });

  it("gives probabilities when asked, and touches nothing beyond the rows", () => {
    const out = new Float64Array(12).fill(7);
    evaluator(net, 10, { output: "probabilities" })(out, input, 3);
    for (let row = 0; row < 3; row++) {
      const weights = oracle(input.subarray(4 * row, 4 * row + 4)).map(Math.exp);
      const total = weights[0] + weights[1] + weights[2];
      weights.forEach((w, j) => {
        expect(close(out[3 * row + j], w / total, tolerance.rounding)).toBe(true);
      });
    }
    expect(Array.from(out.subarray(9))).toEqual([7, 7, 7]);
  });

  it("sees parameters that have changed since it was made", () => {
    const own = network(layers, { parameters: net.parameters.slice() });
    const evaluate = evaluator(own, 1);
    own.parameters.fill(0);
    own.parameters[66] = 5;
    const out = new Float64Array(3);
    evaluate(out, input, 1);
    expect(Array.from(out)).toEqual([0, 0, 5]);
  });

  it("agrees between the two precisions", () => {
    const single = network(layers, { parameters: Float32Array.from(net.parameters) });
    const [a, b] = [new Float64Array(30), new Float32Array(30)];
    evaluator(net, 10)(a, input, 10);
    evaluator(single, 10)(b, Float32Array.from(input), 10);
    for (let i = 0; i < 30; i++) expect(close(a[i], b[i], tolerance.single)).toBe(true);
  });

  it("refuses bad rows, short arrays, the other precision and numbers that are not finite", () => {
    const evaluate = evaluator(net, 10);
    const out = new Float64Array(30);
    expect(() => evaluator(net, 0)).toThrow(InvalidArgumentError);
    for (const rows of [11, -1, 1.5]) expect(() => evaluate(out, input, rows)).toThrow(InvalidArgumentError);
    expect(() => evaluate(out, input.subarray(1), 10)).toThrow(/input length is 39, but must be at least 40/);
    expect(() => evaluate(out.subarray(1), input, 10)).toThrow(/out length is 29, but must be at least 30/);
    expect(() => evaluate(out, Float32Array.from(input), 10)).toThrow(/input is a Float32Array/);
    expect(() => evaluate(new Float32Array(30), input, 10)).toThrow(/out is a Float32Array/);
    for (const bad of [Number.NaN, Infinity]) {
      const broken = input.slice();
      broken[17] = bad;
      expect(() => evaluate(out, broken, 10)).toThrow(/input\[17\] is (NaN|Infinity)/);
      expect(() => evaluate(out, broken, 4)).not.toThrow();
    }
    expect(() => evaluate(out, input, 0)).not.toThrow();
  });
});

describe("probabilities", () => {
  it("takes nested arrays as well as matrices", () => {
    const nested = [0, 1].map((row) => Array.from(input.subarray(4 * row, 4 * row + 4)));
    const result = probabilities(net, nested);
    expect(result).toMatchObject({ rows: 2, cols: 3 });
    expect(result).toEqual(probabilities(net, { rows: 2, cols: 4, data: input.subarray(0, 8) }));
  });

  it("refuses what the network cannot read", () => {
    expect(() => probabilities(net, [[1, 2, 3]])).toThrow(/inputs.cols is 3, but must be 4/);
    expect(() => probabilities(net, [])).toThrow(InvalidArgumentError);
    expect(() => probabilities(net, [[1, 2, 3, Number.NaN]])).toThrow(CredenceError);
    expect(() => probabilities(net, [[1, 2, 3, Infinity]])).toThrow(/inputs\[3\] is Infinity/);
    // Finite in double precision, but not in the network's.
    expect(() => probabilities(network(layers), [[1, 2, 3, 1e300]])).toThrow(/inputs\[3\] is Infinity/);
  });
});
