/**
 * What all training of circuits shares: passes over the rows in batches, an update of the parameters after each, and
 * the choice of the best epoch. What an update is, expectation maximization (em.ts) or a gradient step (gradient.ts),
 * is a value; both live on the same expected counts. Rows are at hand (here) or come from a file (stream.ts).
 *
 * All batches of an epoch have the same number of rows, up to one: a last batch of a few rows would pull as hard as
 * the others. Every epoch has an order of its own that depends on the seed and the epoch alone, so that training may
 * stop and go on from a checkpoint, with the very numbers that it would have had.
 */
import {
  InvalidArgumentError,
  type Matrix,
  type OptimizerState,
  type RunOptions,
  rng,
  type StepGenerator,
} from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { poolEdgesInto, poolInputsInto } from "../circuit/tying.ts";
import { requireProperties } from "../queries/evidence.ts";
import type { ExpectedCounts } from "./flow-engine.ts";
import { type FlowEngine, flowEngine } from "./flow-engine.ts";
import { weightedMean } from "./log-likelihoods.ts";
import { allRows, type ReadyRows, readyRows } from "./rows.ts";
import type { StateTable } from "./states.ts";

/** Options of all training. */
export interface FitOptions<V extends string = string> extends RunOptions {
  /** Passes over the rows; default 20 (1 where EM has a closed form). */
  readonly epochs?: number;
  /** Rows that decide which epoch's parameters are kept; default: those of the last one are. */
  readonly valid?: Matrix | StateTable;
  /** Stop after this many epochs without a better validation; default: never. */
  readonly patience?: number;
  /** Goes on where another call with the same other options stopped. */
  readonly resume?: Checkpoint<V>;
}

/** Options of training on rows at hand. */
export interface RowFitOptions<V extends string = string> extends FitOptions<V> {
  /** Rows a batch; default all for EM, 256 for gradients. */
  readonly batch?: number;
  /** How often each row counts, from 0; default: what the table says, which is once unless it has weights. */
  readonly weights?: ArrayLike<number>;
}

/** Where training stands between two epochs. */
export interface Checkpoint<V extends string = string> {
  /** Epochs done. */
  readonly epochs: number;
  /** The circuit after them, which need not be the best one. */
  readonly circuit: Circuit<V>;
  readonly best: { readonly circuit: Circuit<V>; readonly epoch: number; readonly value: number };
  readonly trace: readonly number[];
  readonly validation: readonly number[];
  /** What the updates remember, by name: plain arrays, as an artifact holds them. */
  readonly memory: OptimizerState;
}

/** What training reached. */
export interface FitResult<V extends string = string> {
  readonly circuit: Circuit<V>;
  /** By epoch: the mean log-likelihood of the rows as the epoch met them, in nats per row. */
  readonly trace: readonly number[];
  /** Mean log-likelihood of the validation rows after each epoch; empty without them. */
  readonly validation: readonly number[];
  /** Epochs run, and the one whose parameters these are (0: those at the start). */
  readonly epochs: number;
  readonly bestEpoch: number;
  /** Hand it to `resume` to go on. */
  readonly checkpoint: Checkpoint<V>;
}

/** Where a batch stands. */
export interface BatchPlace {
  /** Weight of its rows, and of all rows. */
  readonly weight: number;
  readonly total: number;
  /** From 0 at the first batch of all to 1 at the last one. */
  readonly progress: number;
}

/** How parameters follow from the counts of a batch. */
export interface Update<V extends string = string> {
  readonly memory: OptimizerState;
  step(circuit: Circuit<V>, counts: ExpectedCounts, place: BatchPlace): Circuit<V>;
}

/** A way of training. */
export interface FitMethod<V extends string = string> {
  /** What progress calls it. */
  readonly phase: string;
  /** 1 for the variables whose probability given the others is maximized; undefined: that of all. */
  readonly targets: Uint8Array | undefined;
  /** The update, with what it remembered at a checkpoint. */
  update(engine: FlowEngine, memory: OptimizerState | undefined): Update<V>;
}

