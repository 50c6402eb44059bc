/**
 * The dense layer, Y = X W + 1 bᵀ, and its gradients over a batch, derived by hand:
 *
 *     ∂L/∂W = Xᵀ G,   ∂L/∂b = Gᵀ 1,   ∂L/∂X = G Wᵀ,   where G = ∂L/∂Y.
 *
 * W is inputs × outputs, so that the forward product needs no transpose. O(rows · inputs · outputs).
 */
import type { FloatArray } from "../matrix/float-array.ts";
import { requireSize } from "./checks.ts";
import type { Layer } from "./layer.ts";

/**
 * A dense layer. Its parameters are W in row-major order, then b. Weights begin uniform in ±√(6 / inputs)
 * (K. He et al., "Delving deep into rectifiers", ICCV 2015, equation 10, in its uniform form), biases at 0.
 * @throws InvalidArgumentError for sizes that are not positive integers
 */
export function dense(inputs: number, outputs: number): Layer {
  requireSize("inputs", inputs);
  requireSize("outputs", outputs);
  const weights = inputs * outputs;
  return {
    name: "dense",
    inputs,
    outputs,
    parameterCount: weights + outputs,
    initializeInto(parameters, rng) {
      const bound = Math.sqrt(6 / inputs);
      for (let i = 0; i < weights; i++) parameters[i] = (2 * rng() - 1) * bound;
      parameters.fill(0, weights);
    },
    forwardInto(output, input, rows, parameters, backend) {
      for (let row = 0, at = 0; row < rows; row++) {
        for (let j = 0; j < outputs; j++) output[at++] = parameters[weights + j];
      }
      backend.gemmInto(output, input, parameters, { m: rows, n: outputs, k: inputs, accumulate: true });
    },
    backwardInto({ rows, input, parameters, outputGradient, parameterGradient, inputGradient, backend }) {
      backend.gemmInto(parameterGradient, input, outputGradient, {
        m: inputs,
        n: outputs,
        k: rows,
        transposeA: true,
      });
      sumColumnsInto(parameterGradient, weights, outputGradient, rows, outputs);
      if (inputGradient) {
        backend.gemmInto(inputGradient, outputGradient, parameters, {
          m: rows,
          n: inputs,
          k: outputs,
          transposeB: true,
        });
      }
    },
  };
}

function sumColumnsInto(out: FloatArray, offset: number, x: FloatArray, rows: number, cols: number): void {
  out.fill(0, offset, offset + cols);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let j = 0; j < cols; j++) out[offset + j] += x[at++];
  }
}
