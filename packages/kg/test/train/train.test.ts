import { AbortedError, adagrad, adam, type Optimizer, type Progress } from "@credence/core";
import { wasmBackend } from "@credence/core/kernels";
import {
  complex,
  evaluateSync,
  fromTriples,
  graphFromIds,
  type KnowledgeGraph,
  loadModel,
  saveModel,
  type TrainedModel,
  TrainingDivergedError,
  type TrainOptions,
  train,
  trainSync,
} from "@credence/kg";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { rejected, thrown } from "../../../core/test/thrown.ts";

/** Three relations on a ring of 12: next, its inverse, and the symmetric "opposite". */
const ring = fromTriples(
  Array.from({ length: 12 }, (_, i): [string, string, string][] => [
    [`e${i}`, "next", `e${(i + 1) % 12}`],
    [`e${(i + 1) % 12}`, "previous", `e${i}`],
    [`e${i}`, "opposite", `e${(i + 6) % 12}`],
  ]).flat(),
);
/** The facts of a graph at the places that a test picks. */
function pick(graph: KnowledgeGraph, wanted: (place: number) => boolean): KnowledgeGraph {
  const take = (column: Int32Array): Int32Array => column.filter((_, i) => wanted(i));
  const { headIds, relationIds, tailIds } = graph;
  const columns = { headIds: take(headIds), relationIds: take(relationIds), tailIds: take(tailIds) };
  return graphFromIds(columns, graph.entities, graph.relations);
}
const held = pick(ring, (i) => i % 5 === 0);
const rest = pick(ring, (i) => i % 5 !== 0);
const none = fromTriples([] as [string, string, string][], ring);
const spec = complex({ rank: 8 });
const short: TrainOptions = { epochs: 4, batchSize: 10, regularizer: { kind: "n3", weight: 0.001 } };
const lossOf = (model: TrainedModel): number => model.metrics["loss"] as number;
const mrr = (model: TrainedModel, test: KnowledgeGraph): number =>
  evaluateSync(model, { train: ring, valid: none, test }).mrr;

describe("training", () => {
  it("learns a small graph by heart", () => {
    const model = trainSync(ring, spec, {
      epochs: 60,
      batchSize: 12,
      regularizer: { kind: "n3", weight: 1e-4 },
    });
    expect(mrr(model, ring)).toBe(1);
    expect(model.metrics).toMatchObject({ epoch: 60, epochs: 60 });
    expect(model.reciprocal).toBe(true);
  });

  it("gives the same bytes for the same seed, and others for another", () => {
    const bytes = (seed: number | string) => saveModel(trainSync(ring, spec, { ...short, seed }));
    expect(bytes(1)).toEqual(bytes(1));
    expect(bytes(1)).not.toEqual(bytes(2));
  });

  it("is the same through the event loop", async () => {
    const validate = { on: held };
    const model = await train(ring, spec, { ...short, validate });
    expect(saveModel(model)).toEqual(saveModel(trainSync(ring, spec, { ...short, validate })));
  });

  it("computes in single or double precision from one source", () => {
    const single = trainSync(ring, spec, short);
    const double = trainSync(ring, spec, { ...short, precision: "float64" });
    expect([single.precision, double.precision]).toEqual(["float32", "float64"]);
    expect(close(lossOf(single), lossOf(double), tolerance.single)).toBe(true);
    expect(saveModel(loadModel(saveModel(double)))).toEqual(saveModel(double));
  });

  it("runs on another backend, and its model outlives the backend's memory", () => {
    const backend = wasmBackend();
    const model = trainSync(ring, spec, { ...short, backend });
    expect(saveModel(model)).toEqual(saveModel(trainSync(ring, spec, { ...short, backend })));
    const plain = trainSync(ring, spec, short);
    expect(close(lossOf(model), lossOf(plain), tolerance.single)).toBe(true);
    expect(mrr(loadModel(saveModel(model)), held)).toBe(mrr(model, held));
  });

  it("takes other optimizers, F2, and no regularizer", () => {
    const options: TrainOptions[] = [
      { ...short, optimizer: adam({ learningRate: 0.05 }) },
      { ...short, regularizer: { kind: "f2", weight: 0.01 } },
      { ...short, regularizer: null },
    ];
    const settings = options.map((option) => trainSync(ring, spec, option).settings);
    expect(settings[0]).toMatchObject({ optimizer: "adam" });
    expect(settings[1]).toMatchObject({ regularizer: { kind: "f2", weight: 0.01 } });
    expect(settings[2]).toMatchObject({ regularizer: null, optimizer: "adagrad", learningRate: 0.15 });
  });

  it("handles batches larger than the data, and of one", () => {
    for (const batchSize of [1, 1000]) {
      expect(trainSync(ring, spec, { ...short, epochs: 1, batchSize }).metrics).toMatchObject({ epoch: 1 });
    }
  });

  it("has defaults for everything", () => {
    const model = trainSync(fromTriples([["a", "r", "b"]]), undefined, { epochs: 1 });
    expect(model.spec).toEqual(complex({ rank: 100 }));
    expect(model.settings).toEqual({
      model: "complex",
      rank: 100,
      reciprocal: true,
      loss: "1vsAll",
      epochs: 1,
      batchSize: 100,
      optimizer: "adagrad",
      learningRate: 0.15,
      regularizer: { kind: "n3", weight: 0.01 },
      initScale: 1e-3,
      precision: "float32",
      seed: 0,
    });
  });
});

