/**
 * Weighted rows: a row of weight w counts as w rows, wherever rows are counted. Whole weights give what repeated rows
 * give; a row of weight 0 is as good as not there. Weights belong to their table (`StateTable.weights`), so that parts of
 * a table keep those of their rows.
 */
import { InvalidArgumentError } from "@credence/core";
import type { StateTable } from "./states.ts";

/**
 * Σ of the weights; without any, how many rows there are.
 * @throws InvalidArgumentError for weights
 * that are not one finite number from 0 per row, at least one above 0
 */
export function totalWeight(weights: ArrayLike<number> | undefined, rows: number): number {
  if (weights === undefined) return rows;
  if (weights.length !== rows)
    throw new InvalidArgumentError("weights", weights, `${rows} numbers, one per row`);
  let total = 0;
  for (let r = 0; r < rows; r++) {
    if (!(Number.isFinite(weights[r]) && weights[r] >= 0)) {
      throw new InvalidArgumentError(`weights[${r}]`, weights[r], "a number from 0");
    }
    total += weights[r];
  }
  if (!(total > 0)) throw new InvalidArgumentError("weights", "all 0", "at least one positive weight");
  if (total < Number.POSITIVE_INFINITY) return total;
  throw new InvalidArgumentError("weights", total, "numbers with a finite sum");
}

/** Σ of the weights of the rows of a part of a table, which may have none. */
export function massOf({ rows, weights }: StateTable): number {
  return weights === undefined ? rows : weights.reduce((a, b) => a + b, 0);
}

/** Σ weight · value, rows of weight 0 left out: they may be -Infinity. */
export function weightedSum(values: Float64Array, weights: ArrayLike<number> | undefined): number {
  let sum = 0;
  for (let r = 0; r < values.length; r++) {
    const weight = weights?.[r] ?? 1;
    if (weight > 0) sum += weight * values[r];
  }
  return sum;
}

/** The mean of one value per row of a table. */
export function meanOverRows(values: Float64Array, table: StateTable): number {
  return weightedSum(values, table.weights) / massOf(table);
}

/** Values by row, each times the weight of its row. */
export function weighted(values: Float64Array, weights: ArrayLike<number> | undefined): Float64Array {
  return weights === undefined ? values : values.map((value, r) => value * weights[r]);
}
