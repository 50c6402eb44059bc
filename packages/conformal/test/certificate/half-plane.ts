/**
 * A classifier whose smoothed shares are known: class 1 where x_0 > threshold, class 2 where x_0 <
 * −threshold, else 0.
 */
import type { BatchFunction } from "@credence/conformal";
import { normalCdf } from "@credence/core";

export function bandClassifier(threshold: number): BatchFunction {
  return (inputs, out) => {
    for (let i = 0; i < inputs.rows; i++) {
      const x = inputs.data[i * inputs.cols];
      const label = x > threshold ? 1 : x < -threshold ? 2 : 0;
      out.data[i * out.cols + label] = 1;
    }
  };
}

/** The exact shares of its classes at x_0. */
export function bandShares(threshold: number, x: number, sigma: number): [number, number, number] {
  const above = normalCdf((x - threshold) / sigma);
  const below = normalCdf((-threshold - x) / sigma);
  return [1 - above - below, above, below];
}
