/**
 * The rectifier, y = max(0, x), with ∂L/∂x = ∂L/∂y where x > 0 and 0 elsewhere (0 at the kink, where any
 * number in [0, 1] would be a subgradient). O(rows · size).
 */
import { relu as reluOf } from "../tape/activations.ts";
import { requireSize } from "./checks.ts";
import type { BlockLayer } from "./dense.ts";
import { first } from "./first.ts";

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
    forwardInto(output, input, rows, _parameters, backend) {
      backend.mapInto(output, first(input, rows * size), "relu");
    },
    backwardInto({ rows, input, outputGradient, inputGradient, backend }) {
      if (!inputGradient) return;
      const count = rows * size;
      inputGradient.fill(0, 0, count);
      // The kernel asks for y as well, and does not look at it.
      const known = { gradient: first(outputGradient, count), x: input, y: input };
      backend.mapGradientInto(inputGradient, known, "relu");
    },
  };
}
