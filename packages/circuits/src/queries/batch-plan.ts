/**
 * A circuit made ready for many rows at once: sums and products in linear numbers instead of logs, nodes as
 * slots of one array, and products of two that only one sum reads fused into that sum's terms,
 *
 *   sum      out = Σ_t weight_t · left_t · right_t      (right may be absent)
 *   product  out = Π_t left_t
 *
 * Linear numbers underflow where logs do not, so the plan states how small a root may be before a row has to
 * be done again in logs. Let every literal pair weigh at most 1 in all. A value lost at node n (below 1e-300)
 * moves the root by at most 1e-300 · D(n), D being the derivative of the root by n. In a deterministic
 * circuit D(n) is at most the largest product of edge weights over the contexts of n, because distinct
 * contexts are disjoint events; otherwise contexts add up. Roots above 1e-270 · max(1, max D) are then good
 * to 1e-29 per edge.
 */
import { logAddExp } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";

/** Arrays per operation (in topological order) and per term of operations. */
export interface BatchPlan {
  readonly slots: number;
  /** Slot of each literal (2 · variable + value), -1 for literals that the circuit has not. */
  readonly literalSlots: Int32Array;
  readonly rootSlot: number;
  /** Log of a constant factor of the whole circuit. */
  readonly logScale: number;
  /** Roots smaller than this are not to be trusted; Infinity if linear numbers will not do at all. */
  readonly floor: number;
  readonly outs: Int32Array;
  readonly isSum: Uint8Array;
  /** Terms of operation i: from termOffsets[i] to termOffsets[i + 1]. */
  readonly termOffsets: Int32Array;
  readonly weights: Float64Array;
  readonly left: Int32Array;
  /** -1 where a term has one factor. */
  readonly right: Int32Array;
  /** Per slot: 1 if the flow of a wanted literal runs through it. */
  readonly wanted: Uint8Array;
}

const lost = 1e-300;
const floorLog = Math.log(1e-270);

/** Values below this count as 0 in the downward pass; see the head of this file. */
export const negligible = lost;

/** The plan of a circuit for the posteriors of some variables. O(edges). */
export function batchPlan(circuit: Circuit, variables: readonly number[]): BatchPlan {
  const { kinds, literals, offsets, children, logWeights } = circuit;
  // The compiler puts the common scale of all weights on a single edge above everything else.
  let root = circuit.size - 1;
  let logScale = 0;
  while (kinds[root] === nodeKinds.sum && offsets[root + 1] - offsets[root] === 1) {
    logScale += logWeights[offsets[root]];
    root = children[offsets[root]];
  }
  const fused = fusedProducts(circuit, root);
  const slotOf = new Int32Array(root + 1).fill(-1);
  const literalSlots = new Int32Array(2 * circuit.variables.size).fill(-1);
  const [outs, isSum, termOffsets]: number[][] = [[], [], [0]];
  const [weights, left, right]: number[][] = [[], [], []];
  let slots = 0;
  for (let node = 0; node <= root; node++) {
    if (fused[node]) continue;
    slotOf[node] = slots++;
    if (literals[node] >= 0) {
      literalSlots[literals[node]] = slotOf[node];
      continue;
    }
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      const child = children[edge];
      weights.push(Math.exp(logWeights[edge]));
      left.push(slotOf[fused[child] ? children[offsets[child]] : child]);
      right.push(fused[child] ? slotOf[children[offsets[child] + 1]] : -1);
    }
    outs.push(slotOf[node]);
    isSum.push(kinds[node] === nodeKinds.sum ? 1 : 0);
    termOffsets.push(weights.length);
  }
  const plan = {
    slots,
    literalSlots,
    rootSlot: slotOf[root],
    logScale,
    floor: floorOf(circuit, root),
    outs: Int32Array.from(outs),
    isSum: Uint8Array.from(isSum),
    termOffsets: Int32Array.from(termOffsets),
    weights: Float64Array.from(weights),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
  };
  return { ...plan, wanted: wantedSlots(plan, variables) };
}

/** Products of two nodes with a single parent, a sum. */
function fusedProducts(circuit: Circuit, root: number): Uint8Array {
  const { kinds, offsets, children } = circuit;
  const parents = new Int32Array(circuit.size);
  const underProduct = new Uint8Array(circuit.size);
  for (let node = 0; node <= root; node++) {
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      parents[children[edge]]++;
      if (kinds[node] === nodeKinds.product) underProduct[children[edge]] = 1;
    }
  }
  return Uint8Array.from({ length: root + 1 }, (_, node) => {
    const pair = kinds[node] === nodeKinds.product && offsets[node + 1] - offsets[node] === 2;
    return pair && parents[node] === 1 && underProduct[node] === 0 ? 1 : 0;
  });
}

/** Slots above the literals of `variables`, and these. */
function wantedSlots(plan: Omit<BatchPlan, "wanted">, variables: readonly number[]): Uint8Array {
  const wanted = new Uint8Array(plan.slots);
  for (const literal of variables.flatMap((v) => [2 * v, 2 * v + 1])) {
    if (plan.literalSlots[literal] >= 0) wanted[plan.literalSlots[literal]] = 1;
  }
  plan.outs.forEach((out, op) => {
    for (let term = plan.termOffsets[op]; term < plan.termOffsets[op + 1]; term++) {
      const [a, b] = [plan.left[term], plan.right[term]];
      if (wanted[a] || (b >= 0 && wanted[b])) wanted[out] = 1;
    }
  });
  return wanted;
}

/** The smallest root that linear numbers give reliably; see the head of this file. */
function floorOf(circuit: Circuit, root: number): number {
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
      largest = Math.max(largest, logWeights[edge]);
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
