import {
  AbortedError,
  csrGet,
  type FloatArray,
  InvalidArgumentError,
  rng,
  UnknownNameError,
} from "@credence/core";
import {
  answer,
  fitRuleInto,
  fromTriples,
  type KnowledgeGraph,
  type LinkPredictor,
  type RelationTruth,
  type TruthOptions,
  truthModel,
} from "@credence/kg";
import { describe, expect, it } from "vitest";
import { describeShared, sharedJson } from "../../../../test/shared.ts";
import { tolerance } from "../../../../test/tolerance.ts";
import { expectClose } from "../query/arbitraries.ts";

/** A predictor that knows a table of scores[relation][head][tail], and how often it was asked. */
function table(scores: readonly (readonly (readonly number[])[])[]): LinkPredictor & { calls: number } {
  return {
    name: "table",
    entityCount: scores[0].length,
    relationCount: scores.length,
    calls: 0,
    scoreTails(head, relation, out) {
      this.calls++;
      out.set(scores[relation][head]);
    },
    scoreHeads(relation, tail, out) {
      out.set(scores[relation].map((row) => row[tail]));
    },
  };
}

function randomScores(n: number, relations: number): number[][][] {
  const draw = rng("scores");
  return Array.from({ length: relations }, () =>
    Array.from({ length: n }, () => Array.from({ length: n }, () => 6 * draw() - 3)),
  );
}

function dense({ rows }: RelationTruth): number[][] {
  return Array.from({ length: rows.rows }, (_, h) =>
    Array.from({ length: rows.cols }, (_, t) => csrGet(rows, h, t)),
  );
}

/** The rule applied row by row, dense. */
function expectedTruth(
  graph: KnowledgeGraph,
  scores: readonly number[][][],
  id: number,
  options: TruthOptions,
) {
  const relation = graph.relations.name(id);
  return graph.entities.names.map((head, h) => {
    const out = new Float64Array(graph.entities.size);
    const observed = graph.tails(head, relation).map((tail) => graph.entities.id(tail));
    fitRuleInto(out, scores[id][h], observed, options);
    return Array.from(out);
  });
}

const names = Array.from({ length: 150 }, (_, i) => `e${i}`);
const graph = fromTriples([
  ...names.map((name) => [name, "self", name] as const),
  ["e0", "knows", "e1"],
  ["e0", "knows", "e2"],
  ["e149", "knows", "e0"],
]);
const scores = randomScores(150, 2);

