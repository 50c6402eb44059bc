/** Parts of tables of states, and tables with other weights. */
import type { Rng } from "@credence/core";
import { checkTable, type StateTable } from "./states.ts";

/**
 * The table with its rows weighted; weights that it had are replaced. O(rows).
 * @param weights how often each row counts: finite numbers from 0, at least one above
 * @throws InvalidArgumentError for other weights, and what is no table
 */
export function weightRows(table: StateTable, weights: ArrayLike<number>): StateTable {
  const weighted = { ...table, weights: Float64Array.from(weights) };
  checkTable(weighted);
  return weighted;
}

/** These rows, in this order; a row may come several times. */
export function selectRows(table: StateTable, rows: ArrayLike<number>): StateTable {
  const columns = new Uint8Array(rows.length * table.cols);
  for (let v = 0; v < table.cols; v++) {
    const [from, to] = [v * table.rows, v * rows.length];
    for (let r = 0; r < rows.length; r++) columns[to + r] = table.columns[from + rows[r]];
  }
  const { cols, arities, weights } = table;
  const selected = { rows: rows.length, cols, arities, columns };
  return weights === undefined
    ? selected
    : { ...selected, weights: Float64Array.from(rows, (r) => weights[r]) };
}

/** These columns, in this order. */
export function selectColumns(table: StateTable, kept: readonly number[]): StateTable {
  const { rows } = table;
  const columns = new Uint8Array(rows * kept.length);
  kept.forEach((v, i) => {
    columns.set(table.columns.subarray(v * rows, (v + 1) * rows), i * rows);
  });
  const { weights } = table;
  const selected = { rows, cols: kept.length, arities: kept.map((v) => table.arities[v]), columns };
  return weights === undefined ? selected : { ...selected, weights };
}

/** The rows that count: those of weight 0 are left out. */
export function countedRows(table: StateTable): StateTable {
  const { rows, weights } = table;
  if (weights === undefined || weights.every((weight) => weight > 0)) return table;
  return selectRows(
    table,
    Array.from({ length: rows }, (_, r) => r).filter((r) => weights[r] > 0),
  );
}

/**
 * As many rows as there are, drawn with replacement (B. Efron, "Bootstrap methods", Ann. Statist. 7, 1979). Weighted rows
 * are drawn as often as their weights say, and then weigh the same, together as much as before.
 */
export function bootstrapRows(table: StateTable, random: Rng): StateTable {
  const { rows, weights } = table;
  if (weights === undefined) {
    return selectRows(table, Int32Array.from({ length: rows }, () => random.int(rows)).sort());
  }
  const ends = Float64Array.from(weights);
  for (let r = 1; r < rows; r++) ends[r] += ends[r - 1];
  const total = ends[rows - 1];
  const drawn = Int32Array.from({ length: rows }, () => rowAt(ends, random() * total)).sort();
  return { ...selectRows(table, drawn), weights: new Float64Array(rows).fill(total / rows) };
}

/** The first row that ends beyond `place`: rows of weight 0 end where they start. */
function rowAt(ends: Float64Array, place: number): number {
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle] > place) high = middle;
    else low = middle + 1;
  }
  return low;
}
