/**
 * Training of link predictors: 1-vs-all soft-max over all entities with reciprocal relations (Lacroix, Usunier
 * & Obozinski 2018). Batches are taken from a new shuffle of all examples in every epoch. Model selection is by
 * validation MRR: the weights of the best validation are kept, and training stops when `patience` validations
 * in a row bring nothing better.
 *
 * Parameters come from the fork `parameters` of the seed, the shuffles from its fork `batches`, so that the
 * same seed gives the same bytes.
 */
import {
  type FloatArray,
  InvalidArgumentError,
  type JsonObject,
  normalsInto,
  type Rng,
  rng,
  runAsync,
  runSync,
  type Step,
  type StepGenerator,
  waitFor,
} from "@credence/core";
import type { Backend } from "@credence/core/kernels";
import { checkSameVocabularies, type KnowledgeGraph, mergeGraphs } from "../graph/knowledge-graph.ts";
import { complex, interactionOf, type ModelSpec } from "../models/complex.ts";
import type { EmbeddingParameters } from "../models/embedding.ts";
import { type TrainedModel, trainedModel } from "../models/model.ts";
import { evaluationSteps } from "../ranking/evaluate.ts";
import { TrainingDivergedError } from "./diverged.ts";
import { reciprocalExamples } from "./examples.ts";
import { type Computing, computing, type Learner } from "./learner.ts";
import { type TrainOptions, type TrainSettings, trainSettings } from "./options.ts";

/**
 * Trains a model on a graph, on the caller's thread, and gives the event loop its turns. Progress metrics:
 * `epoch`, `loss` (mean of the epoch so far, nats), `examplesPerSecond`, and once known `validMrr` (the last)
 * and `bestValidMrr`. O(epochs · triples · entities · rank).
 * @throws InvalidArgumentError an option outside its domain, or an empty graph
 * @throws CredenceError `BACKEND_UNAVAILABLE` for the native backend where it is not installed
 * @throws TrainingDivergedError
 * @throws AbortedError whose `partial` is the best model so far (before any validation: the current one)
 */
export function train<E extends string, R extends string>(
  graph: KnowledgeGraph<E, R>,
  spec: ModelSpec = complex({ rank: 100 }),
  options: TrainOptions = {},
): Promise<TrainedModel<E, R>> {
  return runAsync(trainingSteps(graph, spec, options), options);
}

/** The same at once. @throws CredenceError `ASYNC_ONLY` for the native backend */
export function trainSync<E extends string, R extends string>(
  graph: KnowledgeGraph<E, R>,
  spec: ModelSpec = complex({ rank: 100 }),
  options: TrainOptions = {},
): TrainedModel<E, R> {
  return runSync(trainingSteps(graph, spec, options), options);
}

function* trainingSteps<E extends string, R extends string>(
  graph: KnowledgeGraph<E, R>,
  spec: ModelSpec,
  options: TrainOptions,
): StepGenerator<TrainedModel<E, R>> {
  const settings = trainSettings(spec, options);
  checkGraphs(graph, options);
  const run = yield* trainingRun(graph, spec, settings, computing(spec, settings, options.backend));
  const validation = options.validate && validator(run, options.validate.on, options.validate.known);
  let misses = 0;
  try {
    for (let epoch = 1; epoch <= settings.epochs; epoch++) {
      yield* run.epoch(epoch);
      if (validation === undefined) continue;
      if (epoch % settings.every !== 0 && epoch !== settings.epochs) continue;
      misses = (yield* validation()) ? 0 : misses + 1;
      if (misses >= settings.patience) break;
    }
    return run.result();
  } finally {
    run.release();
  }
}

/** A run: its live model, what it has reached, and one epoch as steps. */
interface TrainingRun<E extends string, R extends string> {
  readonly graph: KnowledgeGraph<E, R>;
  readonly live: TrainedModel<E, R>;
  /** What has been reached, for progress. */
  readonly metrics: Record<string, number>;
  /** Remembers the weights of now as the best. */
  keep(): void;
  /** The best model kept; before anything is kept the current one. Never shares arrays with the run. */
  result(): TrainedModel<E, R>;
  epoch(epoch: number): Generator<Step<TrainedModel<E, R>>, void, void>;
  /** Gives the backend its arrays back. */
  release(): void;
}

