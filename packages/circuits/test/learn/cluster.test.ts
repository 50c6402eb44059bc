import { missing, parseStates } from "@credence/circuits";
import { rng } from "@credence/core";
import { describe, expect, it } from "vitest";
import { clusterRows } from "../../src/learn/cluster.ts";
import { randomTable, twoTrees } from "./tables.ts";

describe("clusterRows", () => {
  it("puts every row in exactly one cluster, ascending, the same with the same seed", () => {
    const table = randomTable(1, 90, [2, 3, 4], 0.1);
    for (const clusters of [1, 2, 5]) {
      const found = clusterRows(table, clusters, rng(3));
      expect(found).toHaveLength(clusters);
      expect(found.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 90 }, (_, r) => r));
      for (const rows of found) expect(rows).toEqual([...rows].sort((a, b) => a - b));
      expect(clusterRows(table, clusters, rng(3))).toEqual(found);
    }
  });

  it("tells two kinds of rows apart, with values missing too", () => {
    const random = rng(5);
    const lines = Array.from({ length: 200 }, (_, r) =>
      Array.from({ length: 8 }, () => (random() < 0.1 ? 1 - (r % 2) : r % 2)).join(),
    );
    const table = parseStates(lines.join("\n"));
    const holes = { ...table, columns: table.columns.map((s, i) => (i % 9 === 0 ? missing : s)) };
    for (const one of [table, holes]) {
      const [a, b] = clusterRows(one, 2, rng(1));
      const even = (rows: readonly number[]) => rows.filter((r) => r % 2 === 0).length / rows.length;
      expect(Math.min(even(a), even(b))).toBeLessThan(0.05);
      expect(Math.max(even(a), even(b))).toBeGreaterThan(0.95);
    }
    // Rows of two trees differ in their last two columns most of all.
    const trees = twoTrees(1, 300);
    const [first] = clusterRows(trees, 2, rng(2));
    const ones = first.filter((r) => trees.columns[4 * 300 + r] === 1).length / first.length;
    expect(Math.abs(ones - 0.5)).toBeGreaterThan(0.3);
  });
});
