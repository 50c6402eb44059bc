/**
 * Operations on rows. With y = softmax x, z = log softmax x, and x standardized to u = (x − μ) / s,
 * s = √(σ² + ε),
 *
 *     ∂L/∂x = y ⊙ (g − ⟨g, y⟩),    ∂L/∂x = g − e^z Σ g,    ∂L/∂x = (g − mean g − u ⊙ mean(g ⊙ u)) / s.
 *
 * O(rows · cols) each.
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import type { FloatArray } from "../matrix/float-array.ts";
import { add, mul } from "./arithmetic.ts";
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
    backward(g) {
      const into = tape.accumulator(x);
      for (let from = 0; from < data.length; from += cols) {
        let product = 0;
        for (let j = from; j < from + cols; j++) product += g[j] * data[j];
        for (let j = from; j < from + cols; j++) into[j] += data[j] * (g[j] - product);
      }
    },
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
  const data = tape.allocate(rows * cols);
  const sums = tape.allocate(rows);
  backend.reduceRowsInto(sums, x.data, { rows, cols }, "logSumExp");
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < cols; j++, at++) data[at] = x.data[at] - sums[i];
  return tape.record({
    name: "log-softmax",
    rows,
    cols,
    data,
    inputs: [x],
    backward(g) {
      const into = tape.accumulator(x);
      const probabilities = tape.allocate(data.length);
      backend.mapInto(probabilities, data, "exp");
      for (let from = 0; from < data.length; from += cols) {
        let sum = 0;
        for (let j = from; j < from + cols; j++) sum += g[j];
        for (let j = from; j < from + cols; j++) into[j] += g[j] - probabilities[j] * sum;
      }
    },
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
  return add(mul(standardize(x, epsilon), gain), bias);
}

function standardize(x: Value, epsilon: number): Value {
  if (!(epsilon > 0 && epsilon < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError("epsilon", epsilon, "a finite number above 0");
  }
  const { tape, rows, cols } = x;
  const data = tape.allocate(rows * cols);
  const deviations = tape.allocate(rows);
  for (let i = 0; i < rows; i++) deviations[i] = standardizeRow(data, x.data, i * cols, cols, epsilon);
  return tape.record({
    name: "standardization",
    rows,
    cols,
    data,
    inputs: [x],
    backward(g) {
      const into = tape.accumulator(x);
      for (let i = 0; i < rows; i++) {
        const [from, end] = [i * cols, (i + 1) * cols];
        let [sum, product] = [0, 0];
        for (let j = from; j < end; j++) {
          sum += g[j];
          product += g[j] * data[j];
        }
        sum /= cols;
        product /= cols;
        const inverse = 1 / deviations[i];
        for (let j = from; j < end; j++) into[j] += (g[j] - sum - data[j] * product) * inverse;
      }
    },
  });
}

/** Standardizes one row and returns s. */
function standardizeRow(out: FloatArray, x: FloatArray, from: number, cols: number, epsilon: number): number {
  let mean = 0;
  for (let j = from; j < from + cols; j++) mean += x[j];
  mean /= cols;
  let variance = 0;
  for (let j = from; j < from + cols; j++) variance += (x[j] - mean) * (x[j] - mean);
  const deviation = Math.sqrt(variance / cols + epsilon);
  for (let j = from; j < from + cols; j++) out[j] = (x[j] - mean) / deviation;
  return deviation;
}
