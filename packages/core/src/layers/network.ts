/**
 * A feed-forward network: layers one after another, all parameters in one flat array. Rows in, logits out.
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import type { Backend } from "../kernels/backend.ts";
import { sharedBackend } from "../kernels/choose-backend.ts";
import { softmaxInto } from "../logspace/softmax.ts";
import { type FloatArray, floatArray, type Precision, precisionOf } from "../matrix/float-array.ts";
import type { Matrix } from "../matrix/matrix.ts";
import { type MatrixInput, toMatrix } from "../matrix/to-matrix.ts";
import { rng } from "../random/rng.ts";
import { requireFinite, requirePrecision, requireSize } from "./checks.ts";
import type { Layer } from "./layer.ts";

/** Layers and their parameters. */
export interface Network {
  readonly layers: readonly Layer[];
  readonly inputs: number;
  readonly outputs: number;
  /** The parameters of the first layer, then those of the second, and so on. */
  readonly parameters: FloatArray;
}

export interface NetworkOptions {
  /** Seed of the initial parameters; default 0. */
  readonly seed?: number | string;
  /** Precision of the parameters; default `float32`. */
  readonly precision?: Precision;
  /** Parameters to use as they are (not copied) instead of initial ones. */
  readonly parameters?: FloatArray;
}

/**
 * A network of layers, each as wide as the one before it says, with initial parameters (layer i draws from
 * its own fork of the seed) or the given ones.
 * @throws InvalidArgumentError when the layers do not fit together or the parameters do not fit them
 */
export function network(layers: readonly Layer[], options: NetworkOptions = {}): Network {
  if (layers.length === 0) throw new InvalidArgumentError("layers", layers, "at least one layer");
  for (let i = 1; i < layers.length; i++) {
    if (layers[i].inputs !== layers[i - 1].outputs) {
      throw new InvalidArgumentError(
        `layers[${i}].inputs`,
        layers[i].inputs,
        `${layers[i - 1].outputs}, the outputs of layers[${i - 1}]`,
      );
    }
  }
  const count = layers.reduce((sum, layer) => sum + layer.parameterCount, 0);
  const given = options.parameters;
  if (given) {
    requireFinite("parameters", given, count);
    if (given.length > count) throw new InvalidArgumentError("parameters length", given.length, `${count}`);
  }
  const parameters = given ?? floatArray(options.precision ?? "float32", count);
  if (!given) {
    const root = rng(options.seed ?? 0);
    const views = layerViews(layers, parameters);
    layers.forEach((layer, i) => {
      layer.initializeInto(views[i], root.fork(`layer ${i}`));
    });
  }
  return { layers, inputs: layers[0].inputs, outputs: layers[layers.length - 1].outputs, parameters };
}

/** Each layer's part of an array laid out like the network's parameters. */
export function layerViews(layers: readonly Layer[], parameters: FloatArray): FloatArray[] {
  let from = 0;
  return layers.map((layer) => {
    const view = parameters.subarray(from, from + layer.parameterCount);
    from += layer.parameterCount;
    return view;
  });
}

export interface EvaluatorOptions {
  /** What an output row holds; default `logits`. */
  readonly output?: "logits" | "probabilities";
  /** Who computes; default the program's shared one, as for `tape`. */
  readonly backend?: Backend;
}

/**
 * Evaluates up to `maxRows` rows: `out` (rows × outputs) from `input` (rows × inputs), nothing allocated.
 * Both arrays have the precision of the network's parameters.
 * @throws InvalidArgumentError for too many rows, short arrays, the other precision and numbers that are not
 *   finite
 */
export type Evaluator = (out: FloatArray, input: FloatArray, rows: number) => void;

/**
 * An evaluator of a network with its own buffers, for many batches (batches of some hundred rows are
 * fastest). It reads the network's parameters at each call. O(parameters) a row.
 */
export function evaluator(net: Network, maxRows: number, options: EvaluatorOptions = {}): Evaluator {
  requireSize("maxRows", maxRows);
  const { layers, inputs, outputs } = net;
  const { backend = sharedBackend(), output = "logits" } = options;
  const precision = precisionOf(net.parameters);
  const views = layerViews(layers, net.parameters);
  const buffers = layers.slice(0, -1).map((layer) => floatArray(precision, maxRows * layer.outputs));
  // A caller that brings the same `out` each time causes no allocation at all.
  let known: FloatArray | undefined;
  const rowViews: FloatArray[] = [];
  return (out, input, rows) => {
    if (!Number.isInteger(rows) || rows < 0 || rows > maxRows) {
      throw new InvalidArgumentError("rows", rows, `an integer from 0 to ${maxRows}`);
    }
    requirePrecision("input", input, precision);
    requirePrecision("out", out, precision);
    requireFinite("input", input, rows * inputs);
    if (out.length < rows * outputs) {
      throw new InvalidArgumentError("out length", out.length, `at least ${rows * outputs}`);
    }
    let from = input;
    for (let i = 0; i < layers.length; i++) {
      const to = i < buffers.length ? buffers[i] : out;
      layers[i].forwardInto(to, from, rows, views[i], backend);
      from = to;
    }
    if (output === "logits") return;
    if (out !== known) {
      known = out;
      rowViews.length = 0;
    }
    for (let row = rowViews.length; row < rows; row++) {
      rowViews.push(out.subarray(row * outputs, (row + 1) * outputs));
    }
    for (let row = 0; row < rows; row++) softmaxInto(rowViews[row], rowViews[row]);
  };
}

/** The soft-max of every row: rows × outputs. @throws CredenceError for what is not a matrix of its inputs */
export function probabilities(net: Network, inputs: MatrixInput): Matrix {
  const { rows, data } = inputRows(net, inputs);
  const out = floatArray(precisionOf(net.parameters), rows * net.outputs);
  evaluator(net, rows, { output: "probabilities" })(out, data, rows);
  return { rows, cols: net.outputs, data: out };
}

/** The rows of an input in the network's precision. @throws CredenceError for what the network cannot read */
export function inputRows(net: Network, inputs: MatrixInput): Matrix {
  const rows = toMatrix(inputs, { precision: precisionOf(net.parameters) });
  requireSize("inputs.rows", rows.rows);
  if (rows.cols !== net.inputs) {
    throw new InvalidArgumentError("inputs.cols", rows.cols, `${net.inputs}, the network's inputs`);
  }
  requireFinite("inputs", rows.data, rows.data.length);
  return rows;
}
