import {
  type CircuitDocument,
  circuitBuilder,
  circuitFromJson,
  circuitToJson,
  circuitWithNodesFromJson,
  type Distribution,
  type Domain,
  logPartition,
} from "@credence/circuits";
import { CredenceError, vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { finiteDomains, mixedDomains, randomCircuit } from "../random-circuit.ts";

const small: CircuitDocument = {
  variables: [{ name: "x", kind: "binary" }],
  nodes: [
    { id: 7, type: "sum", children: [3, 5], weights: [0, 1] },
    { id: 3, type: "bernoulli", var: 0, p: 0.25 },
    { id: 5, type: "bernoulli", var: 0, p: 0.25 },
  ],
  root: 7,
};

describe("circuits as JSON", () => {
  it.each([1, 2, 3, 4, 5])("read back equal, through text (%i)", (seed) => {
    for (const domains of [finiteDomains, mixedDomains]) {
      const circuit = randomCircuit(seed, domains);
      const document = circuitToJson(circuit);
      const again = circuitFromJson(JSON.parse(JSON.stringify(document)) as CircuitDocument);
      expect(circuitToJson(again)).toEqual(document);
      expect(again.logWeights).toEqual(circuit.logWeights);
    }
  });

  it("keep weights of 0 and nodes of equal numbers apart, in any order", () => {
    const { circuit, nodes } = circuitWithNodesFromJson(small);
    expect(circuit.size).toBe(3);
    expect([...circuit.logWeights]).toEqual([Number.NEGATIVE_INFINITY, 0]);
    expect(nodes.get(3)).not.toBe(nodes.get(5));
    expect(Math.exp(logPartition(circuit, { x: true }))).toBeCloseTo(0.25, 12);
  });

  const change = (id: number, fields: object): CircuitDocument => ({
    ...small,
    nodes: small.nodes.map((node) => (node.id === id ? { ...node, ...fields } : node)),
  });
  it.each([
    ["a cycle", change(7, { children: [7, 5] }), "INVALID_CIRCUIT"],
    ["a missing node", change(7, { children: [3, 9] }), "INVALID_CIRCUIT"],
    ["an id used twice", change(5, { id: 3 }), "INVALID_CIRCUIT"],
    ["an unknown type", change(3, { type: "toString" }), "INVALID_CIRCUIT"],
    ["an unknown kind", { ...small, variables: [{ name: "x", kind: "tensor" }] }, "INVALID_CIRCUIT"],
    ["weights that are missing", change(7, { weights: undefined }), "INVALID_CIRCUIT"],
    ["negative weights", change(7, { weights: [-1, 2] }), "INVALID_CIRCUIT"],
    ["weights of another length", change(7, { weights: [1] }), "INVALID_ARGUMENT"],
    ["no variable", change(3, { var: undefined }), "INVALID_CIRCUIT"],
    ["an unknown variable", change(3, { var: 4 }), "INVALID_ARGUMENT"],
    ["no root", { ...small, root: 12 }, "INVALID_CIRCUIT"],
    ["no document", null as unknown as CircuitDocument, "INVALID_ARGUMENT"],
    [
      "nodes that are none",
      { ...small, nodes: [null] as unknown as CircuitDocument["nodes"] },
      "INVALID_CIRCUIT",
    ],
    ["a longer cycle", change(3, { type: "sum", children: [7], weights: [1] }), "INVALID_CIRCUIT"],
    ["log weights that are none", change(7, { logWeights: 3 }), "INVALID_CIRCUIT"],
    ["log weights that are not numbers", change(7, { logWeights: ["a", 0] }), "INVALID_CIRCUIT"],
    ["ties that are none", change(3, { tie: {} as unknown as number }), "INVALID_CIRCUIT"],
    ["texts for numbers", change(3, { p: "0.5" }), "INVALID_ARGUMENT"],
    ["children that are none", change(7, { children: 3 }), "INVALID_CIRCUIT"],
    ["parameters that are missing", change(3, { p: undefined }), "INVALID_ARGUMENT"],
    ["a family's own name for a literal", change(3, { type: "indicator", state: 1 }), "INVALID_CIRCUIT"],
  ])("refuse %s", (_, document, code) => {
    expect(() => circuitFromJson(document)).toThrow(expect.objectContaining({ code }));
  });

  it("keep all families, their parameters and the order of the nodes", () => {
    const kinds: Readonly<Record<string, Domain>> = {
      finite: { kind: "categorical", arity: 2 },
      real: { kind: "real" },
      count: { kind: "count" },
    };
    const families: readonly (readonly [keyof typeof kinds, Distribution])[] = [
      ["finite", { family: "bernoulli", p: 0.25 }],
      ["finite", { family: "categorical", probabilities: [0.5, 0.5] }],
      ["finite", { family: "indicator", state: 1 }],
      ["finite", { family: "discretizedLogistic", mean: 0.5, scale: 2, states: 2 }],
      ["finite", { family: "external", slot: 3 }],
      ["real", { family: "gaussian", mean: -1, std: 0.5 }],
      ["real", { family: "gamma", shape: 2.5, rate: 0.5 }],
      ["real", { family: "exponential", rate: 4 }],
      ["real", { family: "uniform", low: -2, high: 5 }],
      ["real", { family: "histogram", edges: [0, 1, 4], masses: [0.25, 0.75] }],
      ["count", { family: "poisson", rate: 0.5 }],
      ["count", { family: "binomial", trials: 7, p: 0.125 }],
      ["count", { family: "geometric", p: 0.5 }],
      ["count", { family: "negativeBinomial", successes: 2.5, p: 0.75 }],
    ];
    const names = families.map(([, { family }]) => family);
    const builder = circuitBuilder<string>(vocabulary("variable", names), {
      domains: families.map(([kind]) => kinds[kind]),
    });
    const circuit = builder.build(builder.product(families.map(([, d], v) => builder.input(v, d))));
    const document = circuitToJson(circuit);
    const again = circuitFromJson(JSON.parse(JSON.stringify(document)) as CircuitDocument);
    expect(again.inputs).toEqual(circuit.inputs);
    expect(circuitToJson(again)).toEqual(document);
    // Backwards the nodes come in another order, and are the same all the same.
    const turned = circuitFromJson({ ...document, nodes: document.nodes.toReversed() });
    expect(turned.inputs.map(({ variable }) => variable).sort((a, b) => a - b)).toEqual(
      names.map((_, v) => v),
    );
  });

  it("answer any other document with an error of ours", () => {
    const document = circuitToJson(randomCircuit(2, mixedDomains));
    const strange = fc.constantFrom<unknown>(null, -1, 1.5, "x", [], {}, [[]], 1e9, Number.NaN, true);
    fc.assert(
      fc.property(fc.nat(), fc.nat(), strange, (which, field, value) => {
        const copy = JSON.parse(JSON.stringify(document)) as {
          readonly nodes: Record<string, unknown>[];
          readonly variables: Record<string, unknown>[];
        };
        const parts = [...copy.nodes, ...copy.variables];
        const part = parts[which % parts.length];
        const keys = Object.keys(part);
        part[keys[field % keys.length]] = value;
        try {
          circuitFromJson(copy as unknown as CircuitDocument);
        } catch (error) {
          expect(error).toBeInstanceOf(CredenceError);
        }
      }),
      { numRuns: 400 },
    );
  });
});
