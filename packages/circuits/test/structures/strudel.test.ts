import {
  checkNormalized,
  checkStructured,
  chowLiuCircuit,
  entropy,
  learnCircuit,
  logLikelihoods,
  meanLogLikelihood,
  strudelCircuit,
  strudelCircuitAsync,
  trainEm,
} from "@credence/circuits";
import { AbortedError } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { randomTable, twoTrees } from "../learn/tables.ts";
import { valueAt, worldsOf } from "../random-circuit.ts";

const arities = [2, 3, 2, 2, 2];
const worlds = [...worldsOf(arities.map((arity) => ({ kind: "categorical", arity })))];

describe("strudelCircuit", () => {
  it("starts as the Chow-Liu tree", () => {
    const table = randomTable(1, 200, arities);
    const { circuit, splits } = strudelCircuit(table, { splits: 0 });
    expect(splits).toBe(0);
    const tree = logLikelihoods(chowLiuCircuit(table).circuit, table);
    logLikelihoods(circuit, table).forEach((log, r) => {
      expect(close(log, tree[r], tolerance.rounding)).toBe(true);
    });
  });

  it("stays deterministic, structured-decomposable and a distribution, split after split", () => {
    const table = randomTable(2, 400, arities);
    let last = Number.NEGATIVE_INFINITY;
    for (const splits of [1, 2, 5, 20, 100]) {
      // Rows that validate themselves: every split that fits them better is kept.
      const { circuit } = strudelCircuit(table, { splits, valid: table, minRows: 5, pseudoCount: 0.1 });
      expect(circuit.properties).toEqual({ smooth: true, decomposable: true, deterministic: true });
      expect(checkStructured(circuit).holds).toBe(true);
      expect(checkNormalized(circuit)).toEqual({ holds: true });
      expect(worlds.reduce((sum, world) => sum + valueAt(circuit, world), 0)).toBeCloseTo(1, 10);
      const reached = meanLogLikelihood(circuit, table);
      expect(reached).toBeGreaterThanOrEqual(last - tolerance.rounding);
      last = reached;
    }
    expect(last).toBeGreaterThan(meanLogLikelihood(chowLiuCircuit(table).circuit, table) + 0.01);
  });

  it("has the parameters of the largest likelihood where it does not smooth", () => {
    const table = randomTable(3, 500, arities);
    const { circuit, splits } = strudelCircuit(table, { splits: 12, valid: table, pseudoCount: 1e-9 });
    expect(splits).toBeGreaterThan(0);
    const again = trainEm(circuit, table);
    expect(again.exact).toBe(true);
    expect(again.trace[1]).toBeCloseTo(again.trace[0], 7);
  });

  it("finds what no tree can say, and validates no worse than the tree", () => {
    const table = twoTrees(4, 900);
    // Without validation rows it is the number of parameters that a split must pay for.
    const { circuit, splits } = strudelCircuit(table);
    expect(splits).toBeGreaterThan(0);
    expect(meanLogLikelihood(circuit, table)).toBeGreaterThan(
      meanLogLikelihood(chowLiuCircuit(table).circuit, table) + 0.05,
    );
    expect(entropy(circuit)).toMatchObject({ kind: "entropy" });
    const [train, valid] = [twoTrees(1, 600), twoTrees(2, 400)];
    const refined = strudelCircuit(train, { valid }).circuit;
    const tree = chowLiuCircuit(train).circuit;
    expect(meanLogLikelihood(refined, valid)).toBeGreaterThan(meanLogLikelihood(tree, valid));
    expect(meanLogLikelihood(refined, twoTrees(3, 600))).toBeGreaterThan(
      meanLogLikelihood(tree, twoTrees(3, 600)),
    );
  });

  it("does not split noise", () => {
    const noise = randomTable(4, 300, [2, 2]);
    expect(strudelCircuit(noise).splits).toBe(0);
    expect(strudelCircuit(randomTable(5, 40, [3])).splits).toBe(0);
  });

  it("gives the same circuit asynchronously, and hands over what it has when stopped", async () => {
    const table = randomTable(2, 300, arities);
    const later = await strudelCircuitAsync(table, { valid: table });
    expect(later.circuit.logWeights).toEqual(strudelCircuit(table, { valid: table }).circuit.logWeights);
    try {
      learnCircuit(table, { structure: "strudel", signal: AbortSignal.abort() });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(AbortedError);
      expect((error as AbortedError<object>).partial).toMatchObject({ structure: "strudel" });
    }
  });

  it("refuses missing values and bad options", () => {
    const table = randomTable(2, 50, arities);
    for (const options of [
      { splits: -1 },
      { splits: 0.5 },
      { minRows: 0 },
      { candidates: 0 },
      { pseudoCount: -1 },
      { valid: randomTable(1, 9, [2]) },
    ]) {
      expect(() => strudelCircuit(table, options)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    }
    expect(() => strudelCircuit(randomTable(2, 50, arities, 0.2))).toThrow(/missing/);
  });
});