describe("truthModel", () => {
  it("applies the rule to every row, and transposes for the columns", () => {
    const options = { threshold: 0.01, ceiling: 0.9, maxFactor: 20 };
    const truth = truthModel(graph, table(scores), options);
    for (const id of [0, 1]) {
      const { rows, columns } = truth.relation(id);
      const expected = expectedTruth(graph, scores, id, options);
      expect(dense({ rows, columns })).toEqual(expected);
      expect(csrGet(columns, 1, 0)).toBe(expected[0][1]);
      expect(rows.values.every((value) => value > 0)).toBe(true);
    }
  });

  it("scores in blocks where the model can, with the same result", () => {
    const plain = table(scores);
    const asked: number[] = [];
    const batched = {
      ...plain,
      precision: "float64" as const,
      scoreTailsBatch(heads: ArrayLike<number>, relations: ArrayLike<number>, out: FloatArray) {
        asked.push(heads.length);
        for (let i = 0; i < heads.length; i++) out.set(scores[relations[i]][heads[i]], i * 150);
      },
      scoreHeadsBatch: () => {},
    };
    expect(truthModel(graph, batched).relation(1)).toEqual(truthModel(graph, plain).relation(1));
    expect(asked).toEqual([64, 64, 22]);
  });

  it("makes a matrix when it is first needed, and once", () => {
    const model = table(scores);
    const truth = truthModel(graph, model);
    expect(model.calls).toBe(0);
    answer(truth, "?y : knows(e0, ?y)");
    answer(truth, "?y : knows(?y, e0)");
    expect(truth.relation(1)).toBe(truth.relation(1));
    expect(model.calls).toBe(150);
  });

  it("knows what is observed", () => {
    const truth = truthModel(graph, table(scores));
    expect(truth.observed(0, 1, 2)).toBe(true);
    expect(truth.observed(2, 1, 0)).toBe(false);
    expect(truth.crisp.crisp).toBe(truth.crisp);
    expect(truth.crisp.relation(1).rows.values).toHaveLength(3);
    const top = answer(truth, "?y : knows(e0, ?y)").top(3);
    expect(top.map((one) => [one.entity, one.observed])).toMatchObject([
      ["e1", true],
      ["e2", true],
      [expect.any(String), false],
    ]);
    expect(top[2].truth).toBeLessThan(1);
  });

  it("stores single precision on request", () => {
    const truth = truthModel(graph, table(scores), { precision: "float32" });
    const { rows } = truth.relation(1);
    expect(rows.values).toBeInstanceOf(Float32Array);
    const double = truthModel(graph, table(scores)).relation(1).rows;
    expect(rows.indices).toEqual(double.indices);
    expectClose(rows.values, double.values, tolerance.single);
  });

  it("prepares matrices beforehand, with progress and a way out", async () => {
    const model = table(scores);
    const truth = truthModel(graph, model);
    const phases = new Set<string>();
    await truth.prepare({ relations: ["knows"], onProgress: ({ phase }) => phases.add(phase) });
    expect([...phases]).toEqual(["truth of knows"]);
    expect(model.calls).toBe(150);
    await truth.prepare();
    expect(model.calls).toBe(300);
    const aborted = AbortSignal.abort();
    await expect(truthModel(graph, model).prepare({ signal: aborted })).rejects.toThrow(AbortedError);
    await expect(truth.prepare({ relations: ["know"] })).rejects.toThrow(UnknownNameError);
  });

  it("refuses models of other sizes, bad parameters, bad scores and unknown relations", () => {
    expect(() => truthModel(graph, { ...table(scores), entityCount: 149 })).toThrow(/entityCount/);
    expect(() => truthModel(graph, { ...table(scores), relationCount: 4 })).toThrow(/relationCount/);
    expect(() => truthModel(graph, table(scores), { threshold: -1 })).toThrow(InvalidArgumentError);
    const broken = randomScores(150, 2);
    broken[1][77][3] = Number.NaN;
    expect(() => truthModel(graph, table(broken)).relation(1)).toThrow(InvalidArgumentError);
    expect(() => truthModel(graph, table(scores)).relation(2)).toThrow(InvalidArgumentError);
  });
});

describeShared("matrix-from-scores-A through truthModel", () => {
  const file = sharedJson<{
    nEntity: number;
    scores: number[][][];
    observed: (readonly [number, number])[][];
    cases: { id: string; threshold_delta: number; epsilon: number; fit: number[][][] }[];
  }>("reference", "fit", "matrix-from-scores-A.json");
  const ids = Array.from({ length: file.nEntity }, (_, i) => `e${i}`);
  // A relation with every entity, dropped again by its number, fixes the order of the ids.
  const all = ids.map((id) => [id, "all", id] as const);
  const facts = file.observed.flatMap((pairs, r) =>
    pairs.map(([h, t]) => [`e${h}`, `r${r}`, `e${t}`] as const),
  );
  const small = fromTriples([...all, ...facts]);
  const model = table([file.scores[0], ...file.scores]);
  it.each(file.cases)("$id", ({ threshold_delta: threshold, epsilon, fit }) => {
    const truth = truthModel(small, model, { threshold, ceiling: 1 - epsilon });
    fit.forEach((matrix, r) => {
      const made = dense(truth.relation(small.relations.id(`r${r}`)));
      matrix.forEach((expected, h) => void expectClose(made[h], expected, tolerance.reference));
    });
  });
});
