import {
  type Circuit,
  circuitBuilder,
  circuitFromJson,
  circuitToJson,
  logPartition,
  meanLogLikelihood,
  poolEdgesInto,
  poolInputsInto,
  smooth,
  trainEm,
  withParameters,
} from "@credence/circuits";
import { matrix, vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

const near = (a: number, b: number) => close(a, b, tolerance.reference, tolerance.referenceAbsolute);
const steps = 5;
const variables = vocabulary(
  "variable",
  Array.from({ length: steps }, (_, t) => `x${t}`),
);

/** A hidden Markov model of two states over five binary observations, its steps tied or not. */
function hiddenMarkov(tied: boolean): Circuit {
  const b = circuitBuilder<string>(variables, { share: false });
  const tie = (name: string) => (tied ? name : undefined);
  const emissions = [0.8, 0.3];
  const transitions = [
    [0.9, 0.1],
    [0.25, 0.75],
  ];
  let after: number[] | undefined;
  for (let t = steps - 1; t >= 0; t--) {
    const below = after;
    after = [0, 1].map((state) => {
      const emitted = b.input(t, { family: "bernoulli", p: emissions[state] }, tie(`emission ${state}`));
      if (below === undefined) return emitted;
      const next = b.sum(below, transitions[state].map(Math.log), tie(`transition ${state}`));
      return b.product([emitted, next]);
    });
  }
  return b.build(b.sum(after!, [Math.log(0.6), Math.log(0.4)]));
}

/** log P(row) by the forward algorithm. */
function forward(row: readonly number[]): number {
  const emit = (state: number, x: number) => (x === 1 ? [0.8, 0.3][state] : 1 - [0.8, 0.3][state]);
  let alpha = [0.6 * emit(0, row[0]), 0.4 * emit(1, row[0])];
  for (const x of row.slice(1)) {
    const [a, b] = alpha;
    alpha = [(a * 0.9 + b * 0.25) * emit(0, x), (a * 0.1 + b * 0.75) * emit(1, x)];
  }
  return Math.log(alpha[0] + alpha[1]);
}

describe("tied parameters", () => {
  const circuit = hiddenMarkov(true);

  it("are groups of sums and inputs, numbered as they appear; untied circuits carry none", () => {
    const groups = (list: Int32Array | undefined) => [...(list ?? [])].filter((group) => group >= 0).sort();
    expect(groups(circuit.sumGroups)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    expect(groups(circuit.inputGroups)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    expect(hiddenMarkov(false).sumGroups).toBeUndefined();
    expect(hiddenMarkov(false).inputGroups).toBeUndefined();
  });

  it("do not change what the circuit computes", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1), { minLength: steps, maxLength: steps }), (row) => {
        const evidence = Object.fromEntries(row.map((x, t) => [`x${t}`, x === 1]));
        expect(near(logPartition(circuit, evidence), forward(row))).toBe(true);
        expect(near(logPartition(hiddenMarkov(false), evidence), forward(row))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it("pool what is counted: every edge of a group gets the sum over its places", () => {
    const counts = Float64Array.from({ length: circuit.edges }, (_, e) => e + 1);
    const pooled = counts.slice();
    poolEdgesInto(circuit, pooled);
    const groups = circuit.sumGroups!;
    for (let node = 0; node < circuit.size; node++) {
      for (let e = circuit.offsets[node]; e < circuit.offsets[node + 1]; e++) {
        const place = e - circuit.offsets[node];
        let expected = counts[e];
        if (groups[node] >= 0) {
          expected = 0;
          groups.forEach((group, other) => {
            if (group === groups[node]) expected += counts[circuit.offsets[other] + place];
          });
        }
        expect(pooled[e]).toBe(expected);
      }
    }
    const offsets = circuit.inputs.map((_, i) => 2 * i).concat(2 * circuit.inputs.length);
    const statistics = Float64Array.from({ length: 2 * circuit.inputs.length }, (_, i) => i % 2);
    poolInputsInto(circuit, statistics, offsets);
    expect([...statistics].every((x, i) => x === (i % 2) * steps)).toBe(true);
    const untied = hiddenMarkov(false);
    const own = Float64Array.from({ length: untied.edges }, (_, e) => e);
    poolEdgesInto(untied, own);
    poolInputsInto(untied, own, offsets);
    expect(own.every((x, e) => x === e)).toBe(true);
  });

  it("are learned together, and never fall behind their start", () => {
    const data = Float64Array.from({ length: 40 * steps }, (_, i) => Number((i * 7919) % 5 < 3));
    const rows = { ...matrix(40, steps), data };
    const { circuit: learned, trace } = trainEm(circuit, rows, { epochs: 6 });
    for (let i = 1; i < trace.length; i++) {
      expect(trace[i]).toBeGreaterThanOrEqual(trace[i - 1] - tolerance.rounding);
    }
    expect(near(meanLogLikelihood(learned, rows), trace[trace.length - 1])).toBe(true);
    expect(learned.sumGroups).toEqual(circuit.sumGroups);
    // withParameters has checked that groups agree; this one has moved.
    expect(learned.logWeights).not.toEqual(circuit.logWeights);
    const free = trainEm(hiddenMarkov(false), rows, { epochs: 6 });
    expect(free.trace[1]).toBeGreaterThan(trace[1]);
  });

  it("survive documents, smoothing and withParameters, which refuses to tear groups apart", () => {
    const again = circuitFromJson(JSON.parse(JSON.stringify(circuitToJson(circuit))));
    expect(circuitToJson(again)).toEqual(circuitToJson(circuit));
    expect(again.sumGroups).toEqual(circuit.sumGroups);
    expect(smooth(again)).toBe(again);
    const node = circuit.sumGroups!.findIndex((group) => group >= 0);
    const logWeights = circuit.logWeights.slice();
    logWeights[circuit.offsets[node]] = -3;
    const torn = expect.objectContaining({ code: "TIED_PARAMETERS" });
    expect(() => withParameters(circuit, { logWeights })).toThrow(torn);
    const inputs = circuit.inputs.slice();
    inputs[0] = { variable: inputs[0].variable, distribution: { family: "bernoulli", p: 0.5 } };
    expect(() => withParameters(circuit, { inputs })).toThrow(torn);
    const all = circuit.inputs.map(({ variable }) => ({
      variable,
      distribution: { family: "bernoulli", p: 0.5 } as const,
    }));
    expect(withParameters(circuit, { inputs: all }).inputGroups).toEqual(circuit.inputGroups);
  });

  it("have to agree where they are built", () => {
    const torn = expect.objectContaining({ code: "TIED_PARAMETERS" });
    const b = circuitBuilder<string>(variables, {
      domains: [
        { kind: "binary" },
        { kind: "binary" },
        { kind: "real" },
        { kind: "count" },
        { kind: "binary" },
      ],
    });
    const x = (v: number, p: number, tie?: string) => b.input(v, { family: "bernoulli", p }, tie);
    const numbers = [
      b.input(2, { family: "gaussian", mean: 0, std: 1 }),
      b.input(3, { family: "poisson", rate: 1 }),
    ];
    const others = x(4, 0.5);
    const pair = (left: number, right: number) => b.build(b.product([left, right, ...numbers, others]));
    expect(() => pair(x(0, 0.1, "t"), x(1, 0.2, "t"))).toThrow(torn);
    expect(pair(x(0, 0.1, "t"), x(1, 0.1, "t")).inputGroups).toBeDefined();
    const sum = (v: number, weights: number[], tie: string) =>
      b.sum(
        weights.map((_, i) => x(v, (i + 1) / 8)),
        weights,
        tie,
      );
    expect(() => pair(sum(0, [-1, -2], "s"), sum(1, [-2, -1], "s"))).toThrow(torn);
    expect(() => pair(sum(0, [-1, -2], "s"), sum(1, [-1, -2, -3], "s"))).toThrow(torn);
    expect(pair(sum(0, [-1, -2], "s"), sum(1, [-1, -2], "s")).sumGroups).toBeDefined();
    // Equal numbers are no tie, and two ties are two nodes.
    expect(x(0, 0.1, "t")).not.toBe(x(0, 0.1));
    expect(x(0, 0.1, "t")).not.toBe(x(0, 0.1, "u"));
    expect(x(0, 0.1, "t")).toBe(x(0, 0.1, "t"));
    // A tied sum keeps its single child, and the constant 0 is no child of it.
    expect(b.sum([others], [0], "one")).not.toBe(others);
    expect(() => b.sum([others, b.sum([])], [0, 0], "two")).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });
});
