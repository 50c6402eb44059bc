/**
 * Circuits learned from tables of states: structure and parameters, with one call.
 *
 *   factorized  independent variables
 *   clt         the Chow-Liu tree: deterministic, so that entropies and most probable worlds are exact
 *   cutset      a decision tree of Chow-Liu trees, deterministic as well
 *   learn-spn   products of independent groups, sums of clusters of rows, Chow-Liu trees at the end
 *   hclt        the hidden Chow-Liu tree: the same tree over latent variables of `latents` states (Liu and Van den
 *               Broeck, "Tractable regularization of probabilistic circuits", NeurIPS 2021), trained by mini-batch EM
 */
import {
  InvalidArgumentError,
  type JsonObject,
  type RunOptions,
  rng,
  runAsync,
  runSync,
  type StepGenerator,
} from "@credence/core";
import { type Backend, backend } from "@credence/core/kernels";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { chowLiuCircuit, factorizedCircuit } from "../structures/clt.ts";
import { cutsetSteps } from "../structures/cutset.ts";
import { latentTreeCircuit } from "../structures/latent-tree-circuit.ts";
import { learnSpnSteps } from "../structures/learn-spn.ts";
import { chowLiuTree } from "./chow-liu.ts";
import { latentTree } from "./latent-tree.ts";
import { meanLogLikelihood } from "./log-likelihoods.ts";
import type { StateTable } from "./states.ts";
import {
  latentMeanLogLikelihood,
  startParameters,
  type TrainingOptions,
  trainingDefaults,
  trainingSteps,
} from "./train-latent-tree.ts";

/** The structures that can be learned. */
export type StructureName = "factorized" | "clt" | "cutset" | "learn-spn" | "hclt";

/** Options of {@link learnCircuit}; those of training apply to `hclt` only. */
export interface LearnOptions extends TrainingOptions {
  /** Default `hclt`. */
  readonly structure?: StructureName;
  /** States of each latent variable of an `hclt`; default 16. */
  readonly latents?: number;
  /** a of the Chow-Liu tree (see `chowLiuTree`); default 1. */
  readonly treePseudoCount?: number;
  /** The names of the variables; default x0, x1, ... */
  readonly names?: readonly string[];
  /** Runs the training; default: the fastest that runs here on the calling thread. */
  readonly backend?: Backend;
}

/** A learned circuit. */
export interface LearnedCircuit {
  readonly circuit: Circuit;
  readonly structure: StructureName;
  /** The options that were in force, for reports. */
  readonly settings: JsonObject;
  /** Numbers that were learned. */
  readonly parameters: number;
  /** Epochs run, and the one whose parameters were kept; 0 where there was nothing to iterate. */
  readonly epochs: number;
  readonly bestEpoch: number;
  /** Mean log-likelihood of the validation data (of the training data without them) by epoch. */
  readonly trace: readonly number[];
  /** Mean log-likelihood of a table, in nats per row, by the engine that trained the circuit: fast. */
  meanLogLikelihood(table: StateTable): number;
}

/**
 * Learns a circuit. The same seed gives the same circuit.
 * @throws InvalidArgumentError for options outside their range, and validation data of other columns
 * @throws AbortedError with the best circuit so far
 */
export function learnCircuit(table: StateTable, options: LearnOptions = {}): LearnedCircuit {
  return runSync(learnSteps(table, options), runOptions(options));
}

/** {@link learnCircuit} that lets the event loop run in between. */
export function learnCircuitAsync(table: StateTable, options: LearnOptions = {}): Promise<LearnedCircuit> {
  return runAsync(learnSteps(table, options), runOptions(options));
}

function runOptions({ signal, onProgress }: LearnOptions): RunOptions {
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
}

