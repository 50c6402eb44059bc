import {
  type Circuit,
  checkCircuit,
  circuitBuilder,
  literalCode,
  logPartition,
  marginals,
  nodeKinds,
  supports,
} from "@credence/circuits";
import { type CredenceError, InvalidArgumentError, UnknownNameError, vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

const variables = vocabulary("variable", ["x", "y"]);

describe("circuitBuilder", () => {
  it("makes equal nodes once", () => {
    const b = circuitBuilder(variables);
    const x = b.literal("x", true);
    expect(b.literal(0, true)).toBe(x);
    const y = b.literal("y", false);
    expect(b.product([x, y])).toBe(b.product([x, y]));
    expect(b.sum([x, y], [0, -0])).toBe(b.sum([x, y]));
    expect(b.sum([x, y], [0, 1])).not.toBe(b.sum([x, y]));
    expect(b.size).toBe(5);
  });

  it("knows 0 and 1, and leaves single children alone", () => {
    const b = circuitBuilder(variables);
    const [x, zero, one] = [b.literal("x", true), b.sum([]), b.product([])];
    expect(b.product([x, one])).toBe(x);
    expect(b.product([x, zero, one])).toBe(zero);
    expect(b.sum([zero, x])).toBe(x);
    expect(b.sum([zero])).toBe(zero);
    expect(b.sum([x], [2])).not.toBe(x);
    expect(logPartition(b.build(zero))).toBe(Number.NEGATIVE_INFINITY);
  });

  it("lays out what the root needs, children first", () => {
    const b = circuitBuilder(variables);
    const [x, nx, y] = [b.literal("x", true), b.literal("x", false), b.literal("y", true)];
    b.product([nx, y]);
    const root = b.product([b.sum([x, nx], [0.5, Number.NEGATIVE_INFINITY]), y]);
    b.literal("y", false);
    const circuit: Circuit = b.build(root);
    expect(circuit.size).toBe(5);
    expect(circuit.edges).toBe(4);
    expect([...circuit.kinds].sort()).toEqual([0, 0, 0, nodeKinds.product, nodeKinds.sum]);
    expect([...circuit.literals].filter((code) => code >= 0)).toEqual([
      literalCode(0, true),
      literalCode(0, false),
      literalCode(1, true),
    ]);
    for (let node = 0; node < circuit.size; node++) {
      for (let edge = circuit.offsets[node]; edge < circuit.offsets[node + 1]; edge++) {
        expect(circuit.children[edge]).toBeLessThan(node);
      }
    }
    expect(marginals(circuit)).toMatchObject({ probabilities: { x: 1, y: 1 }, logPartition: 0.5 });
  });

  it("refuses unknown variables, children and weights, and roots that forget a variable", () => {
    const b = circuitBuilder(variables);
    const x = b.literal("x", true);
    expect(() => b.literal("z" as "x", true)).toThrow(UnknownNameError);
    expect(() => b.literal(2, true)).toThrow(InvalidArgumentError);
    expect(() => b.product([x, 1])).toThrow(InvalidArgumentError);
    expect(() => b.sum([-1])).toThrow(InvalidArgumentError);
    expect(() => b.sum([x], [1, 2])).toThrow(InvalidArgumentError);
    expect(() => b.sum([x], [Number.NaN])).toThrow(InvalidArgumentError);
    expect(() => b.sum([x], [Number.POSITIVE_INFINITY])).toThrow(InvalidArgumentError);
    expect(() => b.build(7)).toThrow(InvalidArgumentError);
    // What plain JavaScript may pass: texts that compare as numbers, holes, nothing at all.
    for (const weights of [["-1"], [null], [true], new Array(1), null, "1"] as unknown as number[][])
      expect(() => b.sum([x], weights)).toThrow(InvalidArgumentError);
    for (const children of [undefined, null, "0", new Array(1)] as unknown as number[][]) {
      expect(() => b.sum(children)).toThrow(InvalidArgumentError);
      expect(() => b.product(children)).toThrow(InvalidArgumentError);
    }
    for (const value of [2, "yes", "1", undefined, Number.NaN] as unknown as boolean[])
      expect(() => b.literal("x", value)).toThrow(InvalidArgumentError);
    expect(() => b.literal(undefined as unknown as "x", true)).toThrow(InvalidArgumentError);
    expect(b.literal("x", 1 as unknown as boolean)).toBe(x);
    try {
      b.build(x);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "UNUSED_VARIABLE", given: "y" });
      expect((error as CredenceError).hint).toContain('"y"');
    }
  });

  it("tells distributions by their fields, whatever their order, and keeps its own copy of them", () => {
    const b = circuitBuilder(vocabulary("variable", ["x", "n"]), {
      domains: [{ kind: "real" }, { kind: "categorical", arity: 3 }],
    });
    const one = b.input("x", { family: "gaussian", mean: 1, std: 2 });
    expect(b.input("x", { std: 2, mean: 1, family: "gaussian" })).toBe(one);
    expect(b.input("x", { std: 1, mean: 2, family: "gaussian" })).not.toBe(one);
    expect(b.input("x", { family: "gaussian", mean: -0, std: 2 })).toBe(
      b.input("x", { family: "gaussian", mean: 0, std: 2 }),
    );
    // 1, 23 and 12, 3 are not the same numbers; nor are edges masses.
    const histogram = (edges: number[], masses: number[]) =>
      b.input("x", { family: "histogram", edges, masses });
    expect(histogram([0, 1, 2], [0.5, 0.5])).not.toBe(histogram([0, 0.5, 1, 2], [0.5, 0.25, 0.25]));
    const probabilities = [0.5, 0.25, 0.25];
    const mine = b.input("n", { family: "categorical", probabilities });
    probabilities[0] = 9;
    const circuit = b.build(b.product([one, mine]));
    expect(circuit.inputs[1].distribution).toEqual({
      family: "categorical",
      probabilities: [0.5, 0.25, 0.25],
    });
    expect(Object.isFrozen(circuit.inputs[1].distribution)).toBe(true);
    const extra = { family: "gaussian", mean: 3, std: 1, note: "mine" } as const;
    const other = b.build(b.product([b.input("x", extra), mine]));
    expect(other.inputs.some(({ distribution }) => "note" in distribution)).toBe(false);
  });

  it("lets overlapping factors be built, named by the check and refused by every query", () => {
    const b = circuitBuilder(variables);
    const [x, y] = [b.input("x", { family: "bernoulli", p: 0.3 }), b.literal("y", true)];
    const circuit = b.build(b.product([b.sum([x, b.literal("x", true)]), x, y]));
    expect(checkCircuit(circuit).witnesses).toEqual({ decomposable: circuit.size - 1, deterministic: 3 });
    expect(() => logPartition(circuit)).toThrow(expect.objectContaining({ code: "UNSUPPORTED_QUERY" }));
    expect(supports(circuit, "logPartition")).toEqual({
      supported: false,
      reason: "the circuit is not decomposable",
    });
  });

  it("builds, checks and queries circuits 100,000 nodes deep", () => {
    const b = circuitBuilder(variables);
    const [x, nx, y, ny] = [
      b.literal("x", true),
      b.literal("x", false),
      b.literal("y", true),
      b.literal("y", false),
    ];
    let node = b.product([x, y]);
    for (let depth = 0; depth < 100_000; depth++) {
      const other = b.product(depth % 2 ? [nx, y] : [x, ny]);
      node = b.sum([node, other], [Math.log(0.5), Math.log(0.5)]);
    }
    const circuit = b.build(node);
    expect(circuit.properties).toMatchObject({ smooth: true, decomposable: true });
    const answer = marginals(circuit, { y: 0.5 });
    if (answer.kind !== "posteriors") expect.unreachable();
    // The last step takes ¬x with 1/2, the one before x with 1/4, and so on: 2/3 in all.
    expect(close(answer.probabilities.x, 1 / 3, tolerance.rounding)).toBe(true);
  });
});
