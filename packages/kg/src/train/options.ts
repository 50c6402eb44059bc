/**
 * The settings of a training run: defaults, checks, and the record of them that travels with the model.
 *
 * The defaults are one set for small and dense graphs, found on validation data of umls, kinship and nations
 * with ComplEx at rank 100: N3 0.01 and batches of 100 as Lacroix et al. 2018 have them; learning rates from
 * 0.1 to 0.2 gave the same validation MRR within the noise of the seed.
 */
import {
  InvalidArgumentError,
  type JsonObject,
  type Optimizer,
  type Precision,
  type RunOptions,
} from "@credence/core";
import type { Backend } from "@credence/core/kernels";
import type { NativeBackend } from "@credence/core/onnx";
import type { KnowledgeGraph } from "../graph/knowledge-graph.ts";
import type { ModelSpec } from "../models/complex.ts";
import type { Regularizer } from "./training-step.ts";

/** Validation during training. */
export interface ValidateOptions {
  /** Triples over the vocabularies of the training graph. */
  readonly on: KnowledgeGraph;
  /** Epochs between two validations; default 1. The last epoch is always validated. */
  readonly every?: number;
  /** Validations without a better MRR before training stops; default 10. `Infinity` never stops early. */
  readonly patience?: number;
  /** Further true triples to leave out of the ranking (those of the test split); train and `on` always are. */
  readonly known?: readonly KnowledgeGraph[];
}

/** Options of {@link train}. */
export interface TrainOptions extends RunOptions {
  /** Passes over all triples and their reciprocals at most; default 100. */
  readonly epochs?: number;
  /** Triples in a batch; default 100. */
  readonly batchSize?: number;
  /** Default 0.15. */
  readonly learningRate?: number;
  /** Default Adagrad with the learning rate. */
  readonly optimizer?: Optimizer;
  /** Default N3 with weight 0.01; `null` for none. */
  readonly regularizer?: Regularizer | null;
  /** Standard deviation of the parameters at the start; default 0.001. */
  readonly initScale?: number;
  /** Default `float32`. */
  readonly precision?: Precision;
  /**
   * Who computes. Default: the fastest kernels that run here (`sharedBackend` of `@credence/core/kernels`), by which the
   * same seed gives the same bytes everywhere. `"native"`, or a {@link NativeBackend}: `onnxruntime-node`, if you have
   * installed it; for {@link train} only, with Adagrad and N3 only, and to last digits that depend on the machine.
   */
  readonly backend?: Backend | NativeBackend | "native";
  /** Without it the run lasts all its epochs and returns the last weights. */
  readonly validate?: ValidateOptions;
}

/** What Adagrad adds to the root of the sums. */
export const ADAGRAD_EPSILON = 1e-10;

/** Options with their defaults filled in. */
export interface TrainSettings {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Undefined for Adagrad with the learning rate. */
  readonly optimizer: Optimizer | undefined;
  readonly regularizer: Regularizer | undefined;
  readonly initScale: number;
  readonly precision: Precision;
  readonly seed: number | string;
  readonly every: number;
  readonly patience: number;
  /** The same as plain JSON. */
  readonly record: JsonObject;
}

/** @throws InvalidArgumentError an option outside its domain */
export function trainSettings(spec: ModelSpec, options: TrainOptions): TrainSettings {
  const native = nativeOf(options.backend) !== undefined;
  const { epochs = 100, batchSize = 100, learningRate = 0.15, initScale = 1e-3 } = options;
  const { precision = "float32", seed = 0, validate } = options;
  const regularizer =
    options.regularizer === null ? undefined : (options.regularizer ?? { kind: "n3", weight: 0.01 });
  const { every = 1, patience = 10 } = validate ?? {};
  count("epochs", epochs);
  count("batchSize", batchSize);
  count("validate.every", every);
  if (patience !== Number.POSITIVE_INFINITY) count("validate.patience", patience);
  positive("learningRate", learningRate);
  positive("initScale", initScale);
  if (precision !== "float32" && precision !== "float64") {
    throw new InvalidArgumentError("precision", precision, "float32 or float64");
  }
  if (regularizer !== undefined) checkRegularizer(regularizer);
  const { optimizer } = options;
  const record: JsonObject = {
    model: spec.kind,
    rank: spec.rank,
    reciprocal: true,
    loss: "1vsAll",
    epochs,
    batchSize,
    ...(optimizer === undefined ? { optimizer: "adagrad", learningRate } : { optimizer: optimizer.name }),
    regularizer: regularizer === undefined ? null : { kind: regularizer.kind, weight: regularizer.weight },
    initScale,
    precision,
    seed,
    ...(validate === undefined
      ? {}
      : { validateEvery: every, patience: Number.isFinite(patience) ? patience : null }),
    ...(native ? { backend: "native" } : {}),
  };
  return {
    ...{ epochs, batchSize, learningRate, optimizer, regularizer, initScale },
    ...{ precision, seed, every, patience, record },
  };
}

/** The native backend, if it is asked for. @throws InvalidArgumentError for what is no backend at all */
export function nativeOf(given: TrainOptions["backend"]): NativeBackend | undefined {
  if (given === undefined) return undefined;
  if (given === "native") return { kind: "native" };
  if (typeof given === "object" && given !== null) {
    if ("kind" in given && given.kind === "native") return given;
    if ("oneVsAllStep" in given) return undefined;
  }
  throw new InvalidArgumentError("backend", given, 'a Backend of @credence/core/kernels, or "native"');
}

function count(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= 2 ** 31 - 1) return;
  throw new InvalidArgumentError(name, value, "a positive integer");
}

function positive(name: string, value: number): void {
  if (Number.isFinite(value) && value > 0) return;
  throw new InvalidArgumentError(name, value, "a positive number");
}

function checkRegularizer({ kind, weight }: Regularizer): void {
  if (kind !== "n3" && kind !== "f2") throw new InvalidArgumentError("regularizer.kind", kind, "n3 or f2");
  if (Number.isFinite(weight) && weight >= 0) return;
  throw new InvalidArgumentError("regularizer.weight", weight, "a number of at least 0");
}
