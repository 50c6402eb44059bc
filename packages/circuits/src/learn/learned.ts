/** What learning gives, whatever the structure. */
import { InvalidArgumentError, type JsonObject } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { estimatorOf } from "./estimates.ts";
import { logLikelihoods } from "./log-likelihoods.ts";
import { checkColumns, type StateTable } from "./states.ts";
import { meanOverRows } from "./weights.ts";

/** A learned circuit. */
export interface LearnedCircuit {
  readonly circuit: Circuit;
  readonly structure: string;
  /** The options that were in force, for reports. */
  readonly settings: JsonObject;
  /** Numbers that were learned. */
  readonly parameters: number;
  /** Epochs run, and the one whose parameters were kept; 0 where there was nothing to iterate. */
  readonly epochs: number;
  readonly bestEpoch: number;
  /** Mean log-likelihood of the validation data (of the training data without them) by epoch. */
  readonly trace: readonly number[];
  /** Log-likelihoods of the rows of a table, in nats, by the engine that trained the circuit where it has its own. */
  logLikelihoods(table: StateTable): Float64Array;
  /** Their mean, over rows as often as they count. */
  meanLogLikelihood(table: StateTable): number;
}

/** What is particular to one result; the rest follows from the circuit. */
export type LearnedFacts = Pick<LearnedCircuit, "circuit" | "structure" | "settings"> &
  Partial<Pick<LearnedCircuit, "parameters" | "epochs" | "bestEpoch" | "trace" | "logLikelihoods">>;

/** A learned circuit of a table. */
export function learnedCircuit(table: StateTable, facts: LearnedFacts): LearnedCircuit {
  const { circuit } = facts;
  const logs = facts.logLikelihoods ?? ((rows: StateTable) => logLikelihoods(circuit, rows));
  const checked = (rows: StateTable): Float64Array => {
    checkColumns(table, rows);
    return logs(rows);
  };
  return {
    circuit,
    structure: facts.structure,
    settings: facts.settings,
    parameters: facts.parameters ?? parameterCount(circuit),
    epochs: facts.epochs ?? 0,
    bestEpoch: facts.bestEpoch ?? 0,
    trace: facts.trace ?? [],
    logLikelihoods: checked,
    meanLogLikelihood: (rows) => meanOverRows(checked(rows), rows),
  };
}

/** Weights of sums and numbers of inputs, before what adds up to 1 is taken off. */
export function parameterCount(circuit: Circuit): number {
  let count = 0;
  for (let node = 0; node < circuit.size; node++) {
    if (circuit.kinds[node] === nodeKinds.sum) count += circuit.offsets[node + 1] - circuit.offsets[node];
  }
  for (const { distribution: d } of circuit.inputs) count += estimatorOf(d)?.size(d) ?? 0;
  return count;
}

/** @throws InvalidArgumentError unless `value` is an integer from 1 */
export function checkCount(name: string, value: number): void {
  if (!(Number.isInteger(value) && value >= 1))
    throw new InvalidArgumentError(name, value, "an integer from 1");
}
