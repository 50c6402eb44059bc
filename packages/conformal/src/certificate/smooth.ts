/**
 * Gaussian smoothing of any function of rows, by Monte Carlo: every row x becomes `samples` noisy copies x +
 * σε, the function maps each copy to one number per class, and its largest entry is the copy's vote. The
 * function may be a whole pipeline (networks, then reasoning, then a decision): smoothing after reasoning
 * certifies the answer itself and pays for one perturbation once, where bounds on each network's output would
 * pay once per network.
 *
 * Each row has its own stream of noise, forked by its number, and copies come in fixed blocks: a row's votes
 * depend on the seed, its number, its content and `samples`, and on nothing else.
 */
import {
  floatArray,
  InvalidArgumentError,
  type Matrix,
  type MatrixInput,
  normalsInto,
  precisionOf,
  type RunOptions,
  rng,
  runAsync,
  runSync,
  type StepGenerator,
  toMatrix,
} from "@credence/core";
import { checkCount } from "../errors.ts";
import { checkSigma } from "./gaussian-shift.ts";

/**
 * A function of many rows at once: reads `inputs` (copies × features) and writes one number per class to
 * every row of `out` (copies × classes, zeros at first). Both arrays are reused by the next call.
 */
export type BatchFunction = (inputs: Matrix, out: Matrix) => void;

/** Options of smoothing; `seed` makes the noise. */
export interface SmoothOptions extends RunOptions {
  /** How many numbers the function gives for each row; at least 2. */
  readonly classes: number;
  /** Standard deviation of the noise, in the units of the inputs. */
  readonly sigma: number;
  /** Noisy copies of each row; at least 1. Certificates need hundreds to thousands. */
  readonly samples: number;
  /** Also average the function's outputs (`means`); default false. */
  readonly soft?: boolean;
}

/** Votes for each class: what certificates are made of. */
export interface VoteCounts {
  readonly rows: number;
  readonly classes: number;
  /** Votes of each row. */
  readonly samples: number;
  readonly sigma: number;
  /** rows × classes, row-major; each row sums to `samples`. */
  readonly votes: Int32Array;
}

/** The outcome of smoothing. */
export interface Smoothed extends VoteCounts {
  /** Mean output of each row and class, with `soft`. */
  readonly means: Matrix | undefined;
  /** Sample variance of the outputs (divisor samples − 1; 0 for one sample), with `soft`. */
  readonly variances: Matrix | undefined;
}

/** Copies that the function sees at once: wide enough for its matrix products, small enough for the cache. */
const block = 256;

/** Smooths on the caller's thread. Arguments and errors as for {@link smoothSteps}; also AbortedError. */
export function smoothSync(f: BatchFunction, inputs: MatrixInput, options: SmoothOptions): Smoothed {
  return runSync(smoothSteps(f, inputs, options), options);
}

/**
 * Smooths and gives the event loop its turns. Arguments and errors as for {@link smoothSteps}; also
 * AbortedError.
 */
export function smooth(f: BatchFunction, inputs: MatrixInput, options: SmoothOptions): Promise<Smoothed> {
  return runAsync(smoothSteps(f, inputs, options), options);
}

/**
 * Smoothing as a step generator, one step per row. O(rows · samples) evaluations of `f`. The noise has the
 * precision of the inputs.
 * @throws InvalidArgumentError for options, or if `f` writes NaN; CredenceError `INVALID_SHAPE`,
 * `INVALID_ENTRY`
 */
export function* smoothSteps(
  f: BatchFunction,
  inputs: MatrixInput,
  options: SmoothOptions,
): StepGenerator<Smoothed> {
  const { classes, sigma, samples, soft = false, seed = 0 } = options;
  checkCount("classes", classes, 2);
  checkCount("samples", samples, 1);
  checkSigma(sigma);
  const { rows, cols, data } = toMatrix(inputs);
  const source = rng(seed);
  const votes = new Int32Array(rows * classes);
  const moments = soft ? new Moments(rows, classes) : undefined;
  const noisy = floatArray(precisionOf(data), Math.min(block, samples) * cols);
  const outputs = new Float64Array(Math.min(block, samples) * classes);
  for (let i = 0; i < rows; i++) {
    const stream = source.fork(`row ${i}`);
    const row = data.subarray(i * cols, (i + 1) * cols);
    for (let done = 0; done < samples; done += block) {
      const copies = Math.min(block, samples - done);
      const copied = noisy.subarray(0, copies * cols);
      normalsInto(copied, stream);
      for (let k = 0, c = 0; c < copies; c++) {
        for (let j = 0; j < cols; j++, k++) copied[k] = row[j] + sigma * copied[k];
      }
      const out = outputs.subarray(0, copies * classes).fill(0);
      f({ rows: copies, cols, data: copied }, { rows: copies, cols: classes, data: out });
      countVotes(votes, i * classes, out, classes);
      moments?.add(i, out, done);
    }
    yield { phase: "smoothing", step: i + 1, steps: rows, metrics: {} };
  }
  return {
    rows,
    classes,
    samples,
    sigma,
    votes,
    means: moments?.means,
    variances: moments?.variances(samples),
  };
}

/** Adds the vote of every row of `out` to the counts from `offset` on; ties go to the smaller class. */
function countVotes(votes: Int32Array, offset: number, out: Float64Array, classes: number): void {
  for (let start = 0; start < out.length; start += classes) {
    let best = 0;
    for (let j = 0; j < classes; j++) {
      const value = out[start + j];
      if (Number.isNaN(value)) {
        throw new InvalidArgumentError(
          "an output of the smoothed function",
          value,
          "a number other than NaN",
        );
      }
      if (value > out[start + best]) best = j;
    }
    votes[offset + best]++;
  }
}

/** Running means and sums of squared deviations (B. Welford, Technometrics 4, 1962). */
class Moments {
  readonly means: Matrix;
  private readonly squares: Float64Array;

  constructor(rows: number, classes: number) {
    this.means = { rows, cols: classes, data: new Float64Array(rows * classes) };
    this.squares = new Float64Array(rows * classes);
  }

  /** Adds a block of outputs of row `i`, of which `done` copies have been added before. */
  add(i: number, out: Float64Array, done: number): void {
    const { cols, data } = this.means;
    for (let start = 0, count = done + 1; start < out.length; start += cols, count++) {
      for (let j = 0; j < cols; j++) {
        const at = i * cols + j;
        const before = out[start + j] - data[at];
        data[at] += before / count;
        this.squares[at] += before * (out[start + j] - data[at]);
      }
    }
  }

  variances(samples: number): Matrix {
    const { rows, cols } = this.means;
    return { rows, cols, data: this.squares.map((sum) => (samples > 1 ? sum / (samples - 1) : 0)) };
  }
}
