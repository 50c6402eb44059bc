/**
 * The affine map of rows, Y = X W + 1 bᵀ, as one operation; with G = ∂L/∂Y,
 *
 *     ∂L/∂W = Xᵀ G,   ∂L/∂b = Gᵀ 1,   ∂L/∂X = G Wᵀ.
 *
 * W is inputs × outputs, so that the product needs no transpose. O(rows · inputs · outputs).
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import type { Backend } from "../kernels/backend.ts";
import type { FloatArray } from "../matrix/float-array.ts";
import { requireShape } from "./shapes.ts";
import type { Value } from "./value.ts";

/** The sides of an affine map of rows. */
export interface LinearShape {
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
}

/**
 * x · weight + bias: (n × inputs) · (inputs × outputs) + (1 × outputs).
 * @throws InvalidArgumentError for shapes that do not fit
 */
export function linear(x: Value, weight: Value, bias: Value): Value {
  if (x.cols !== weight.rows) {
    throw new InvalidArgumentError("x.cols", x.cols, `${weight.rows}, the rows of the weight`);
  }
  const shape: LinearShape = { rows: x.rows, inputs: weight.rows, outputs: weight.cols };
  requireShape("bias", bias, 1, shape.outputs);
  const { tape } = x;
  const { backend } = tape;
  const data = tape.allocate(shape.rows * shape.outputs);
  linearInto(data, x.data, weight.data, bias.data, shape, backend);
  return tape.record({
    name: "affine map",
    rows: shape.rows,
    cols: shape.outputs,
    data,
    inputs: [x, weight, bias],
    backward(g) {
      if (weight.needsGradient) {
        const { gradient, accumulate } = tape.target(weight);
        weightGradientInto(gradient, x.data, g, shape, backend, accumulate);
      }
      if (bias.needsGradient) {
        const { gradient, accumulate } = tape.target(bias);
        biasGradientInto(gradient, g, shape, backend, accumulate);
      }
      if (x.needsGradient) {
        const { gradient, accumulate } = tape.target(x);
        inputGradientInto(gradient, g, weight.data, shape, backend, accumulate);
      }
    },
  });
}

/** Y. */
export function linearInto(
  out: FloatArray,
  x: FloatArray,
  weight: FloatArray,
  bias: FloatArray,
  { rows, inputs, outputs }: LinearShape,
  backend: Backend,
): void {
  backend.gemmInto(out, x, weight, { m: rows, n: outputs, k: inputs, columnVector: bias });
}

/** ∂L/∂W, or added to it. */
export function weightGradientInto(
  out: FloatArray,
  x: FloatArray,
  gradient: FloatArray,
  { rows, inputs, outputs }: LinearShape,
  backend: Backend,
  accumulate: boolean,
): void {
  backend.gemmInto(out, x, gradient, { m: inputs, n: outputs, k: rows, transposeA: true, accumulate });
}

/** ∂L/∂X, or added to it. */
export function inputGradientInto(
  out: FloatArray,
  gradient: FloatArray,
  weight: FloatArray,
  { rows, inputs, outputs }: LinearShape,
  backend: Backend,
  accumulate: boolean,
): void {
  backend.gemmInto(out, gradient, weight, { m: rows, n: inputs, k: outputs, transposeB: true, accumulate });
}

/** ∂L/∂b, or added to it. */
export function biasGradientInto(
  out: FloatArray,
  gradient: FloatArray,
  { rows, outputs }: LinearShape,
  backend: Backend,
  accumulate: boolean,
): void {
  backend.sumColumnsInto(out, gradient, { rows, cols: outputs, accumulate });
}
