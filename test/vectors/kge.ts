/** Reference vectors of knowledge-graph embeddings; the fields are described in that folder's README. */
import { adagrad, vocabulary } from "@credence/core";
import {
  complex,
  type EmbeddingParameters,
  interactionOf,
  rankCounts,
  rankMetrics,
  rankUnder,
  type TieRule,
  trainedModel,
  trainingStep,
} from "@credence/kg";
import { tolerance } from "../tolerance.ts";
import { type CaseCheck, Unsupported } from "./case-check.ts";
import type { VectorCase, VectorReader } from "./runner.ts";

type Rows = readonly (readonly number[])[];
type TripleIds = readonly (readonly [head: number, relation: number, tail: number])[];

interface KbcCase {
  readonly id: string;
  readonly model: string;
  readonly rank: number;
  readonly params: { readonly entities: Rows; readonly relations: Rows };
}

const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`);

function parametersOf({ params }: KbcCase): EmbeddingParameters {
  return {
    entities: Float64Array.from(params.entities.flat()),
    relations: Float64Array.from(params.relations.flat()),
  };
}

/** The rows of flat parameters, for comparison with nested ones. */
function rowsOf(flat: ArrayLike<number>, like: Rows): number[][] {
  const width = like[0].length;
  return like.map((_, row) => Array.from({ length: width }, (_, k) => flat[row * width + k]));
}

function complexOnly({ model }: KbcCase): void {
  if (model !== "kbc-ComplEx") throw new Unsupported(model);
}

function scoresCases(document: {
  cases: (KbcCase & {
    triples: TripleIds;
    triple_scores: number[];
    all_tail_scores: Rows;
    regulariser_factors: number[][][];
  })[];
}): VectorCase[] {
  return document.cases.map((one) => ({
    id: one.id,
    run(check) {
      complexOnly(one);
      const spec = complex({ rank: one.rank });
      const parameters = parametersOf(one);
      const model = trainedModel({
        spec,
        parameters,
        entities: vocabulary("entity", names("e", one.params.entities.length)),
        relations: vocabulary("relation", names("r", one.params.relations.length)),
      });
      const rows = one.triples.map(([head, relation]) => {
        const row = new Float64Array(model.entityCount);
        model.scoreTails(head, relation, row);
        return row;
      });
      const single = one.triples.map((triple) => model.scoreTriple(...triple));
      check.numbers(
        "triple_scores",
        one.triple_scores,
        single,
        tolerance.reference,
        tolerance.referenceAbsolute,
      );
      check.numbers(
        "all_tail_scores",
        one.all_tail_scores,
        rows,
        tolerance.reference,
        tolerance.referenceAbsolute,
      );
      const factors = [0, 1, 2].map((part) =>
        one.triples.map((triple) => {
          const rows = part === 1 ? parameters.relations : parameters.entities;
          const modulus = new Float64Array(one.rank);
          interactionOf(spec).modulusInto(modulus, rows, triple[part] * 2 * one.rank, one.rank);
          return modulus;
        }),
      );
      check.numbers("regulariser_factors", one.regulariser_factors, factors, tolerance.reference);
    },
  }));
}

interface LossCase extends KbcCase {
  readonly regulariser: "N3" | "F2";
  readonly weight: number;
  readonly batch: TripleIds;
  readonly loss: number;
  readonly loss_fit: number;
  readonly loss_reg: number;
  readonly grads: { readonly entities: Rows; readonly relations: Rows };
  readonly adagrad: {
    readonly lr: number;
    readonly eps: number;
    readonly initial_accumulator: number;
    readonly steps: number;
    readonly losses: readonly number[];
    readonly final: { readonly entities: Rows; readonly relations: Rows };
  };
}

function lossCases(document: { cases: LossCase[] }): VectorCase[] {
  return document.cases.map((one) => ({
    id: one.id,
    run(check) {
      complexOnly(one);
      const spec = complex({ rank: one.rank });
      const parameters = parametersOf(one);
      const batch = {
        heads: one.batch.map(([head]) => head),
        relations: one.batch.map(([, relation]) => relation),
        tails: one.batch.map(([, , tail]) => tail),
      };
      const kind = one.regulariser === "N3" ? "n3" : "f2";
      const step = () => trainingStep(spec, parameters, batch, { regularizer: { kind, weight: one.weight } });
      const { loss, fit, penalty, gradients } = step();
      const { reference, referenceAbsolute } = tolerance;
      check.numbers("loss", one.loss, loss, reference);
      check.numbers("loss_fit", one.loss_fit, fit, reference);
      check.numbers("loss_reg", one.loss_reg, penalty, reference);
      for (const part of ["entities", "relations"] as const) {
        const rows = rowsOf(gradients[part], one.grads[part]);
        check.numbers(`grads.${part}`, one.grads[part], rows, reference, referenceAbsolute);
      }
      checkAdagrad(check, one, parameters, step);
    },
  }));
}

function checkAdagrad(
  check: CaseCheck,
  one: LossCase,
  parameters: EmbeddingParameters,
  step: () => { readonly loss: number; readonly gradients: EmbeddingParameters },
): void {
  const { lr, eps, initial_accumulator, steps, losses, final } = one.adagrad;
  const optimizer = adagrad({ learningRate: lr, epsilon: eps, initialAccumulator: initial_accumulator });
  const parts = ["entities", "relations"] as const;
  const states = parts.map((part) => optimizer.init(parameters[part].length, parameters[part]));
  const found: number[] = [];
  for (let i = 0; i < steps; i++) {
    const { loss, gradients } = step();
    found.push(loss);
    parts.forEach((part, p) => {
      optimizer.updateInto(parameters[part], gradients[part], states[p]);
    });
  }
  check.numbers("adagrad.losses", losses, found, tolerance.optimizer);
  for (const part of parts) {
    check.numbers(
      `adagrad.final.${part}`,
      final[part],
      rowsOf(parameters[part], final[part]),
      tolerance.optimizer,
    );
  }
}

interface RankingPart {
  readonly ranks: Readonly<Record<string, readonly number[]>>;
  readonly number_of_candidates: readonly number[];
  readonly ties: readonly number[];
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

interface RankingCase {
  readonly id: string;
  readonly scores: Rows;
  readonly target: readonly number[];
  readonly known_true: readonly (readonly number[])[];
  readonly raw: RankingPart;
  readonly filtered: RankingPart;
}

const tieRules: Readonly<Record<string, TieRule>> = {
  optimistic: "optimistic",
  pessimistic: "pessimistic",
  realistic: "realistic",
  libkge_rounded_mean_rank: "libkge",
};

function rankingCases(document: { cases: RankingCase[] }): VectorCase[] {
  return document.cases.map((one) => ({
    id: one.id,
    run(check) {
      for (const part of ["raw", "filtered"] as const) {
        const counts = one.scores.map((row, i) =>
          rankCounts(row, one.target[i], part === "raw" ? [] : one.known_true[i]),
        );
        const candidates = counts.map((count) => count.candidates);
        check.equal(`${part}.number_of_candidates`, one[part].number_of_candidates, candidates);
        check.equal(
          `${part}.ties`,
          one[part].ties,
          counts.map((count) => count.ties),
        );
        for (const [name, expected] of Object.entries(one[part].ranks)) {
          const ranks = counts.map((count) => rankUnder(tieRules[name], count));
          check.equal(`${part}.ranks.${name}`, expected, ranks);
          const metrics = one[part].metrics[name];
          if (metrics !== undefined)
            checkMetrics(check, `${part}.metrics.${name}`, metrics, ranks, candidates);
        }
      }
    },
  }));
}

function checkMetrics(
  check: CaseCheck,
  field: string,
  expected: Readonly<Record<string, number>>,
  ranks: readonly number[],
  candidates: readonly number[],
): void {
  const m = rankMetrics(ranks, candidates, { hitsAt: [1, 3, 5, 10] });
  const actual = {
    mean_rank: m.meanRank,
    geometric_mean_rank: m.geometricMeanRank,
    harmonic_mean_rank: m.harmonicMeanRank,
    mean_reciprocal_rank: m.mrr,
    median_rank: m.medianRank,
    hits_at_1: m.hitsAt[1],
    hits_at_3: m.hitsAt[3],
    hits_at_5: m.hitsAt[5],
    hits_at_10: m.hitsAt[10],
    adjusted_mean_rank: m.adjustedMeanRank,
    adjusted_mean_rank_index: m.adjustedMeanRankIndex,
    adjusted_mean_reciprocal_rank: m.adjustedMrr,
    adjusted_hits_at_3: m.adjustedHitsAt[3],
    z_mean_rank: m.zMeanRank,
    z_mean_reciprocal_rank: m.zMrr,
    z_hits_at_3: m.zHitsAt[3],
  };
  check.numbers(field, expected, actual, tolerance.reference);
}

export const kgeReaders: Readonly<Record<string, VectorReader>> = {
  "kbc-scores": scoresCases,
  "kbc-loss": lossCases,
  ranking: rankingCases,
};
