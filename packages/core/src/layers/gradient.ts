/**
 * The mean cross-entropy of a batch and its gradient in all parameters, through a tape that holds one operation a
 * layer:
 *
 *     L = −(1/n) Σ_rows ln softmax(z)_y,   ∂L/∂z_i = (softmax(z)_i − [i = y]) / n.
 *
 * O(parameters) a row.
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import type { Backend } from "../kernels/backend.ts";
import { sharedBackend } from "../kernels/choose-backend.ts";
import { type FloatArray, precisionOf } from "../matrix/float-array.ts";
import { crossEntropy } from "../tape/losses.ts";
import { tape } from "../tape/tape.ts";
import { first } from "./first.ts";
import { layerViews, type Network } from "./network.ts";
import { applyLayer } from "./on-tape.ts";

/**
 * Writes ∂L/∂θ into `gradient` (laid out like the network's parameters) and returns L, the mean cross-entropy
 * in nats of the first `rows` rows. Inputs are trusted to be finite: whoever holds the data checked them once.
 * @throws CredenceError `NON_FINITE` when the loss is not finite any more, InvalidArgumentError for short arrays,
 *   labels that are not classes and more rows than the function was made for
 */
export type LossGradient = (
  gradient: FloatArray,
  input: FloatArray,
  labels: Int32Array,
  rows: number,
) => number;

/** The loss and gradient of a network for batches of up to `maxRows` rows, with its own buffers. */
export function lossGradient(
  net: Network,
  maxRows: number,
  backend: Backend = sharedBackend(),
): LossGradient {
  const { layers, inputs } = net;
  const t = tape({ precision: precisionOf(net.parameters), backend });
  const parameters = layerViews(layers, net.parameters);
  let seen: FloatArray | undefined;
  let gradients: FloatArray[] = [];
  return (gradient, input, labels, rows) => {
    if (!Number.isInteger(rows) || rows < 1 || rows > maxRows) {
      throw new InvalidArgumentError("rows", rows, `an integer from 1 to ${maxRows}`);
    }
    if (gradient !== seen) {
      seen = gradient;
      gradients = layerViews(layers, gradient);
    }
    t.begin();
    let x = t.constant({ rows, cols: inputs, data: first(input, rows * inputs) });
    for (const [i, layer] of layers.entries()) {
      const own = { rows: 1, cols: layer.parameterCount, data: parameters[i] };
      x = applyLayer(layer, x, t.parameter(own, gradients[i]));
    }
    const loss = crossEntropy(x, first(labels, rows));
    t.backward(loss);
    return loss.data[0];
  };
}
