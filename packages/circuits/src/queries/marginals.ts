/**
 * All single-variable posteriors P(x_v = 1 | evidence) of a smooth and decomposable circuit in one pass up
 * and one down (see passes.ts). O(edges).
 */
import type { Circuit } from "../circuit/circuit.ts";
import { byName } from "./by-name.ts";
import { type Contradiction, type Evidence, requireDomains, requireProperties } from "./evidence.ts";
import { posteriors } from "./posteriors.ts";

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
 * The posterior probability of every variable, all of which are binary; `posteriors` takes all domains.
 * @returns `kind: "posteriors"`, or `kind: "contradiction"` if the rules, or rules and evidence, leave no
 *   world
 * @throws UnknownNameError, InvalidArgumentError for evidence outside [0, 1]
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable, or has other
 *   variables than binary ones
 */
export function marginals<V extends string>(circuit: Circuit<V>, evidence: Evidence<V> = {}): Marginals<V> {
  requireProperties(circuit, "marginals", ["smooth", "decomposable"]);
  requireDomains(circuit, "marginals", ["binary"], "Ask posteriors, which has an answer for every domain.");
  const answer = posteriors(circuit, evidence);
  if (answer.kind === "contradiction") return answer;
  const { byVariable, logPartition } = answer;
  const probabilities = byName(circuit, (v) => {
    const one = byVariable[circuit.variables.name(v)];
    return one.kind === "states" ? one.probabilities[1] : Number.NaN;
  });
  return { kind: "posteriors", probabilities, logPartition };
}
