import { type Matrix, type Rng, UnknownNameError } from "@credence/core";
import { wasmBackend } from "@credence/core/kernels";
import {
  block,
  constant,
  dense,
  glorotUniform,
  gradientOf,
  heUniform,
  type Initialize,
  model,
  normal,
  onTape,
  relu,
  uniform,
  weights,
  zeros,
} from "@credence/core/layers";
import { mul, sum, tape } from "@credence/core/tape";
import { describe, expect, it } from "vitest";
import { thrown } from "../thrown.ts";

const layers = { first: dense(3, 4), rectify: relu(4), second: dense(4, 2) };
const net = block(
  layers,
  ({ first, rectify, second }) =>
    (x: Parameters<typeof first>[0]) =>
      second(rectify(first(x))),
);

describe("a block", () => {
  it("names its parameters by the path through its parts", () => {
    expect(Object.keys(net.specs)).toEqual(["first.weight", "first.bias", "second.weight", "second.bias"]);
    expect(net.specs["first.weight"]).toMatchObject({ rows: 3, cols: 4 });
    const outer = block({ net, scale: weights(1, 2) }, (parts) => parts);
    expect(Object.keys(outer.specs)).toContain("net.second.bias");
    expect(Object.keys(outer.specs)).toContain("scale");
  });

  it("makes a function of its parts' functions", () => {
    const own = model(net, { seed: 1, precision: "float64" });
    const t = tape({ precision: "float64" });
    const data = Float64Array.of(1, -2, 3);
    const y = onTape(t, own)(t.constant({ rows: 1, cols: 3, data }));
    const at = (name: string) => own.arrays[name].data;
    const hidden = [0, 1, 2, 3].map((j) =>
      Math.max(
        0,
        data.reduce((total, x, i) => total + x * at("first.weight")[4 * i + j], at("first.bias")[j]),
      ),
    );
    const expected = [0, 1].map((j) =>
      hidden.reduce((total, h, i) => total + h * at("second.weight")[2 * i + j], at("second.bias")[j]),
    );
    expect(y.data[0]).toBeCloseTo(expected[0], 12);
    expect(y.data[1]).toBeCloseTo(expected[1], 12);
  });

  it("shares what is named once", () => {
    const shared = block(
      { table: weights(1, 1, constant(3)) },
      ({ table }) =>
        () =>
          mul(table, table),
    );
    const own = model(shared, { precision: "float64" });
    const t = tape({ precision: "float64" });
    const gradient = gradientOf(own);
    t.backward(sum(onTape(t, own, gradient)()));
    expect(Array.from(gradient.flat)).toEqual([6]);
  });

  it("refuses names that would be ambiguous, and sides that are none", () => {
    for (const name of ["", "a.b"]) {
      expect(thrown(() => block({ [name]: weights(1, 1) }, () => 0)).message).toMatch(/the name of a part/);
    }
    expect(thrown(() => weights(-1, 2)).message).toMatch(/rows is -1/);
    expect(thrown(() => weights(1, 0.5)).message).toMatch(/cols is 0.5/);
  });
});

