/**
 * The mean cross-entropy of a batch and its gradient in all parameters: one pass forward that keeps every
 * layer's input, one pass backward through the layers' own gradients, from
 *
 *     L = −(1/n) Σ_rows ln softmax(z)_y,   ∂L/∂z_i = (softmax(z)_i − [i = y]) / n.
 *
 * O(parameters) a row.
 */
import type { Backend } from "../kernels/backend.ts";
import { tsBackend } from "../kernels/ts-backend.ts";
import { type FloatArray, floatArray, precisionOf } from "../matrix/float-array.ts";
import { layerViews, type Network } from "./network.ts";

/**
 * Writes ∂L/∂θ into `gradient` (laid out like the network's parameters) and returns L, the mean cross-entropy
 * in nats of the first `rows` rows. Inputs are trusted to be finite: whoever holds the data checked them once.
 * @throws CredenceError `NON_FINITE` when the loss is not finite any more, InvalidArgumentError for short arrays
 *   and labels that are not classes
 */
export type LossGradient = (
  gradient: FloatArray,
  input: FloatArray,
  labels: Int32Array,
  rows: number,
) => number;

/** The loss and gradient of a network for batches of up to `maxRows` rows, with its own buffers. */
export function lossGradient(net: Network, maxRows: number, backend: Backend = tsBackend): LossGradient {
  const { layers } = net;
  const precision = precisionOf(net.parameters);
  const parameters = layerViews(layers, net.parameters);
  const outputs = layers.map((layer) => floatArray(precision, maxRows * layer.outputs));
  const inputGradients = layers.map((layer, i) =>
    i === 0 ? undefined : floatArray(precision, maxRows * layer.inputs),
  );
  let seen: FloatArray | undefined;
  let gradients: FloatArray[] = [];
  return (gradient, input, labels, rows) => {
    if (gradient !== seen) {
      seen = gradient;
      gradients = layerViews(layers, gradient);
    }
    for (let i = 0; i < layers.length; i++) {
      layers[i].forwardInto(outputs[i], i === 0 ? input : outputs[i - 1], rows, parameters[i], backend);
    }
    const last = layers.length - 1;
    const shape = { rows, cols: net.outputs, scale: 1 / rows };
    const loss = backend.softmaxCrossEntropyInto(outputs[last], labels, shape) / rows;
    for (let i = last; i >= 0; i--) {
      layers[i].backwardInto({
        rows,
        input: i === 0 ? input : outputs[i - 1],
        parameters: parameters[i],
        outputGradient: i === last ? outputs[last] : (inputGradients[i + 1] as FloatArray),
        parameterGradient: gradients[i],
        inputGradient: inputGradients[i],
        backend,
      });
    }
    return loss;
  };
}
