import { adagrad, adam, adamW, InvalidArgumentError, type Optimizer, sgd } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { thrown } from "../thrown.ts";

const made: Readonly<Record<string, (learningRate: number) => Optimizer>> = {
  adagrad: (learningRate) => adagrad({ learningRate }),
  adam: (learningRate) => adam({ learningRate }),
  adamw: (learningRate) => adamW({ learningRate }),
  sgd: (learningRate) => sgd({ learningRate, momentum: 0.9 }),
};
const optimizers = Object.values(made).map((make) => make(0.1));

/** Three steps on the gradients given, from (1, −2). */
function threeSteps(optimizer: Optimizer): number[][] {
  const parameters = Float64Array.of(1, -2);
  const state = optimizer.init(2, parameters);
  return [
    [0.5, -1],
    [0.25, 3],
    [-1, 0],
  ].map((gradient) => {
    optimizer.updateInto(parameters, Float64Array.from(gradient), state);
    return [...parameters];
  });
}

function expectClose(actual: number[][], expected: number[][]): void {
  const flat = expected.flat();
  actual.flat().forEach((value, i) => {
    expect(close(value, flat[i], tolerance.rounding)).toBe(true);
  });
}

describe("adagrad", () => {
  it("is the published rule, by hand", () => {
    const root = (x: number) => Math.sqrt(x) + 1e-10;
    const first = [1 - 0.05 / root(0.25), -2 + 0.1 / root(1)];
    const second = [first[0] - 0.025 / root(0.3125), first[1] - 0.3 / root(10)];
    const third = [second[0] + 0.1 / root(1.3125), second[1]];
    expectClose(threeSteps(adagrad({ learningRate: 0.1 })), [first, second, third]);
  });

  it("starts from the initial accumulator and takes an epsilon of 0", () => {
    const optimizer = adagrad({ learningRate: 1, epsilon: 0, initialAccumulator: 3 });
    const parameters = Float32Array.of(0, 0);
    const state = optimizer.init(2, parameters);
    optimizer.updateInto(parameters, Float32Array.of(1, 0), state);
    expect([...parameters]).toEqual([-0.5, 0]);
    expect(state).toEqual({ sumOfSquares: Float32Array.of(4, 3) });
    const fresh = adagrad({ learningRate: 1, epsilon: 0 });
    fresh.updateInto(parameters, new Float32Array(2), fresh.init(2, parameters));
    expect([...parameters]).toEqual([-0.5, 0]);
  });
});

describe("sgd", () => {
  const gradients = [
    [0.5, -1],
    [0.25, 3],
    [-1, 0],
  ];

  it.each([
    [0, false],
    [0.9, false],
    [0.9, true],
  ])("is the published rule, by hand, with momentum %s, looking ahead: %s", (momentum, nesterov) => {
    const parameters = [1, -2];
    const velocity = [0, 0];
    const expected = gradients.map((gradient) => {
      for (const i of [0, 1]) {
        velocity[i] = momentum * velocity[i] + gradient[i];
        parameters[i] -= 0.1 * (nesterov ? gradient[i] + momentum * velocity[i] : velocity[i]);
      }
      return parameters.slice();
    });
    expectClose(threeSteps(sgd({ learningRate: 0.1, momentum, nesterov })), expected);
  });

  it("remembers nothing without momentum", () => {
    expect(sgd({ learningRate: 1 }).init(2, new Float32Array(2))).toEqual({});
    expect(sgd({ learningRate: 1, momentum: 0.5 }).init(2, new Float32Array(2))).toEqual({
      velocity: new Float32Array(2),
    });
  });

  it.each([
    [{ learningRate: 0 }, "learningRate"],
    [{ learningRate: 1, momentum: 1 }, "momentum"],
    [{ learningRate: 1, momentum: Number.NaN }, "momentum"],
  ])("refuses %o", (options, name) => {
    expect(thrown(() => sgd(options)).message).toContain(`${name} is`);
  });
});

