import { AbortedError, type Progress } from "@credence/core";
import {
  evaluate,
  evaluateSync,
  fromTriples,
  type KnowledgeGraph,
  type LinkPredictor,
  type Splits,
} from "@credence/kg";
import { describe, expect, it } from "vitest";
import { rejected, thrown } from "../../../core/test/thrown.ts";
import { randomModel } from "../models/samples.ts";

const names = ["a", "b", "c", "d"];
const base = fromTriples([...names.map((name) => [name, "s", name]), ["a", "r", "b"]] as [
  string,
  string,
  string,
][]);
const graph = (...rows: [string, string, string][]): KnowledgeGraph => fromTriples(rows, base);
const splits: Splits = {
  train: graph(["a", "r", "b"], ["d", "s", "c"]),
  valid: graph(["a", "r", "c"]),
  test: graph(["a", "r", "d"], ["b", "r", "d"], ["c", "s", "a"]),
};

/** Scores every tail (and head) by its id, but `c` and `d` the same. */
const byId: LinkPredictor = {
  name: "by id",
  entityCount: 4,
  relationCount: 2,
  scoreTails: (_head, _relation, out) => out.set([3, 2, 1, 1]),
  scoreHeads: (_relation, _tail, out) => out.set([3, 2, 1, 1]),
};

describe("evaluate", () => {
  it("ranks both ends, filtered by train, valid and test, realistic on ties", () => {
    const evaluation = evaluateSync(byId, splits);
    // Sorted by relation, head: (c, s, a), (a, r, d), (b, r, d), with s before r.
    const [tail, head] = evaluation.ranks;
    expect([tail.side, head.side]).toEqual(["tail", "head"]);
    // (a, r, ?): b and c are known, so only a is above d. (b, r, ?): a and b above, c ties.
    expect([...tail.higher]).toEqual([0, 1, 2]);
    expect([...tail.ties]).toEqual([0, 0, 1]);
    expect([...tail.candidates]).toEqual([4, 2, 4]);
    // (?, s, a): a and b above c, d ties. (?, r, d): a and b know of each other.
    expect([...head.higher]).toEqual([2, 0, 0]);
    expect([...head.candidates]).toEqual([4, 3, 3]);
    const ranks = [1, 2, 3.5, 3.5, 1, 1];
    expect(evaluation.count).toBe(6);
    expect(evaluation.meanRank).toBe(12 / 6);
    expect(evaluation.mrr).toBe(ranks.reduce((sum, rank) => sum + 1 / rank, 0) / 6);
    expect(evaluation.hitsAt).toEqual({ 1: 0.5, 3: 4 / 6, 10: 1 });
  });

  it("breaks down by side and relation", () => {
    const { bySide, byRelation } = evaluateSync(byId, splits);
    expect(bySide.tail?.meanRank).toBe(6.5 / 3);
    expect(bySide.head?.meanRank).toBe(5.5 / 3);
    expect(byRelation.map((entry) => [entry.relation, entry.overall.count])).toEqual([
      ["s", 2],
      ["r", 4],
    ]);
    expect(byRelation[0].bySide.head?.meanRank).toBe(3.5);
  });

  it("takes a side, a split, a tie rule and the k of hits", () => {
    const options = { side: "tail", on: "valid", ties: "pessimistic", hitsAt: [2] } as const;
    const evaluation = evaluateSync(byId, splits, options);
    expect(evaluation).toMatchObject({ count: 1, ties: "pessimistic", meanRank: 2, hitsAt: { 2: 1 } });
    expect(evaluation.bySide.head).toBeUndefined();
    expect(evaluateSync(byId, splits, { on: "train" }).count).toBe(4);
  });

  it("is the same through the event loop, and tells its progress", async () => {
    const told: Progress[] = [];
    const evaluation = await evaluate(byId, splits, { onProgress: (progress) => told.push(progress) });
    expect(evaluation).toEqual(evaluateSync(byId, splits));
    expect(told.at(-1)).toMatchObject({ phase: "evaluate", step: 5, steps: 5 });
  });

  it("can be cancelled", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    const error = await rejected(evaluate(byId, splits, { signal }));
    expect(error).toBeInstanceOf(AbortedError);
  });
});

describe("evaluate refuses", () => {
  it("scores that are NaN, instead of an MRR of 1", () => {
    const broken = {
      ...byId,
      scoreTails: (_h: number, _r: number, out: { fill(x: number): void }) => out.fill(Number.NaN),
    };
    expect(thrown(() => evaluateSync(broken, splits)).code).toBe("NON_FINITE_SCORE");
  });

  it("a model of another size, with a way out", () => {
    for (const wrong of [
      { ...byId, entityCount: 5 },
      { ...byId, relationCount: 1 },
      randomModel({ entities: 5, relations: 2 }),
    ]) {
      const error = thrown(() => evaluateSync(wrong, splits));
      expect(error.code).toBe("INVALID_ARGUMENT");
      expect(error.hint).toContain("readSplits");
    }
  });

  it("splits over different vocabularies", () => {
    const other = fromTriples([["x", "r", "y"]]) as KnowledgeGraph;
    expect(thrown(() => evaluateSync(byId, { ...splits, test: other })).code).toBe("INVALID_ARGUMENT");
  });

  it("an empty split, and an unknown one", () => {
    const empty = { ...splits, test: graph() };
    expect(thrown(() => evaluateSync(byId, empty)).hint).toContain("no triples");
    expect(thrown(() => evaluateSync(byId, splits, { on: "dev" as "test" })).code).toBe("INVALID_ARGUMENT");
    expect(thrown(() => evaluateSync(byId, splits, { ties: "random" as "libkge" })).code).toBe(
      "INVALID_ARGUMENT",
    );
    expect(thrown(() => evaluateSync(byId, splits, { side: "left" as "head" })).code).toBe(
      "INVALID_ARGUMENT",
    );
  });
});
