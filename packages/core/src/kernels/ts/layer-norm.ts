/**
 * Layer norm, row by row in double precision, and the way back: with u = (x − μ) / s, s = √(σ² + ε), y = u ⊙ gain +
 * bias and h = g ⊙ gain,
 *
 *   ∂L/∂x = (h − mean h − u ⊙ mean(h ⊙ u)) / s,   ∂L/∂gain = Σ over rows of g ⊙ u,   ∂L/∂bias = Σ over rows of g.
 */
import type { FloatArray } from "../../matrix/float-array.ts";
import type { LayerNorm, LayerNormGradient } from "../shapes.ts";
import { tsSumColumns } from "./rows.ts";

/** Arguments already checked. */
export function tsLayerNorm(out: FloatArray, x: FloatArray, norm: LayerNorm): void {
  const { rows, cols, epsilon = 1e-5, gain, bias, statistics } = norm;
  for (let i = 0, from = 0; i < rows; i++, from += cols) {
    let mean = 0;
    for (let j = from; j < from + cols; j++) mean += x[j];
    mean /= cols;
    let variance = 0;
    for (let j = from; j < from + cols; j++) variance += (x[j] - mean) * (x[j] - mean);
    const inverse = 1 / Math.sqrt(variance / cols + epsilon);
    for (let j = 0; j < cols; j++) out[from + j] = (x[from + j] - mean) * inverse * gain[j] + bias[j];
    statistics[2 * i] = mean;
    statistics[2 * i + 1] = inverse;
  }
}

/** Arguments already checked. */
export function tsLayerNormGradient(known: LayerNormGradient): void {
  const { rows, cols, gradient, xGradient, gainGradient, biasGradient } = known;
  if (xGradient !== undefined) addInputGradient(xGradient, known);
  if (gainGradient !== undefined) addGainGradient(gainGradient, known);
  if (biasGradient !== undefined) tsSumColumns(biasGradient, gradient, { rows, cols, accumulate: true });
}

function addInputGradient(out: FloatArray, known: LayerNormGradient): void {
  const { rows, cols, gradient, x, gain, statistics } = known;
  for (let i = 0, from = 0; i < rows; i++, from += cols) {
    const [mean, inverse] = [statistics[2 * i], statistics[2 * i + 1]];
    let [sum, product] = [0, 0];
    for (let j = 0; j < cols; j++) {
      const h = gradient[from + j] * gain[j];
      sum += h;
      product += h * (x[from + j] - mean) * inverse;
    }
    sum /= cols;
    product /= cols;
    for (let j = 0; j < cols; j++) {
      const u = (x[from + j] - mean) * inverse;
      out[from + j] += (gradient[from + j] * gain[j] - sum - u * product) * inverse;
    }
  }
}

function addGainGradient(out: FloatArray, known: LayerNormGradient): void {
  const { rows, cols, gradient, x, statistics } = known;
  const sums = new Float64Array(cols);
  for (let i = 0, at = 0; i < rows; i++) {
    const [mean, inverse] = [statistics[2 * i], statistics[2 * i + 1]];
    for (let j = 0; j < cols; j++, at++) sums[j] += gradient[at] * ((x[at] - mean) * inverse);
  }
  for (let j = 0; j < cols; j++) out[j] += sums[j];
}
