import {
  bindExternals,
  type Circuit,
  circuitBuilder,
  circuitFromJson,
  circuitToJson,
  type Domain,
  entropy,
  logInnerProduct,
  logPartition,
  mpe,
  posteriors,
  sample,
  supports,
} from "@credence/circuits";
import { logSumExp, vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

const domains: readonly Domain[] = [{ kind: "categorical", arity: 3 }, { kind: "binary" }, { kind: "real" }];
const near = (a: number, b: number) => close(a, b, tolerance.reference, tolerance.referenceAbsolute);

/** Two components, each with external inputs of its own; slot 0 serves both for y. */
function mixture(): Circuit<"x" | "y" | "z"> {
  const b = circuitBuilder(vocabulary("variable", ["x", "y", "z"]), { domains });
  const y = b.input("y", { family: "external", slot: 0 });
  const component = (slot: number, mean: number) =>
    b.product([
      b.input("x", { family: "external", slot }),
      y,
      slot === 1
        ? b.input("z", { family: "external", slot: 3 })
        : b.input("z", { family: "gaussian", mean, std: 1 }),
    ]);
  return b.build(b.sum([component(1, 0), component(2, 2)], [Math.log(0.3), Math.log(0.7)]));
}

/** Log weights of any scale. */
const table = (arity: number) =>
  fc
    .tuple(
      fc.array(fc.oneof(fc.double({ min: -5, max: 5, noNaN: true }), fc.constant(Number.NEGATIVE_INFINITY)), {
        minLength: arity,
        maxLength: arity,
      }),
      fc.constantFrom(0, -800, 800),
    )
    .map(([logs, scale]) => logs.map((log) => log + scale));
const normalDensity = (x: number, mean: number, std: number) =>
  -0.5 * ((x - mean) / std) ** 2 - Math.log(std) - 0.5 * Math.log(2 * Math.PI);

describe("bindExternals", () => {
  it("gives every world the weight of its tables, normalized or not", () => {
    const circuit = mixture();
    fc.assert(
      fc.property(table(2), table(3), table(3), (ofY, one, two) => {
        const bound = bindExternals(circuit, [
          ofY,
          one,
          Float64Array.from(two),
          { family: "gaussian", mean: 5, std: 2 },
        ]);
        const byDefinition = (x: number, y: number, z: number) =>
          ofY[y] +
          logSumExp([
            Math.log(0.3) + one[x] + normalDensity(z, 5, 2),
            Math.log(0.7) + two[x] + normalDensity(z, 2, 1),
          ]);
        for (const x of [0, 1, 2]) {
          for (const y of [0, 1]) {
            const log = logPartition(bound, { x, y, z: 1.5 });
            expect(near(log, byDefinition(x, y, 1.5))).toBe(true);
          }
        }
        const all =
          logSumExp(ofY) + logSumExp([Math.log(0.3) + logSumExp(one), Math.log(0.7) + logSumExp(two)]);
        expect(near(logPartition(bound), all)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("keeps the structure, so that plans made for it stay", () => {
    const circuit = mixture();
    const bound = bindExternals(circuit, [[0, 0]]);
    expect(bound.children).toBe(circuit.children);
    expect(bound.offsets).toBe(circuit.offsets);
    // Slot 0 only; the others are still open.
    expect(bound.inputs.filter(({ distribution }) => distribution.family === "external")).toHaveLength(3);
    expect(bindExternals(circuit, [])).toBe(circuit);
    expect(bindExternals(circuit, [undefined])).toBe(circuit);
  });

  it("says how impossible tables are: no world is left", () => {
    const none = Number.NEGATIVE_INFINITY;
    const bound = bindExternals(mixture(), [
      [none, none],
      [0, 0, 0],
      [0, 0, 0],
      { family: "uniform", low: 0, high: 1 },
    ]);
    expect(logPartition(bound)).toBe(none);
    expect(posteriors(bound)).toMatchObject({ kind: "contradiction" });
  });

  it("refuses tables of another length or with numbers that are no log weights", () => {
    const circuit = mixture();
    for (const value of [
      [0],
      [0, Number.NaN],
      [0, Number.POSITIVE_INFINITY],
      { family: "poisson", rate: 1 },
    ] as const) {
      expect(() => bindExternals(circuit, [value])).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    }
    expect(() => bindExternals(circuit, [undefined, undefined, undefined, [0, 0]])).toThrow(
      expect.objectContaining({
        code: "INVALID_ARGUMENT",
        expected: "a distribution: the variable is a number",
      }),
    );
  });
});

describe("unbound external inputs", () => {
  it("have mass 1 where nothing is asked of them, and are missed where something is", () => {
    const circuit = mixture();
    expect(near(logPartition(circuit), 0)).toBe(true);
    expect(circuit.properties).toMatchObject({ smooth: true, decomposable: true, deterministic: false });
    const unbound = expect.objectContaining({ code: "UNBOUND_INPUT" });
    for (const ask of [
      () => logPartition(circuit, { x: 1 }),
      () => logPartition(circuit, { z: { from: 0, to: 1 } }),
      () => logPartition(circuit, { y: 0.5 }),
      () => posteriors(circuit),
      () => mpe(circuit),
      () => sample(circuit, 3),
      () => logInnerProduct(circuit, circuit),
    ]) {
      expect(ask).toThrow(unbound);
    }
    expect(supports(circuit, "innerProduct")).toMatchObject({ supported: false });
  });

  it("are written to documents and read back at the same places", () => {
    const circuit = mixture();
    const again = circuitFromJson(JSON.parse(JSON.stringify(circuitToJson(circuit))));
    expect(circuitToJson(again)).toEqual(circuitToJson(circuit));
    expect(again.size).toBe(circuit.size);
    const values = [[-1, 0.5], [0, 1, 2], [3, 2, 1], { family: "gaussian", mean: 0, std: 1 }] as const;
    const bound = bindExternals(again, values);
    expect(logPartition(bound, { x: 1, z: 0.3 })).toBe(
      logPartition(bindExternals(circuit, values), { x: 1, z: 0.3 }),
    );
  });

  it("stand under a sum of their own, and are shared by slot and variable", () => {
    const b = circuitBuilder(vocabulary("variable", ["x"]), { share: false });
    const leaf = b.input("x", { family: "external", slot: 4 });
    expect(b.input("x", { family: "external", slot: 4 })).toBe(leaf);
    expect(b.input("x", { family: "external", slot: 5 })).not.toBe(leaf);
    const circuit = b.build(leaf);
    expect([...circuit.kinds]).toEqual([0, 2]);
    const answer = entropy(bindExternals(circuit, [undefined, undefined, undefined, undefined, [1, 1]]));
    expect(answer).toMatchObject({ kind: "entropy" });
    if (answer.kind === "entropy") expect(near(answer.nats, Math.log(2))).toBe(true);
  });
});
