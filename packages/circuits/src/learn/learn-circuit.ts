/**
 * Circuits learned from tables of states: structure and parameters, with one call.
 *
 *   factorized   independent variables
 *   clt          the Chow-Liu tree: deterministic, so that entropies and most probable worlds are exact
 *   cutset       a decision tree of Chow-Liu trees, deterministic
 *   strudel      a Chow-Liu tree refined by splits, deterministic and structured-decomposable
 *   learn-spn    products of independent groups, sums of clusters of rows, Chow-Liu trees at the end
 *   mixture-clt  a sum over `components` Chow-Liu trees, by EM
 *   hclt         the hidden Chow-Liu tree: the same tree over latent variables of `latents` states (Liu and Van den
 *                Broeck, "Tractable regularization of probabilistic circuits", NeurIPS 2021), by mini-batch EM
 *   rat          a random region graph of `replicas` halvings to `depth` with `sums` nodes per region, by mini-batch EM,
 *                or by gradients with an `optimizer`
 *
 * Any of them `members` times over is an ensemble (see ensemble.ts). Rows count as often as the weights of the table say.
 */
import {
  InvalidArgumentError,
  type JsonObject,
  type Optimizer,
  type RunOptions,
  rng,
  runAsync,
  runSync,
  type StepGenerator,
} from "@credence/core";
import { type Backend, backend } from "@credence/core/kernels";
import type { Circuit } from "../circuit/circuit.ts";
import { chowLiuCircuit, factorizedCircuit } from "../structures/clt.ts";
import { cutsetSteps } from "../structures/cutset.ts";
import { latentTreeCircuit } from "../structures/latent-tree-circuit.ts";
import { learnSpnSteps } from "../structures/learn-spn.ts";
import { mixtureOfTreesSteps } from "../structures/mixture-clt.ts";
import { parameterMixtureSteps } from "../structures/parameter-mixture.ts";
import { ratCircuit } from "../structures/rat.ts";
import { strudelSteps } from "../structures/strudel.ts";
import { checkPseudoCount, chowLiuTree } from "./chow-liu.ts";
import { emSteps } from "./em.ts";
import { ensembleSteps } from "./ensemble.ts";
import type { FitResult } from "./fit.ts";
import { gradientSteps } from "./gradient.ts";
import { latentEngine } from "./latent-engine.ts";
import { type LatentTree, latentTree } from "./latent-tree.ts";
import { checkCount, type LearnedCircuit, type LearnedFacts, learnedCircuit } from "./learned.ts";
import { allRows } from "./rows.ts";
import { countedRows } from "./select.ts";
import { checkColumns, checkTable, type StateTable } from "./states.ts";
import { mapSteps } from "./steps.ts";
import {
  checkTraining,
  startParameters,
  type TrainingOptions,
  trainingDefaults,
  trainingSteps,
} from "./train-latent-tree.ts";

/** The structures that can be learned. */
export type StructureName =
  | "factorized"
  | "clt"
  | "cutset"
  | "strudel"
  | "learn-spn"
  | "mixture-clt"
  | "hclt"
  | "rat";

/**
 * Options of {@link learnCircuit}; those of training (epochs, batch, rates ...) apply to what is trained by EM. Options
 * that a structure has no use for change nothing, so that structures can be compared with the same ones.
 */
export interface LearnOptions extends TrainingOptions {
  /** Default `hclt`. */
  readonly structure?: StructureName;
  /** States of each latent variable of an `hclt`; default 16. */
  readonly latents?: number;
  /** Trees of a `mixture-clt`, default 16; sets of parameters of a `strudel`, default 1. */
  readonly components?: number;
  /** Nodes of each region of a `rat`; default 8. */
  readonly sums?: number;
  /** How many random halvings a `rat` mixes; default 4. */
  readonly replicas?: number;
  /** How often a `rat` halves its variables; default: until regions have at most 2. */
  readonly depth?: number;
  /** Trains a `rat` by gradients instead of EM. */
  readonly optimizer?: Optimizer;
  /** Splits with fewer rows are not made (`cutset`, `strudel`, `learn-spn`); default: theirs. */
  readonly minRows?: number;
  /** How many edges a `strudel` tries to split; default 1000. */
  readonly splits?: number;
  /** How many circuits are learned and mixed; default 1. */
  readonly members?: number;
  /** Whether each has rows drawn with replacement; default: if there are several and they would all be the same. */
  readonly bagging?: boolean;
  /** a of the Chow-Liu trees (see `chowLiuTree`); default 1, in a `mixture-clt` 0.5. */
  readonly treePseudoCount?: number;
  /** The names of the variables; default x0, x1, ... */
  readonly names?: readonly string[];
  /** Runs the training of an `hclt`; default: the fastest that runs here on the calling thread. */
  readonly backend?: Backend;
}

