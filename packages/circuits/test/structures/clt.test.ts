import {
  checkNormalized,
  chowLiuCircuit,
  factorizedCircuit,
  learnCircuit,
  logPartition,
} from "@credence/circuits";
import { describe, expect, it } from "vitest";
import { describeShared } from "../../../../test/shared.ts";
import { debd } from "../../../../test/vectors/circuits-learn.ts";
import { randomTable } from "../learn/tables.ts";

describe("chowLiuCircuit and factorizedCircuit", () => {
  it("have the smoothed frequencies of single variables as their marginals", () => {
    const table = randomTable(4, 90, [2, 3, 2]);
    for (const circuit of [chowLiuCircuit(table).circuit, factorizedCircuit(table)]) {
      expect(checkNormalized(circuit)).toEqual({ holds: true });
      const ones = table.columns.subarray(0, 90).reduce((a, b) => a + b, 0);
      // The tree is rooted somewhere else, perhaps; pairs are smoothed so that it makes no difference here.
      expect(Math.abs(Math.exp(logPartition(circuit, { x0: true })) - (ones + 2) / 94)).toBeLessThan(0.02);
    }
  });

  it("take the names that they are given", () => {
    const { circuit } = chowLiuCircuit(randomTable(4, 20, [2, 2]), { names: ["left", "right"] });
    expect(circuit.variables.names).toEqual(["left", "right"]);
    expect(() => chowLiuCircuit(randomTable(4, 20, [2, 2]), { names: ["one"] })).toThrow();
  });
});

describeShared("structures on nltcs", () => {
  it("reach what they are known to reach", () => {
    const [train, valid, test] = ["train", "valid", "test"].map((part) => debd("nltcs", part));
    const reached = (["clt", "cutset", "learn-spn"] as const).map((structure) => {
      return learnCircuit(train, { structure, valid, seed: 1 }).meanLogLikelihood(test);
    });
    expect(reached[0]).toBeCloseTo(-6.759, 3);
    expect(reached[1]).toBeGreaterThan(-6.1);
    expect(reached[2]).toBeGreaterThan(-6.1);
  });
});
