/**
 * All single-variable posteriors P(x_v = 1 | evidence) of a smooth and decomposable circuit in one pass up
 * and one down (see passes.ts). O(edges).
 */
import type { Circuit } from "../circuit/circuit.ts";
import { type Contradiction, type Evidence, literalLogWeights, requireProperties } from "./evidence.ts";
import { contradictionOf } from "./likelihood.ts";
import { flows, logValues, posteriorsOf } from "./passes.ts";

/** Posteriors, or the statement that there are none. No field is ever NaN. */
export type Marginals<V extends string = string> = Posteriors<V> | Contradiction;

export interface Posteriors<V extends string = string> {
  readonly kind: "posteriors";
  /** P(variable is true | evidence), by name. */
  readonly probabilities: { readonly [K in V]: number };
  /** Log of the total weight of the worlds that agree with the evidence. */
  readonly logPartition: number;
}

/**
 * The posterior probability of every variable.
 * @returns `kind: "posteriors"`, or `kind: "contradiction"` if the rules, or rules and evidence, leave no
 *   world
 * @throws UnknownNameError, InvalidArgumentError for evidence outside [0, 1]
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable
 */
export function marginals<V extends string>(circuit: Circuit<V>, evidence: Evidence<V> = {}): Marginals<V> {
  requireProperties(circuit, "marginals", ["smooth", "decomposable"]);
  const values = logValues(circuit, literalLogWeights(circuit, evidence));
  const total = values[circuit.size - 1];
  if (total === Number.NEGATIVE_INFINITY) return contradictionOf(circuit);
  const posteriors = posteriorsOf(circuit, flows(circuit, values));
  const probabilities = byName(circuit, (v) => posteriors[v]);
  return { kind: "posteriors", probabilities, logPartition: total };
}

/** A record with one value per variable. */
export function byName<V extends string, T>(
  circuit: Pick<Circuit<V>, "variables">,
  value: (variable: number) => T,
): { [K in V]: T } {
  // fromEntries defines properties, so that even a variable called __proto__ is one.
  return Object.fromEntries(circuit.variables.names.map((name, v) => [name, value(v)])) as { [K in V]: T };
}