describe("adamW", () => {
  it("is Adam on parameters that decay first", () => {
    const [decaying, plain] = [Float64Array.of(1, -2), Float64Array.of(1, -2)];
    const [own, other] = [adamW({ learningRate: 0.1, weightDecay: 0.2 }), adam({ learningRate: 0.1 })];
    const [state, otherState] = [own.init(2, decaying), other.init(2, plain)];
    for (const gradient of [Float64Array.of(0.5, -1), Float64Array.of(0, 3)]) {
      own.updateInto(decaying, gradient, state);
      for (const i of [0, 1]) plain[i] *= 1 - 0.1 * 0.2;
      other.updateInto(plain, gradient, otherState);
      expect(decaying).toEqual(plain);
    }
    expect(state).toEqual(otherState);
  });

  it("decays by 0.01 unless told otherwise, and is Adam without decay", () => {
    const run = (optimizer: Optimizer) => threeSteps(optimizer).flat();
    expect(run(adamW({ learningRate: 0.1 }))).toEqual(run(adamW({ learningRate: 0.1, weightDecay: 0.01 })));
    expect(run(adamW({ learningRate: 0.1, weightDecay: 0 }))).toEqual(run(adam({ learningRate: 0.1 })));
  });

  it.each([-1, Number.NaN, 10, 11])("refuses a decay of %s at learning rate 0.1", (weightDecay) => {
    const error = thrown(() => adamW({ learningRate: 0.1, weightDecay }));
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error.message).toContain("weightDecay is");
  });
});

describe("adam", () => {
  it("is the published rule, by hand", () => {
    const [b1, b2] = [0.9, 0.999];
    const parameters = [1, -2];
    const [mean, square] = [
      [0, 0],
      [0, 0],
    ];
    const expected = [
      [0.5, -1],
      [0.25, 3],
      [-1, 0],
    ].map((gradient, step) => {
      for (const i of [0, 1]) {
        mean[i] = b1 * mean[i] + (1 - b1) * gradient[i];
        square[i] = b2 * square[i] + (1 - b2) * gradient[i] ** 2;
        const mHat = mean[i] / (1 - b1 ** (step + 1));
        const vHat = square[i] / (1 - b2 ** (step + 1));
        parameters[i] -= (0.1 * mHat) / (Math.sqrt(vHat) + 1e-8);
      }
      return parameters.slice();
    });
    expectClose(threeSteps(adam({ learningRate: 0.1 })), expected);
  });

  it("moves by about the learning rate at first, whatever the gradient's size", () => {
    const parameters = Float64Array.of(0, 0);
    const optimizer = adam({ learningRate: 0.1 });
    optimizer.updateInto(parameters, Float64Array.of(1e-3, -1e6), optimizer.init(2, parameters));
    expect(parameters[0]).toBeCloseTo(-0.1, 5);
    expect(parameters[1]).toBeCloseTo(0.1, 10);
  });

  it("counts steps once for the whole state, however many ranges a step has", () => {
    const optimizer = adam({ learningRate: 0.1 });
    const [whole, parts] = [Float64Array.of(1, 2, 3, 4), Float64Array.of(1, 2, 3, 4)];
    const [wholeState, partState] = [optimizer.init(4, whole), optimizer.init(4, parts)];
    for (let step = 1; step <= 3; step++) {
      const gradient = Float64Array.of(step, -step, 0.5, 2);
      optimizer.updateInto(whole, gradient, wholeState);
      optimizer.beginStep(partState);
      optimizer.updateInto(parts, gradient, partState, { from: 2, to: 4 });
      optimizer.updateInto(parts, gradient, partState, { from: 0, to: 2 });
    }
    expect(parts).toEqual(whole);
    expect(partState).toEqual(wholeState);
    expect(partState["steps"]).toEqual(Int32Array.of(3));
  });

  it("refuses a range before the first step, and states that are not its own", () => {
    const optimizer = adam({ learningRate: 0.1 });
    const parameters = new Float64Array(2);
    const state = optimizer.init(2, parameters);
    const range = { from: 0, to: 1 };
    expect(thrown(() => optimizer.updateInto(parameters, parameters, state, range)).hint).toContain(
      "beginStep",
    );
    for (const steps of [undefined, new Float64Array(1), new Int32Array(2), Int32Array.of(-1)]) {
      const broken = { ...state, steps: steps as Int32Array };
      expect(() => optimizer.beginStep(broken)).toThrow("state.steps");
    }
  });
});

