/**
 * Mini-batch expectation maximization of a latent tree. After every batch, with counts c of its expected statistics,
 *
 *   θ ← (1 - η) θ + η (c + α / k) / (Σ c + α)       (rows of k parameters)
 *
 * where η falls geometrically from 0.7 to 0.01 over the run. Three things decide how far this gets (each is worth
 * 0.3 nats or more on the plants data):
 *
 *   - all batches have the same number of rows, up to one: a last batch of a few rows would pull the parameters
 *     towards these rows with the full rate;
 *   - α is per batch, and small: it comes back with every batch;
 *   - the start has latent states that are likely to agree with their parent's, see `startParameters`.
 *
 * The parameters of the epoch with the best validation data are kept.
 */
import {
  InvalidArgumentError,
  type Precision,
  type Rng,
  type RunOptions,
  rng,
  type StepGenerator,
} from "@credence/core";
import type { Backend } from "@credence/core/kernels";
import { checkRates } from "./fit.ts";
import { type LatentEngine, latentEngine } from "./latent-engine.ts";
import { type LatentTree, normalizeRows, parameterRows } from "./latent-tree.ts";
import type { StateTable } from "./states.ts";
import { massOf, meanOverRows } from "./weights.ts";

/** Options of training. */
export interface TrainingOptions extends RunOptions {
  /** Passes over the training rows; default 24. */
  readonly epochs?: number;
  /** Rows a batch; default 256. */
  readonly batch?: number;
  /** α; default 0.005. */
  readonly pseudoCount?: number;
  /** Step sizes at the start and at the end; default [0.7, 0.01]. */
  readonly rates?: readonly [first: number, last: number];
  /** Stop after this many epochs without a better validation; default: never. */
  readonly patience?: number;
  /** Data to select the epoch with; default: the last epoch is taken. */
  readonly valid?: StateTable;
  /** Of the numbers in the passes; default `float32`. */
  readonly precision?: Precision;
}

/** What training reached. */
export interface Trained {
  readonly parameters: Float64Array;
  /** Epochs run, and the one whose parameters these are. */
  readonly epochs: number;
  readonly bestEpoch: number;
  /** Mean log-likelihood of the validation data (of the training data without them), by epoch. */
  readonly trace: readonly number[];
}

/** The defaults, for those who report settings. */
export const trainingDefaults = { epochs: 24, batch: 256, pseudoCount: 0.005, rates: [0.7, 0.01] } as const;

/**
 * A start that breaks the symmetry of the latent states: transitions at random with 4 · H added on the diagonal,
 * emissions at random around the frequencies of the data.
 */
export function startParameters(tree: LatentTree, table: StateTable, random: Rng): Float64Array {
  const parameters = new Float64Array(tree.parameterCount);
  const h = tree.latents;
  tree.arities.forEach((arity, v) => {
    const rows = tree.parents[v] < 0 ? 1 : h;
    for (let z = 0; z < rows; z++) {
      for (let y = 0; y < h; y++) {
        const extra = rows > 1 && z === y ? 4 * h : 0;
        parameters[tree.transitions[v] + z * h + y] = 0.5 + random() + extra;
      }
    }
    const frequencies = new Float64Array(arity).fill(1);
    for (let r = 0; r < table.rows; r++) {
      const state = table.columns[v * table.rows + r];
      if (state < arity) frequencies[state] += table.weights?.[r] ?? 1;
    }
    const total = frequencies.reduce((a, b) => a + b, 0);
    for (let z = 0; z < h; z++) {
      for (let x = 0; x < arity; x++) {
        parameters[tree.emissions[v] + z * arity + x] = (frequencies[x] / total + 0.25 / arity) * random();
      }
    }
  });
  normalizeRows(tree, parameters);
  return parameters;
}

