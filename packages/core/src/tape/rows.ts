/** Operations on rows, over the kernels of softmax and layer norm. O(rows · cols) each. */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import type { FloatArray } from "../matrix/float-array.ts";
import { requireShape } from "./shapes.ts";
import type { Value } from "./value.ts";

/** Options of {@link softmax}. */
export interface SoftmaxOptions {
  /**
   * Which entries count, 1 or 0, row by row in as many columns as the value; with fewer rows it is used again and
   * again (row i of the value takes row i mod its rows). Without a mask all count.
   */
  readonly mask?: Uint8Array;
}

/**
 * The soft-max of every row. Entries that the mask excludes get 0, and so does a whole row of them.
 * @throws InvalidArgumentError for a mask whose rows do not go into the rows
 */
export function softmax(x: Value, { mask }: SoftmaxOptions = {}): Value {
  const { tape, rows, cols } = x;
  const data = tape.allocate(rows * cols);
  if (mask === undefined) tape.backend.softmaxInto(data, x.data, { rows, cols });
  else {
    checkMask(mask, rows, cols);
    for (let i = 0, m = 0; i < data.length; i++, m++) {
      if (m === mask.length) m = 0;
      data[i] = mask[m] === 0 ? Number.NEGATIVE_INFINITY : x.data[i];
    }
    tape.backend.softmaxInto(data, data, { rows, cols });
    clearClosedRows(data, mask, cols);
  }
  return tape.record({
    name: "softmax",
    rows,
    cols,
    data,
    inputs: [x],
    backward: (g) => tape.backend.softmaxGradientInto(tape.accumulator(x), g, data, { rows, cols }),
  });
}

function checkMask(mask: Uint8Array, rows: number, cols: number): void {
  const fits = mask.length > 0 && mask.length % cols === 0 && rows % (mask.length / cols) === 0;
  if (fits || (rows * cols === 0 && mask.length === 0)) return;
  const expected = `rows of ${cols} entries, as many as divide ${rows}`;
  throw new InvalidArgumentError("mask.length", mask.length, expected);
}

/** The soft-max of nothing is NaN; here it is 0. */
function clearClosedRows(data: FloatArray, mask: Uint8Array, cols: number): void {
  for (let from = 0, m = 0; from < data.length; from += cols, m += cols) {
    if (m === mask.length) m = 0;
    let open = 0;
    for (let j = m; j < m + cols; j++) open |= mask[j];
    if (open === 0) data.fill(0, from, from + cols);
  }
}

/** The logarithm of the soft-max of every row. */
export function logSoftmax(x: Value): Value {
  const { tape, rows, cols } = x;
  const { backend } = tape;
  const shape = { rows, cols, log: true };
  const data = tape.allocate(rows * cols);
  backend.softmaxInto(data, x.data, shape);
  return tape.record({
    name: "log-softmax",
    rows,
    cols,
    data,
    inputs: [x],
    backward: (g) => backend.softmaxGradientInto(tape.accumulator(x), g, data, shape),
  });
}

/**
 * Every row less its mean and divided by its standard deviation, then scaled and moved column by column (J. L. Ba,
 * J. R. Kiros, G. E. Hinton, "Layer normalization", 2016, equation 4).
 *
 * @param gain 1 × cols
 * @param bias 1 × cols
 * @param epsilon added to the variance; above 0, default 1e-5
 * @throws InvalidArgumentError for other shapes, or an epsilon that is not above 0
 */
export function layerNorm(x: Value, gain: Value, bias: Value, epsilon = 1e-5): Value {
  requireShape("gain", gain, 1, x.cols);
  requireShape("bias", bias, 1, x.cols);
  const { tape, rows, cols } = x;
  const { backend } = tape;
  const data = tape.allocate(rows * cols);
  const statistics = tape.allocate(2 * rows);
  backend.layerNormInto(data, x.data, { rows, cols, gain: gain.data, bias: bias.data, statistics, epsilon });
  const target = (value: Value) => (value.needsGradient ? tape.accumulator(value) : undefined);
  return tape.record({
    name: "layer norm",
    rows,
    cols,
    data,
    inputs: [x, gain, bias],
    backward(gradient) {
      backend.layerNormGradientInto({
        ...{ rows, cols, gradient, x: x.data, gain: gain.data, statistics },
        xGradient: target(x),
        gainGradient: target(gain),
        biasGradient: target(bias),
      });
    },
  });
}
