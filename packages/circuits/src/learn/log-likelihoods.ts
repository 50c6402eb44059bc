/** Log-likelihoods of rows of data under any circuit. */
import type { Matrix } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { requireProperties } from "../queries/evidence.ts";
import { flowEngine } from "./flow-engine.ts";
import { allRows, type ReadyRows, readyRows } from "./rows.ts";
import type { StateTable } from "./states.ts";
import { weightedSum } from "./weights.ts";

/**
 * log C(row) for every row, missing values summed out; -Infinity where the circuit excludes the row. O(rows ·
 * edges).
 * @param rows a table of states, or a matrix in which NaN is missing; columns in the circuit's order
 * @throws InvalidArgumentError for another number of columns or values outside the domains
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable
 */
export function logLikelihoods(circuit: Circuit, rows: Matrix | StateTable): Float64Array {
  requireProperties(circuit, "logLikelihoods", ["smooth", "decomposable"]);
  const ready = readyRows(circuit, rows);
  const out = new Float64Array(ready.rows);
  readyLogLikelihoodsInto(out, circuit, ready);
  return out;
}

/** The mean of {@link logLikelihoods} over the rows as often as they count, in nats per row. @throws as it */
export function meanLogLikelihood(circuit: Circuit, rows: Matrix | StateTable): number {
  requireProperties(circuit, "logLikelihoods", ["smooth", "decomposable"]);
  return meanUnder(circuit, readyRows(circuit, rows));
}

function readyLogLikelihoodsInto(out: Float64Array, circuit: Circuit, rows: ReadyRows): void {
  const engine = flowEngine(circuit);
  try {
    engine.logLikelihoodsInto(out, rows, allRows(rows.rows), 0, rows.rows);
  } finally {
    engine.close();
  }
}

/** The weighted mean of the log-likelihoods of rows that are ready; rows of weight 0 may have probability 0. */
export function meanUnder(circuit: Circuit, rows: ReadyRows): number {
  const logs = new Float64Array(rows.rows);
  readyLogLikelihoodsInto(logs, circuit, rows);
  return weightedMean(logs, rows);
}

/** Σ weight · value / Σ weight, without the rows of weight 0. */
export function weightedMean(values: Float64Array, { weights, total }: ReadyRows): number {
  return weightedSum(values, weights) / total;
}
