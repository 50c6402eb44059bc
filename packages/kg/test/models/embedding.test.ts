import { vocabulary } from "@credence/core";
import { complex, scoresBatches, trainedModel } from "@credence/kg";
import { describe, expect, it } from "vitest";
import { describeShared, sharedJson } from "../../../../test/shared.ts";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { thrown } from "../../../core/test/thrown.ts";
import { randomModel } from "./samples.ts";

const entities = vocabulary("entity", ["a", "b", "c"]);
const relations = vocabulary("relation", ["r", "s"]);
const model =
  (e: number, r: number, type: typeof Float64Array | typeof Float32Array = Float64Array) =>
  () =>
    trainedModel({
      spec: complex({ rank: 2 }),
      entities,
      relations,
      parameters: { entities: new Float64Array(e), relations: new type(r) },
    });

describe("the predictor of a model's rows", () => {
  it("tells by the number of relation rows whether there are reciprocals", () => {
    expect(model(12, 8)().reciprocal).toBe(false);
    expect(model(12, 16)().reciprocal).toBe(true);
    expect(model(12, 16)()).toMatchObject({ entityCount: 3, relationCount: 2, name: "complex" });
    expect(scoresBatches(model(12, 16)())).toBe(true);
  });

  it("refuses rows that do not fit", () => {
    for (const [e, r] of [
      [11, 8],
      [12, 7],
      [12, 12],
      [16, 16],
      [0, 0],
    ]) {
      const error = thrown(model(e, r));
      expect(error.code).toBe("INVALID_ARGUMENT");
      expect(error.message).toContain("rows of 4");
    }
    expect(thrown(model(12, 16, Float32Array)).message).toContain("Float64Array");
  });

  it.each([-1, 7, 0.5, Number.NaN])("refuses the id %s instead of scoring NaN", (id) => {
    const one = randomModel();
    const out = new Float64Array(7);
    for (const call of [
      () => one.scoreTails(id, 0, out),
      () => one.scoreTails(0, id, out),
      () => one.scoreHeads(id, 0, out),
      () => one.scoreHeads(0, id, out),
      () => one.scoreTriple(0, 0, id),
      () => one.scoreTailsBatch([0, id], [0, 0], new Float64Array(14)),
      () => one.scoreHeadsBatch([0, 0], [0, id], new Float64Array(14)),
      () => one.scoreTails(0, 0, new Float64Array(6)),
    ]) {
      expect(thrown(call).code).toBe("INVALID_ARGUMENT");
    }
  });

  it("never takes a reciprocal row for a relation of its own", () => {
    expect(thrown(() => randomModel({ relations: 3 }).scoreTails(0, 3, new Float64Array(7))).code).toBe(
      "INVALID_ARGUMENT",
    );
  });

  it("scores heads through the reciprocal relation, as tails of the turned triple", () => {
    const one = randomModel({ relations: 2 });
    const plain = trainedModel({
      spec: one.spec,
      entities: one.entities,
      relations: vocabulary<string>("relation", ["r", "s", "r reciprocal", "s reciprocal"]),
      parameters: one.parameters,
    });
    const [heads, tails] = [new Float64Array(7), new Float64Array(7)];
    one.scoreHeads(1, 5, heads);
    plain.scoreTails(5, 3, tails);
    expect(heads).toEqual(tails);
  });
});

interface ScoresCase {
  readonly id: string;
  readonly model: string;
  readonly rank: number;
  readonly params: { readonly entities: number[][]; readonly relations: number[][] };
  readonly triples: readonly (readonly [number, number, number])[];
  readonly triple_scores: readonly number[];
  readonly all_tail_scores: readonly (readonly number[])[];
}

describeShared("kbc-scores.json", () => {
  const { cases } = sharedJson<{ cases: ScoresCase[] }>("reference", "kge", "kbc-scores.json");
  for (const one of cases.filter((c) => c.model === "kbc-ComplEx")) {
    const { rank, params, triples } = one;
    const names = (kind: string, rows: readonly unknown[]) =>
      vocabulary<string>(
        kind,
        rows.map((_, i) => String(i)),
      );
    const of = (type: typeof Float64Array | typeof Float32Array) =>
      trainedModel({
        spec: complex({ rank }),
        entities: names("entity", params.entities),
        relations: names("relation", params.relations),
        parameters: {
          entities: type.from(params.entities.flat()),
          relations: type.from(params.relations.flat()),
        },
      });

    it.each([
      ["float64", Float64Array, tolerance.reference],
      ["float32", Float32Array, tolerance.single],
    ] as const)(`${one.id} in %s: triples and all tails`, (_, type, relative) => {
      const predictor = of(type);
      const row = new Float64Array(params.entities.length);
      triples.forEach(([h, r, t], i) => {
        expect(close(predictor.scoreTriple(h, r, t), one.triple_scores[i], relative)).toBe(true);
        predictor.scoreTails(h, r, row);
        row.forEach((score, e) => {
          expect(close(score, one.all_tail_scores[i][e], relative)).toBe(true);
        });
      });
    });
  }
});
