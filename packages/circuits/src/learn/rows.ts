/** Rows of data made ready for a circuit: checked once, column by column. */
import { InvalidArgumentError, type Matrix } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { arityOf, contains, describeDomain } from "../circuit/domain.ts";
import { checkTable, missing, type StateTable } from "./states.ts";
import { totalWeight } from "./weights.ts";

/** The values of one variable: states (any code from the arity on is missing), or numbers (NaN is missing). */
export type Column =
  | { readonly kind: "states"; readonly values: Uint8Array | Int32Array }
  | { readonly kind: "numbers"; readonly values: Float64Array };

/** Rows that a circuit's domains allow. */
export interface ReadyRows {
  readonly rows: number;
  readonly columns: readonly Column[];
  /** How often each row counts; undefined: all once. */
  readonly weights: ArrayLike<number> | undefined;
  /** Σ of the weights. */
  readonly total: number;
}

/** The code of a missing state, where the arity may be larger than {@link missing}. */
const missingState = 2 ** 31 - 1;

/**
 * Checks rows against a circuit. O(values).
 * @param rows a table of states, or a matrix in which NaN is missing; columns in the circuit's order
 * @param own how often each row counts; default: what the table says
 * @throws InvalidArgumentError for no rows or another number of columns, values outside the domains, and weights that
 *   are not one number from 0 per row, or all 0
 */
export function readyRows(circuit: Circuit, rows: Matrix | StateTable, own?: ArrayLike<number>): ReadyRows {
  if (rows?.cols !== circuit.variables.size) {
    throw new InvalidArgumentError(
      "The number of columns",
      rows?.cols,
      `${circuit.variables.size}, one per variable of the circuit`,
    );
  }
  if ("columns" in rows) checkTable(rows);
  else checkMatrix(rows);
  const columns = circuit.domains.map((domain, v): Column => {
    const arity = arityOf(domain);
    if ("columns" in rows && arity <= missing) {
      const values = rows.columns.subarray(v * rows.rows, (v + 1) * rows.rows);
      const bad = values.findIndex((state) => state >= arity && state !== missing);
      if (bad >= 0) throw outside(circuit, bad, v, values[bad]);
      return { kind: "states", values };
    }
    const values = Float64Array.from({ length: rows.rows }, (_, r) => valueAt(rows, r, v));
    const bad = values.findIndex((x) => !Number.isNaN(x) && !contains(domain, x));
    if (bad >= 0) throw outside(circuit, bad, v, values[bad]);
    if (!Number.isFinite(arity)) return { kind: "numbers", values };
    return { kind: "states", values: Int32Array.from(values, (x) => (Number.isNaN(x) ? missingState : x)) };
  });
  const weights = own ?? ("columns" in rows ? rows.weights : undefined);
  return { rows: rows.rows, columns, weights, total: totalWeight(weights, rows.rows) };
}

function checkMatrix({ rows, cols, data }: Matrix): void {
  if (!(Number.isInteger(rows) && rows >= 1)) {
    throw new InvalidArgumentError("The number of rows", rows, "an integer from 1");
  }
  if (data.length !== rows * cols) {
    throw new InvalidArgumentError("data", data, `${rows * cols} numbers, ${cols} for each row`);
  }
}

function valueAt(rows: Matrix | StateTable, r: number, v: number): number {
  if ("data" in rows) return rows.data[r * rows.cols + v];
  const state = rows.columns[v * rows.rows + r];
  return state === missing ? Number.NaN : state;
}

function outside(circuit: Circuit, row: number, v: number, value: number): InvalidArgumentError {
  return new InvalidArgumentError(
    `Row ${row} of ${JSON.stringify(circuit.variables.name(v))}`,
    value,
    `${describeDomain(circuit.domains[v])}, or NaN where it is missing`,
  );
}

/** Whether every value of every row is there. */
export function isComplete(circuit: Circuit, { columns }: ReadyRows): boolean {
  return columns.every((column, v) => {
    const arity = arityOf(circuit.domains[v]);
    return column.values.every((x) => x < arity);
  });
}

/** All rows in order. */
export function allRows(rows: number): Int32Array {
  return Int32Array.from({ length: rows }, (_, r) => r);
}
