/** Layers on a tape: forward and backward passes of their own, as one operation. */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import { addInto } from "../tape/arithmetic.ts";
import type { Value } from "../tape/value.ts";
import { type Block, block, weights } from "./block.ts";
import type { Layer } from "./layer.ts";

/**
 * A layer of one's own as a block, with all its parameters in one row. (`dense` and `relu` are blocks already, whose
 * parameters have names.)
 * @throws InvalidArgumentError when applied to rows of another width
 */
export function layerBlock(layer: Layer): Block<(x: Value) => Value> {
  const own = weights(1, layer.parameterCount, (data, rng) => layer.initializeInto(data, rng));
  return block({ parameters: own }, ({ parameters }) => (x) => {
    if (x.cols !== layer.inputs) {
      throw new InvalidArgumentError("x.cols", x.cols, `${layer.inputs}, the inputs of the layer`);
    }
    return applyLayer(layer, x, parameters);
  });
}

/** The layer of x (rows × its inputs), with its parameters as a row. Shapes are trusted. */
export function applyLayer(layer: Layer, x: Value, parameters: Value): Value {
  const { tape, rows } = x;
  const { backend } = tape;
  const data = tape.allocate(rows * layer.outputs);
  layer.forwardInto(data, x.data, rows, parameters.data, backend);
  return tape.record({
    name: layer.name,
    rows,
    cols: layer.outputs,
    data,
    inputs: [x, parameters],
    backward(outputGradient) {
      // Layers overwrite gradients: what is there already waits elsewhere.
      const own = overwritten(parameters);
      const below = x.needsGradient ? overwritten(x) : undefined;
      layer.backwardInto({
        rows,
        input: x.data,
        parameters: parameters.data,
        outputGradient,
        parameterGradient: own.gradient,
        inputGradient: below?.gradient,
        backend,
      });
      own.settle();
      below?.settle();
    },
  });
}

/** Where a gradient can be overwritten, and what then adds it to the value's. */
function overwritten(value: Value) {
  const { tape } = value;
  const { gradient, accumulate } = tape.target(value);
  if (!accumulate) return { gradient, settle() {} };
  const fresh = tape.allocate(gradient.length);
  return { gradient: fresh, settle: () => addInto(gradient, fresh) };
}
