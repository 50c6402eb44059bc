/**
 * Link-prediction evaluation: for every held-out triple (h, r, t) the filtered rank of t among all entities as
 * tail of (h, r, ?), and of h as head of (?, r, t). Candidates known to be true from train, valid or test are
 * left out; all others are in, also entities that training never saw. Ties rank realistic unless asked
 * otherwise. (Bordes et al. 2013, section 4.2; ties: Berrendorf et al. 2020.)
 *
 * Open triples that several held-out triples share are scored once, and predictors that can score a batch do:
 * for embeddings that is one matrix product a batch. O(distinct open triples · cost of a row).
 */
import {
  type FloatArray,
  floatArray,
  InvalidArgumentError,
  type RunOptions,
  runAsync,
  runSync,
  type StepGenerator,
} from "@credence/core";
import {
  checkSameVocabularies,
  type KnowledgeGraph,
  mergeGraphs,
  tripleIndex,
} from "../graph/knowledge-graph.ts";
import type { SplitName, Splits } from "../graph/splits.ts";
import { type LinkPredictor, scoresBatches } from "../models/link-predictor.ts";
import { type RankMetrics, rankMetrics } from "./metrics.ts";
import { countInto, rankUnder, type TieRule } from "./ranks.ts";

/** The two open ends of a triple. */
export type Side = "head" | "tail";

/** Options of {@link evaluate}. */
export interface EvaluateOptions extends RunOptions {
  /** The split to evaluate on; default `test`. */
  readonly on?: SplitName;
  /** Default `realistic`. */
  readonly ties?: TieRule;
  /** Which ends to predict; default both. */
  readonly side?: Side | "both";
  /** The k of hits@k; default 1, 3, 10. */
  readonly hitsAt?: readonly number[];
}

/** What the ranks of one side are computed from; entry i belongs to triple i of the evaluated graph. */
export interface SideRanks {
  readonly side: Side;
  readonly higher: Int32Array;
  readonly ties: Int32Array;
  readonly candidates: Int32Array;
}

/** The metrics of one relation. */
export interface RelationEvaluation {
  readonly relation: string;
  readonly overall: RankMetrics;
  readonly bySide: Readonly<Partial<Record<Side, RankMetrics>>>;
}

/** Metrics over all ranks, and by side and relation. */
export interface Evaluation extends RankMetrics {
  readonly model: string;
  readonly ties: TieRule;
  readonly bySide: Readonly<Partial<Record<Side, RankMetrics>>>;
  /** Relations that occur in the evaluated split, by id. */
  readonly byRelation: readonly RelationEvaluation[];
  /** The ranks themselves, for other tie rules and for comparisons between models. */
  readonly ranks: readonly SideRanks[];
}

/**
 * Evaluates a predictor on a split; gives the event loop its turns.
 * @throws InvalidArgumentError an empty split, splits over different vocabularies, or a predictor of another size
 * @throws CredenceError `NON_FINITE_SCORE`
 * @throws AbortedError
 */
export function evaluate(
  model: LinkPredictor,
  splits: Splits,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  return runAsync(evaluateSplit(model, splits, options), options);
}

/** The same at once. */
export function evaluateSync(
  model: LinkPredictor,
  splits: Splits,
  options: EvaluateOptions = {},
): Evaluation {
  return runSync(evaluateSplit(model, splits, options), options);
}

function evaluateSplit(
  model: LinkPredictor,
  splits: Splits,
  options: EvaluateOptions,
): StepGenerator<Evaluation> {
  const { on: name = "test", ties = "realistic", side = "both" } = options;
  oneOf("on", name, ["train", "valid", "test"]);
  oneOf("ties", ties, ["optimistic", "pessimistic", "realistic", "libkge"]);
  oneOf("side", side, ["head", "tail", "both"]);
  const on = splits[name];
  return evaluationSteps(model, on, mergeGraphs([splits.train, splits.valid, splits.test]), options);
}

/**
 * The evaluation as steps, one a batch of open triples: ranks the triples of `on`, with the triples of `known`
 * left out of the candidates.
 */
export function* evaluationSteps(
  model: LinkPredictor,
  on: KnowledgeGraph,
  known: KnowledgeGraph,
  options: EvaluateOptions = {},
): StepGenerator<Evaluation> {
  checkEvaluation(model, on, known);
  const wanted = options.side ?? "both";
  const sides: readonly Side[] = wanted === "both" ? ["tail", "head"] : [wanted];
  const queries = sides.map((side) => openTriples(on, side));
  const steps = queries.reduce((sum, list) => sum + list.anchors.length, 0);
  const ranks: SideRanks[] = [];
  let step = 0;
  for (const [i, side] of sides.entries()) {
    const list = queries[i];
    const out: SideRanks = {
      side,
      higher: new Int32Array(on.size),
      ties: new Int32Array(on.size),
      candidates: new Int32Array(on.size),
    };
    ranks.push(out);
    const batch = batchSize(model.entityCount);
    const scores = scoresBatches(model)
      ? floatArray(model.precision, batch * model.entityCount)
      : new Float64Array(batch * model.entityCount);
    for (let from = 0; from < list.anchors.length; from += batch) {
      const to = Math.min(from + batch, list.anchors.length);
      scoreOpenTriples(model, side, list, from, to, scores);
      for (let q = from; q < to; q++)
        rankTargets(out, on, known, list, q, scores, (q - from) * model.entityCount);
      step += to - from;
      yield { phase: "evaluate", step, steps, metrics: {} };
    }
  }
  return summarize(model.name, on, ranks, options);
}

