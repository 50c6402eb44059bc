/**
 * Functions of single numbers: those of the kernels (`../kernels/elementary.ts`), there and back, so that every engine
 * gives the same bits. O(rows · cols) each.
 */
import type { ElementFunction } from "../kernels/shapes.ts";
import type { Value } from "./value.ts";

/** max(0, x) of every entry, with derivative 0 at the kink; keeps NaN. */
export function relu(x: Value): Value {
  return elementwise("relu", x);
}

/** 1 / (1 + e^−x) of every entry. */
export function sigmoid(x: Value): Value {
  return elementwise("sigmoid", x);
}

/** The hyperbolic tangent of every entry. */
export function tanh(x: Value): Value {
  return elementwise("tanh", x);
}

/** log(1 + e^x) of every entry. */
export function softplus(x: Value): Value {
  return elementwise("softplus", x);
}

/** The Gaussian error linear unit of every entry, in its tanh form. */
export function gelu(x: Value): Value {
  return elementwise("gelu", x);
}

function elementwise(name: ElementFunction, x: Value): Value {
  const { tape, rows, cols } = x;
  const { backend } = tape;
  const data = tape.allocate(rows * cols);
  backend.mapInto(data, x.data, name);
  return tape.record({
    name,
    rows,
    cols,
    data,
    inputs: [x],
    backward: (gradient) =>
      backend.mapGradientInto(tape.accumulator(x), { gradient, x: x.data, y: data }, name),
  });
}
