import {
  addRegionGraph,
  checkNormalized,
  checkStructured,
  circuitBuilder,
  factorizedCircuit,
  imageRegionGraph,
  learnCircuit,
  logPartition,
  meanLogLikelihood,
  parseStates,
  poonDomingosRegionGraph,
  type RegionGraph,
  randomRegionGraph,
  ratCircuit,
  trainEm,
} from "@credence/circuits";
import { adam, rng, vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";
import { randomTable, rowsOf, twoTrees } from "../learn/tables.ts";
import { valueAt, worldsOf } from "../random-circuit.ts";

/** Every division is one: parts are disjoint, not empty, and make up the region. */
function checkRegions({ scopes, partitions }: RegionGraph): void {
  partitions.forEach((pairs, region) => {
    for (const [left, right] of pairs) {
      expect(Math.min(left, right)).toBeGreaterThan(region);
      expect(scopes[left].length).toBeGreaterThan(0);
      expect(scopes[right].length).toBeGreaterThan(0);
      const both = [...scopes[left], ...scopes[right]].sort((a, b) => a - b);
      expect(both).toEqual([...scopes[region]].sort((a, b) => a - b));
    }
  });
}

describe("region graphs", () => {
  it("halve at random, as often and as deep as asked", () => {
    for (const [variables, depth, replicas] of [
      [1, 2, 3],
      [2, 1, 2],
      [7, 2, 4],
      [16, 4, 1],
      [9, 9, 2],
    ]) {
      const graph = randomRegionGraph(variables, { depth, replicas, seed: 5 });
      checkRegions(graph);
      expect(graph.partitions[0]).toHaveLength(variables > 1 ? replicas : 0);
      const leaves = graph.scopes.filter((_, region) => graph.partitions[region].length === 0);
      for (const leaf of leaves) {
        expect(leaf.length).toBeLessThanOrEqual(Math.max(1, Math.ceil(variables / 2 ** depth)));
      }
      expect(randomRegionGraph(variables, { depth, replicas, seed: 5 })).toEqual(graph);
    }
    expect(randomRegionGraph(12, { seed: 1 })).not.toEqual(randomRegionGraph(12, { seed: 2 }));
    // Left to itself, regions end with one or two variables.
    const { scopes, partitions } = randomRegionGraph(21);
    const ends = scopes.filter((_, region) => partitions[region].length === 0);
    expect(ends.every((scope) => scope.length <= 2)).toBe(true);
    expect(ends.flat()).toHaveLength(4 * 21);
  });

  it("halve images into rectangles down to pixels", () => {
    for (const [height, width] of [
      [1, 1],
      [2, 3],
      [4, 4],
      [5, 2],
    ]) {
      const graph = imageRegionGraph(height, width);
      checkRegions(graph);
      expect(graph.scopes.filter((scope) => scope.length === 1)).toHaveLength(height * width);
      for (const scope of graph.scopes) {
        const [rows, cols] = [scope.map((p) => Math.floor(p / width)), scope.map((p) => p % width)];
        const area =
          (1 + Math.max(...rows) - Math.min(...rows)) * (1 + Math.max(...cols) - Math.min(...cols));
        expect(area).toBe(scope.length);
      }
    }
  });

  it("cut images in every way, each rectangle of blocks once", () => {
    for (const [height, width, block] of [
      [1, 1, 1],
      [2, 2, 1],
      [3, 2, 1],
      [5, 4, 2],
      [3, 7, 3],
    ]) {
      const graph = poonDomingosRegionGraph(height, width, { block });
      checkRegions(graph);
      const [rows, cols] = [Math.ceil(height / block), Math.ceil(width / block)];
      const number = (rows * (rows + 1) * cols * (cols + 1)) / 4;
      expect(new Set(graph.scopes.map((scope) => scope.join())).size).toBe(number);
      expect(graph.scopes).toHaveLength(number);
      expect(graph.scopes[0]).toHaveLength(height * width);
      graph.scopes.forEach((scope, region) => {
        const [tops, lefts] = [scope.map((p) => Math.floor(p / width)), scope.map((p) => p % width)];
        const blocks = (values: number[]) => new Set(values.map((x) => Math.floor(x / block))).size;
        expect(graph.partitions[region]).toHaveLength(blocks(tops) + blocks(lefts) - 2);
      });
    }
    expect(poonDomingosRegionGraph(1, 2)).toEqual({
      scopes: [[0, 1], [0], [1]],
      partitions: [[[1, 2]], [], []],
    });
    expect(() => poonDomingosRegionGraph(28, 28)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT", hint: expect.stringContaining("larger blocks") }),
    );
    expect(poonDomingosRegionGraph(28, 28, { block: 7 }).scopes).toHaveLength(100);
  });

  it("share regions that are parts of several: a distribution that EM improves", () => {
    const table = randomTable(3, 120, new Array(9).fill(2));
    const regions = poonDomingosRegionGraph(3, 3);
    const circuit = ratCircuit(table, { sums: 3, regions, seed: 2 });
    expect(checkNormalized(circuit)).toEqual({ holds: true });
    expect(checkStructured(circuit).holds).toBe(false);
    const total = [...worldsOf(circuit.domains)].reduce((sum, world) => sum + valueAt(circuit, world), 0);
    expect(total).toBeCloseTo(1, 10);
    const [before, after] = [circuit, trainEm(circuit, table, { epochs: 8 }).circuit];
    expect(meanLogLikelihood(after, table)).toBeGreaterThan(meanLogLikelihood(before, table) + 0.1);
  });

  it("fill with any inputs: a circuit over numbers", () => {
    const names = ["a", "b", "c", "d"];
    const builder = circuitBuilder<string>(vocabulary("variable", names), {
      domains: names.map(() => ({ kind: "real" }) as const),
      share: false,
    });
    const random = rng(1);
    const root = addRegionGraph(builder, imageRegionGraph(2, 2), {
      sums: 3,
      weight: () => 1,
      input: (_, k) => ({ family: "gaussian", mean: k + random(), std: 1 }),
    });
    const circuit = builder.build(root);
    expect(checkNormalized(circuit)).toEqual({ holds: true });
    expect(checkStructured(circuit).holds).toBe(true);
    expect(logPartition(circuit, {})).toBeCloseTo(0, 10);
  });

  it.each([
    () => randomRegionGraph(0),
    () => randomRegionGraph(3, { depth: 0 }),
    () => randomRegionGraph(3, { replicas: 1.5 }),
    () => imageRegionGraph(0, 3),
    () => poonDomingosRegionGraph(2, 0),
    () => poonDomingosRegionGraph(2, 2, { block: 0 }),
    () => ratCircuit(randomTable(1, 9, [2, 2]), { sums: 0 }),
    () => ratCircuit(randomTable(1, 9, [2, 2]), { regions: imageRegionGraph(2, 2) }),
  ])("refuse what is not a number of things (%#)", (make) => {
    expect(make).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });
});

describe("ratCircuit", () => {
  const arities = [2, 3, 2, 2];

  it("is smooth, decomposable, a distribution, with no two equal nodes in a region", () => {
    const circuit = ratCircuit(randomTable(1, 60, arities), { sums: 3, replicas: 2, seed: 4 });
    expect(circuit.properties).toMatchObject({ smooth: true, decomposable: true });
    expect(checkNormalized(circuit)).toEqual({ holds: true });
    const worlds = worldsOf(arities.map((arity) => ({ kind: "categorical", arity })));
    expect([...worlds].reduce((sum, world) => sum + valueAt(circuit, world), 0)).toBeCloseTo(1, 10);
    const inputs = circuit.inputs.map((input) => JSON.stringify(input));
    expect(new Set(inputs).size).toBe(inputs.length);
    expect(checkStructured(ratCircuit(randomTable(1, 60, arities), { replicas: 1 })).holds).toBe(true);
  });

  it.each([
    ["em", {}],
    ["adam", { optimizer: adam({ learningRate: 0.03 }) }],
  ])("learns by %s what independent variables cannot say", (trainer, options) => {
    const [train, valid, test] = [1, 2, 3].map((seed) => twoTrees(seed, 500));
    const learned = learnCircuit(train, {
      structure: "rat",
      sums: 4,
      replicas: 3,
      epochs: 25,
      batch: 50,
      valid,
      seed: 1,
      ...options,
    });
    expect(learned.settings).toMatchObject({ structure: "rat", trainer, sums: 4 });
    const apart = meanLogLikelihood(factorizedCircuit(train), test);
    expect(learned.meanLogLikelihood(test)).toBeGreaterThan(apart + 0.5);
    expect(learned.trace[learned.bestEpoch - 1]).toBe(Math.max(...learned.trace));
  });

  it("learns pixels: neighbors in bright and dark squares", () => {
    const random = rng(9);
    const lines = Array.from({ length: 300 }, () => {
      const [left, right] = [random() < 0.5, random() < 0.5];
      return Array.from({ length: 8 }, (_, p) =>
        Number(random() < 0.1 !== (p % 4 < 2 ? left : right)),
      ).join();
    });
    const table = parseStates(lines.join("\n"));
    const start = ratCircuit(table, { regions: imageRegionGraph(2, 4), sums: 4, seed: 1 });
    expect(start.variables.size).toBe(rowsOf(table)[0].length);
    const learned = learnCircuit(table, { structure: "rat", seed: 1, epochs: 30, batch: 50 });
    expect(learned.meanLogLikelihood(table)).toBeGreaterThan(
      meanLogLikelihood(factorizedCircuit(table), table) + 1,
    );
  });
});
