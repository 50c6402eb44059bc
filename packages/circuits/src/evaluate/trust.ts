/**
 * How small a root may be before linear numbers cannot be trusted. Let the values of every variable's inputs be at
 * most 1 (and those of a pair of literals add up to at most 1). A value lost at node n (below 1e-300) moves the root
 * by at most 1e-300 · D(n), D being the derivative of the root by n.
 *
 * Where the weights of every sum add up to at most 1, all values and derivatives are at most 1. Otherwise, in a
 * deterministic circuit D(n) is at most the largest product of edge weights over the contexts of n, because distinct
 * contexts are disjoint events; in others contexts add up. Roots above 1e-270 · max(1, max D) are then good to 1e-29
 * per edge.
 */
import { logAddExp } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";

const floorLog = Math.log(1e-270);

/**
 * The smallest root below `root` that linear numbers give reliably; Infinity if they will not do at all. O(edges).
 * @param root the node that counts as the root
 * @param weights by edge, no logs
 */
export function trustedFloor(circuit: Circuit, root: number, weights: Float64Array): number {
  if (isSubnormalized(circuit, root, weights)) return 1e-270;
  const { kinds, offsets, children, logWeights } = circuit;
  const join = circuit.properties.deterministic ? Math.max : logAddExp;
  const value = new Float64Array(root + 1);
  const derivative = new Float64Array(root + 1).fill(Number.NEGATIVE_INFINITY);
  let [largest, steepest] = [0, 0];
  for (let node = 0; node <= root; node++) {
    const sum = kinds[node] === nodeKinds.sum;
    let bound = sum ? Number.NEGATIVE_INFINITY : 0;
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      const term = logWeights[edge] + value[children[edge]];
      bound = sum ? join(bound, term) : bound + term;
      if (sum) largest = Math.max(largest, logWeights[edge]);
    }
    value[node] = bound;
    largest = Math.max(largest, bound);
  }
  derivative[root] = 0;
  for (let node = root; node >= 0; node--) {
    steepest = Math.max(steepest, derivative[node]);
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      const child = children[edge];
      const step = kinds[node] === nodeKinds.sum ? logWeights[edge] : value[node] - value[child];
      // A product with a factor that is always 0 has no derivative to speak of.
      if (derivative[node] === Number.NEGATIVE_INFINITY || Number.isNaN(step)) continue;
      derivative[child] = join(derivative[child], derivative[node] + step);
    }
  }
  return largest < 300 && floorLog + steepest < 300
    ? Math.exp(floorLog + steepest)
    : Number.POSITIVE_INFINITY;
}

/** Whether the weights of every sum add up to at most 1, but for rounding. */
function isSubnormalized({ kinds, offsets }: Circuit, root: number, weights: Float64Array): boolean {
  for (let node = 0; node <= root; node++) {
    if (kinds[node] !== nodeKinds.sum) continue;
    let total = 0;
    for (let e = offsets[node]; e < offsets[node + 1]; e++) total += weights[e];
    if (total > 1 + 1e-9) return false;
  }
  return true;
}
