import { rng } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { latentLogs } from "../../src/learn/latent-logs.ts";
import { latentTree, normalizeRows, parameterRows } from "../../src/learn/latent-tree.ts";
import { missing, type StateTable } from "../../src/learn/states.ts";

const arities = [2, 3, 2];
const parents = Int32Array.of(-1, 0, 0);
const tree = latentTree(arities, { parents, order: Int32Array.of(0, 1, 2) }, 3);
const random = rng(1);
const parameters = Float64Array.from({ length: tree.parameterCount }, () => 0.1 + random());
normalizeRows(tree, parameters);

const rowOf = (states: readonly number[]): StateTable => ({
  rows: 1,
  cols: 3,
  arities,
  columns: Uint8Array.from(states),
});
const log = (states: readonly number[], p = parameters): number => latentLogs(tree, p, rowOf(states), 0);

describe("the passes over latent trees in logs", () => {
  it("make a distribution, whose marginals are sums", () => {
    let all = 0;
    for (let x = 0; x < 12; x++) all += Math.exp(log([x % 2, Math.floor(x / 2) % 3, Math.floor(x / 6)]));
    expect(close(all, 1, tolerance.rounding)).toBe(true);
    const sum = [0, 1, 2].reduce((total, x) => total + Math.exp(log([1, x, 0])), 0);
    expect(close(Math.exp(log([1, missing, 0])), sum, tolerance.rounding)).toBe(true);
    expect(close(log([missing, missing, missing]), 0, tolerance.rounding)).toBe(true);
  });

  it("count what the log-likelihood's slope by log parameters says", () => {
    for (const states of [
      [1, 2, 0],
      [0, missing, 1],
    ]) {
      const counts = new Float64Array(tree.parameterCount);
      latentLogs(tree, parameters, rowOf(states), 0, { counts, weight: 2 });
      const step = 1e-5;
      parameters.forEach((p, i) => {
        const at = (factor: number): number =>
          log(
            states,
            parameters.map((x, j) => (j === i ? p * Math.exp(factor * step) : x)),
          );
        const slope = (at(1) - at(-1)) / (2 * step);
        // A missing variable's emissions are no part of its likelihood: they count what they expect.
        if (states.includes(missing) && i >= tree.emissions[1] && i < tree.emissions[1] + 9) return;
        expect(close(counts[i], 2 * slope, tolerance.gradient)).toBe(true);
      });
      for (const { from, length } of parameterRows(tree)) {
        const total = counts.subarray(from, from + length).reduce((a, b) => a + b, 0);
        expect(total).toBeGreaterThan(0);
      }
    }
  });

  it("say -Infinity of an impossible row, and count nothing", () => {
    const impossible = parameters.slice();
    for (let z = 0; z < 3; z++) impossible[tree.emissions[2] + 2 * z] = 0;
    const counts = new Float64Array(tree.parameterCount);
    const one = { counts, weight: 1 };
    expect(latentLogs(tree, impossible, rowOf([1, 1, 0]), 0, one)).toBe(Number.NEGATIVE_INFINITY);
    expect(counts.every((count) => count === 0)).toBe(true);
  });
});
