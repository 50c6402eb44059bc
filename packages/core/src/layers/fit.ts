/**
 * Fits a classifier by minibatches: each epoch walks a fresh shuffle of the examples, and each batch makes one
 * optimizer step on its mean cross-entropy, if asked for with fresh Gaussian noise on its inputs
 *
 *     θ ← step(θ, ∇ L(X + s E, y)),   E standard normal,
 *
 * which trains the network on what randomized smoothing will show it (J. Cohen, E. Rosenfeld, Z. Kolter,
 * "Certified adversarial robustness via randomized smoothing", ICML 2019, section 3.3).
 * O(epochs · examples · parameters).
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import type { Backend } from "../kernels/backend.ts";
import { sharedBackend } from "../kernels/choose-backend.ts";
import { floatArray, type Precision, precisionOf } from "../matrix/float-array.ts";
import type { Matrix } from "../matrix/matrix.ts";
import type { MatrixInput } from "../matrix/to-matrix.ts";
import { adam } from "../optimizer/adam.ts";
import type { Optimizer } from "../optimizer/optimizer.ts";
import { type RunOptions, runAsync, runSync, type StepGenerator } from "../progress/progress.ts";
import { normalsInto } from "../random/bulk.ts";
import { type Rng, rng } from "../random/rng.ts";
import { requireAtLeast, requireSize } from "./checks.ts";
import { lossGradient } from "./gradient.ts";
import type { Layer } from "./layer.ts";
import { evaluator, inputRows, type Network, network } from "./network.ts";

/** Examples: a row of numbers and a class each. */
export interface LabeledRows {
  readonly inputs: MatrixInput;
  /** One class a row, from 0 to the network's outputs − 1. */
  readonly labels: ArrayLike<number>;
}

export interface FitOptions extends RunOptions {
  /** How often every example is seen; default 50. */
  readonly epochs?: number;
  /** Examples a step; default 32. */
  readonly batchSize?: number;
  /** Default Adam with learning rate 0.001. */
  readonly optimizer?: Optimizer;
  /** Standard deviation of the Gaussian noise added to every input of every batch, in input units; default 0. */
  readonly noise?: number;
  /** Precision of the parameters and of the arithmetic between them; default `float32`. */
  readonly precision?: Precision;
  /** Stop when the loss on these examples has not fallen for `patience` epochs (default 10); keep the best. */
  readonly validation?: LabeledRows & { readonly patience?: number };
  /** Who computes; default the program's shared one, as for `tape`. */
  readonly backend?: Backend;
}

/**
 * Fits a network of these layers to the examples, giving the event loop its turns.
 * @throws InvalidArgumentError for shapes, labels, numbers and options that do not fit
 * @throws CredenceError `NON_FINITE` when the loss leaves the finite numbers
 * @throws AbortedError with the network so far as `partial`
 */
export function fitNetwork(
  layers: readonly Layer[],
  data: LabeledRows,
  options: FitOptions = {},
): Promise<Network> {
  return runAsync(fitNetworkSteps(layers, data, options), options);
}

/** {@link fitNetwork} on the caller's thread, to its end. */
export function fitNetworkSync(
  layers: readonly Layer[],
  data: LabeledRows,
  options: FitOptions = {},
): Network {
  return runSync(fitNetworkSteps(layers, data, options), options);
}

/**
 * {@link fitNetwork} as steps, one a batch; metrics are the `epoch` (from 1), the running mean `loss` of the
 * epoch and, once there is one, the last `validationLoss`.
 */
