/** Parts of tables of states. */
import type { Rng } from "@credence/core";
import type { StateTable } from "./states.ts";

/** These rows, in this order; a row may come several times. */
export function selectRows(table: StateTable, rows: ArrayLike<number>): StateTable {
  const columns = new Uint8Array(rows.length * table.cols);
  for (let v = 0; v < table.cols; v++) {
    const [from, to] = [v * table.rows, v * rows.length];
    for (let r = 0; r < rows.length; r++) columns[to + r] = table.columns[from + rows[r]];
  }
  return { rows: rows.length, cols: table.cols, arities: table.arities, columns };
}

/** These columns, in this order. */
export function selectColumns(table: StateTable, kept: readonly number[]): StateTable {
  const { rows } = table;
  const columns = new Uint8Array(rows * kept.length);
  kept.forEach((v, i) => {
    columns.set(table.columns.subarray(v * rows, (v + 1) * rows), i * rows);
  });
  return { rows, cols: kept.length, arities: kept.map((v) => table.arities[v]), columns };
}

/** As many rows as there are, drawn with replacement (B. Efron, "Bootstrap methods", Ann. Statist. 7, 1979). */
export function bootstrapRows(table: StateTable, random: Rng): StateTable {
  const rows = Int32Array.from({ length: table.rows }, () => random.int(table.rows));
  return selectRows(table, rows.sort());
}