describe.each(optimizers)("$name", (optimizer) => {
  it("reads and writes nothing outside the range", () => {
    const parameters = Float64Array.of(1, 2, 3);
    const state = optimizer.init(3, parameters);
    optimizer.beginStep(state);
    const before = structuredClone(state);
    optimizer.updateInto(parameters, Float64Array.of(Number.NaN, 1, Number.NaN), state, { from: 1, to: 2 });
    expect([parameters[0], parameters[2]]).toEqual([1, 3]);
    expect(parameters[1]).toBeLessThan(2);
    for (const [slot, array] of Object.entries(state)) {
      if (slot !== "steps") expect([array[0], array[2]]).toEqual([before[slot][0], before[slot][2]]);
    }
  });

  it("goes on from a saved state under another learning rate", () => {
    const slower = made[optimizer.name](0.01);
    const parameters = Float64Array.of(1);
    const state = optimizer.init(1, parameters);
    optimizer.updateInto(parameters, Float64Array.of(1), state);
    const [fast, slow] = [parameters.slice(), parameters.slice()];
    optimizer.updateInto(fast, Float64Array.of(1), structuredClone(state));
    slower.updateInto(slow, Float64Array.of(1), structuredClone(state));
    expect(close(parameters[0] - fast[0], 10 * (parameters[0] - slow[0]), tolerance.rounding)).toBe(true);
  });

  it("keeps its state in the precision of the parameters", () => {
    const state = optimizer.init(2, new Float32Array(0));
    for (const [slot, array] of Object.entries(state)) {
      expect(array).toBeInstanceOf(slot === "steps" ? Int32Array : Float32Array);
    }
  });

  it("refuses arrays, ranges and states that do not fit", () => {
    const parameters = new Float64Array(3);
    const state = optimizer.init(3, parameters);
    expect(() => optimizer.updateInto(parameters, new Float64Array(2), state)).toThrow("gradient.length");
    for (const range of [
      { from: -1, to: 2 },
      { from: 0, to: 4 },
      { from: 2, to: 1 },
      { from: 0.5, to: 1 },
    ]) {
      expect(() => optimizer.updateInto(parameters, parameters, state, range)).toThrow("a part of [0, 3)");
    }
    const error = thrown(() => optimizer.updateInto(parameters, parameters, {}));
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error.hint).toContain("init of the same optimizer");
    expect(() => optimizer.updateInto(parameters, parameters, optimizer.init(2, parameters))).toThrow(
      "state.",
    );
  });
});

describe("settings", () => {
  it("are checked", () => {
    for (const learningRate of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => adagrad({ learningRate })).toThrow("learningRate");
      expect(() => adam({ learningRate })).toThrow("learningRate");
    }
    expect(() => adagrad({ learningRate: 1, epsilon: -1 })).toThrow("epsilon");
    expect(() => adagrad({ learningRate: 1, initialAccumulator: -1 })).toThrow("initialAccumulator");
    expect(() => adam({ learningRate: 1, epsilon: 0 })).toThrow("epsilon");
    expect(() => adam({ learningRate: 1, beta1: 1 })).toThrow("beta1");
    expect(() => adam({ learningRate: 1, beta2: Number.NaN })).toThrow("beta2");
  });
});
