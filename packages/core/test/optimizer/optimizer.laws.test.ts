import { adagrad, adam, adamW, type FloatArray, type Optimizer, sgd } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const gradients = fc.array(
  fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 6, maxLength: 6 }),
  {
    minLength: 1,
    maxLength: 8,
  },
);

/** Steps over the ranges given; adagrad and adam take any partition alike. */
function run(
  optimizer: Optimizer,
  steps: readonly number[][],
  cuts: readonly number[] | undefined,
): FloatArray {
  const parameters = new Float64Array(6).fill(1);
  const state = optimizer.init(6, parameters);
  for (const step of steps) {
    const gradient = Float64Array.from(step);
    if (cuts === undefined) optimizer.updateInto(parameters, gradient, state);
    else {
      optimizer.beginStep(state);
      const bounds = [0, ...cuts, 6];
      for (let i = 1; i < bounds.length; i++) {
        optimizer.updateInto(parameters, gradient, state, { from: bounds[i - 1], to: bounds[i] });
      }
    }
  }
  return parameters;
}

const optimizers = [
  adagrad({ learningRate: 0.1 }),
  adam({ learningRate: 0.01 }),
  adamW({ learningRate: 0.01 }),
  sgd({ learningRate: 0.01, momentum: 0.5 }),
];

describe.each(optimizers)("$name", (optimizer) => {
  it("does not care how a step is cut into ranges", () => {
    const cuts = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 3 }).map((list) => list.sort());
    fc.assert(
      fc.property(gradients, cuts, (steps, at) => {
        expect(run(optimizer, steps, at)).toEqual(run(optimizer, steps, undefined));
      }),
    );
  });

  it("walks down a bowl", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 1 }), (start) => {
        const x = Float64Array.from(start);
        const state = optimizer.init(x.length, x);
        const height = () => x.reduce((sum, value) => sum + value * value, 0);
        const before = height();
        for (let step = 0; step < 50; step++) {
          optimizer.updateInto(
            x,
            x.map((value) => 2 * value),
            state,
          );
        }
        // Near the bottom adam overshoots by at most a few steps of its learning rate.
        expect(height()).toBeLessThanOrEqual(Math.max(before, x.length * 0.01));
        expect(x.every(Number.isFinite)).toBe(true);
      }),
    );
  });
});

it("adagrad: leaving out rows with no gradient is leaving out nothing", () => {
  fc.assert(
    fc.property(gradients, fc.integer({ min: 0, max: 5 }), (steps, untouched) => {
      const optimizer = adagrad({ learningRate: 0.1 });
      const sparse = steps.map((step) => step.map((g, i) => (i === untouched ? 0 : g)));
      const [all, touched] = [new Float64Array(6), new Float64Array(6)];
      const [allState, touchedState] = [optimizer.init(6, all), optimizer.init(6, touched)];
      for (const step of sparse) {
        const gradient = Float64Array.from(step);
        optimizer.updateInto(all, gradient, allState);
        optimizer.updateInto(touched, gradient, touchedState, { from: 0, to: untouched });
        optimizer.updateInto(touched, gradient, touchedState, { from: untouched + 1, to: 6 });
      }
      expect(touched).toEqual(all);
      expect(touchedState).toEqual(allState);
    }),
  );
});
