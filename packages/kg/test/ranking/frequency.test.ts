import { evaluateSync, frequencyBaseline, fromTriples } from "@credence/kg";
import { describe, expect, it } from "vitest";

const graph = fromTriples([
  ["a", "r", "x"],
  ["b", "r", "x"],
  ["b", "r", "y"],
  ["c", "s", "y"],
]);

describe("frequencyBaseline", () => {
  const baseline = frequencyBaseline(graph);
  const id = (name: "a" | "b" | "c" | "x" | "y"): number => graph.entities.id(name);

  it("scores a candidate by its training triples in that place of the relation", () => {
    const out = new Float32Array(5);
    baseline.scoreTails(id("c"), graph.relations.id("r"), out);
    expect([out[id("x")], out[id("y")], out[id("a")]]).toEqual([2, 1, 0]);
    baseline.scoreHeads(graph.relations.id("r"), id("y"), out);
    expect([out[id("a")], out[id("b")], out[id("c")]]).toEqual([1, 2, 0]);
  });

  it("can be evaluated like any predictor", () => {
    const empty = fromTriples([] as [string, string, string][], graph as never);
    const evaluation = evaluateSync(baseline, { train: graph as never, valid: empty, test: graph as never });
    expect(evaluation.model).toBe("frequency");
    expect(evaluation.mrr).toBeGreaterThan(0.5);
  });
});
