/** Circuits of 100,000 levels through every transform and check: nothing recurses, and nothing is quadratic. */
import {
  binarize,
  type Circuit,
  checkCircuit,
  checkCompatible,
  checkFactorized,
  checkNormalized,
  checkRespects,
  checkStructured,
  circuitBuilder,
  circuitFromJson,
  circuitToJson,
  condition,
  conditionOnFormula,
  determinism,
  entropy,
  logPartition,
  merge,
  multiply,
  normalize,
  power,
  prune,
  smooth,
  supports,
  vtreeOf,
  withParameters,
} from "@credence/circuits";
import { matrix, parseFormula, vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

const levels = 100_000;
const variables = vocabulary("variable", ["x", "y", "z"]);

/**
 * S_0 = xyz, S_{d+1} = ½ S_d + ½ (another world), which by turns is one of seven: mixtures nested 100,000 deep. The
 * weight of a world halves with every level, so that the last few levels have nearly all.
 */
function deep(worlds: number): Circuit {
  const b = circuitBuilder<string>(variables);
  const literal = [0, 1, 2].map((v) => [b.literal(v, false), b.literal(v, true)]);
  const world = (bits: number) => b.product([0, 1, 2].map((v) => literal[v][(bits >> v) & 1]));
  let node = world(7);
  for (let depth = 0; depth < levels; depth++) {
    node = b.sum([node, world(depth % worlds)], [Math.log(0.5), Math.log(0.5)]);
  }
  return b.build(node);
}

/** A deterministic one: unary sums, each of its own weight, on top of a decision. */
function tower(height = levels): Circuit {
  const b = circuitBuilder<string>(variables);
  const rest = b.product([b.literal("y", true), b.input("z", { family: "bernoulli", p: 0.25 })]);
  let node = b.sum(
    [b.product([b.literal("x", true), rest]), b.product([b.literal("x", false), rest])],
    [Math.log(0.5), Math.log(0.5)],
  );
  for (let depth = 0; depth < height; depth++) node = b.sum([node], [depth % 2 === 0 ? 0.5 : -0.5]);
  return b.build(node);
}

const near = (a: number, b: number) => close(a, b, tolerance.reference, tolerance.referenceAbsolute);
const circuit = deep(7);
const probability = (of: Circuit) => Math.exp(logPartition(of, { x: true, y: false }));

describe(`circuits of ${levels} levels`, () => {
  it("are checked", () => {
    expect(circuit.size).toBeGreaterThan(levels);
    expect(checkCircuit(circuit).properties).toEqual({
      smooth: true,
      decomposable: true,
      deterministic: false,
    });
    expect(checkNormalized(circuit)).toEqual({ holds: true });
    expect(checkStructured(circuit).holds).toBe(true);
    expect(checkCompatible([circuit, tower()]).holds).toBe(true);
    expect(checkRespects(circuit, vtreeOf([1, [2, 3]])).holds).toBe(true);
    expect(checkFactorized(circuit)).toEqual({ holds: true });
    expect(determinism(circuit)).toMatchObject({ status: "refuted" });
    expect(determinism(tower())).toEqual({ status: "certified", by: "syntax" });
    expect(supports(circuit, "multiply")).toMatchObject({ supported: true });
  });

  it("are transformed", () => {
    const expected = probability(circuit);
    for (const same of [
      smooth(circuit),
      binarize(circuit, { sums: true }),
      merge(circuit),
      merge(circuit, { tolerance: tolerance.rounding }),
      prune(circuit).circuit,
      withParameters(circuit, { logWeights: circuit.logWeights.slice() }),
    ]) {
      expect(near(probability(same), expected)).toBe(true);
    }
    const again = normalize(circuit);
    if (again.kind !== "circuit") expect.unreachable();
    expect(near(probability(again.circuit), expected)).toBe(true);
    const rows = { ...matrix(2, 3), data: Float64Array.of(1, 0, 1, 0, 1, 1) };
    expect(prune(circuit, { rows, minimumFlow: 0.01 }).circuit.size).toBeLessThan(200);
    const given = condition(circuit, { x: true });
    if (given.kind !== "circuit") expect.unreachable();
    expect(near(Math.exp(given.logPartition) * probability(given.circuit), expected)).toBe(true);
    const formula = conditionOnFormula(circuit, parseFormula("x | y"));
    if (formula.kind !== "circuit") expect.unreachable();
    expect(near(Math.exp(formula.logPartition) * probability(formula.circuit), expected)).toBe(true);
  });

  it("may speak of thousands of variables, too", () => {
    const size = 5000;
    const names = Array.from({ length: size }, (_, v) => `x${v}`);
    const b = circuitBuilder<string>(vocabulary("variable", names));
    // A hidden Markov model of two states: products nested 5,000 deep, each over one variable less.
    let after: number[] = [];
    for (let v = size - 1; v >= 0; v--) {
      const below = after;
      after = [0.8, 0.3].map((p) => {
        const emitted = b.input(v, { family: "bernoulli", p });
        return below.length === 0
          ? emitted
          : b.product([emitted, b.sum(below, [Math.log(p), Math.log(1 - p)])]);
      });
    }
    const chain = b.build(b.sum(after, [Math.log(0.5), Math.log(0.5)]));
    expect(checkCircuit(chain).properties).toEqual({
      smooth: true,
      decomposable: true,
      deterministic: false,
    });
    expect(checkStructured(chain).holds).toBe(true);
    expect(determinism(chain).status).toBe("refuted");
    expect(binarize(chain).size).toBe(chain.size);
    expect(merge(chain).size).toBe(chain.size);
    const given = condition(chain, { x0: true, x4999: false });
    if (given.kind !== "circuit") expect.unreachable();
    expect(near(given.logPartition, logPartition(chain, { x0: true, x4999: false }))).toBe(true);
  });

  it("may decide on as many variables", () => {
    const names = Array.from({ length: levels }, (_, v) => `x${v}`);
    const b = circuitBuilder<string>(vocabulary("variable", names));
    // x_v is the last value but with probability 0.1: two sums a variable, one for each last value.
    let below: number[] = [];
    for (let v = levels - 1; v >= 0; v--) {
      const parts = [false, true].map((value, i) =>
        b.product([b.literal(v, value), ...below.slice(i, i + 1)]),
      );
      below = [0.9, 0.1].map((p) => b.sum(parts, [Math.log(p), Math.log(1 - p)]));
    }
    const chain = b.build(below[0]);
    expect(checkCircuit(chain).properties).toEqual({ smooth: true, decomposable: true, deterministic: true });
    expect(determinism(chain)).toEqual({ status: "certified", by: "syntax" });
    const found = entropy(chain);
    const ofOne = -(0.9 * Math.log(0.9) + 0.1 * Math.log(0.1));
    expect(found.kind === "entropy" && near(found.nats, levels * ofOne)).toBe(true);
  });

  it("are multiplied and raised to powers", () => {
    const high = tower();
    expect(near(Math.exp(logPartition(power(high, 2), { x: true, z: true })), 0.125 ** 2)).toBe(true);
    // Every one of the seven worlds meets every level of the second circuit.
    const both = multiply(circuit, tower(1000));
    expect(near(probability(both), 0)).toBe(true);
    const top = Math.exp(logPartition(circuit, { x: true, y: true, z: true }));
    expect(near(Math.exp(logPartition(both, { x: true, z: true })), top * 0.5 * 0.25)).toBe(true);
  });

  it("are written to documents and read back", () => {
    const document = circuitToJson(circuit);
    expect(document.nodes).toHaveLength(circuit.size);
    expect(circuitToJson(circuitFromJson(document))).toEqual(document);
  });
});