/** Twenty epochs that go well for a while, and then uphill in the loss. */
function falling(): TrainOptions {
  const base = adagrad({ learningRate: 0.15 });
  const batches = Math.ceil((2 * rest.size) / 10);
  let updates = 0;
  const optimizer: Optimizer = {
    ...base,
    updateInto(parameters, gradient, state) {
      const uphill = ++updates > 2 * batches * 8;
      base.updateInto(parameters, uphill ? gradient.map((g) => -g) : gradient, state);
    },
  };
  return { ...short, epochs: 20, optimizer };
}

/** The validation figures of a run, in order. */
function validations(options: TrainOptions): { model: TrainedModel; figures: number[] } {
  const figures: number[] = [];
  const onProgress = ({ phase, step, steps, metrics }: Progress): void => {
    if (phase === "validate" && step === steps) figures.push(metrics["validMrr"]);
  };
  return { model: trainSync(rest, spec, { ...options, onProgress }), figures };
}

describe("validation", () => {
  it("keeps the weights of the best epoch", () => {
    const { model, figures } = validations({ ...falling(), validate: { on: held, patience: Infinity } });
    expect(figures).toHaveLength(20);
    const best = Math.max(...figures);
    expect(figures.at(-1)).not.toBe(best);
    expect(model.metrics).toMatchObject({ epoch: 1 + figures.indexOf(best), epochs: 20, validMrr: best });
    expect(mrr(model, held)).toBe(best);
  });

  it("stops when patience is over", () => {
    const { model, figures } = validations({ ...falling(), validate: { on: held, patience: 3 } });
    expect(figures.length).toBeLessThan(20);
    const best = figures.indexOf(Math.max(...figures));
    expect(figures).toHaveLength(best + 1 + 3);
    expect(model.metrics).toMatchObject({ epoch: best + 1, epochs: best + 4 });
  });

  it("happens every so many epochs, and after the last", () => {
    const { figures } = validations({ ...short, epochs: 7, validate: { on: held, every: 3 } });
    expect(figures).toHaveLength(3);
  });

  it("leaves out what is known, also from another split", () => {
    const options = { ...short, epochs: 1 };
    const without = trainSync(held, spec, { ...options, validate: { on: held } });
    const known = trainSync(held, spec, { ...options, validate: { on: held, known: [ring] } });
    expect(known.metrics["validMrr"]).toBeGreaterThanOrEqual(without.metrics["validMrr"] as number);
  });
});

