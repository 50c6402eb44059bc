/**
 * The truth model of a graph and a link predictor: the FIT rule (`fit-rule.ts`) on every row (head, relation, ·).
 * A relation's matrix is made when first asked for: a block of rows is scored, one dense row at a time becomes
 * sparse entries, and nothing of size entities² is ever kept. The inverse direction is the transpose; FIT scores
 * inverse relations by matrices of their own, which gives r(a, b) and ~r(b, a) different truths.
 */
import {
  type FloatArray,
  floatArray,
  InvalidArgumentError,
  type Precision,
  type RunOptions,
  runAsync,
  runSync,
  type Step,
  type StepGenerator,
  transposeCsr,
} from "@credence/core";
import type { KnowledgeGraph } from "../graph/knowledge-graph.ts";
import { type LinkPredictor, scoresBatches } from "../models/link-predictor.ts";
import { entryBuffer } from "./entry-buffer.ts";
import { checkFitRule, type FitRule, fitRuleInto } from "./fit-rule.ts";
import { observedTruth } from "./observed.ts";
import type { RelationTruth, TruthModel } from "./truth.ts";

export interface TruthOptions extends FitRule {
  /** Precision in which the truth values are stored; default `float64`. */
  readonly precision?: Precision | undefined;
}

/** What `prepare` takes besides the options of every long-running call. */
export interface PrepareOptions extends RunOptions {
  /** Names of the relations to make; default all. */
  readonly relations?: readonly string[] | undefined;
}

/** A truth model whose matrices are made when they are needed, or beforehand. */
export interface PredictedTruth<E extends string = string, R extends string = string>
  extends TruthModel<E, R> {
  readonly model: LinkPredictor;
  /** Makes matrices now, with progress and a way to cancel; those already made stay. @throws AbortedError */
  prepare(options?: PrepareOptions): Promise<void>;
}

/** Rows scored at once: enough for a matrix product to pay, few enough for the cache. */
const BLOCK = 64;

/**
 * Truth values for every triple of a graph's entities and relations.
 * Per relation O(entities · (cost of scoring a row + entities)) time, O(entries) memory.
 * @throws InvalidArgumentError a model for another number of entities or relations, or a bad parameter; when a
 *   matrix is made, scores that are not finite
 */
export function truthModel<E extends string, R extends string>(
  graph: KnowledgeGraph<E, R>,
  model: LinkPredictor,
  options: TruthOptions = {},
): PredictedTruth<E, R> {
  checkFitRule(options);
  checkCount("model.entityCount", model.entityCount, graph.entities.size);
  checkCount("model.relationCount", model.relationCount, graph.relations.size);
  const made = new Map<number, RelationTruth>();
  const crisp = observedTruth(graph);
  function* make(ids: readonly number[]): StepGenerator<void> {
    for (const id of ids) {
      if (!made.has(id)) made.set(id, yield* relationSteps(graph, model, id, options));
    }
  }
  return {
    entities: graph.entities,
    relations: graph.relations,
    model,
    crisp,
    observed: crisp.observed,
    relation: (id) => {
      graph.relations.name(id);
      if (!made.has(id)) runSync(make([id]));
      return made.get(id)!;
    },
    prepare: async ({ relations = graph.relations.names, ...run } = {}) =>
      runAsync(make(relations.map((name) => graph.relations.id(name))), run),
  };
}

/** Makes the matrix of one relation, block by block. */
function* relationSteps(
  graph: KnowledgeGraph,
  model: LinkPredictor,
  relation: number,
  options: TruthOptions,
): Generator<Step<void>, RelationTruth, void> {
  const n = graph.entities.size;
  const { byHead } = graph.adjacency(relation);
  const buffer = entryBuffer(options.precision ?? "float64", byHead.indices.length + n);
  const offsets = new Int32Array(n + 1);
  const row = new Float64Array(n);
  const score = rowScorer(model, relation, n);
  for (let head = 0; head < n; head++) {
    if (head % BLOCK === 0 && head > 0) {
      const phase = `truth of ${graph.relations.name(relation)}`;
      yield { phase, step: head, steps: n, metrics: { entries: buffer.length } };
    }
    const observed = byHead.indices.subarray(byHead.offsets[head], byHead.offsets[head + 1]);
    fitRuleInto(row, score(head), observed, options);
    for (let tail = 0; tail < n; tail++) if (row[tail] > 0) buffer.push(tail, row[tail]);
    offsets[head + 1] = buffer.length;
  }
  const rows = { rows: n, cols: n, offsets, ...buffer.take() };
  return { rows, columns: transposeCsr(rows) };
}

/** The scores of head after head, ascending; in blocks if the model can. */
function rowScorer(model: LinkPredictor, relation: number, n: number): (head: number) => FloatArray {
  if (!scoresBatches(model)) {
    const row = new Float64Array(n);
    return (head) => {
      model.scoreTails(head, relation, row);
      return row;
    };
  }
  const block = floatArray(model.precision, BLOCK * n);
  return (head) => {
    const at = head % BLOCK;
    if (at === 0) {
      const heads = Int32Array.from({ length: Math.min(BLOCK, n - head) }, (_, i) => head + i);
      model.scoreTailsBatch(heads, new Int32Array(heads.length).fill(relation), block);
    }
    return block.subarray(at * n, (at + 1) * n);
  };
}

function checkCount(argument: string, given: number, expected: number): void {
  if (given === expected) return;
  throw new InvalidArgumentError(
    argument,
    given,
    `${expected}, as the graph has`,
    "Read the graph with the vocabularies that the model was trained on.",
  );
}