/** Checks the options of training. @throws InvalidArgumentError */
export function checkTraining(options: TrainingOptions): void {
  const { epochs = 1, batch = 1, pseudoCount = 0, rates = [0.5, 0.5], patience = 1 } = options;
  if (!(Number.isInteger(epochs) && epochs >= 1)) {
    throw new InvalidArgumentError("epochs", epochs, "an integer from 1");
  }
  if (!(Number.isInteger(batch) && batch >= 1))
    throw new InvalidArgumentError("batch", batch, "an integer from 1");
  if (!(pseudoCount >= 0 && pseudoCount < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError("pseudoCount", pseudoCount, "a number from 0");
  }
  checkRates(rates, 1);
  if (!(patience >= 1)) throw new InvalidArgumentError("patience", patience, "a number of epochs from 1");
}

/** Trains from `start`; one step per epoch. */
export function* trainingSteps(
  tree: LatentTree,
  table: StateTable,
  start: Float64Array,
  backend: Backend,
  options: TrainingOptions,
): StepGenerator<Trained> {
  checkTraining(options);
  const { epochs = trainingDefaults.epochs, batch = trainingDefaults.batch, valid, patience } = options;
  const { pseudoCount = trainingDefaults.pseudoCount, precision = "float32" } = options;
  const [first, last] = options.rates ?? trainingDefaults.rates;
  const engine = latentEngine(tree, backend, precision);
  const parameters = start.slice();
  const counts = new Float64Array(tree.parameterCount);
  const rows = parameterRows(tree);
  const mass = massOf(table);
  const random = rng(options.seed ?? 0).fork("batches");
  const order = Int32Array.from({ length: table.rows }, (_, r) => r);
  const batches = Math.max(1, Math.round(table.rows / batch));
  const decay = (last / first) ** (1 / Math.max(1, epochs * batches - 1));
  const trace: number[] = [];
  let best = { parameters: start, epoch: 0, value: Number.NEGATIVE_INFINITY };
  let rate = first;
  const result = (): Trained => ({
    parameters: best.parameters,
    epochs: trace.length,
    bestEpoch: best.epoch,
    trace: trace.slice(),
  });
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      random.shuffle(order);
      let total = 0;
      for (let b = 0; b < batches; b++) {
        const from = Math.floor((b * table.rows) / batches);
        const to = Math.floor(((b + 1) * table.rows) / batches);
        engine.load(parameters);
        total += engine.countInto(counts, table, order, from, to, table.weights);
        blend(parameters, counts, rows, rate, pseudoCount);
        rate *= decay;
      }
      engine.load(parameters);
      const value = valid === undefined ? total / mass : meanOf(engine, valid);
      trace.push(value);
      if (valid === undefined || value > best.value) best = { parameters: parameters.slice(), epoch, value };
      yield {
        phase: "training",
        step: epoch,
        steps: epochs,
        metrics: { logLikelihood: value },
        partial: result,
      };
      if (patience !== undefined && epoch - best.epoch >= patience) break;
    }
  } finally {
    engine.close();
  }
  return result();
}

/** One step of the parameters towards the counts. */
function blend(
  parameters: Float64Array,
  counts: Float64Array,
  rows: readonly { readonly from: number; readonly length: number }[],
  rate: number,
  pseudoCount: number,
): void {
  for (const { from, length } of rows) {
    let total = pseudoCount;
    for (let i = from; i < from + length; i++) total += counts[i];
    // No row of the batch says anything of these parameters.
    if (!(total > 0)) continue;
    const scale = rate / total;
    const extra = (scale * pseudoCount) / length;
    const keep = 1 - rate;
    for (let i = from; i < from + length; i++)
      parameters[i] = keep * parameters[i] + scale * counts[i] + extra;
  }
}

/** Mean log-likelihood of all rows under the parameters that the engine holds. */
function meanOf(engine: LatentEngine, table: StateTable): number {
  const out = new Float64Array(table.rows);
  const order = Int32Array.from({ length: table.rows }, (_, r) => r);
  engine.logLikelihoodsInto(out, table, order, 0, table.rows);
  return meanOverRows(out, table);
}
