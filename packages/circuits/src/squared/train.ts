/**
 * Training of squared circuits: the mean negative log-likelihood of a batch of rows,
 *
 *   L(θ) = log Z(θ) - Σ weight · log Σ_r c_r(row)² / Σ weight,
 *
 * goes down by its exact gradient, with a step of an optimizer of core per batch (Loconte et al. 2024, section 4); Z
 * costs one pass a batch, whatever its rows. Values that are missing are summed out, exactly. The step size falls
 * geometrically over the run, and the parameters of the epoch with the best validation are kept.
 *
 * The density does not depend on the size of c, so nothing has to be normalized. A row with c(x) = 0 has no gradient; it
 * makes the likelihood -Infinity until other rows move the parameters.
 */
import {
  adam,
  InvalidArgumentError,
  type Optimizer,
  type RunOptions,
  rng,
  runAsync,
  runSync,
  type StepGenerator,
} from "@credence/core";
import { type Backend, backend as chosenBackend } from "@credence/core/kernels";
import { batchesOf, batchStart, checkBatch, checkRates } from "../learn/fit.ts";
import { checkCount } from "../learn/learned.ts";
import { allRows } from "../learn/rows.ts";
import type { StateTable } from "../learn/states.ts";
import { massOf, meanOverRows } from "../learn/weights.ts";
import { checkFits, partitionOf, type SquaredEngine, squaredEngine } from "./engine.ts";
import { type SquaredCircuit, withSquaredParameters } from "./squared-circuit.ts";

/** Options of {@link trainSquared}. */
export interface SquaredTrainingOptions extends RunOptions {
  /** Passes over the rows; default 20. */
  readonly epochs?: number;
  /** Rows a batch; default 128. */
  readonly batch?: number;
  /** Step sizes at the start and at the end; default [0.005, 0.0005]. */
  readonly rates?: readonly [first: number, last: number];
  /** The optimizer of a step size; default Adam. All must share one kind of state. */
  readonly optimizer?: (learningRate: number) => Optimizer;
  /** Rows that decide which epoch's parameters are kept; default: those of the last one are. */
  readonly valid?: StateTable;
  /** Stop after this many epochs without a better validation; default: never. */
  readonly patience?: number;
  /** Runs the products of matrices; default: the fastest that runs here on the calling thread. */
  readonly backend?: Backend;
}

/** What training reached. */
export interface SquaredFit<V extends string = string> {
  readonly circuit: SquaredCircuit<V>;
  /** By epoch: the mean log-likelihood of the rows as the epoch met them, in nats per row. */
  readonly trace: readonly number[];
  /** Mean log-likelihood of the validation rows after each epoch; empty without them. */
  readonly validation: readonly number[];
  /** Epochs run, and the one whose parameters these are (0: those at the start). */
  readonly epochs: number;
  readonly bestEpoch: number;
}

/** The defaults, for those who report settings. */
export const squaredTrainingDefaults = { epochs: 20, batch: 128, rates: [0.005, 0.0005] } as const;

/**
 * Trains from the parameters that the circuit has. O(rows · parameters + batches · steps · K³) an epoch; rows with
 * missing values cost O(steps · K³) each. The same seed and backend give the same parameters.
 * @throws InvalidArgumentError for rows of other columns and options outside their range
 * @throws CredenceError `CONTRADICTION` for a circuit that is 0 everywhere
 * @throws AbortedError with what training reached so far
 */
export function trainSquared<V extends string>(
  circuit: SquaredCircuit<V>,
  table: StateTable,
  options: SquaredTrainingOptions = {},
): SquaredFit<V> {
  return runSync(squaredTrainingSteps(circuit, table, options), options);
}

/** {@link trainSquared} that lets the event loop run in between. */
export function trainSquaredAsync<V extends string>(
  circuit: SquaredCircuit<V>,
  table: StateTable,
  options: SquaredTrainingOptions = {},
): Promise<SquaredFit<V>> {
  return runAsync(squaredTrainingSteps(circuit, table, options), options);
}

