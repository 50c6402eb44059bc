/** Whether a circuit is a probability distribution by its parameters: the weights of every sum add up to 1. */
import { logSumExp } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";

/** The answer, and the first sum (in topological order) whose weights do not add up to 1 within 1e-9. */
export type NormalizedCheck = { readonly holds: true } | { readonly holds: false; readonly node: number };

/** Checks the weights of all sums; inputs are normalized always. O(edges). */
export function checkNormalized(circuit: Circuit): NormalizedCheck {
  for (let node = 0; node < circuit.size; node++) {
    if (circuit.kinds[node] !== nodeKinds.sum) continue;
    const weights = circuit.logWeights.subarray(circuit.offsets[node], circuit.offsets[node + 1]);
    if (!(Math.abs(logSumExp(weights)) <= 1e-9)) return { holds: false, node };
  }
  return { holds: true };
}
