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
  floatArray,
  InvalidArgumentError,
  type JsonObject,
  normalsInto,
  type Rng,
  rng,
  runAsync,
  runSync,
  type Step,
  type StepGenerator,
} from "@credence/core";
import { checkSameVocabularies, type KnowledgeGraph, mergeGraphs } from "../graph/knowledge-graph.ts";
import { complex, interactionOf, type ModelSpec } from "../models/complex.ts";
import type { EmbeddingParameters } from "../models/embedding.ts";
import { type TrainedModel, trainedModel } from "../models/model.ts";
import { evaluationSteps } from "../ranking/evaluate.ts";
import { TrainingDivergedError } from "./diverged.ts";
import { reciprocalExamples } from "./examples.ts";
import { type TrainOptions, type TrainSettings, trainSettings } from "./options.ts";
import { stepKernel } from "./training-step.ts";

/**
 * Trains a model on a graph, on the caller's thread, and gives the event loop its turns. Progress metrics:
 * `epoch`, `loss` (mean of the epoch so far, nats), `examplesPerSecond`, and once known `validMrr` (the last)
 * and `bestValidMrr`. O(epochs · triples · entities · rank).
 * @throws InvalidArgumentError an option outside its domain, or an empty graph
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

/** The same at once. */
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
  const run = trainingRun(graph, spec, settings, options);
  const validation = options.validate && validator(run, options.validate.on, options.validate.known);
  let misses = 0;
  for (let epoch = 1; epoch <= settings.epochs; epoch++) {
    yield* run.epoch(epoch);
    if (validation === undefined) continue;
    if (epoch % settings.every !== 0 && epoch !== settings.epochs) continue;
    misses = (yield* validation()) ? 0 : misses + 1;
    if (misses >= settings.patience) break;
  }
  return run.result();
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
}

function trainingRun<E extends string, R extends string>(
  graph: KnowledgeGraph<E, R>,
  spec: ModelSpec,
  settings: TrainSettings,
  options: TrainOptions,
): TrainingRun<E, R> {
  const { backend } = options;
  const { regularizer, optimizer, batchSize, epochs } = settings;
  const { entities, relations } = graph;
  const random = rng(settings.seed);
  const shuffles = random.fork("batches");
  const parameters = initialParameters(graph, spec, settings, random.fork("parameters"));
  const examples = reciprocalExamples(graph);
  const step = stepKernel(spec, parameters, Math.min(batchSize, examples.size), { regularizer, backend });
  const batch = batchBuffer(Math.min(batchSize, examples.size));
  const batches = Math.ceil(examples.size / batchSize);
  const model = (rows: EmbeddingParameters, metrics: JsonObject): TrainedModel<E, R> =>
    trainedModel(
      { spec, entities, relations, parameters: rows, settings: settings.record, metrics },
      { backend },
    );
  const states = {
    entities: optimizer.init(parameters.entities.length, parameters.entities),
    relations: optimizer.init(parameters.relations.length, parameters.relations),
  };
  const metrics: Record<string, number> = {};
  let kept: { parameters: EmbeddingParameters; metrics: JsonObject } | undefined;
  const result = (): TrainedModel<E, R> => {
    const { epoch } = metrics;
    const from = kept ?? { parameters, metrics: reached(metrics) };
    return model(copyOf(from.parameters), { ...from.metrics, epochs: epoch ?? 0 });
  };

  function* runEpoch(epoch: number): Generator<Step<TrainedModel<E, R>>, void, void> {
    const started = performance.now();
    examples.shuffle(shuffles);
    let total = 0;
    for (let i = 0; i < batches; i++) {
      const count = examples.fill(batch, i * batchSize);
      const { loss } = step.run(batch, count);
      const last = i + 1 === batches;
      if (Number.isFinite(loss)) {
        optimizer.updateInto(parameters.entities, step.gradients.entities, states.entities);
        optimizer.updateInto(parameters.relations, step.gradients.relations, states.relations);
      }
      if (!Number.isFinite(loss) || (last && !allFinite(parameters))) {
        throw new TrainingDivergedError(epoch, kept && result());
      }
      total += loss * count;
      const done = i * batchSize + count;
      metrics["epoch"] = epoch;
      metrics["loss"] = total / done;
      metrics["examplesPerSecond"] = done / Math.max(1e-3, (performance.now() - started) / 1000);
      const steps = epochs * batches;
      yield {
        phase: "train",
        step: (epoch - 1) * batches + i + 1,
        steps,
        metrics: { ...metrics },
        partial: result,
      };
    }
  }

  return {
    graph,
    live: model(parameters, {}),
    metrics,
    keep() {
      kept = { parameters: copyOf(parameters), metrics: reached(metrics) };
    },
    result,
    epoch: runEpoch,
  };
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
    const steps = evaluationSteps(run.live, on, known);
    for (;;) {
      const next = steps.next();
      if (next.done) {
        const { mrr } = next.value;
        const better = mrr > best;
        best = Math.max(best, mrr);
        run.metrics["validMrr"] = mrr;
        run.metrics["bestValidMrr"] = best;
        if (better) run.keep();
        return better;
      }
      const { step, steps: all } = next.value;
      yield { phase: "validate", step, steps: all, metrics: { ...run.metrics }, partial: run.result };
    }
  };
}

/** The part of the metrics that depends on nothing but data, settings and seed. */
function reached(metrics: Readonly<Record<string, number>>): JsonObject {
  const { epoch, loss, validMrr } = metrics;
  return {
    ...(epoch === undefined ? {} : { epoch }),
    ...(loss === undefined ? {} : { loss }),
    ...(validMrr === undefined ? {} : { validMrr }),
  };
}

function initialParameters(
  graph: KnowledgeGraph,
  spec: ModelSpec,
  settings: TrainSettings,
  random: Rng,
): EmbeddingParameters {
  const width = interactionOf(spec).rowLength(spec.rank);
  const rows = (name: string, count: number): FloatArray => {
    const out = floatArray(settings.precision, count * width);
    normalsInto(out, random.fork(name));
    for (let i = 0; i < out.length; i++) out[i] *= settings.initScale;
    return out;
  };
  return {
    entities: rows("entities", graph.entities.size),
    relations: rows("relations", 2 * graph.relations.size),
  };
}

function batchBuffer(size: number) {
  return { heads: new Int32Array(size), relations: new Int32Array(size), tails: new Int32Array(size) };
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
