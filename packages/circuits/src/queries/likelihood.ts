/**
 * The total weight of the worlds, Z(e) = Σ_x Π_v θ_v(x_v) · weight(x), and what is defined by it. One upward
 * pass, O(edges). Needs a smooth and decomposable circuit.
 */
import { CredenceError } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import {
  bothKnown,
  type Contradiction,
  type Evidence,
  inputLogValues,
  knownOf,
  requireProperties,
} from "./evidence.ts";
import { logValues } from "./passes.ts";

/**
 * log Z(evidence), in nats; -Infinity if no world is left. Where a real variable has a value, the density at
 * it takes the place of a sum over its worlds. For a circuit that is normalized this is the log-likelihood of
 * the evidence.
 * @throws UnknownNameError, InvalidArgumentError for evidence outside [0, 1]
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable
 */
export function logPartition<V extends string>(circuit: Circuit<V>, evidence: Evidence<V> = {}): number {
  requireProperties(circuit, "logPartition", ["smooth", "decomposable"]);
  return logValues(circuit, inputLogValues(circuit, knownOf(circuit, evidence)))[circuit.size - 1];
}

/**
 * logPartition(evidence) - logPartition(), in nats: the log probability of hard evidence; for virtual
 * evidence the log of the expected product of its weights. -Infinity for evidence of probability 0.
 * @throws what {@link logPartition} throws, and CredenceError `CONTRADICTION` if the rules exclude every
 *   world:
 * under them nothing has a probability
 */
export function logProbability<V extends string>(circuit: Circuit<V>, evidence: Evidence<V> = {}): number {
  const all = logPartition(circuit);
  if (all === Number.NEGATIVE_INFINITY) {
    throw new CredenceError({
      code: "CONTRADICTION",
      message: "The hard rules exclude every world, so nothing has a probability under them.",
      expected: "rules that at least one world satisfies",
      hint: "Leave rules out one at a time to find those at fault: logPartition is finite when they agree.",
    });
  }
  return logPartition(circuit, evidence) - all;
}

/** The answer of {@link conditionalLogProbability}. */
export interface ConditionalLogProbability {
  readonly kind: "log-probability";
  /** log P(query | evidence), in nats; -Infinity for what is impossible given the evidence. */
  readonly logProbability: number;
  /** Log of the total weight of the worlds that agree with the evidence. */
  readonly logPartition: number;
}

/**
 * log P(query | evidence), the difference of two partitions: of worlds that agree with both, and with the
 * evidence. Findings on the same variable have to hold both; soft ones multiply. Where the query gives a real
 * variable a value, and the evidence does not, the answer is a density. O(edges), two passes up.
 * @returns `kind: "log-probability"`, or `kind: "contradiction"` if the evidence leaves no world: given the
 *   impossible nothing has a probability
 * @throws UnknownNameError, InvalidArgumentError for findings outside the domain
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable
 */
export function conditionalLogProbability<V extends string>(
  circuit: Circuit<V>,
  query: Evidence<V>,
  evidence: Evidence<V> = {},
): ConditionalLogProbability | Contradiction {
  requireProperties(circuit, "conditionalLogProbability", ["smooth", "decomposable"]);
  const known = knownOf(circuit, evidence);
  const both = bothKnown(knownOf(circuit, query), known);
  const total = logValues(circuit, inputLogValues(circuit, known))[circuit.size - 1];
  if (total === Number.NEGATIVE_INFINITY) return contradictionOf(circuit);
  const joint = logValues(circuit, inputLogValues(circuit, both))[circuit.size - 1];
  return { kind: "log-probability", logProbability: joint - total, logPartition: total };
}

/** The contradiction that a query with `evidence` has run into. */
export function contradictionOf(circuit: Circuit): Contradiction {
  const source = logPartition(circuit) === Number.NEGATIVE_INFINITY ? "rules" : "evidence";
  return { kind: "contradiction", source, logPartition: Number.NEGATIVE_INFINITY };
}
