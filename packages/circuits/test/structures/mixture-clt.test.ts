import {
  checkNormalized,
  chowLiuCircuit,
  learnCircuit,
  logLikelihoods,
  meanLogLikelihood,
  mixtureOfTrees,
  mixtureOfTreesAsync,
} from "@credence/circuits";
import type { AbortedError } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { fitTree, treeLogLikelihoods } from "../../src/structures/clt.ts";
import { randomTable, twoTrees } from "../learn/tables.ts";
import { valueAt, worldsOf } from "../random-circuit.ts";

describe("treeLogLikelihoods", () => {
  it("are those of the tree's circuit, with missing values too", () => {
    for (const share of [0, 0.3]) {
      const table = randomTable(4, 150, [2, 3, 2, 4, 2], share);
      const own = treeLogLikelihoods(fitTree(table, 0.5), table);
      const circuit = logLikelihoods(chowLiuCircuit(table, { pseudoCount: 0.5 }).circuit, table);
      own.forEach((log, r) => {
        expect(close(log, circuit[r], tolerance.rounding)).toBe(true);
      });
    }
  });
});

describe("mixtureOfTrees", () => {
  const [train, valid, test] = [1, 2, 3].map((seed) => twoTrees(seed, 800));

  it("separates rows of two kinds where one tree cannot", () => {
    const { circuit } = mixtureOfTrees(train, { components: 2, valid, seed: 1 });
    const tree = chowLiuCircuit(train).circuit;
    expect(meanLogLikelihood(circuit, test)).toBeGreaterThan(meanLogLikelihood(tree, test) + 0.15);
    const root = circuit.size - 1;
    const weights = [...circuit.logWeights.subarray(circuit.offsets[root])].map(Math.exp);
    expect(Math.abs(weights[0] - 0.5)).toBeLessThan(0.05);
  });

  it("never loses likelihood without pseudo-counts, is a distribution, and is one tree with one component", () => {
    const table = randomTable(5, 250, [2, 3, 2, 2]);
    const { trace, circuit } = mixtureOfTrees(table, { components: 3, pseudoCount: 0, epochs: 12 });
    expect(trace).toHaveLength(12);
    for (let i = 1; i < 12; i++) expect(trace[i]).toBeGreaterThanOrEqual(trace[i - 1] - 1e-3);
    expect(trace[11]).toBeGreaterThan(trace[0]);
    expect(circuit.properties).toMatchObject({ smooth: true, decomposable: true });
    expect(checkNormalized(circuit)).toEqual({ holds: true });
    const worlds = worldsOf([2, 3, 2, 2].map((arity) => ({ kind: "categorical", arity })));
    expect([...worlds].reduce((sum, world) => sum + valueAt(circuit, world), 0)).toBeCloseTo(1, 10);
    const one = mixtureOfTrees(table, { components: 1, pseudoCount: 1, epochs: 1 }).circuit;
    expect(
      close(
        meanLogLikelihood(one, table),
        meanLogLikelihood(chowLiuCircuit(table).circuit, table),
        tolerance.reference,
      ),
    ).toBe(true);
  });

  it("keeps the epoch that validates best, repeats itself, and takes missing values", async () => {
    const holes = randomTable(6, 200, [2, 3, 2, 2], 0.15);
    const held = randomTable(7, 80, [2, 3, 2, 2], 0.15);
    const options = { components: 6, pseudoCount: 0.01, valid: held, patience: 2, epochs: 40, seed: 3 };
    const { circuit, trace, bestEpoch } = mixtureOfTrees(holes, options);
    expect(trace[bestEpoch - 1]).toBe(Math.max(...trace));
    expect(trace).toHaveLength(Math.min(40, bestEpoch + 2));
    expect(close(meanLogLikelihood(circuit, held), trace[bestEpoch - 1], tolerance.rounding)).toBe(true);
    const later = await mixtureOfTreesAsync(holes, options);
    expect(later.circuit.logWeights).toEqual(circuit.logWeights);
  });

  it("refuses bad options, and hands over the best mixture when stopped", () => {
    for (const options of [
      { components: 0 },
      { epochs: 0 },
      { patience: 0 },
      { pseudoCount: -1 },
      { valid: randomTable(1, 9, [2]) },
    ]) {
      expect(() => mixtureOfTrees(train, options)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    }
    const controller = new AbortController();
    const stop = {
      signal: controller.signal,
      onProgress: ({ step }: { step: number }) => step === 5 && controller.abort(),
    };
    try {
      learnCircuit(train, { structure: "mixture-clt", components: 2, ...stop });
      expect.unreachable();
    } catch (error) {
      expect((error as AbortedError<object>).partial).toMatchObject({
        structure: "mixture-clt",
        bestEpoch: 2,
      });
    }
  });
});
