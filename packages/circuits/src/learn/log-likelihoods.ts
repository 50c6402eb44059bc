/** Log-likelihoods of rows of data under any circuit, one pass up per row in logs. */
import { InvalidArgumentError, type Matrix } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { arityOf, contains, describeDomain } from "../circuit/domain.ts";
import { inputLogValues, type Known, requireProperties } from "../queries/evidence.ts";
import { logValues } from "../queries/passes.ts";
import { missing, type StateTable } from "./states.ts";

/**
 * log C(row) for every row, missing values summed out; -Infinity where the circuit excludes the row. O(rows ·
 * edges).
 * @param rows a table of states, or a matrix in which NaN is missing; columns in the circuit's order
 * @throws InvalidArgumentError for another number of columns or values outside the domains
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable
 */
export function logLikelihoods(circuit: Circuit, rows: Matrix | StateTable): Float64Array {
  requireProperties(circuit, "logLikelihoods", ["smooth", "decomposable"]);
  const known = rowReader(circuit, rows);
  return Float64Array.from({ length: rows.rows }, (_, r) => {
    return logValues(circuit, inputLogValues(circuit, known(r)))[circuit.size - 1];
  });
}

/** The mean of {@link logLikelihoods}, in nats per row. @throws as it */
export function meanLogLikelihood(circuit: Circuit, rows: Matrix | StateTable): number {
  return logLikelihoods(circuit, rows).reduce((a, b) => a + b, 0) / rows.rows;
}

/** What is known of the variables by row; values are checked as they are read. */
export function rowReader(circuit: Circuit, rows: Matrix | StateTable): (row: number) => readonly Known[] {
  if (rows.cols !== circuit.variables.size) {
    throw new InvalidArgumentError(
      "The number of columns",
      rows.cols,
      `${circuit.variables.size}, one per variable of the circuit`,
    );
  }
  const nothing: Known = { kind: "nothing" };
  // Findings of single states are made once.
  const single = circuit.domains.map((domain): Known[] => {
    const arity = arityOf(domain);
    if (!Number.isFinite(arity)) return [];
    return Array.from({ length: arity }, (_, state) => {
      const logWeights = new Float64Array(arity).fill(Number.NEGATIVE_INFINITY);
      logWeights[state] = 0;
      return { kind: "weights", logWeights };
    });
  });
  const valueAt = (r: number, v: number): number => {
    if ("data" in rows) return rows.data[r * rows.cols + v];
    const state = rows.columns[v * rows.rows + r];
    return state === missing ? Number.NaN : state;
  };
  return (r) =>
    circuit.domains.map((domain, v): Known => {
      const value = valueAt(r, v);
      if (Number.isNaN(value)) return nothing;
      if (!contains(domain, value)) {
        throw new InvalidArgumentError(
          `Row ${r} of ${JSON.stringify(circuit.variables.name(v))}`,
          value,
          `${describeDomain(domain)}, or NaN where it is missing`,
        );
      }
      return single[v][value] ?? { kind: "values", values: [value] };
    });
}
