import {
  type CircuitDocument,
  circuitFromJson,
  circuitToJson,
  circuitWithNodesFromJson,
  logPartition,
} from "@credence/circuits";
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
  ])("refuse %s", (_, document, code) => {
    expect(() => circuitFromJson(document)).toThrow(expect.objectContaining({ code }));
  });
});
