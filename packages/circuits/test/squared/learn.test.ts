import {
  imageRegionGraph,
  learnCircuit,
  learnSquared,
  learnSquaredAsync,
  squaredRegionShape,
  squaredSample,
} from "@credence/circuits";
import type { Progress } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { randomTable, twoTrees } from "../learn/tables.ts";

describe("learnSquared", () => {
  it("goes on from the roots of a hidden Chow-Liu tree, and gets at least as far", () => {
    const [table, valid, test] = [twoTrees(1, 600), twoTrees(2, 300), twoTrees(3, 600)];
    const common = { valid, seed: 1, epochs: 12 };
    const learned = learnSquared(table, { ...common, units: 4, squares: 2 });
    const twin = learnCircuit(table, { ...common, structure: "hclt", latents: 4 });
    expect(learned.meanLogLikelihood(test)).toBeGreaterThan(twin.meanLogLikelihood(test) - 0.1);
    expect(learned).toMatchObject({ structure: "squared", epochs: 12 });
    expect(learned.settings).toMatchObject({
      units: 4,
      squares: 2,
      seed: 1,
      startEpochs: 8,
      treePseudoCount: 1,
    });
    expect(learned.parameters).toBe(learned.circuit.parameters.length);
    expect(learned.trace).toHaveLength(12);
    expect(Math.max(...learned.trace)).toBe(learned.trace[learned.bestEpoch - 1]);
    expect(close(learned.meanLogLikelihood(valid), Math.max(...learned.trace), tolerance.rounding)).toBe(
      true,
    );
  });

  it("keeps the sum over the states of the root where there are as many squares", () => {
    // One variable: Σ_z π(z) E(z, x), the frequencies, whatever the states are; with one square the roots interfere.
    const table = randomTable(4, 300, [3]);
    const options = { units: 3, epochs: 1, rates: [1e-9, 1e-9] as const, startEpochs: 20 };
    const counts = [0, 1, 2].map((state) => table.columns.filter((x) => x === state).length);
    const best = counts.reduce((sum, count) => sum + (count / 300) * Math.log(count / 300), 0);
    const summed = learnSquared(table, { ...options, squares: 3 }).meanLogLikelihood(table);
    expect(close(summed, best, tolerance.single, 1e-3)).toBe(true);
    expect(learnSquared(table, { ...options, squares: 1 }).meanLogLikelihood(table)).toBeLessThanOrEqual(
      best,
    );
  });

  it("trains any other shape from a positive start", () => {
    const table = randomTable(2, 200, [2, 2, 2, 2, 2, 2]);
    const shape = squaredRegionShape(table.arities, imageRegionGraph(2, 3), { units: 3, squares: 2 });
    const learned = learnSquared(table, {
      shape,
      epochs: 15,
      batch: 50,
      names: ["a", "b", "c", "d", "e", "f"],
    });
    expect(learned.circuit.shape).toBe(shape);
    expect(learned.circuit.variables.names).toEqual(["a", "b", "c", "d", "e", "f"]);
    expect(learned.settings).not.toHaveProperty("startEpochs");
    expect(learned.trace[14]).toBeGreaterThan(learned.trace[0]);
    expect(squaredSample(learned.circuit, 3).kind).toBe("samples");
  });

  it("is the same for the same seed, and says how far it is", async () => {
    const table = randomTable(3, 80, [2, 3, 2]);
    const seen: Progress[] = [];
    const options = { units: 2, epochs: 2, startEpochs: 2, batch: 40, seed: 5 };
    const learned = learnSquared(table, { ...options, onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ phase }) => phase)).toEqual([
      ...new Array(2).fill("start"),
      ...new Array(4).fill("squared"),
    ]);
    const again = await learnSquaredAsync(table, options);
    expect(again.circuit.parameters).toEqual(learned.circuit.parameters);
    expect(learnSquared(table, { ...options, seed: 6 }).circuit.parameters).not.toEqual(
      learned.circuit.parameters,
    );
  });

  it("refuses options and rows out of range", () => {
    const table = randomTable(3, 30, [2, 2]);
    expect(() => learnSquared(table, { startEpochs: 0 })).toThrow(/startEpochs/);
    expect(() => learnSquared(table, { units: 2, squares: 3 })).toThrow(/squares/);
    expect(() => learnSquared(table, { units: 0 })).toThrow(/units/);
    expect(() => learnSquared(table, { valid: randomTable(1, 5, [2, 2, 2]) })).toThrow(/number of columns/);
    const learned = learnSquared(table, { units: 2, epochs: 1, startEpochs: 1 });
    expect(() => learned.meanLogLikelihood(randomTable(1, 5, [2, 2, 2]))).toThrow(/number of columns/);
  });
});
