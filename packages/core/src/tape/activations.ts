/**
 * Functions of single numbers, and their derivatives, from the kernels' own exponential, so that every engine gives
 * the same bits:
 *
 *     relu x = max(0, x), with derivative 0 at the kink
 *     sigmoid x = 1 / (1 + e^−x),  derivative y (1 − y)
 *     tanh x,  derivative 1 − y²
 *     softplus x = log(1 + e^x),  derivative sigmoid x
 *     gelu x = x · sigmoid(2 u),  u = √(2/π) (x + 0.044715 x³),  derivative s + x s (1 − s) 2 u′
 *
 * where gelu is the tanh form (D. Hendrycks, K. Gimpel, arXiv 1606.08415, section 2), because ½(1 + tanh u) is
 * sigmoid(2u). O(rows · cols) each.
 */
import type { FloatArray } from "../matrix/float-array.ts";
import { tanh as tanhOf } from "./tanh.ts";
import type { Value } from "./value.ts";

/** max(0, x) of every entry; keeps NaN. */
export function relu(x: Value): Value {
  return elementwise("relu", x, reluInto, (into, g, from) => {
    for (let i = 0; i < into.length; i++) if (from[i] > 0) into[i] += g[i];
  });
}

/** out = max(0, x) for all of `out`. Math.max keeps NaN: a diverged network must not look sound. */
export function reluInto(out: FloatArray, x: FloatArray, count = out.length): void {
  for (let i = 0; i < count; i++) out[i] = Math.max(x[i], 0);
}

/** 1 / (1 + e^−x) of every entry. */
export function sigmoid(x: Value): Value {
  const { backend } = x.tape;
  const forward = (out: FloatArray, from: FloatArray) => backend.mapInto(out, from, "sigmoid");
  return elementwise("sigmoid", x, forward, (into, g, _, y) => {
    for (let i = 0; i < into.length; i++) into[i] += g[i] * y[i] * (1 - y[i]);
  });
}

/** The hyperbolic tangent of every entry. */
export function tanh(x: Value): Value {
  const forward = (out: FloatArray, from: FloatArray) => {
    for (let i = 0; i < out.length; i++) out[i] = tanhOf(from[i]);
  };
  return elementwise("tanh", x, forward, (into, g, _, y) => {
    for (let i = 0; i < into.length; i++) into[i] += g[i] * (1 - y[i] * y[i]);
  });
}

/** log(1 + e^x) of every entry. */
export function softplus(x: Value): Value {
  const { tape } = x;
  const forward = (out: FloatArray, from: FloatArray) => tape.backend.mapInto(out, from, "softplus");
  return elementwise("softplus", x, forward, (into, g, from) => {
    const slope = tape.allocate(into.length);
    tape.backend.mapInto(slope, from, "sigmoid");
    for (let i = 0; i < into.length; i++) into[i] += g[i] * slope[i];
  });
}

/** √(2/π), and the factor of the cube. */
const GELU_SCALE = 0.7978845608028654;
const GELU_CUBE = 0.044715;

/** The Gaussian error linear unit of every entry, in its tanh form. */
export function gelu(x: Value): Value {
  const { tape } = x;
  const open = tape.allocate(x.rows * x.cols);
  const forward = (out: FloatArray, from: FloatArray) => {
    for (let i = 0; i < out.length; i++) {
      const v = from[i];
      out[i] = 2 * GELU_SCALE * (v + GELU_CUBE * v * v * v);
    }
    tape.backend.mapInto(open, out, "sigmoid");
    for (let i = 0; i < out.length; i++) out[i] = from[i] * open[i];
  };
  return elementwise("gelu", x, forward, (into, g, from) => {
    for (let i = 0; i < into.length; i++) {
      const v = from[i];
      const s = open[i];
      const inner = 2 * GELU_SCALE * (1 + 3 * GELU_CUBE * v * v);
      into[i] += g[i] * (s + v * s * (1 - s) * inner);
    }
  });
}

/** Adds to the gradient of x, from that of y, given x and y. */
type Slope = (into: FloatArray, gradient: FloatArray, x: FloatArray, y: FloatArray) => void;

function elementwise(
  name: string,
  x: Value,
  forward: (out: FloatArray, x: FloatArray) => void,
  slope: Slope,
): Value {
  const { tape, rows, cols } = x;
  const data = tape.allocate(rows * cols);
  forward(data, x.data);
  return tape.record({
    name,
    rows,
    cols,
    data,
    inputs: [x],
    backward: (gradient) => slope(tape.accumulator(x), gradient, x.data, data),
  });
}