/** The steps of {@link trainSquared}; one per batch. */
export function* squaredTrainingSteps<V extends string>(
  circuit: SquaredCircuit<V>,
  table: StateTable,
  options: SquaredTrainingOptions,
): StepGenerator<SquaredFit<V>> {
  const { epochs = squaredTrainingDefaults.epochs, batch = squaredTrainingDefaults.batch } = options;
  const rates = options.rates ?? squaredTrainingDefaults.rates;
  const { weights } = table;
  const { valid, patience = Number.POSITIVE_INFINITY, seed = 0 } = options;
  const { optimizer = (learningRate: number) => adam({ learningRate }) } = options;
  checkSquaredTraining(circuit.shape.arities, table, options);
  const total = massOf(table);
  const engine = squaredEngine(circuit.shape, options.backend ?? chosenBackend({ threads: 1 }));
  const parameters = circuit.parameters.slice();
  const gradient = new Float64Array(parameters.length);
  const state = optimizer(rates[0]).init(parameters.length, parameters);
  const batches = batchesOf(table.rows, batch);
  const steps = epochs * batches;
  const [trace, validation]: number[][] = [[], []];
  let best = { parameters: circuit.parameters, epoch: 0, value: Number.NEGATIVE_INFINITY };
  const result = (): SquaredFit<V> => ({
    circuit: withSquaredParameters(circuit, best.parameters),
    trace: trace.slice(),
    validation: validation.slice(),
    epochs: trace.length,
    bestEpoch: best.epoch,
  });
  const report = (step: number, metrics = {}) => {
    return { phase: "squared", step, steps, metrics, partial: result };
  };
  try {
    for (let epoch = 1; epoch <= epochs && epoch - 1 - best.epoch < patience; epoch++) {
      const order = rng(seed).fork(`epoch ${epoch}`).shuffle(allRows(table.rows));
      let logLikelihood = 0;
      for (let b = 0; b < batches; b++) {
        const place = (epoch - 1) * batches + b;
        const rate = rates[0] * (rates[1] / rates[0]) ** (place / Math.max(1, steps - 1));
        const rows = order.subarray(
          batchStart(b, table.rows, batches),
          batchStart(b + 1, table.rows, batches),
        );
        engine.load(parameters);
        logLikelihood += lossGradientInto(gradient, engine, table, rows, weights);
        optimizer(rate).updateInto(parameters, gradient, state);
        if (b + 1 < batches) yield report(place + 1);
      }
      trace.push(logLikelihood / total);
      let value = Number.NEGATIVE_INFINITY;
      if (valid !== undefined) {
        engine.load(parameters);
        value = meanOf(engine, valid);
        validation.push(value);
      }
      if (valid === undefined || value > best.value) best = { parameters: parameters.slice(), epoch, value };
      const metrics = {
        logLikelihood: trace[epoch - 1],
        ...(valid === undefined ? {} : { validation: value }),
      };
      yield report(epoch * batches, metrics);
    }
  } finally {
    engine.close();
  }
  return result();
}

/** Sets `gradient` to that of L; returns Σ weight · log P(row). */
function lossGradientInto(
  gradient: Float64Array,
  engine: SquaredEngine,
  table: StateTable,
  rows: Int32Array,
  weights: ArrayLike<number> | undefined,
): number {
  gradient.fill(0);
  const logZ = partitionOf(engine);
  const logs = new Float64Array(rows.length);
  engine.gradientInto(gradient, logs, table, rows, 0, rows.length, weights);
  let [sum, weight] = [0, 0];
  rows.forEach((row, i) => {
    const own = weights?.[row] ?? 1;
    weight += own;
    if (own > 0) sum += own * (logs[i] - logZ);
  });
  for (let i = 0; i < gradient.length; i++) gradient[i] = weight > 0 ? -gradient[i] / weight : 0;
  if (weight > 0) engine.partitionGradientInto(gradient, 1);
  return sum;
}

/** Mean log-likelihood of all rows under the parameters that the engine holds. */
function meanOf(engine: SquaredEngine, table: StateTable): number {
  const logs = new Float64Array(table.rows);
  engine.logSquaresInto(logs, table, allRows(table.rows), 0, table.rows);
  return meanOverRows(logs, table) - partitionOf(engine);
}

/** @throws InvalidArgumentError for rows of other columns and options outside their range */
export function checkSquaredTraining(
  arities: readonly number[],
  table: StateTable,
  { epochs = 1, batch = 1, rates = [1, 1], patience = 1, valid }: SquaredTrainingOptions,
): void {
  checkFits(arities, table);
  if (valid !== undefined) checkFits(arities, valid);
  checkCount("epochs", epochs);
  checkBatch(batch);
  checkRates(rates, Number.POSITIVE_INFINITY);
  if (!(patience >= 1)) throw new InvalidArgumentError("patience", patience, "a number of epochs from 1");
}
