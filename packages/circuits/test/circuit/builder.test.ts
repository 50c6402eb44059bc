import {
  type Circuit,
  circuitBuilder,
  literalCode,
  logPartition,
  marginals,
  nodeKinds,
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
    try {
      b.build(x);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "UNUSED_VARIABLE", given: "y" });
      expect((error as CredenceError).hint).toContain('"y"');
    }
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
