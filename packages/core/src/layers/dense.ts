/**
 * The dense layer, Y = X W + 1 bᵀ, over rows of plain numbers and on a tape; its gradients are those of `linear`.
 * W is inputs × outputs, so that the forward product needs no transpose. O(rows · inputs · outputs).
 */
import type { FloatArray } from "../matrix/float-array.ts";
import {
  biasGradientInto,
  inputGradientInto,
  linear,
  linearInto,
  weightGradientInto,
} from "../tape/linear.ts";
import type { Value } from "../tape/value.ts";
import { type Block, block, weights } from "./block.ts";
import { requireSize } from "./checks.ts";
import { heUniform, type Initialize } from "./initialize.ts";
import type { Layer } from "./layer.ts";

/** A layer that is a block as well. */
export type BlockLayer = Layer & Block<(x: Value) => Value>;

/**
 * A dense layer. Its parameters are W (`weight`) in row-major order, then b (`bias`). Weights begin uniform in
 * ±√(6 / inputs), biases at 0.
 * @throws InvalidArgumentError for sizes that are not positive integers
 */
export function dense(inputs: number, outputs: number): BlockLayer {
  const own = affine(inputs, outputs, heUniform(inputs));
  const count = inputs * outputs;
  // Weights come first, so that the whole array serves where a kernel wants them.
  const biasOf = (parameters: FloatArray) => parameters.subarray(count);
  return {
    ...own,
    name: "dense",
    inputs,
    outputs,
    parameterCount: count + outputs,
    initializeInto(parameters, rng) {
      own.specs["weight"].initialize(parameters.subarray(0, count), rng);
      own.specs["bias"].initialize(biasOf(parameters), rng);
    },
    forwardInto(output, input, rows, parameters, backend) {
      linearInto(output, input, parameters, biasOf(parameters), { rows, inputs, outputs }, backend);
    },
    backwardInto({ rows, input, parameters, outputGradient, parameterGradient, inputGradient, backend }) {
      const shape = { rows, inputs, outputs };
      weightGradientInto(parameterGradient, input, outputGradient, shape, backend, false);
      biasGradientInto(biasOf(parameterGradient), outputGradient, shape, backend, false);
      if (inputGradient) inputGradientInto(inputGradient, outputGradient, parameters, shape, backend, false);
    },
  };
}

/** An affine map of rows whose weights begin as told, and its bias at 0 or as told. @throws InvalidArgumentError */
export function affine(inputs: number, outputs: number, weight: Initialize, bias?: Initialize) {
  requireSize("inputs", inputs);
  requireSize("outputs", outputs);
  return block(
    { weight: weights(inputs, outputs, weight), bias: weights(1, outputs, bias) },
    (own) => (x: Value) => linear(x, own.weight, own.bias),
  );
}
