/**
 * Squared circuits learned from tables of states: a shape, a start and training. The shape is that of a hidden Chow-Liu
 * tree (structures/latent-tree-circuit.ts), or any other; what is gained is that parameters may be negative.
 *
 * Where to start decides more than anything else, since c(x)² has no EM and gradients from a random start stay on
 * plateaus (plants, K = 16, R = 1, 20 epochs: -15.4 nats). A few epochs of EM on the tree as a mixture, P(x) =
 * Σ_z P(x, z), and the roots of its parameters give
 *
 *   c_r(x) = Σ_{z : z_root mod R = r}  √P(x, z),
 *
 * whose squares are P(x) up to cross terms of latent states, which training then shapes (plants: -12.9, with R = K
 * -12.7). With R = K the root's states have no cross terms. Other shapes start from positive random numbers: tables
 * around the roots of the frequencies, matrices with their diagonals enlarged.
 */
import { type JsonObject, rng, runAsync, runSync, type Step, type StepGenerator } from "@credence/core";
import { type Backend, backend as chosenBackend } from "@credence/core/kernels";
import { chowLiuTree } from "../learn/chow-liu.ts";
import { type LatentTree, latentTree } from "../learn/latent-tree.ts";
import { checkCount, type LearnedCircuit } from "../learn/learned.ts";
import { countedRows } from "../learn/select.ts";
import type { StateTable } from "../learn/states.ts";
import { mapSteps } from "../learn/steps.ts";
import { startParameters, trainingSteps } from "../learn/train-latent-tree.ts";
import { meanOverRows } from "../learn/weights.ts";
import { frequenciesOf } from "../structures/rat.ts";
import { squaredLogLikelihoods } from "./likelihood.ts";
import { type SquaredShape, squaredTreeShape } from "./shape.ts";
import { type SquaredCircuit, squaredCircuit } from "./squared-circuit.ts";
import {
  checkSquaredTraining,
  type SquaredTrainingOptions,
  squaredTrainingDefaults,
  squaredTrainingSteps,
} from "./train.ts";

/** Options of {@link learnSquared}; those of training, and what is trained. */
export interface LearnSquaredOptions extends SquaredTrainingOptions {
  /** K, the length of the vectors; default 16. */
  readonly units?: number;
  /** R, the number of squares; default K, which costs nothing and learns better than 1. */
  readonly squares?: number;
  /** The shape to train, which decides `units` and `squares`; default: that of the Chow-Liu tree. */
  readonly shape?: SquaredShape;
  /**
   * Passes of EM over the rows before the roots are taken; without a `shape` only. Default 8.
   */
  readonly startEpochs?: number;
  /** a of the Chow-Liu tree (see `chowLiuTree`); default 1. */
  readonly treePseudoCount?: number;
  /** The names of the variables; default x0, x1, ... */
  readonly names?: readonly string[];
}

/** A learned squared circuit: what a `LearnedCircuit` has, with another kind of circuit. */
export interface LearnedSquared extends Omit<LearnedCircuit, "circuit"> {
  readonly circuit: SquaredCircuit;
}

/**
 * Learns a squared circuit. The same seed and backend give the same circuit.
 * @throws InvalidArgumentError for options outside their range, and validation data of other columns
 * @throws AbortedError with the best circuit so far
 */
export function learnSquared(table: StateTable, options: LearnSquaredOptions = {}): LearnedSquared {
  return runSync(learnSquaredSteps(table, options), options);
}

/** {@link learnSquared} that lets the event loop run in between. */
export function learnSquaredAsync(
  table: StateTable,
  options: LearnSquaredOptions = {},
): Promise<LearnedSquared> {
  return runAsync(learnSquaredSteps(table, options), options);
}

function* learnSquaredSteps(all: StateTable, options: LearnSquaredOptions): StepGenerator<LearnedSquared> {
  const { seed = 0, names } = options;
  checkSquaredTraining(options.shape?.arities ?? all.arities, all, options);
  const table = countedRows(all);
  const { epochs = squaredTrainingDefaults.epochs, batch = squaredTrainingDefaults.batch } = options;
  const rates = options.rates ?? squaredTrainingDefaults.rates;
  const kernels = options.backend ?? chosenBackend({ threads: 1 });
  const started =
    options.shape === undefined
      ? yield* treeStart(table, { ...options, backend: kernels })
      : { shape: options.shape, parameters: squaredStart(options.shape, table, seed), settings: {} };
  const { shape } = started;
  const start = squaredCircuit(shape, started.parameters, names);
  const settings: JsonObject = {
    structure: "squared",
    units: shape.units,
    squares: shape.squares,
    seed,
    ...started.settings,
    epochs,
    batch,
    rates: [...rates],
  };
  return yield* mapSteps(
    squaredTrainingSteps(start, table, { ...options, backend: kernels }),
    ({ circuit, trace, validation, epochs, bestEpoch }): LearnedSquared => {
      const logLikelihoods = (rows: StateTable) => squaredLogLikelihoods(circuit, rows, kernels);
      return {
        circuit,
        structure: "squared",
        settings,
        parameters: shape.parameterCount,
        epochs,
        bestEpoch,
        trace: validation.length > 0 ? validation : trace,
        logLikelihoods,
        meanLogLikelihood: (rows) => meanOverRows(logLikelihoods(rows), rows),
      };
    },
  );
}

