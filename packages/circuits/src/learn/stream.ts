/**
 * Training on more rows than memory holds: they come in blocks, once per epoch, from a source that can be opened again.
 *
 *   trainEmStream(circuit, () => stateBlocks(readText("rows.csv.gz"), { arities }), { valid })
 *
 * Batches are those of training in memory (see fit.ts), equal up to one row, and go on over the ends of blocks; only
 * rows are in another order: that of the file, shuffled within each block. In full batches nothing differs but the
 * order of summation. The result depends on rows, blocks and seed, not on how the text came in pieces.
 */
import {
  adam,
  InvalidArgumentError,
  type Matrix,
  type Rng,
  type RunOptions,
  rng,
  runAsync,
  type StepGenerator,
} from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { type EmOptions, em, normalizedStart } from "./em.ts";
import {
  batchesOf,
  batchStart,
  checkBatch,
  type Fit,
  type FitMethod,
  type FitOptions,
  type FitResult,
  startFit,
} from "./fit.ts";
import { type GradientOptions, gradientAscent } from "./gradient.ts";
import { allRows, type ReadyRows, readyRows } from "./rows.ts";
import type { StateTable } from "./states.ts";

/** Opens the rows anew: blocks of states, or matrices in which NaN is missing. Called once per pass. */
export type RowSource = () => AsyncIterable<StateTable | Matrix>;

/** What streaming adds to the options of training. */
export interface StreamOptions {
  /**
   * How many rows there are, if that is known and each counts once; default: a first pass counts (and checks) them and
   * their weights.
   */
  readonly rows?: number;
}

/**
 * EM over a stream, in batches of 1024 rows unless `batch` says otherwise (Infinity: one step per pass). Memory: one
 * block, and the validation rows.
 * @throws InvalidArgumentError for rows outside the domains, options outside their range, rows that the circuit gives
 *   no probability, and a source that has another number of rows each time
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable
 * @throws AbortedError with what training reached so far
 */
export function trainEmStream<V extends string>(
  circuit: Circuit<V>,
  source: RowSource,
  options: Omit<EmOptions<V>, "weights"> & StreamOptions = {},
): Promise<FitResult<V>> {
  const { batch = 1024, pseudoCount = 0 } = options;
  const rates = options.rates ?? (batch === Number.POSITIVE_INFINITY ? [1, 1] : [0.7, 0.02]);
  return streamFit(normalizedStart(circuit), source, em({ rates, pseudoCount }), batch, options);
}

/** {@link trainGradient} over a stream, in batches of 1024 rows unless `batch` says otherwise. @throws as both */
export function trainGradientStream<V extends string>(
  circuit: Circuit<V>,
  source: RowSource,
  options: Omit<GradientOptions<V>, "weights"> & StreamOptions = {},
): Promise<FitResult<V>> {
  const { batch = 1024, optimizer = adam({ learningRate: 0.01 }), targets } = options;
  return streamFit(circuit, source, gradientAscent(circuit, optimizer, targets), batch, options);
}

async function streamFit<V extends string>(
  circuit: Circuit<V>,
  source: RowSource,
  method: FitMethod<V>,
  batch: number,
  options: FitOptions<V> & StreamOptions,
): Promise<FitResult<V>> {
  if (batch !== Number.POSITIVE_INFINITY) checkBatch(batch);
  const { epochs = 20, seed = 0 } = options;
  const fit = startFit(circuit, method, options);
  try {
    const { rows, total } = await sizeOf(circuit, source, options);
    const plan = { rows, total, batches: batchesOf(rows, batch), epochs };
    while (fit.epoch < epochs) {
      const random = rng(seed).fork(`epoch ${fit.epoch}`);
      let [seen, weight] = [0, 0];
      for await (const block of source()) {
        const ready = readyRows(circuit, block);
        checkCount(seen + ready.rows, rows, seen + ready.rows <= rows);
        await runAsync(blockSteps(fit, ready, seen, plan, random.fork(`row ${seen}`)), options);
        seen += ready.rows;
        weight += ready.total;
      }
      checkCount(seen, rows, seen === rows);
      checkWeight(weight, total);
      if (fit.endEpoch(total)) break;
    }
    return fit.result();
  } finally {
    fit.close();
  }
}

interface StreamPlan {
  readonly rows: number;
  /** Their weight. */
  readonly total: number;
  readonly batches: number;
  readonly epochs: number;
}

/** One block, whose first row is row `seen` of the epoch. */
function* blockSteps<V extends string>(
  fit: Fit<V>,
  block: ReadyRows,
  seen: number,
  { rows, total, batches, epochs }: StreamPlan,
  random: Rng,
): StepGenerator<FitResult<V>> {
  const order = random.shuffle(allRows(block.rows));
  const steps = epochs * batches;
  const before = fit.epoch * batches;
  const step = (done: number) => {
    return { phase: fit.phase, step: done, steps, metrics: fit.metrics(), partial: fit.result };
  };
  let b = Math.floor((seen * batches) / rows);
  while (batchStart(b + 1, rows, batches) <= seen) b++;
  for (let at = 0; at < block.rows; ) {
    const end = batchStart(b + 1, rows, batches);
    const to = Math.min(block.rows, end - seen);
    const work = fit.count(block, order, at, to);
    for (const _ of work) yield step(before + b);
    at = to;
    if (seen + at < end) break;
    fit.update(total, steps > 1 ? (before + b) / (steps - 1) : 0);
    b++;
    yield step(before + b);
  }
  return fit.result();
}

/** How many rows a pass has, and their weight. */
async function sizeOf(
  circuit: Circuit,
  source: RowSource,
  options: RunOptions & StreamOptions,
): Promise<{ readonly rows: number; readonly total: number }> {
  if (options.rows !== undefined) {
    checkRows(options.rows);
    return { rows: options.rows, total: options.rows };
  }
  let [rows, total] = [0, 0];
  for await (const block of source()) {
    const ready = readyRows(circuit, block);
    rows += ready.rows;
    total += ready.total;
    await runAsync(pause(rows), options);
  }
  checkRows(rows);
  return { rows, total };
}

function checkRows(rows: number): void {
  if (!(Number.isInteger(rows) && rows >= 1))
    throw new InvalidArgumentError("rows", rows, "an integer from 1");
}

function* pause(rows: number): StepGenerator<void> {
  yield { phase: "counting rows", step: rows, steps: rows, metrics: {} };
}

function checkCount(found: number, rows: number, good: boolean): void {
  if (good) return;
  throw new InvalidArgumentError(
    "The number of rows of a pass",
    found,
    `${rows}, as before`,
    "Open the same rows each time.",
  );
}

/** Σ of the weights of a pass, which comes out the same to the last bit as long as the blocks are the same. */
function checkWeight(found: number, total: number): void {
  if (Math.abs(found - total) <= 1e-9 * total) return;
  throw new InvalidArgumentError(
    "The weight of the rows of a pass",
    found,
    `${total}, as before`,
    "Open the same rows each time; leave `rows` out where rows are weighted.",
  );
}
