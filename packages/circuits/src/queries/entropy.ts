/**
 * Entropy of the posterior over worlds, in nats. With weight(x) the unnormalised weight of a world,
 *
 *   H = log Z - E[log weight(x)],
 *
 * and in a deterministic, decomposable circuit every world runs through the circuit along one tree, so that
 * the expectation is the flow-weighted sum of the log weights of edges and inputs (Vergari et al., "A
 * compositional atlas of tractable circuit operations", NeurIPS 2021, theorem 4.2, written with flows).
 * O(edges). Without determinism the entropy is hard to compute; circuits with few open states are then
 * enumerated, and others refused.
 */
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import { expectedLogWeight } from "../inputs/restricted.ts";
import {
  type Contradiction,
  type Evidence,
  inputLogValues,
  type Known,
  knownOf,
  requireProperties,
} from "./evidence.ts";
import { contradictionOf } from "./likelihood.ts";
import { flows, logValues } from "./passes.ts";
import { stateShares } from "./posteriors.ts";
import { countWorlds, eachWorld, worldLimit } from "./worlds.ts";

/** An entropy in nats. */
export interface Entropy {
  readonly kind: "entropy";
  readonly nats: number;
  readonly logPartition: number;
}

/**
 * The entropy of P(world | evidence); differential where variables are real.
 * @returns `kind: "entropy"`, or `kind: "contradiction"` if no world is left
 * @throws UnknownNameError, InvalidArgumentError for evidence outside the domain
 * @throws CredenceError `UNSUPPORTED_QUERY` unless the circuit is smooth, decomposable and known to be
 *   deterministic, or smooth and decomposable with at most 2^20 worlds
 */
export function entropy<V extends string>(
  circuit: Circuit<V>,
  evidence: Evidence<V> = {},
): Entropy | Contradiction {
  requireProperties(circuit, "entropy", ["smooth", "decomposable"]);
  const known = knownOf(circuit, evidence);
  const few = countWorlds(circuit, known) <= worldLimit;
  if (!few) requireProperties(circuit, "entropy", ["smooth", "decomposable", "deterministic"]);
  const values = logValues(circuit, inputLogValues(circuit, known));
  const total = values[circuit.size - 1];
  if (total === Number.NEGATIVE_INFINITY) return contradictionOf(circuit);
  const nats = circuit.properties.deterministic
    ? total - expectedLog(circuit, known, values)
    : byEnumeration(circuit, known, total);
  // The difference of two equal numbers may come out below zero by rounding; differential entropies may be.
  const discrete = circuit.domains.every((domain) => domain.kind !== "real");
  return { kind: "entropy", nats: discrete ? Math.max(0, nats) : nats, logPartition: total };
}

/** E[log weight(x)] of a deterministic circuit. */
function expectedLog(circuit: Circuit, known: readonly Known[], values: Float64Array): number {
  const flow = flows(circuit, values);
  let expected = 0;
  for (let node = 0; node < circuit.size; node++) {
    if (flow[node] === 0) continue;
    if (circuit.inputOf[node] >= 0) {
      const input = circuit.inputs[circuit.inputOf[node]];
      const finding = known[input.variable];
      const arity = arityOf(circuit.domains[input.variable]);
      const shares = Number.isFinite(arity) ? stateShares(input, finding, arity) : [];
      expected += flow[node] * expectedLogWeight(input, finding, shares);
    }
    if (circuit.kinds[node] !== nodeKinds.sum) continue;
    for (let edge = circuit.offsets[node]; edge < circuit.offsets[node + 1]; edge++) {
      const weight = circuit.logWeights[edge];
      const share = Math.exp(weight + values[circuit.children[edge]] - values[node]);
      if (share > 0) expected += flow[node] * share * weight;
    }
  }
  return expected;
}

function byEnumeration(circuit: Circuit, known: readonly Known[], total: number): number {
  let nats = 0;
  eachWorld(circuit, known, (_, logWeight) => {
    const p = Math.exp(logWeight - total);
    if (p > 0) nats -= p * (logWeight - total);
  });
  return nats;
}
