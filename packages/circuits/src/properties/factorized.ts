/**
 * Full factorization: every product multiplies inputs (or mixtures) of single variables, as in a mixture of independent
 * variables. Such a circuit decomposes under any split of its variables, so that one vtree explains it together with any
 * structured circuit ("omni-compatible": A. Vergari et al., "A compositional atlas of tractable circuit operations",
 * NeurIPS 2021, definition 2.6).
 */
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";

/** The answer, and the first product (in topological order) with a factor over two variables or more. */
export type FactorizedCheck = { readonly holds: true } | { readonly holds: false; readonly node: number };

/** Whether every factor of every product is over one variable. O(edges). */
export function checkFactorized(circuit: Circuit): FactorizedCheck {
  const { offsets, children, inputOf, inputs } = circuit;
  // The only variable of a node; -1 for none yet, -2 for several.
  const only = new Int32Array(circuit.size).fill(-1);
  for (let node = 0; node < circuit.size; node++) {
    if (inputOf[node] >= 0) only[node] = inputs[inputOf[node]].variable;
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      const child = only[children[edge]];
      if (circuit.kinds[node] === nodeKinds.product && child === -2) return { holds: false, node };
      if (only[node] === -1) only[node] = child;
      else if (child !== -1 && child !== only[node]) only[node] = -2;
    }
  }
  return { holds: true };
}
