import { adagrad } from "@credence/core";
import { complex, evaluateSync, graphFromIds, rankUnder, trainedModel, trainingStep } from "@credence/kg";
import { describe, expect, it } from "vitest";
import { describeShared, sharedJson } from "../../../../test/shared.ts";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { thrown } from "../../../core/test/thrown.ts";
import { batchOf, descent, expectAll, numbered, parametersOf } from "./reference.ts";

type Rows = readonly (readonly number[])[];
type Triples = readonly (readonly [number, number, number])[];

interface LossCase {
  readonly id: string;
  readonly model: string;
  readonly rank: number;
  readonly params: { readonly entities: Rows; readonly relations: Rows };
  readonly regulariser: "N3" | "F2";
  readonly weight: number;
  readonly batch: Triples;
  readonly loss_fit: number;
  readonly loss_reg: number;
  readonly loss: number;
  readonly grads: { readonly entities: Rows; readonly relations: Rows };
  readonly adagrad: {
    readonly lr: number;
    readonly eps: number;
    readonly initial_accumulator: number;
    readonly losses: readonly number[];
    readonly final: { readonly entities: Rows; readonly relations: Rows };
  };
}

describeShared("kbc-loss.json", () => {
  const { cases } = sharedJson<{ cases: LossCase[] }>("reference", "kge", "kbc-loss.json");
  const ours = cases.filter((one) => one.model === "kbc-ComplEx");

  it("has a case for each regularizer", () => {
    expect(ours.map((one) => one.regulariser)).toEqual(["N3", "F2"]);
  });

  for (const one of ours) {
    const spec = complex({ rank: one.rank });
    const regularizer = { kind: one.regulariser === "N3" ? "n3" : "f2", weight: one.weight } as const;

    it(`${one.id}: loss and gradients`, () => {
      const step = trainingStep(spec, parametersOf(one.params), batchOf(one.batch), { regularizer });
      expect(close(step.fit, one.loss_fit, tolerance.reference)).toBe(true);
      expect(close(step.penalty, one.loss_reg, tolerance.reference)).toBe(true);
      expect(close(step.loss, one.loss, tolerance.reference)).toBe(true);
      const { reference, referenceAbsolute } = tolerance;
      expectAll(step.gradients.entities, one.grads.entities, reference, referenceAbsolute);
      expectAll(step.gradients.relations, one.grads.relations, reference, referenceAbsolute);
    });

    it(`${one.id}: five Adagrad steps`, () => {
      const parameters = parametersOf(one.params);
      const { lr, eps, initial_accumulator } = one.adagrad;
      const optimizer = adagrad({ learningRate: lr, epsilon: eps, initialAccumulator: initial_accumulator });
      const step = descent(spec, parameters, optimizer, regularizer);
      for (const loss of one.adagrad.losses) {
        expect(close(step(batchOf(one.batch)), loss, tolerance.optimizer)).toBe(true);
      }
      expectAll(parameters.entities, one.adagrad.final.entities, tolerance.optimizer, tolerance.optimizer);
      expectAll(parameters.relations, one.adagrad.final.relations, tolerance.optimizer, tolerance.optimizer);
    });
  }
});

interface RunCase {
  readonly id: string;
  readonly entities: number;
  readonly relations: number;
  readonly dimension: number;
  readonly train: Triples;
  readonly valid: Triples;
  readonly test: Triples;
  readonly initial_entities: Rows;
  readonly initial_relations: Rows;
  readonly hyperparameters: { readonly lr: number; readonly weight: number; readonly batch_size: number };
  readonly batch_losses: readonly (readonly number[])[];
  readonly final_entities: Rows;
  readonly final_relations: Rows;
  readonly test_filtered_pessimistic_ranks: readonly number[];
  readonly test_mrr: number;
}

describeShared("training.json", () => {
  const { cases } = sharedJson<{ cases: RunCase[] }>("reference", "kge", "training.json");
  for (const one of cases.filter((c) => c.id.startsWith("kbc-ComplEx"))) {
    it(`${one.id}: a whole run and its ranks`, () => {
      const spec = complex({ rank: one.dimension });
      const parameters = parametersOf({ entities: one.initial_entities, relations: one.initial_relations });
      const { lr, weight, batch_size } = one.hyperparameters;
      const step = descent(spec, parameters, adagrad({ learningRate: lr }), { kind: "n3", weight });
      const examples = one.train.flatMap(([h, r, t]) => [
        [h, r, t] as const,
        [t, r + one.relations, h] as const,
      ]);
      for (const epoch of one.batch_losses) {
        epoch.forEach((loss, i) => {
          const batch = batchOf(examples.slice(i * batch_size, (i + 1) * batch_size));
          expect(close(step(batch), loss, tolerance.optimizer)).toBe(true);
        });
      }
      expectAll(parameters.entities, one.final_entities, tolerance.optimizer, tolerance.optimizer);
      expectAll(parameters.relations, one.final_relations, tolerance.optimizer, tolerance.optimizer);

      const [entities, relations] = [numbered("entity", one.entities), numbered("relation", one.relations)];
      const graph = (triples: Triples) => {
        const { heads, relations: ids, tails } = batchOf(triples);
        return graphFromIds({ headIds: heads, relationIds: ids, tailIds: tails }, entities, relations);
      };
      const splits = { train: graph(one.train), valid: graph(one.valid), test: graph(one.test) };
      const model = trainedModel({ spec, entities, relations, parameters });
      const evaluation = evaluateSync(model, splits, { ties: "pessimistic" });
      const ranks = evaluation.ranks.flatMap(({ higher, ties }) =>
        [...higher].map((above, i) => rankUnder("pessimistic", { higher: above, ties: ties[i] })),
      );
      expect(ranks.sort()).toEqual([...one.test_filtered_pessimistic_ranks].sort());
      expect(close(evaluation.mrr, one.test_mrr, tolerance.reference)).toBe(true);
    });
  }
});

describe("trainingStep", () => {
  const spec = complex({ rank: 1 });
  const parameters = { entities: new Float64Array(6), relations: new Float64Array(4) };
  const batch = { heads: [0], relations: [1], tails: [2] };

  it("has gradient 0 in the penalty at rows of 0, where square roots have none", () => {
    const { fit, penalty, gradients } = trainingStep(spec, parameters, batch, {
      regularizer: { kind: "n3", weight: 1 },
    });
    expect(close(fit, Math.log(3), tolerance.rounding)).toBe(true);
    expect(penalty).toBe(0);
    expect(gradients.entities).toEqual(new Float64Array(6));
    expect(gradients.relations).toEqual(new Float64Array(4));
  });

  it.each([
    ["an empty batch", { heads: [], relations: [], tails: [] }],
    ["columns of unequal length", { ...batch, tails: [1, 2] }],
    ["a head without row", { ...batch, heads: [3] }],
    ["a relation without row", { ...batch, relations: [2] }],
    ["a tail that is no id", { ...batch, tails: [0.5] }],
  ])("refuses %s", (_, wrong) => {
    expect(thrown(() => trainingStep(spec, parameters, wrong)).code).toBe("INVALID_ARGUMENT");
  });

  it("refuses parameters of another rank", () => {
    expect(thrown(() => trainingStep(complex({ rank: 4 }), parameters, batch)).code).toBe("INVALID_ARGUMENT");
  });

  it("says when the loss is not finite", () => {
    const broken = { ...parameters, entities: new Float64Array(6).fill(Number.NaN) };
    expect(thrown(() => trainingStep(spec, broken, batch)).code).toBe("NON_FINITE");
  });
});