describe("a model", () => {
  it("lays its matrices into one array, in the order of the names", () => {
    const own = model(net, { seed: 1 });
    expect(own.parameters).toHaveLength(3 * 4 + 4 + 4 * 2 + 2);
    expect(own.parameters).toBeInstanceOf(Float32Array);
    const joined = Object.values(own.arrays).flatMap(({ data }) => Array.from(data));
    expect(joined).toEqual(Array.from(own.parameters));
    own.parameters[0] = 42;
    expect(own.arrays["first.weight"].data[0]).toBe(42);
  });

  it("begins from its seed, part by part", () => {
    const seed = 1;
    const own = model(net, { seed });
    expect(model(net, { seed }).parameters).toEqual(own.parameters);
    expect(model(net, { seed: 2 }).parameters).not.toEqual(own.parameters);
    const larger = model(
      block({ before: weights(5, 5, normal(1)), ...layers }, () => 0),
      { seed },
    );
    expect(larger.arrays["second.weight"]).toEqual(own.arrays["second.weight"]);
  });

  it("begins from arrays, in either precision, in the memory of a backend", () => {
    const own = model(net, { seed: 1 });
    const double = model(net, { precision: "float64", arrays: own.arrays });
    expect(Array.from(double.parameters)).toEqual(Array.from(own.parameters));
    const backend = wasmBackend();
    expect(model(net, { backend, arrays: own.arrays }).parameters).toEqual(own.parameters);
    backend.close();
  });

  it("refuses arrays that are not its parameters", () => {
    const { arrays } = model(net);
    const given = (change: Record<string, Matrix>) => ({ arrays: { ...arrays, ...change } });
    const data = new Float32Array(12);
    const unknown = thrown(() => model(net, given({ "first.wieght": { rows: 3, cols: 4, data } })));
    expect(unknown).toBeInstanceOf(UnknownNameError);
    expect(unknown.hint).toMatch(/first\.weight/);
    const { "first.bias": _, ...others } = arrays;
    const missing = thrown(() => model(net, { arrays: others }));
    expect(missing.code).toBe("MISSING_PARAMETER");
    expect(missing.message).toMatch(/first\.bias/);
    expect(thrown(() => model(net, given({ "first.weight": { rows: 4, cols: 3, data } }))).message).toMatch(
      /arrays\.first\.weight is "4 x 3", but must be 3 x 4/,
    );
    data[5] = Number.NaN;
    expect(thrown(() => model(net, given({ "first.weight": { rows: 3, cols: 4, data } }))).message).toMatch(
      /arrays\.first\.weight\[5\] is NaN/,
    );
  });

  it("refuses a tape of the other precision, and room for the gradient of another model", () => {
    const own = model(net);
    expect(thrown(() => onTape(tape({ precision: "float64" }), own)).code).toBe("INVALID_ARGUMENT");
    const other = gradientOf(model(dense(1, 1)));
    expect(thrown(() => onTape(tape(), own, other)).message).toMatch(/gradient.flat.length is 2/);
  });
});

describe("first values", () => {
  const drawn = (initialize: Initialize, count = 4000) => {
    const own = model(weights(1, count, initialize), { seed: 3, precision: "float64" });
    return own.parameters as Float64Array;
  };
  const variance = (data: Float64Array) => data.reduce((total, x) => total + x * x, 0) / data.length;

  it("have the spread that they say", () => {
    expect(new Set(drawn(zeros))).toEqual(new Set([0]));
    expect(new Set(drawn(constant(-1)))).toEqual(new Set([-1]));
    for (const [initialize, bound] of [
      [uniform(0.5), 0.5],
      [heUniform(24), 0.5],
      [glorotUniform(4, 20), 0.5],
    ] as const) {
      const data = drawn(initialize);
      expect(data.every((x) => Math.abs(x) <= bound)).toBe(true);
      // The mean of 4,000 squares of uniform numbers has a relative standard error of √(0.8 / 4000).
      expect(Math.abs(variance(data) / (bound ** 2 / 3) - 1)).toBeLessThan(5 * Math.sqrt(0.8 / 4000));
    }
    expect(Math.abs(variance(drawn(normal(2))) / 4 - 1)).toBeLessThan(5 * Math.sqrt(2 / 4000));
  });

  it("draw from the generator that they are given alone", () => {
    const fake = Object.assign(() => 0.75, { normal: () => 2 }) as unknown as Rng;
    const data = new Float64Array(2);
    uniform(4)(data, fake);
    expect(Array.from(data)).toEqual([2, 2]);
    normal(3)(data, fake);
    expect(Array.from(data)).toEqual([6, 6]);
  });

  it("refuse spreads that are none", () => {
    for (const bad of [-1, Number.NaN, Infinity]) {
      expect(thrown(() => uniform(bad)).message).toMatch(/bound/);
      expect(thrown(() => normal(bad)).message).toMatch(/standardDeviation/);
    }
    expect(thrown(() => constant(Number.NaN)).message).toMatch(/value is NaN/);
  });
});
