/**
 * The two passes behind all exact queries of single rows, in logs:
 *
 *   up     v(n) = log of the node's value, summed over the worlds by its smoothness and decomposability
 *   down   f(root) = 1,  f(c) = Σ_parents f(n) · share(n, c),
 *          share = 1 for products and exp(w_c + v(c) - v(n)) for sums
 *
 * f is the node's flow: the posterior probability that it takes part in the world (Darwiche, "A differential
 * approach to inference in Bayesian networks", 2003, as a probability instead of a derivative). Flow only
 * runs where values are positive, so there is nothing to divide by and no zero to count.
 */
import { logAddExp } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";

/**
 * Log values of all nodes at the given log values of the inputs (see `inputLogValues`). O(edges).
 * @param semiring `sum` adds the children of a sum, `max` takes the largest
 */
export function logValues(
  circuit: Circuit,
  inputValues: ArrayLike<number>,
  semiring: "sum" | "max" = "sum",
): Float64Array {
  const { kinds, inputOf, offsets, children, logWeights } = circuit;
  const values = new Float64Array(circuit.size);
  for (let node = 0; node < circuit.size; node++) {
    const [from, to] = [offsets[node], offsets[node + 1]];
    if (kinds[node] === nodeKinds.input) values[node] = inputValues[inputOf[node]];
    else if (kinds[node] === nodeKinds.product) {
      let total = 0;
      for (let edge = from; edge < to; edge++) total += values[children[edge]];
      values[node] = total;
    } else {
      let max = Number.NEGATIVE_INFINITY;
      for (let edge = from; edge < to; edge++) {
        const term = logWeights[edge] + values[children[edge]];
        if (term > max) max = term;
      }
      values[node] = max;
      if (semiring === "max" || max === Number.NEGATIVE_INFINITY) continue;
      let sum = 0;
      for (let edge = from; edge < to; edge++)
        sum += Math.exp(logWeights[edge] + values[children[edge]] - max);
      values[node] = max + Math.log(sum);
    }
  }
  return values;
}

/** Flows of all nodes, given the log values of a circuit whose root is positive. O(edges). */
export function flows(circuit: Circuit, values: Float64Array): Float64Array {
  const { kinds, offsets, children, logWeights } = circuit;
  const flow = new Float64Array(circuit.size);
  flow[circuit.size - 1] = 1;
  for (let node = circuit.size - 1; node >= 0; node--) {
    if (flow[node] === 0) continue;
    const sum = kinds[node] === nodeKinds.sum;
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      const child = children[edge];
      flow[child] += sum
        ? flow[node] * Math.exp(logWeights[edge] + values[child] - values[node])
        : flow[node];
    }
  }
  return flow;
}

/**
 * Per node, log ∂root/∂node: what its value is multiplied by, summed over all ways down from the root. Unlike
 * flows these are there where the node, or even the root, is 0: the products of siblings come from both sides,
 * and nothing is divided by. O(edges).
 */
export function logDerivatives(circuit: Circuit, values: Float64Array): Float64Array {
  const { kinds, offsets, children, logWeights } = circuit;
  const slopes = new Float64Array(circuit.size).fill(Number.NEGATIVE_INFINITY);
  slopes[circuit.size - 1] = 0;
  let before = new Float64Array(16);
  for (let node = circuit.size - 1; node >= 0; node--) {
    const slope = slopes[node];
    if (slope === Number.NEGATIVE_INFINITY) continue;
    const [from, to] = [offsets[node], offsets[node + 1]];
    if (kinds[node] === nodeKinds.sum) {
      for (let edge = from; edge < to; edge++) {
        const child = children[edge];
        slopes[child] = logAddExp(slopes[child], slope + logWeights[edge]);
      }
      continue;
    }
    if (to - from > before.length) before = new Float64Array(2 * (to - from));
    let product = slope;
    for (let edge = from; edge < to; edge++) {
      before[edge - from] = product;
      product += values[children[edge]];
    }
    product = 0;
    for (let edge = to - 1; edge >= from; edge--) {
      const child = children[edge];
      slopes[child] = logAddExp(slopes[child], before[edge - from] + product);
      product += values[child];
    }
  }
  return slopes;
}

/**
 * Posteriors from flows: entry v is the probability that variable v is true. Both literals' flows are used,
 * so that rounding cannot lead outside [0, 1].
 */
export function posteriorsOf(circuit: Circuit, flow: Float64Array): Float64Array {
  const byLiteral = new Float64Array(2 * circuit.variables.size);
  for (let node = 0; node < circuit.size; node++) {
    if (circuit.literals[node] >= 0) byLiteral[circuit.literals[node]] += flow[node];
  }
  return Float64Array.from({ length: circuit.variables.size }, (_, v) => {
    return byLiteral[2 * v + 1] / (byLiteral[2 * v] + byLiteral[2 * v + 1]);
  });
}