/** Training under way. A batch is one or more calls of `count`, and one of `update`. */
export interface Fit<V extends string = string> {
  readonly phase: string;
  /** Epochs done. */
  readonly epoch: number;
  /** Adds the counts of rows to those of the batch. Yields within large stretches. */
  count(rows: ReadyRows, order: Int32Array, from: number, to: number): Generator<void, void, void>;
  /** Ends a batch: new parameters. */
  update(total: number, progress: number): void;
  /** Ends an epoch over rows of this total weight: validates. Says whether to stop. */
  endEpoch(total: number): boolean;
  result(): FitResult<V>;
  /** The numbers of the last epoch, for progress. */
  metrics(): Record<string, number>;
  /** Gives memory back; results stay. */
  close(): void;
}

/** About how many edges times rows are worked through between two pauses. */
const workPerPause = 4e6;

/**
 * Prepares training.
 * @throws InvalidArgumentError for options outside their range or validation rows outside the domains
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable
 */
export function startFit<V extends string>(
  start: Circuit<V>,
  method: FitMethod<V>,
  options: FitOptions<V>,
): Fit<V> {
  requireProperties(start, method.phase, ["smooth", "decomposable"]);
  checkFit(start, options);
  const { patience = Number.POSITIVE_INFINITY, resume } = options;
  const valid = options.valid === undefined ? undefined : readyRows(start, options.valid);
  const engine = flowEngine(start);
  const counts = engine.emptyCounts();
  const update = method.update(engine, resume?.memory);
  const trace = [...(resume?.trace ?? [])];
  const validation = [...(resume?.validation ?? [])];
  let circuit = resume?.circuit ?? start;
  let best = resume?.best ?? { circuit, epoch: 0, value: Number.NEGATIVE_INFINITY };
  let epoch = resume?.epochs ?? 0;
  let [weight, logLikelihood] = [0, 0];
  const { targets, phase } = method;
  engine.load(circuit);
  return {
    phase,
    get epoch() {
      return epoch;
    },
    *count(rows, order, from, to) {
      const chunk = Math.max(256, Math.floor(workPerPause / (start.edges + 1)));
      for (let first = from; first < to; first += chunk) {
        if (first > from) yield;
        const end = Math.min(to, first + chunk);
        logLikelihood += engine.countInto(counts, rows, order, first, end);
        if (targets !== undefined) {
          logLikelihood += engine.countInto(counts, rows, order, first, end, targets, -1);
        }
      }
      weight += weightOf(rows, order, from, to);
    },
    update(total, progress) {
      poolEdgesInto(start, counts.edges);
      poolInputsInto(start, counts.inputs, engine.statisticOffsets);
      if (weight > 0) circuit = update.step(circuit, counts, { weight, total, progress });
      engine.load(circuit);
      counts.edges.fill(0);
      counts.inputs.fill(0);
      weight = 0;
    },
    endEpoch(total) {
      epoch++;
      trace.push(logLikelihood / total);
      logLikelihood = 0;
      if (valid === undefined) best = { circuit, epoch, value: Number.NEGATIVE_INFINITY };
      else {
        const value = meanOf(engine, valid, targets);
        validation.push(value);
        if (value > best.value) best = { circuit, epoch, value };
      }
      return epoch - best.epoch >= patience;
    },
    close: engine.close,
    metrics: () => ({
      ...(trace.length > 0 ? { logLikelihood: trace[trace.length - 1] } : {}),
      ...(validation.length > 0 ? { validation: validation[validation.length - 1] } : {}),
    }),
    result: () => {
      const history = { trace: trace.slice(), validation: validation.slice() };
      const checkpoint = { ...history, epochs: epoch, circuit, best, memory: copied(update.memory) };
      return { ...history, circuit: best.circuit, epochs: epoch, bestEpoch: best.epoch, checkpoint };
    },
  };
}