export function* fitNetworkSteps(
  layers: readonly Layer[],
  data: LabeledRows,
  options: FitOptions = {},
): StepGenerator<Network> {
  const { epochs = 50, batchSize = 32, noise = 0, backend = sharedBackend(), validation } = options;
  requireSize("epochs", epochs);
  requireSize("batchSize", batchSize);
  requireAtLeast("noise", noise, 0);
  const root = rng(options.seed ?? 0);
  const { precision = "float32" } = options;
  const net = network(layers, { seed: root.fork("parameters").seed, precision });
  const examples = checked(net, data, "");
  const watch = validation && earlyStopping(net, validation, backend);

  const batches = minibatches(examples, batchSize, noise, root);
  const optimizer = options.optimizer ?? adam({ learningRate: 1e-3 });
  const state = optimizer.init(net.parameters.length, net.parameters);
  const gradient = floatArray(precision, net.parameters.length);
  const gradientOf = lossGradient(net, batches.size, backend);
  const partial = () => watch?.best() ?? copyOf(net);

  const steps = epochs * batches.perEpoch;
  let validationLoss: number | undefined;
  for (let epoch = 1, step = 0; epoch <= epochs; epoch++) {
    batches.shuffle();
    let total = 0;
    for (let batch = 0, seen = 0; batch < batches.perEpoch; batch++) {
      const { input, labels, rows } = batches.take(batch);
      const loss = gradientOf(gradient, input, labels, rows);
      optimizer.updateInto(net.parameters, gradient, state);
      total += loss * rows;
      seen += rows;
      const metrics = { epoch, loss: total / seen };
      const all = validationLoss === undefined ? metrics : { ...metrics, validationLoss };
      yield { phase: "fit", step: ++step, steps, metrics: all, partial };
    }
    if (watch) {
      validationLoss = watch.loss();
      if (watch.done(validationLoss)) break;
    }
  }
  return watch?.best() ?? net;
}

/** Batches of the shuffled examples, gathered into one buffer, with fresh noise when asked for. */
function minibatches({ inputs, labels }: Examples, batchSize: number, noise: number, root: Rng) {
  const { rows: n, cols } = inputs;
  const precision = precisionOf(inputs.data);
  const size = Math.min(batchSize, n);
  const order = Int32Array.from({ length: n }, (_, i) => i);
  const input = floatArray(precision, size * cols);
  const disturbance = floatArray(precision, noise > 0 ? size * cols : 0);
  const classes = new Int32Array(size);
  const [orderRng, noiseRng] = [root.fork("order"), root.fork("noise")];
  return {
    size,
    perEpoch: Math.ceil(n / size),
    shuffle: () => orderRng.shuffle(order),
    take(batch: number) {
      const from = batch * size;
      const rows = Math.min(size, n - from);
      for (let row = 0; row < rows; row++) {
        const example = order[from + row];
        classes[row] = labels[example];
        for (let j = 0; j < cols; j++) input[row * cols + j] = inputs.data[example * cols + j];
      }
      if (noise > 0) {
        normalsInto(disturbance, noiseRng);
        for (let i = 0; i < rows * cols; i++) input[i] += noise * disturbance[i];
      }
      return { input, labels: classes, rows };
    },
  };
}

/** Watches the loss on held-out examples and keeps the parameters where it was lowest. */
function earlyStopping(net: Network, held: NonNullable<FitOptions["validation"]>, backend: Backend) {
  const { patience = 10 } = held;
  requireSize("validation.patience", patience);
  const { inputs, labels } = checked(net, held, "validation.");
  const evaluate = evaluator(net, inputs.rows, { backend });
  const logits = floatArray(precisionOf(inputs.data), inputs.rows * net.outputs);
  let best: Network | undefined;
  let lowest = Number.POSITIVE_INFINITY;
  let since = 0;
  return {
    best: () => best,
    loss(): number {
      evaluate(logits, inputs.data, inputs.rows);
      const shape = { rows: inputs.rows, cols: net.outputs };
      return backend.softmaxCrossEntropyInto(logits, labels, shape) / inputs.rows;
    },
    done(loss: number): boolean {
      since++;
      if (loss < lowest) {
        lowest = loss;
        since = 0;
        best = copyOf(net);
      }
      return since >= patience;
    },
  };
}

/** Examples in the network's precision. */
interface Examples {
  readonly inputs: Matrix;
  readonly labels: Int32Array;
}

function checked(net: Network, { inputs, labels }: LabeledRows, prefix: string): Examples {
  const rows = inputRows(net, inputs);
  const name = `${prefix}labels`;
  if (labels.length !== rows.rows) {
    throw new InvalidArgumentError(`${name} length`, labels.length, `${rows.rows}, one label a row`);
  }
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (!(Number.isInteger(label) && label >= 0 && label < net.outputs)) {
      throw new InvalidArgumentError(`${name}[${i}]`, label, `a class from 0 to ${net.outputs - 1}`);
    }
  }
  return { inputs: rows, labels: Int32Array.from(labels) };
}

function copyOf(net: Network): Network {
  return { ...net, parameters: net.parameters.slice() };
}
