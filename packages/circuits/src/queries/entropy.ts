/**
 * Entropy of the posterior over worlds, in nats. With weight(x) the unnormalised weight of a world,
 *
 *   H = log Z - E[log weight(x)],
 *
 * and in a deterministic, decomposable circuit every world runs through the circuit along one tree, so that
 * the expectation is the flow-weighted sum of the log weights of edges and literals (Vergari et al., "A
 * compositional atlas of tractable circuit operations", NeurIPS 2021, theorem 4.2, written with flows).
 * O(edges).
 */
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { type Contradiction, type Evidence, literalLogWeights, requireProperties } from "./evidence.ts";
import { contradictionOf } from "./likelihood.ts";
import { flows, logValues } from "./passes.ts";

/** An entropy in nats. */
export interface Entropy {
  readonly kind: "entropy";
  readonly nats: number;
  readonly logPartition: number;
}

/**
 * The entropy of P(world | evidence).
 * @returns `kind: "entropy"`, or `kind: "contradiction"` if no world is left
 * @throws UnknownNameError, InvalidArgumentError for evidence outside [0, 1]
 * @throws CredenceError `UNSUPPORTED_QUERY` unless the circuit is smooth, decomposable and known to be
 *   deterministic
 */
export function entropy<V extends string>(
  circuit: Circuit<V>,
  evidence: Evidence<V> = {},
): Entropy | Contradiction {
  requireProperties(circuit, "entropy", ["smooth", "decomposable", "deterministic"]);
  const literalWeights = literalLogWeights(circuit, evidence);
  const values = logValues(circuit, literalWeights);
  const total = values[circuit.size - 1];
  if (total === Number.NEGATIVE_INFINITY) return contradictionOf(circuit);
  const flow = flows(circuit, values);
  let expected = 0;
  for (let node = 0; node < circuit.size; node++) {
    if (flow[node] === 0) continue;
    if (circuit.literals[node] >= 0) expected += flow[node] * literalWeights[circuit.literals[node]];
    if (circuit.kinds[node] !== nodeKinds.sum) continue;
    for (let edge = circuit.offsets[node]; edge < circuit.offsets[node + 1]; edge++) {
      const weight = circuit.logWeights[edge];
      const share = Math.exp(weight + values[circuit.children[edge]] - values[node]);
      if (share > 0) expected += flow[node] * share * weight;
    }
  }
  // The difference of two equal numbers may come out below zero by rounding.
  return { kind: "entropy", nats: Math.max(0, total - expected), logPartition: total };
}