/** How one structure is learned. */
interface Learner {
  /** Whether another seed gives another circuit. */
  readonly seeded: boolean;
  readonly learn: (table: StateTable, options: LearnOptions) => StepGenerator<LearnedFacts>;
}

const learners: Readonly<Record<StructureName, Learner>> = {
  factorized: { seeded: false, learn: (table, options) => tree(table, options, factorizedCircuit) },
  clt: {
    seeded: false,
    learn: (table, options) => tree(table, options, (rows, fit) => chowLiuCircuit(rows, fit).circuit),
  },
  cutset: {
    seeded: false,
    learn: (table, options) =>
      grown("cutset", options, mapSteps(cutsetSteps(table, growth(options)), circuitOf)),
  },
  strudel: { seeded: false, learn: learnStrudel },
  "learn-spn": {
    seeded: true,
    learn: (table, options) => grown("learn-spn", options, learnSpnSteps(table, growth(options))),
  },
  "mixture-clt": { seeded: true, learn: learnMixture },
  hclt: { seeded: true, learn: learnHclt },
  rat: { seeded: true, learn: learnRat },
};

/** All of them, from the plainest on. */
export const structureNames = Object.keys(learners) as readonly StructureName[];

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
  return given({ signal, onProgress });
}

/** A record without what is undefined. */
function given<T extends object>(record: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(record).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function* learnSteps(all: StateTable, options: LearnOptions): StepGenerator<LearnedCircuit> {
  const { structure = "hclt", valid, members = 1, seed = 0 } = options;
  checkTable(all);
  checkColumns(all, valid);
  if (!Object.hasOwn(learners, structure)) {
    throw new InvalidArgumentError("structure", structure, `one of ${structureNames.join(", ")}`);
  }
  checkOptions(options);
  const table = countedRows(all);
  const { seeded, learn } = learners[structure];
  return yield* ensembleSteps(table, {
    members,
    bagging: options.bagging ?? (members > 1 && !seeded),
    seed,
    valid,
    learn: (rows, own) =>
      mapSteps(learn(rows, { ...options, seed: own }), (facts) => learnedCircuit(table, facts)),
  });
}

/** All that are given, whether the structure has a use for them or not. @throws InvalidArgumentError */
function checkOptions(options: LearnOptions): void {
  checkTraining(options);
  for (const name of ["latents", "components", "sums", "replicas", "depth", "members"] as const) {
    const value = options[name];
    if (value !== undefined) checkCount(name, value);
  }
  const { treePseudoCount = 1, minRows = 1, splits = 0 } = options;
  checkPseudoCount(treePseudoCount, "treePseudoCount");
  if (!(minRows >= 1)) throw new InvalidArgumentError("minRows", minRows, "a number of rows from 1");
  if (!(Number.isInteger(splits) && splits >= 0))
    throw new InvalidArgumentError("splits", splits, "an integer from 0");
}

// biome-ignore lint/correctness/useYield: closed forms have no steps.
function* tree(
  table: StateTable,
  options: LearnOptions,
  fit: (table: StateTable, options: { pseudoCount: number; names?: readonly string[] }) => Circuit,
): StepGenerator<LearnedFacts> {
  const { structure = "clt", treePseudoCount = 1, names } = options;
  const circuit = fit(table, { pseudoCount: treePseudoCount, ...given({ names }) });
  return { circuit, structure, settings: { structure, treePseudoCount } };
}

/** The options that splitting learners share. */
function growth({ treePseudoCount = 1, valid, names, minRows, seed = 0 }: LearnOptions) {
  return { pseudoCount: treePseudoCount, seed, ...given({ valid, names, minRows }) };
}

function circuitOf({ circuit }: { readonly circuit: Circuit }): Circuit {
  return circuit;
}

function grown(
  structure: StructureName,
  { treePseudoCount = 1, minRows, splits, seed = 0 }: LearnOptions,
  steps: StepGenerator<Circuit>,
): StepGenerator<LearnedFacts> {
  const settings: JsonObject = { structure, treePseudoCount, seed, ...given({ minRows, splits }) };
  return mapSteps(steps, (circuit) => ({ circuit, structure, settings }));
}

/** One circuit, or a mixture of several of its structure. */
function* learnStrudel(table: StateTable, options: LearnOptions): StepGenerator<LearnedFacts> {
  const { components = 1, treePseudoCount = 1, epochs = 10, patience, valid, seed = 0, splits } = options;
  const own = { ...growth(options), ...given({ splits }) };
  const single = yield* grown("strudel", options, mapSteps(strudelSteps(table, own), circuitOf));
  checkCount("components", components);
  if (components === 1) return single;
  const em = { components, pseudoCount: treePseudoCount, epochs, seed, ...given({ patience, valid }) };
  const settings = { ...single.settings, components, epochs };
  return yield* mapSteps(parameterMixtureSteps(single.circuit, table, em), (fit) =>
    fitted("strudel", settings, fit),
  );
}

/** What training reached. */
function fitted(structure: StructureName, settings: JsonObject, fit: FitResult): LearnedFacts {
  const { circuit, epochs, bestEpoch, validation } = fit;
  const trace = validation.length > 0 ? validation : fit.trace.slice(0, epochs);
  return { circuit, structure, settings, epochs, bestEpoch, trace };
}

function learnMixture(table: StateTable, options: LearnOptions): StepGenerator<LearnedFacts> {
  const { components = 16, treePseudoCount = 0.5, seed = 0, valid, names, epochs, patience } = options;
  const settings = { structure: "mixture-clt", components, treePseudoCount, seed };
  const own = {
    components,
    pseudoCount: treePseudoCount,
    seed,
    ...given({ valid, names, epochs, patience }),
  };
  return mapSteps(mixtureOfTreesSteps(table, own), ({ circuit, trace, bestEpoch }) => ({
    circuit,
    structure: "mixture-clt",
    settings,
    epochs: trace.length,
    bestEpoch,
    trace,
  }));
}

function learnRat(table: StateTable, options: LearnOptions): StepGenerator<LearnedFacts> {
  const { sums = 8, replicas = 4, seed = 0, depth, names, valid, patience, optimizer } = options;
  const { epochs = 30, batch = 256, rates = [0.7, 0.02], pseudoCount = 0.1 } = options;
  const circuit = ratCircuit(table, { sums, replicas, seed, ...given({ depth, names }) });
  const common = { epochs, batch, seed, ...given({ valid, patience }) };
  const steps =
    optimizer === undefined
      ? emSteps(circuit, table, { ...common, rates, pseudoCount })
      : gradientSteps(circuit, table, { ...common, optimizer });
  const trainer: JsonObject =
    optimizer === undefined ? { trainer: "em", rates: [...rates], pseudoCount } : { trainer: optimizer.name };
  const settings: JsonObject = {
    structure: "rat",
    sums,
    replicas,
    seed,
    epochs,
    batch,
    ...given({ depth }),
    ...trainer,
  };
  return mapSteps(steps as StepGenerator<FitResult>, (fit) => fitted("rat", settings, fit));
}

function* learnHclt(table: StateTable, options: LearnOptions): StepGenerator<LearnedFacts> {
  const { latents = 16, treePseudoCount = 1, seed = 0, names } = options;
  const kernels = options.backend ?? backend({ threads: 1 });
  const shape = latentTree(table.arities, chowLiuTree(table, { pseudoCount: treePseudoCount }), latents);
  const start = startParameters(shape, table, rng(seed).fork("start"));
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
  return yield* mapSteps(trainingSteps(shape, table, start, kernels, options), (trained) => ({
    circuit: latentTreeCircuit(shape, trained.parameters, names),
    structure: "hclt",
    settings,
    parameters: shape.parameterCount,
    epochs: trained.epochs,
    bestEpoch: trained.bestEpoch,
    trace: trained.trace,
    logLikelihoods: (rows: StateTable) => latentLogLikelihoods(shape, trained.parameters, rows, kernels),
  }));
}

/** By the engine that trained the tree, in double precision. */
function latentLogLikelihoods(
  shape: LatentTree,
  parameters: Float64Array,
  table: StateTable,
  kernels: Backend,
): Float64Array {
  const engine = latentEngine(shape, kernels, "float64");
  engine.load(parameters);
  const out = new Float64Array(table.rows);
  engine.logLikelihoodsInto(out, table, allRows(table.rows), 0, table.rows);
  engine.close();
  return out;
}