/** Trains on rows at hand; one step per batch, and some within large ones. */
export function* fitSteps<V extends string>(
  start: Circuit<V>,
  rows: ReadyRows,
  method: FitMethod<V>,
  batch: number,
  options: FitOptions<V>,
): StepGenerator<FitResult<V>> {
  const fit = startFit(start, method, options);
  const { epochs = 20, seed = 0 } = options;
  const batches = batchesOf(rows.rows, batch);
  const steps = epochs * batches;
  const step = (done: number, metrics = {}) => {
    return { phase: fit.phase, step: done, steps, metrics, partial: fit.result };
  };
  try {
    while (fit.epoch < epochs) {
      const order = allRows(rows.rows);
      if (batches > 1) rng(seed).fork(`epoch ${fit.epoch}`).shuffle(order);
      const before = fit.epoch * batches;
      for (let b = 0; b < batches; b++) {
        const work = fit.count(
          rows,
          order,
          batchStart(b, rows.rows, batches),
          batchStart(b + 1, rows.rows, batches),
        );
        for (const _ of work) yield step(before + b);
        fit.update(rows.total, steps > 1 ? (before + b) / (steps - 1) : 0);
        if (b + 1 < batches) yield step(before + b + 1);
      }
      const stop = fit.endEpoch(rows.total);
      yield step(before + batches, fit.metrics());
      if (stop) break;
    }
  } finally {
    fit.close();
  }
  return fit.result();
}

/** How many batches of about `batch` rows make an epoch. */
export function batchesOf(rows: number, batch: number): number {
  return Math.max(1, Math.round(rows / batch));
}

/** The first row of a batch; batches have equal numbers of rows, up to one. */
export function batchStart(batch: number, rows: number, batches: number): number {
  return Math.floor((batch * rows) / batches);
}

function checkFit(start: Circuit, { epochs = 1, patience = 1, resume }: FitOptions): void {
  if (!(Number.isInteger(epochs) && epochs >= 0))
    throw new InvalidArgumentError("epochs", epochs, "an integer from 0");
  if (!(patience >= 1)) throw new InvalidArgumentError("patience", patience, "a number of epochs from 1");
  if (resume !== undefined && (resume.circuit.size !== start.size || resume.circuit.edges !== start.edges)) {
    throw new InvalidArgumentError("resume", "a checkpoint of another circuit", "one of this circuit");
  }
}

/** @throws InvalidArgumentError unless there are two rates, above 0 and at most `most` */
export function checkRates(rates: readonly number[], most: number): void {
  if (!(Array.isArray(rates) && rates.length === 2))
    throw new InvalidArgumentError("rates", rates, "two numbers, the first rate and the last");
  const expected = most < Number.POSITIVE_INFINITY ? `a number above 0, at most ${most}` : "a number above 0";
  for (const rate of rates) {
    if (!(Number.isFinite(rate) && rate > 0 && rate <= most))
      throw new InvalidArgumentError("A rate", rate, expected);
  }
}

/** @throws InvalidArgumentError unless the batch is a number of rows */
export function checkBatch(batch: number): void {
  if (!(Number.isInteger(batch) && batch >= 1))
    throw new InvalidArgumentError("batch", batch, "an integer from 1");
}

function weightOf({ weights }: ReadyRows, order: Int32Array, from: number, to: number): number {
  if (weights === undefined) return to - from;
  let total = 0;
  for (let i = from; i < to; i++) total += weights[order[i]];
  return total;
}

/** Mean log-likelihood under the parameters that the engine holds; with targets, of these given the others. */
function meanOf(engine: FlowEngine, rows: ReadyRows, targets: Uint8Array | undefined): number {
  const order = allRows(rows.rows);
  const logs = new Float64Array(rows.rows);
  engine.logLikelihoodsInto(logs, rows, order, 0, rows.rows);
  if (targets !== undefined) {
    const others = new Float64Array(rows.rows);
    engine.logLikelihoodsInto(others, rows, order, 0, rows.rows, targets);
    for (let r = 0; r < rows.rows; r++) logs[r] -= others[r];
  }
  return weightedMean(logs, rows);
}

function copied(memory: OptimizerState): OptimizerState {
  return Object.fromEntries(Object.entries(memory).map(([name, array]) => [name, array.slice()]));
}