/** Where training starts. */
interface Start {
  readonly shape: SquaredShape;
  readonly parameters: Float64Array;
  readonly settings: JsonObject;
}

/** The roots of the parameters of a hidden Chow-Liu tree after some epochs of EM. */
function* treeStart(
  table: StateTable,
  options: LearnSquaredOptions & { readonly backend: Backend },
): Generator<Step<never>, Start, void> {
  const { units = 16, squares = units, treePseudoCount = 1, startEpochs = 8, seed = 0, backend } = options;
  checkCount("startEpochs", startEpochs);
  const chowLiu = chowLiuTree(table, { pseudoCount: treePseudoCount });
  const shape = squaredTreeShape(table.arities, chowLiu, { units, squares });
  const tree = latentTree(table.arities, chowLiu, units);
  const first = startParameters(tree, table, rng(seed).fork("start"));
  const steps = trainingSteps(tree, table, first, backend, { seed, epochs: startEpochs });
  let next = steps.next();
  for (; !next.done; next = steps.next()) yield { ...next.value, phase: "start", partial: undefined };
  const parameters = rootsOf(shape, tree, next.value.parameters);
  return { shape, parameters, settings: { treePseudoCount, startEpochs } };
}

/**
 * The parameters of a squared circuit of the same tree: tables √E and matrices √W. Where a variable has no children its
 * latent variable is summed out before the root is taken.
 */
function rootsOf(shape: SquaredShape, tree: LatentTree, learned: Float64Array): Float64Array {
  const { units, steps, arities, parameterCount } = shape;
  const { parents, transitions, emissions } = tree;
  const parameters = new Float64Array(parameterCount);
  const leaf = new Uint8Array(arities.length).fill(1);
  for (const parent of parents) if (parent >= 0) leaf[parent] = 0;
  let variable = -1;
  for (const step of steps) {
    if (step.kind === "table") {
      variable = step.variable;
      const arity = arities[variable];
      const alone = leaf[variable] === 1 && parents[variable] >= 0;
      for (let z = 0; z < units; z++) {
        for (let x = 0; x < arity; x++) {
          let sum = alone ? 0 : learned[emissions[variable] + z * arity + x];
          for (let y = 0; alone && y < units; y++)
            sum +=
              learned[transitions[variable] + z * units + y] * learned[emissions[variable] + y * arity + x];
          parameters[step.at + z * arity + x] = Math.sqrt(sum);
        }
      }
    } else if (step.kind === "dense") {
      const root = parents[variable] < 0;
      for (let r = 0; r < step.rows; r++) {
        for (let z = 0; z < units; z++) {
          const weight = learned[transitions[variable] + (root ? z : r * units + z)];
          // The squares share the states of the root's latent variable.
          parameters[step.at + r * units + z] = root && z % step.rows !== r ? 0 : Math.sqrt(weight);
        }
      }
    }
  }
  return parameters;
}

/**
 * Parameters to start from, all positive. Deterministic in the seed.
 * @param table of as many columns as the shape has variables
 */
export function squaredStart(
  shape: SquaredShape,
  table: StateTable,
  seed: number | string = 0,
): Float64Array {
  const { units, steps, arities, parameterCount } = shape;
  const random = rng(seed).fork("start");
  const parameters = new Float64Array(parameterCount);
  for (const step of steps) {
    if (step.kind === "table") {
      const roots = frequenciesOf(table, step.variable, arities[step.variable]).map(Math.sqrt);
      for (let k = 0; k < units; k++) {
        roots.forEach((root, x) => {
          parameters[step.at + k * roots.length + x] = root * (0.2 + 1.6 * random());
        });
      }
    } else if (step.kind === "dense") {
      for (let r = 0; r < step.rows; r++) {
        for (let k = 0; k < units; k++)
          parameters[step.at + r * units + k] = (0.5 + random() + (r === k ? 4 * units : 0)) / (5 * units);
      }
    }
  }
  return parameters;
}
