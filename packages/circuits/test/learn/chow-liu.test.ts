import {
  checkNormalized,
  chowLiuCircuit,
  chowLiuTree,
  logLikelihoods,
  meanLogLikelihood,
} from "@credence/circuits";
import { describe, expect, it } from "vitest";
import { worldsOf } from "../random-circuit.ts";
import { randomTable } from "./tables.ts";

const arities = [2, 3, 2, 2, 2];

/** All spanning trees of n variables, by their Prüfer codes. */
function* spanningTrees(n: number): Generator<[number, number][]> {
  for (let code = 0; code < n ** (n - 2); code++) {
    const sequence = Array.from({ length: n - 2 }, (_, i) => Math.floor(code / n ** i) % n);
    const degree = Array.from({ length: n }, (_, v) => 1 + sequence.filter((w) => w === v).length);
    const edges: [number, number][] = [];
    for (const w of sequence) {
      const leaf = degree.indexOf(1);
      edges.push([Math.min(leaf, w), Math.max(leaf, w)]);
      degree[leaf]--;
      degree[w]--;
    }
    const [a, b] = degree.flatMap((d, v) => (d === 1 ? [v] : []));
    yield [...edges, [a, b]];
  }
}

describe("chowLiuTree", () => {
  it("is the spanning tree of the largest mutual information: by its likelihood, and against all trees", () => {
    const table = randomTable(5, 200, arities);
    const tree = chowLiuTree(table, { pseudoCount: 0 });
    const information = (i: number, j: number) => pairInformation(table, i, j);
    const totals = [...spanningTrees(5)].map((edges) =>
      edges.reduce((s, [i, j]) => s + information(i, j), 0),
    );
    expect(totals).toHaveLength(125);
    expect(tree.totalMutualInformation).toBeCloseTo(Math.max(...totals), 10);
    const apart = arities.reduce((sum, _, v) => sum + information(v, v), 0);
    const { circuit } = chowLiuCircuit(table, { pseudoCount: 0 });
    expect(meanLogLikelihood(circuit, table)).toBeCloseTo(tree.totalMutualInformation - apart, 10);
  });

  it("does not depend on the root, is least deep from its center, and adds up to 1", () => {
    const table = randomTable(6, 150, arities, 0.1);
    const depth = (parents: Int32Array) =>
      Math.max(
        ...Array.from(parents, (_, v) => {
          let steps = 0;
          for (let at = v; parents[at] >= 0; at = parents[at]) steps++;
          return steps;
        }),
      );
    const complete = randomTable(6, 150, arities);
    const roots = arities.map((_, root) => chowLiuTree(table, { root }));
    expect(depth(chowLiuTree(table).parents)).toBe(Math.min(...roots.map(({ parents }) => depth(parents))));
    const values = arities.map((_, root) =>
      logLikelihoods(chowLiuCircuit(complete, { root }).circuit, complete),
    );
    values[0].forEach((log, r) => {
      for (const other of values) expect(other[r]).toBeCloseTo(log, 10);
    });
    expect(checkNormalized(chowLiuCircuit(table).circuit)).toEqual({ holds: true });
    expect([...worldsOf(arities.map((arity) => ({ kind: "categorical", arity })))]).toHaveLength(48);
  });

  it("refuses a root that is none and negative counts", () => {
    const table = randomTable(1, 10, arities);
    for (const options of [{ root: 9 }, { pseudoCount: -1 }, { pseudoCount: Number.NaN }]) {
      expect(() => chowLiuTree(table, options)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    }
  });
});

/** I(i; j) by counting; I(i; i) is the entropy. */
function pairInformation(table: ReturnType<typeof randomTable>, i: number, j: number): number {
  const { rows, columns } = table;
  const [joint, left, right] = [
    new Map<number, number>(),
    new Map<number, number>(),
    new Map<number, number>(),
  ];
  const add = (map: Map<number, number>, key: number) => map.set(key, (map.get(key) ?? 0) + 1 / rows);
  for (let r = 0; r < rows; r++) {
    const [s, t] = [columns[i * rows + r], columns[j * rows + r]];
    add(joint, s * 100 + t);
    add(left, s);
    add(right, t);
  }
  let sum = 0;
  for (const [key, p] of joint) {
    sum += p * Math.log(p / ((left.get(Math.floor(key / 100)) ?? 0) * (right.get(key % 100) ?? 0)));
  }
  return sum;
}
