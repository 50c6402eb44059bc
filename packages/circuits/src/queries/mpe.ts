/**
 * The most probable explanation: the world of the largest weight, argmax_x Π_v θ_v(x_v) · weight(x). In a
 * deterministic and decomposable circuit the sums may be replaced by maxima, and one walk down from the root
 * along the largest children reads off the world. O(edges). Without determinism this would give a bound only,
 * so such circuits are refused.
 */
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { type Contradiction, type Evidence, literalLogWeights, requireProperties } from "./evidence.ts";
import { contradictionOf, logPartition } from "./likelihood.ts";
import { byName } from "./marginals.ts";
import { logValues } from "./passes.ts";

/** A most probable world. */
export interface MostProbableWorld<V extends string = string> {
  readonly kind: "world";
  readonly assignment: { readonly [K in V]: boolean };
  /** Log of the world's weight, literal weights included. */
  readonly logWeight: number;
  /** Log of its posterior probability given the evidence. */
  readonly logProbability: number;
}

/**
 * A world of the largest posterior probability; of several, the first in the order of the circuit's
 * decisions.
 * @returns `kind: "world"`, or `kind: "contradiction"` if no world is left
 * @throws UnknownNameError, InvalidArgumentError for evidence outside [0, 1]
 * @throws CredenceError `UNSUPPORTED_QUERY` unless the circuit is smooth, decomposable and known to be
 *   deterministic
 */
export function mpe<V extends string>(
  circuit: Circuit<V>,
  evidence: Evidence<V> = {},
): MostProbableWorld<V> | Contradiction {
  requireProperties(circuit, "mpe", ["smooth", "decomposable", "deterministic"]);
  const values = logValues(circuit, literalLogWeights(circuit, evidence), "max");
  const root = circuit.size - 1;
  if (values[root] === Number.NEGATIVE_INFINITY) return contradictionOf(circuit);
  const world = new Uint8Array(circuit.variables.size);
  const chosen = new Uint8Array(circuit.size);
  chosen[root] = 1;
  for (let node = root; node >= 0; node--) {
    if (chosen[node] === 0) continue;
    const code = circuit.literals[node];
    if (code >= 0) world[code >> 1] = code & 1;
    for (const edge of chosenEdges(circuit, node, values)) chosen[circuit.children[edge]] = 1;
  }
  return {
    kind: "world",
    assignment: byName(circuit, (v) => world[v] === 1),
    logWeight: values[root],
    logProbability: values[root] - logPartition(circuit, evidence),
  };
}

/** All edges of a product, the first best one of a sum. */
function chosenEdges(circuit: Circuit, node: number, values: Float64Array): number[] {
  const { offsets, children, logWeights } = circuit;
  const edges = Array.from({ length: offsets[node + 1] - offsets[node] }, (_, i) => offsets[node] + i);
  if (circuit.kinds[node] !== nodeKinds.sum) return edges;
  const best = edges.find((edge) => logWeights[edge] + values[children[edge]] === values[node]);
  return best === undefined ? [] : [best];
}
