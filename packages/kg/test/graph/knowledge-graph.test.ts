import { vocabulary } from "@credence/core";
import { containsTriple, fromTriples, graphFromIds, mergeGraphs, tripleAt, triplesOf } from "@credence/kg";
import { describe, expect, expectTypeOf, it } from "vitest";
import { thrown } from "../../../core/test/thrown.ts";

const facts = [
  ["rome", "capitalOf", "italy"],
  ["paris", "capitalOf", "france"],
  ["paris", "in", "france"],
  ["nice", "in", "france"],
  ["paris", "in", "france"],
] as const;
const graph = fromTriples(facts);

describe("fromTriples", () => {
  it("gives ids in order of first appearance and counts repeated facts once", () => {
    expect(graph.entities.names).toEqual(["rome", "italy", "paris", "france", "nice"]);
    expect(graph.relations.names).toEqual(["capitalOf", "in"]);
    expect(graph.size).toBe(4);
  });

  it("sorts by relation, head, tail", () => {
    expect([...triplesOf(graph)]).toEqual([facts[0], facts[1], facts[2], facts[3]]);
    expect([...graph.offsets]).toEqual([0, 2, 4]);
  });

  it("knows the names in its type", () => {
    expectTypeOf(graph.tails("paris", "in")).toEqualTypeOf<
      ("rome" | "italy" | "paris" | "france" | "nice")[]
    >();
  });

  it("keeps the ids of given vocabularies, unused names included", () => {
    const entities = vocabulary<string>("entity", ["spare", "b", "a"]);
    const small = fromTriples([["a", "r", "b"]] as [string, string, string][], { entities });
    expect(small.entities.names).toEqual(["spare", "b", "a"]);
    expect([...small.headIds, ...small.tailIds]).toEqual([2, 1]);
  });

  it("takes an empty list", () => {
    expect(fromTriples([]).size).toBe(0);
  });

  it("refuses a name that a closed vocabulary lacks", () => {
    const error = thrown(() =>
      fromTriples([["a", "r", "b"]] as [string, string, string][], {
        entities: vocabulary<string>("entity", ["a", "bb"]),
      }),
    );
    expect(error).toMatchObject({ code: "UNKNOWN_NAME", given: "b" });
  });

  it.each([
    ["two names", ["a", "r"]],
    ["four names", ["a", "r", "b", "c"]],
    ["an empty name", ["a", "", "b"]],
    ["a number", ["a", 1, "b"]],
    ["no array", "arb"],
  ])("refuses %s", (_, triple) => {
    const error = thrown(() => fromTriples([["a", "r", "b"], triple as never]));
    expect(error.code).toBe("INVALID_ARGUMENT");
    expect(error.message).toContain("triples[1]");
  });
});

describe("questions to a graph", () => {
  it("answers by name", () => {
    expect(graph.has("paris", "in", "france")).toBe(true);
    expect(graph.has("rome", "in", "france")).toBe(false);
    expect(graph.tails("paris", "in")).toEqual(["france"]);
    expect(graph.tails("italy", "in")).toEqual([]);
    expect(graph.heads("in", "france")).toEqual(["paris", "nice"]);
  });

  it("helps with unknown names", () => {
    for (const call of [
      () => graph.has("parsi", "in", "france"),
      () => graph.tails("parsi", "in"),
      () => graph.heads("in", "parsi"),
    ]) {
      expect(thrown(call)).toMatchObject({ code: "UNKNOWN_NAME", given: "parsi" });
    }
    expect(thrown(() => graph.tails("paris", "inn")).hint).toContain('"in"');
  });

  it("makes each adjacency once", () => {
    expect(graph.adjacency(1)).toBe(graph.adjacency(1));
    expect(graph.adjacency(1).byHead.rows).toBe(5);
  });

  it.each([-1, 2, 0.5, Number.NaN])("refuses relation id %s", (id) => {
    expect(thrown(() => graph.adjacency(id)).code).toBe("INVALID_ARGUMENT");
  });

  it("names the fact at an index", () => {
    expect(tripleAt(graph, 0)).toEqual(facts[0]);
    for (const index of [-1, 4, Number.NaN]) {
      expect(thrown(() => tripleAt(graph, index)).code).toBe("INVALID_ARGUMENT");
    }
  });
});

describe("graphFromIds", () => {
  const { entities, relations } = graph;

  it("checks every id against its vocabulary", () => {
    const sound = { headIds: [0], relationIds: [1], tailIds: [4] };
    expect(containsTriple(graphFromIds(sound, entities, relations), 0, 1, 4)).toBe(true);
    for (const wrong of [
      { ...sound, headIds: [5] },
      { ...sound, relationIds: [2] },
      { ...sound, tailIds: [-1] },
      { ...sound, tailIds: [0.5] },
      { ...sound, tailIds: [0, 1] },
    ]) {
      expect(thrown(() => graphFromIds(wrong, entities, relations)).code).toBe("INVALID_ARGUMENT");
    }
  });
});

describe("mergeGraphs", () => {
  it("unites graphs over one vocabulary", () => {
    const other = fromTriples([["rome", "in", "italy"], facts[0]] as [string, string, string][], {
      entities: graph.entities,
      relations: graph.relations,
    });
    const merged = mergeGraphs<string, string>([graph, other]);
    expect(merged.size).toBe(5);
    expect(merged.has("rome", "in", "italy")).toBe(true);
    expect(mergeGraphs([graph])).toBe(graph);
  });

  it("refuses graphs whose ids mean different names, and no graph", () => {
    const other = fromTriples([["paris", "in", "france"]]);
    const error = thrown(() => mergeGraphs<string, string>([graph, other]));
    expect(error.code).toBe("INVALID_ARGUMENT");
    expect(error.hint).toContain("readSplits");
    expect(thrown(() => mergeGraphs([])).code).toBe("INVALID_ARGUMENT");
  });
});