function* learnSteps(table: StateTable, options: LearnOptions): StepGenerator<LearnedCircuit> {
  const { structure = "hclt" } = options;
  checkTables(table, options.valid);
  if (structure === "hclt") return yield* learnHclt(table, options);
  const fit = { pseudoCount: options.treePseudoCount ?? 1, ...optional(options) };
  const done = (circuit: Circuit) => closedForm(table, structure, fit.pseudoCount, circuit);
  if (structure === "cutset") return yield* mapSteps(cutsetSteps(table, fit), ({ circuit }) => done(circuit));
  if (structure === "learn-spn") {
    return yield* mapSteps(learnSpnSteps(table, { ...fit, seed: options.seed ?? 0 }), done);
  }
  if (structure !== "clt" && structure !== "factorized") {
    throw new InvalidArgumentError("structure", structure, "factorized, clt, cutset, learn-spn or hclt");
  }
  return done(structure === "clt" ? chowLiuCircuit(table, fit).circuit : factorizedCircuit(table, fit));
}

/** The steps of another algorithm, its results (and those so far) seen through `f`. */
function* mapSteps<A, B>(steps: StepGenerator<A>, f: (result: A) => B): StepGenerator<B> {
  for (;;) {
    const next = steps.next();
    if (next.done) return f(next.value);
    const { partial, ...progress } = next.value;
    yield { ...progress, partial: partial === undefined ? undefined : () => f(partial()) };
  }
}

function optional({ names, valid }: LearnOptions): Pick<LearnOptions, "names" | "valid"> {
  return { ...(names === undefined ? {} : { names }), ...(valid === undefined ? {} : { valid }) };
}

/** A circuit whose parameters need no iteration. */
function closedForm(
  table: StateTable,
  structure: StructureName,
  treePseudoCount: number,
  circuit: Circuit,
): LearnedCircuit {
  let parameters = 0;
  for (let node = 0; node < circuit.size; node++) {
    if (circuit.kinds[node] === nodeKinds.sum)
      parameters += circuit.offsets[node + 1] - circuit.offsets[node];
  }
  const inputs = table.arities.reduce((a, b) => a + b, 0);
  return {
    circuit,
    structure,
    settings: { structure, treePseudoCount },
    parameters: structure === "factorized" ? inputs : parameters,
    epochs: 0,
    bestEpoch: 0,
    trace: [],
    meanLogLikelihood: (rows) => meanLogLikelihood(circuit, rows),
  };
}

function* learnHclt(table: StateTable, options: LearnOptions): StepGenerator<LearnedCircuit> {
  const { latents = 16, treePseudoCount = 1, seed = 0, names } = options;
  const kernels = options.backend ?? backend({ threads: 1 });
  const tree = latentTree(table.arities, chowLiuTree(table, { pseudoCount: treePseudoCount }), latents);
  const start = startParameters(tree, table, rng(seed).fork("start"));
  const settings = {
    structure: "hclt",
    latents,
    seed,
    treePseudoCount,
    epochs: options.epochs ?? trainingDefaults.epochs,
    batch: options.batch ?? trainingDefaults.batch,
    pseudoCount: options.pseudoCount ?? trainingDefaults.pseudoCount,
    rates: [...(options.rates ?? trainingDefaults.rates)],
  };
  const learned = (trained: {
    readonly parameters: Float64Array;
    readonly epochs: number;
    readonly bestEpoch: number;
    readonly trace: readonly number[];
  }): LearnedCircuit => ({
    circuit: latentTreeCircuit(tree, trained.parameters, names),
    structure: "hclt",
    settings,
    parameters: tree.parameterCount,
    epochs: trained.epochs,
    bestEpoch: trained.bestEpoch,
    trace: trained.trace,
    meanLogLikelihood: (rows) => {
      checkTables(table, rows);
      return latentMeanLogLikelihood(tree, trained.parameters, rows, kernels);
    },
  });
  return yield* mapSteps(trainingSteps(tree, table, start, kernels, options), learned);
}

/** @throws InvalidArgumentError unless the second table has the columns of the first, and no states beyond them */
function checkTables(table: StateTable, other: StateTable | undefined): void {
  if (other === undefined) return;
  if (other.cols !== table.cols) {
    throw new InvalidArgumentError(
      "The number of columns",
      other.cols,
      `${table.cols}, as in the training data`,
    );
  }
  other.arities.forEach((arity, v) => {
    if (arity <= table.arities[v]) return;
    throw new InvalidArgumentError(
      `The states of column ${v}`,
      arity,
      `at most ${table.arities[v]}, as in the training data`,
      "Read all parts with the same arities.",
    );
  });
}