/** Distinct (h, r, ?) or (?, r, t) of a graph: `anchors` holds the given entity. */
interface OpenTriples {
  readonly anchors: Int32Array;
  readonly relations: Int32Array;
}

function openTriples(graph: KnowledgeGraph, side: Side): OpenTriples {
  const anchors: number[] = [];
  const relations: number[] = [];
  for (let relation = 0; relation < graph.relations.size; relation++) {
    if (graph.offsets[relation] === graph.offsets[relation + 1]) continue;
    const { offsets } = matrixOf(graph, relation, side);
    for (let row = 0; row < graph.entities.size; row++) {
      if (offsets[row] === offsets[row + 1]) continue;
      anchors.push(row);
      relations.push(relation);
    }
  }
  return { anchors: Int32Array.from(anchors), relations: Int32Array.from(relations) };
}

/** The adjacency whose rows are the given entities and whose columns the asked ones. */
function matrixOf(graph: KnowledgeGraph, relation: number, side: Side) {
  const adjacency = graph.adjacency(relation);
  return side === "tail" ? adjacency.byHead : adjacency.byTail;
}

/** As many rows of scores as stay within about 2²¹ numbers, at most 512. */
function batchSize(entities: number): number {
  return Math.max(1, Math.min(512, Math.floor(2 ** 21 / Math.max(1, entities))));
}

function scoreOpenTriples(
  model: LinkPredictor,
  side: Side,
  list: OpenTriples,
  from: number,
  to: number,
  scores: FloatArray,
): void {
  const n = model.entityCount;
  if (scoresBatches(model)) {
    const anchors = list.anchors.subarray(from, to);
    const relations = list.relations.subarray(from, to);
    if (side === "tail") model.scoreTailsBatch(anchors, relations, scores);
    else model.scoreHeadsBatch(relations, anchors, scores);
    return;
  }
  for (let q = from; q < to; q++) {
    const row = scores.subarray((q - from) * n, (q - from + 1) * n);
    if (side === "tail") model.scoreTails(list.anchors[q], list.relations[q], row);
    else model.scoreHeads(list.relations[q], list.anchors[q], row);
  }
}

const counts = { higher: 0, ties: 0, candidates: 0 };

/** Ranks every target of open triple q; its row of scores begins at `at`. */
function rankTargets(
  out: SideRanks,
  on: KnowledgeGraph,
  known: KnowledgeGraph,
  list: OpenTriples,
  q: number,
  scores: FloatArray,
  at: number,
): void {
  const anchor = list.anchors[q];
  const relation = list.relations[q];
  const targets = matrixOf(on, relation, out.side);
  const truths = matrixOf(known, relation, out.side);
  for (let j = targets.offsets[anchor]; j < targets.offsets[anchor + 1]; j++) {
    const target = targets.indices[j];
    countInto(
      counts,
      scores,
      at,
      on.entities.size,
      target,
      truths.indices,
      truths.offsets[anchor],
      truths.offsets[anchor + 1],
    );
    const triple =
      out.side === "tail"
        ? tripleIndex(on, anchor, relation, target)
        : tripleIndex(on, target, relation, anchor);
    out.higher[triple] = counts.higher;
    out.ties[triple] = counts.ties;
    out.candidates[triple] = counts.candidates;
  }
}

function summarize(
  model: string,
  on: KnowledgeGraph,
  ranks: readonly SideRanks[],
  options: EvaluateOptions,
): Evaluation {
  const ties = options.ties ?? "realistic";
  const metricsOf = (sides: readonly SideRanks[], from: number, to: number): RankMetrics => {
    const values: number[] = [];
    const candidates: number[] = [];
    for (const side of sides) {
      for (let i = from; i < to; i++) {
        values.push(rankUnder(ties, { higher: side.higher[i], ties: side.ties[i] }));
        candidates.push(side.candidates[i]);
      }
    }
    return rankMetrics(values, candidates, { hitsAt: options.hitsAt });
  };
  const sidesOf = (from: number, to: number): Partial<Record<Side, RankMetrics>> =>
    Object.fromEntries(ranks.map((side) => [side.side, metricsOf([side], from, to)]));
  const byRelation: RelationEvaluation[] = [];
  on.relations.names.forEach((relation, id) => {
    const [from, to] = [on.offsets[id], on.offsets[id + 1]];
    if (from === to) return;
    byRelation.push({ relation, overall: metricsOf(ranks, from, to), bySide: sidesOf(from, to) });
  });
  return { ...metricsOf(ranks, 0, on.size), model, ties, bySide: sidesOf(0, on.size), byRelation, ranks };
}

function oneOf(argument: string, value: string, names: readonly string[]): void {
  if (!names.includes(value)) throw new InvalidArgumentError(argument, value, `one of: ${names.join(", ")}`);
}

function checkEvaluation(model: LinkPredictor, on: KnowledgeGraph, known: KnowledgeGraph): void {
  checkSameVocabularies(known, on, "the evaluated graph");
  if (on.size === 0) {
    throw new InvalidArgumentError(
      "the evaluated graph's size",
      0,
      "positive",
      "There are no triples to rank.",
    );
  }
  if (model.entityCount !== on.entities.size || model.relationCount !== on.relations.size) {
    throw new InvalidArgumentError(
      "the model's size",
      `${model.entityCount} entities, ${model.relationCount} relations`,
      `that of the graph: ${on.entities.size} entities, ${on.relations.size} relations`,
      "Read the graph with the model's vocabularies: readSplits(files, { entities: model.entities, relations: model.relations }).",
    );
  }
}
