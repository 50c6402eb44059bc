/**
 * The rectifier, y = max(0, x), with ∂L/∂x = ∂L/∂y where x > 0 and 0 elsewhere (0 at the kink, where any
 * number in [0, 1] would be a subgradient). O(rows · size).
 */
import { reluInto, relu as reluOf } from "../tape/activations.ts";
import { requireSize } from "./checks.ts";
import type { BlockLayer } from "./dense.ts";

/** A rectifier over rows of `size` numbers. @throws InvalidArgumentError */
export function relu(size: number): BlockLayer {
  requireSize("size", size);
  return {
    name: "relu",
    inputs: size,
    outputs: size,
    parameterCount: 0,
    specs: {},
    on: () => reluOf,
    initializeInto() {},
    forwardInto(output, input, rows) {
      reluInto(output, input, rows * size);
    },
    backwardInto({ rows, input, outputGradient, inputGradient }) {
      if (!inputGradient) return;
      const count = rows * size;
      for (let i = 0; i < count; i++) inputGradient[i] = input[i] > 0 ? outputGradient[i] : 0;
    },
  };
}