function* trainingRun<E extends string, R extends string>(
  graph: KnowledgeGraph<E, R>,
  spec: ModelSpec,
  settings: TrainSettings,
  { backend, learner: makeLearner }: Computing,
): Generator<Step<never>, TrainingRun<E, R>, void> {
  const { entities, relations } = graph;
  const random = rng(settings.seed);
  const parameters = initialParameters(graph, spec, settings, random.fork("parameters"), backend);
  const model = (rows: EmbeddingParameters, metrics: JsonObject): TrainedModel<E, R> =>
    trainedModel(
      { spec, entities, relations, parameters: rows, settings: settings.record, metrics },
      { backend },
    );
  const metrics: Record<string, number> = {};
  let kept: { parameters: EmbeddingParameters; metrics: JsonObject } | undefined;
  const batchSize = Math.min(settings.batchSize, 2 * graph.size);
  const release = (): void => {
    backend.release(parameters.entities);
    backend.release(parameters.relations);
  };
  let learner: Learner;
  try {
    learner = yield* waitFor(makeLearner(parameters, batchSize));
  } catch (error) {
    release();
    throw error;
  }
  const result = (): TrainedModel<E, R> => {
    if (kept === undefined) learner.settle();
    const from = kept ?? { parameters, metrics: reached(metrics) };
    return model(copyOf(from.parameters), { ...from.metrics, epochs: metrics["epoch"] ?? 0 });
  };
  const pass = epochPass(graph, batchSize, learner, random.fork("batches"));

  function* epochSteps(epoch: number): Generator<Step<TrainedModel<E, R>>, void, void> {
    const started = performance.now();
    let total = 0;
    for (const { count, done, batch, moved } of pass.batches()) {
      const loss = yield* waitFor(moved);
      if (!Number.isFinite(loss)) throw new TrainingDivergedError(epoch, kept && result());
      total += loss * count;
      metrics["epoch"] = epoch;
      metrics["loss"] = total / done;
      metrics["examplesPerSecond"] = done / Math.max(1e-3, (performance.now() - started) / 1000);
      const step = (epoch - 1) * pass.size + batch;
      yield {
        phase: "train",
        step,
        steps: settings.epochs * pass.size,
        metrics: { ...metrics },
        partial: result,
      };
    }
    learner.settle();
    if (!allFinite(parameters)) throw new TrainingDivergedError(epoch, kept && result());
  }

  return {
    graph,
    live: model(parameters, {}),
    metrics,
    keep() {
      kept = { parameters: copyOf(parameters), metrics: reached(metrics) };
    },
    result,
    epoch: epochSteps,
    release() {
      learner.release();
      release();
    },
  };
}

/** One batch in hand: the loss before its step (NaN where it is not finite) and how far the epoch is with it. */
interface BatchInHand {
  readonly moved: number | Promise<number>;
  readonly count: number;
  readonly done: number;
  readonly batch: number;
}

/** Passes over all examples that move the parameters batch by batch. */
function epochPass(graph: KnowledgeGraph, batchSize: number, learner: Learner, shuffles: Rng) {
  const examples = reciprocalExamples(graph);
  const buffer = {
    heads: new Int32Array(batchSize),
    relations: new Int32Array(batchSize),
    tails: new Int32Array(batchSize),
  };
  function* batches(): Generator<BatchInHand, void, void> {
    examples.shuffle(shuffles);
    for (let from = 0, batch = 1; from < examples.size; from += batchSize, batch++) {
      const count = examples.fill(buffer, from);
      yield { moved: learner.step(buffer, count), count, done: from + count, batch };
    }
  }
  return { size: Math.ceil(examples.size / batchSize), batches };
}

/** Validations as steps; each returns whether it was the best so far, and keeps the weights if so. */
function validator<E extends string, R extends string>(
  run: TrainingRun<E, R>,
  on: KnowledgeGraph,
  others: readonly KnowledgeGraph[] = [],
): () => Generator<Step<TrainedModel<E, R>>, boolean, void> {
  const known = mergeGraphs<string, string>([run.graph, on, ...others]);
  let best = Number.NEGATIVE_INFINITY;
  return function* validate() {
    const evaluation = evaluationSteps(run.live, on, known);
    let progress = { step: 0, steps: 0 };
    for (;;) {
      const next = evaluation.next();
      if (next.done) {
        const { mrr } = next.value;
        const better = mrr > best;
        best = Math.max(best, mrr);
        run.metrics["validMrr"] = mrr;
        run.metrics["bestValidMrr"] = best;
        if (better) run.keep();
        yield { phase: "validate", ...progress, metrics: { ...run.metrics }, partial: run.result };
        return better;
      }
      const { step, steps } = next.value;
      progress = { step, steps };
      // The last step is told when its figure is known.
      if (step < steps)
        yield { phase: "validate", ...progress, metrics: { ...run.metrics }, partial: run.result };
    }
  };
}

/** The part of the metrics that depends on nothing but data, settings and seed. */
function reached({ epoch, loss, validMrr }: Readonly<Record<string, number>>): JsonObject {
  return { epoch, loss, ...(validMrr === undefined ? {} : { validMrr }) };
}

function initialParameters(
  graph: KnowledgeGraph,
  spec: ModelSpec,
  settings: TrainSettings,
  random: Rng,
  backend: Backend,
): EmbeddingParameters {
  const width = interactionOf(spec).rowLength(spec.rank);
  const rows = (name: string, count: number): FloatArray => {
    const out = backend.allocate(settings.precision, count * width);
    normalsInto(out, random.fork(name));
    for (let i = 0; i < out.length; i++) out[i] *= settings.initScale;
    return out;
  };
  return {
    entities: rows("entities", graph.entities.size),
    relations: rows("relations", 2 * graph.relations.size),
  };
}

function copyOf(parameters: EmbeddingParameters): EmbeddingParameters {
  return { entities: parameters.entities.slice(), relations: parameters.relations.slice() };
}

function allFinite(parameters: EmbeddingParameters): boolean {
  const finite = (values: FloatArray): boolean => values.every((value) => Number.isFinite(value));
  return finite(parameters.entities) && finite(parameters.relations);
}

function checkGraphs(graph: KnowledgeGraph, { validate }: TrainOptions): void {
  if (graph.size === 0) {
    throw new InvalidArgumentError("graph.size", 0, "positive", "There are no triples to train on.");
  }
  if (validate === undefined) return;
  if (validate.on.size === 0) {
    throw new InvalidArgumentError("validate.on.size", 0, "positive", "Leave `validate` out instead.");
  }
  for (const other of [validate.on, ...(validate.known ?? [])]) {
    checkSameVocabularies(graph, other, "validate");
  }
}
