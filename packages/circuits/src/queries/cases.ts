/**
 * The ways in which one variable can be settled, with the posteriors of all others in each: one run of the two
 * passes per case. A variable with states is settled by its state; a number by the input that its value comes
 * from, given which it is independent of the rest.
 */
import type { Circuit } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import { type Evidence, inputLogValues, type Known, knownOf, onlyState } from "./evidence.ts";
import { logValues } from "./passes.ts";
import { inputFlows, type Posterior, posteriorsByVariable } from "./posteriors.ts";

/** One way to settle a variable: its probability, and the posteriors in that case. */
export interface Case {
  readonly probability: number;
  readonly posteriors: readonly Posterior[];
}

/** Where all cases start from: what is known, and the log of its total weight. */
export interface Start {
  readonly known: readonly Known[];
  readonly inputValues: Float64Array;
  readonly total: number;
}

/** What is known, read once. @throws UnknownNameError, InvalidArgumentError */
export function startOf<V extends string>(circuit: Circuit<V>, evidence: Evidence<V>): Start {
  const known = knownOf(circuit, evidence);
  const inputValues = inputLogValues(circuit, known);
  return { known, inputValues, total: logValues(circuit, inputValues)[circuit.size - 1] };
}

/**
 * The cases of one variable: by state, or by input if it is a number; those of probability 0 are undefined.
 * O(edges · cases).
 */
export function casesOf(circuit: Circuit, start: Start, variable: number): (Case | undefined)[] {
  const arity = arityOf(circuit.domains[variable]);
  if (!Number.isFinite(arity)) return casesByInput(circuit, start, variable);
  return Array.from({ length: arity }, (_, state) => {
    const known = start.known.slice();
    known[variable] = onlyState(known[variable], state, arity);
    return runCase(circuit, known, inputLogValues(circuit, known), start.total);
  });
}

function casesByInput(circuit: Circuit, start: Start, variable: number): (Case | undefined)[] {
  const own = circuit.inputs.flatMap((input, i) => (input.variable === variable ? [i] : []));
  return own.map((chosen) => {
    const inputValues = start.inputValues.slice();
    for (const input of own) if (input !== chosen) inputValues[input] = Number.NEGATIVE_INFINITY;
    return runCase(circuit, start.known, inputValues, start.total);
  });
}

/** The case that nothing more is settled. The evidence must leave a world. */
export function wholeCase(circuit: Circuit, { known, inputValues, total }: Start): Case {
  return runCase(circuit, known, inputValues, total) as Case;
}

function runCase(
  circuit: Circuit,
  known: readonly Known[],
  inputValues: Float64Array,
  total: number,
): Case | undefined {
  const values = logValues(circuit, inputValues);
  const root = values[circuit.size - 1];
  if (root === Number.NEGATIVE_INFINITY) return undefined;
  const posteriors = posteriorsByVariable(circuit, known, inputFlows(circuit, values));
  return { probability: Math.exp(root - total), posteriors };
}