describe("progress and cancellation", () => {
  it("tells epoch, loss, speed and validation", () => {
    const told: Progress[] = [];
    trainSync(ring, spec, {
      ...short,
      validate: { on: held },
      onProgress: (progress) => told.push(progress),
    });
    const training = told.filter((progress) => progress.phase === "train");
    expect(training).toHaveLength(4 * Math.ceil(72 / 10));
    expect(training.at(-1)).toMatchObject({ step: 32, steps: 32 });
    expect(training[8].metrics["validMrr"]).toBeGreaterThan(0);
    for (const { metrics } of training) {
      expect(metrics["loss"]).toBeGreaterThan(0);
      expect(metrics["examplesPerSecond"]).toBeGreaterThan(0);
    }
  });

  /** The model in the error of a run that is cancelled when `when` says so. */
  async function cancelled(
    options: TrainOptions,
    when: (progress: Progress) => boolean,
  ): Promise<TrainedModel> {
    const controller = new AbortController();
    const onProgress = (progress: Progress): void => {
      if (when(progress)) controller.abort();
    };
    const error = await rejected(train(rest, spec, { ...options, onProgress, signal: controller.signal }));
    expect(error).toBeInstanceOf(AbortedError);
    return (error as AbortedError<TrainedModel>).partial as TrainedModel;
  }

  it("gives the best model so far", async () => {
    const validate = { on: held, patience: 30 };
    const partial = await cancelled({ ...falling(), validate }, ({ metrics }) => metrics["epoch"] === 15);
    expect(partial.metrics["epoch"]).toBeLessThan(14);
    expect(mrr(partial, held)).toBe(partial.metrics["validMrr"]);
    const full = validations({ ...falling(), epochs: 14, validate });
    expect(partial.parameters).toEqual(full.model.parameters);
  });

  it("gives the current model before any validation, detached from the run", async () => {
    const partial = await cancelled(short, ({ metrics }) => metrics["epoch"] === 3);
    expect(partial.metrics).toMatchObject({ epoch: 3, epochs: 3 });
    expect(saveModel(loadModel(saveModel(partial)))).toEqual(saveModel(partial));
  });

  it("can happen during a validation", async () => {
    const partial = await cancelled(
      { ...short, validate: { on: held } },
      ({ phase }) => phase === "validate",
    );
    expect(partial.metrics).toMatchObject({ epoch: 1 });
  });
});

describe("divergence", () => {
  const diverging: TrainOptions = { ...short, epochs: 50, learningRate: 1e30, regularizer: null };

  it("ends with a typed error and a way out", () => {
    const error = thrown(() => trainSync(ring, spec, diverging)) as TrainingDivergedError;
    expect(error).toBeInstanceOf(TrainingDivergedError);
    expect(error).toMatchObject({ code: "TRAINING_DIVERGED", epoch: 1, partial: undefined });
    expect(error.hint).toContain("smaller learning rate");
  });

  it("keeps the best model that was validated", () => {
    // Steps of this optimizer are harmless until it is told to explode.
    let steps = 0;
    const base = adam({ learningRate: 0.01 });
    const exploding = {
      ...base,
      updateInto: (...args: Parameters<typeof base.updateInto>): void => {
        base.updateInto(...args);
        if (++steps > 40) args[0].fill(1e30);
      },
    };
    const options = { ...short, epochs: 50, optimizer: exploding, validate: { on: held } };
    const error = thrown(() => trainSync(ring, spec, options)) as TrainingDivergedError;
    expect(error).toMatchObject({ code: "TRAINING_DIVERGED", epoch: 3 });
    expect(error.hint).toContain("partial");
    expect(mrr(error.partial as TrainedModel, held)).toBe(error.partial?.metrics["validMrr"]);
  });

  it("is noticed when only the parameters of the last step are not finite", () => {
    const base = adam({ learningRate: 0.01 });
    const exploding = {
      ...base,
      updateInto: (...args: Parameters<typeof base.updateInto>): void => void args[0].fill(Number.NaN),
    };
    const options = { ...short, epochs: 1, batchSize: 100, optimizer: exploding };
    expect(thrown(() => trainSync(ring, spec, options)).code).toBe("TRAINING_DIVERGED");
  });
});

describe("options outside their domain", () => {
  const other = fromTriples([["x", "r", "y"]]) as KnowledgeGraph;
  it.each<[string, TrainOptions]>([
    ["epochs", { epochs: 0 }],
    ["epochs", { epochs: 1.5 }],
    ["batchSize", { batchSize: -1 }],
    ["learningRate", { learningRate: 0 }],
    ["learningRate", { learningRate: Number.NaN }],
    ["initScale", { initScale: -1 }],
    ["precision", { precision: "double" as "float64" }],
    ["regularizer.kind", { regularizer: { kind: "l2" as "n3", weight: 1 } }],
    ["regularizer.weight", { regularizer: { kind: "n3", weight: -1 } }],
    ["seed", { seed: Number.NaN }],
    ["validate.every", { validate: { on: held, every: 0 } }],
    ["validate.patience", { validate: { on: held, patience: 0 } }],
    ["validate.on", { validate: { on: none } }],
    ["validate", { validate: { on: other } }],
    ["validate", { validate: { on: held, known: [other] } }],
  ])("%s", (name, options) => {
    const error = thrown(() => trainSync(ring, spec, options));
    expect(error.code).toBe("INVALID_ARGUMENT");
    expect(error.message).toContain(name);
  });

  it("a graph without triples", () => {
    expect(thrown(() => trainSync(none, spec)).hint).toContain("no triples");
  });
});
