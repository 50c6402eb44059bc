import { vocabulary } from "@credence/core";
import { fromTriples, graphStatistics } from "@credence/kg";
import { describe, expect, it } from "vitest";

const graph = fromTriples(
  [
    ["a", "marriedTo", "b"],
    ["b", "marriedTo", "a"],
    ["c", "marriedTo", "d"],
    ["a", "knows", "a"],
    ["a", "knows", "b"],
    ["a", "knows", "c"],
    ["b", "parentOf", "c"],
    ["b", "parentOf", "d"],
    ["a", "livesIn", "x"],
    ["b", "livesIn", "x"],
  ] as [string, string, string][],
  {
    entities: vocabulary<string>("entity", ["a", "b", "c", "d", "x", "nobody"]),
    relations: vocabulary<string>("relation", ["marriedTo", "knows", "parentOf", "livesIn", "unused"]),
  },
);

describe("graphStatistics", () => {
  const statistics = graphStatistics(graph);
  const of = (name: string) => statistics.perRelation.find((entry) => entry.relation === name);

  it("counts entities, relations, triples and degrees", () => {
    expect(statistics).toMatchObject({ entities: 6, relations: 5, triples: 10, isolated: 1 });
    // a: 2 + 4 (the loop twice) + 1, b: 2 + 1 + 2 + 1, c: 1 + 1 + 1, d: 1 + 1, x: 2.
    expect(statistics.degree).toEqual({ min: 0, median: 2.5, mean: 20 / 6, max: 7 });
  });

  it("tells how many-to-many a relation is", () => {
    expect(of("marriedTo")).toMatchObject({ triples: 3, heads: 3, tails: 3, cardinality: "1-1" });
    expect(of("parentOf")).toMatchObject({ tailsPerHead: 2, headsPerTail: 1, cardinality: "1-N" });
    expect(of("livesIn")).toMatchObject({ tailsPerHead: 1, headsPerTail: 2, cardinality: "N-1" });
  });

  it("tells how symmetric a relation is, loops apart", () => {
    expect(of("marriedTo")?.symmetricShare).toBe(2 / 3);
    expect(of("knows")).toMatchObject({ loops: 1, symmetricShare: 0 });
  });

  it("is all zero for a relation without triples, and for no entities", () => {
    expect(of("unused")).toEqual({
      relation: "unused",
      triples: 0,
      heads: 0,
      tails: 0,
      tailsPerHead: 0,
      headsPerTail: 0,
      cardinality: "1-1",
      loops: 0,
      symmetricShare: 0,
    });
    expect(graphStatistics(fromTriples([])).degree).toEqual({ min: 0, median: 0, mean: 0, max: 0 });
  });
});
