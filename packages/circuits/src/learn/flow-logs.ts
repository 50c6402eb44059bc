/** The counts of a single row in logs: the definition of flow-engine.ts, and its refuge where numbers get too small. */
import { InvalidArgumentError } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import { type Distribution, isOverStates, stateProbability } from "../inputs/distribution.ts";
import { type Input, numericFamily } from "../inputs/input.ts";
import { flows, logValues } from "../queries/passes.ts";
import { estimatorOf } from "./estimates.ts";
import type { ExpectedCounts, RowsInWork } from "./flow-engine.ts";

/** Log values of all nodes at row r of the rows in work. */
export function rowLogs(circuit: Circuit, work: RowsInWork, r: number): Float64Array {
  const inputLogs = Float64Array.from(circuit.inputs, (input) =>
    inputLog(input, knownValue(circuit, work, input, r)),
  );
  return logValues(circuit, inputLogs);
}

/** The value of an input's variable in a row; NaN where it is missing or hidden. */
function knownValue(
  circuit: Circuit,
  { rows, order, from, hidden }: RowsInWork,
  { variable }: Input,
  r: number,
): number {
  const x = hidden[variable] === 1 ? Number.NaN : rows.columns[variable].values[order[from + r]];
  return x < arityOf(circuit.domains[variable]) ? x : Number.NaN;
}

/** The log of an input's value, 0 where x is missing. */
export function inputLog({ distribution: d }: Input, x: number): number {
  if (Number.isNaN(x)) return 0;
  return isOverStates(d) ? Math.log(stateProbability(d, x)) : numericFamily(d).logProbability(d, x);
}

/**
 * Adds the counts of row r.
 * @param seed how often the row counts
 * @returns its log-likelihood
 * @throws InvalidArgumentError if it has probability 0
 */
export function addInLogs(
  circuit: Circuit,
  counts: ExpectedCounts,
  starts: Int32Array,
  work: RowsInWork,
  r: number,
  seed: number,
): number {
  const { kinds, offsets, children, size, logWeights, inputOf } = circuit;
  const logs = rowLogs(circuit, work, r);
  if (logs[size - 1] === Number.NEGATIVE_INFINITY) throw excluded(work.order[work.from + r]);
  const own = flows(circuit, logs);
  for (let node = 0; node < size; node++) {
    if (own[node] === 0) continue;
    if (kinds[node] === nodeKinds.sum) {
      for (let e = offsets[node]; e < offsets[node + 1]; e++) {
        counts.edges[e] += seed * own[node] * Math.exp(logWeights[e] + logs[children[e]] - logs[node]);
      }
    } else if (kinds[node] === nodeKinds.input) {
      const input = circuit.inputs[inputOf[node]];
      const x = knownValue(circuit, work, input, r);
      addRowStatistic(input.distribution, counts, starts[inputOf[node]], x, seed * own[node]);
    }
  }
  return logs[size - 1];
}

/** Adds what an input says of one value: its statistics, or what it expects of them where the value is missing. */
export function addRowStatistic(
  d: Distribution,
  { inputs }: ExpectedCounts,
  start: number,
  x: number,
  flow: number,
): void {
  const estimator = estimatorOf(d);
  if (estimator === undefined) return;
  // The sums of numbers come after their flow.
  const at = start + Number(!isOverStates(d));
  if (!isOverStates(d)) inputs[start] += flow;
  if (!Number.isNaN(x)) estimator.addInto(d, inputs, at, x, flow);
  else {
    estimator.expected(d).forEach((statistic, k) => {
      inputs[at + k] += flow * statistic;
    });
  }
}

function excluded(row: number): InvalidArgumentError {
  return new InvalidArgumentError(
    `Row ${row}`,
    "excluded by the circuit",
    "a row of positive probability",
    "Start from a circuit whose parameters are all positive, or leave the row out.",
  );
}
