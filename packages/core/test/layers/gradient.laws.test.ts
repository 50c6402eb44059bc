import { rng } from "@credence/core";
import { dense, type Layer, lossGradient, network, relu } from "@credence/core/layers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

const size = fc.integer({ min: 1, max: 6 });
const shape = fc.record({
  inputs: size,
  hidden: fc.array(size, { maxLength: 3 }),
  classes: size,
  rows: size,
  seed: fc.nat(),
});

describe("lossGradient", () => {
  it("agrees with central finite differences in every parameter, for any depth and widths", () => {
    fc.assert(
      fc.property(shape, ({ inputs, hidden, classes, rows, seed }) => {
        const layers: Layer[] = [];
        let width = inputs;
        for (const next of hidden) {
          layers.push(dense(width, next), relu(next));
          width = next;
        }
        const net = network([...layers, dense(width, classes)], { seed, precision: "float64" });
        const r = rng(seed).fork("data");
        // Biases away from 0: dead rectifiers sit exactly on their kink otherwise.
        for (let i = 0; i < net.parameters.length; i++) net.parameters[i] += 0.1 * r.normal();
        const input = Float64Array.from({ length: rows * inputs }, () => r.normal());
        const labels = Int32Array.from({ length: rows }, () => r.int(classes));

        const evaluate = lossGradient(net, rows);
        const gradient = new Float64Array(net.parameters.length);
        const scratch = new Float64Array(net.parameters.length);
        evaluate(gradient, input, labels, rows);
        const step = 1e-6;
        for (let i = 0; i < gradient.length; i++) {
          const kept = net.parameters[i];
          const at = (value: number) => {
            net.parameters[i] = value;
            return evaluate(scratch, input, labels, rows);
          };
          const difference = (at(kept + step) - at(kept - step)) / (2 * step);
          net.parameters[i] = kept;
          expect(close(gradient[i], difference, tolerance.gradient)).toBe(true);
        }
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it("of a batch is the mean of those of its rows", () => {
    const net = network([dense(4, 6), relu(6), dense(6, 3)], { seed: 1, precision: "float64" });
    const r = rng("batch");
    const input = Float64Array.from({ length: 20 }, () => r.normal());
    const labels = Int32Array.from([0, 1, 2, 1, 0]);
    const evaluate = lossGradient(net, 5);
    const whole = new Float64Array(net.parameters.length);
    const loss = evaluate(whole, input, labels, 5);
    let lossSum = 0;
    const sum = new Float64Array(whole.length);
    const one = new Float64Array(whole.length);
    for (let row = 0; row < 5; row++) {
      lossSum += evaluate(one, input.subarray(4 * row, 4 * row + 4), labels.subarray(row, row + 1), 1);
      for (let i = 0; i < one.length; i++) sum[i] += one[i];
    }
    expect(close(loss, lossSum / 5, tolerance.rounding)).toBe(true);
    for (let i = 0; i < sum.length; i++) expect(close(whole[i], sum[i] / 5, tolerance.rounding)).toBe(true);
  });

  it("stays finite where the true class has lost all its probability", () => {
    const net = network([dense(1, 2)], { parameters: Float64Array.from([2000, -2000, 0, 0]) });
    const gradient = new Float64Array(4);
    expect(lossGradient(net, 1)(gradient, Float64Array.from([1]), Int32Array.of(1), 1)).toBe(4000);
    expect(Array.from(gradient)).toEqual([1, -1, 1, -1]);
  });
});
