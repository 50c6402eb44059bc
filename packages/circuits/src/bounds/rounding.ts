/**
 * How far a log value may be off: a bound on the rounding errors of one upward pass (see queries/passes.ts), by
 * adding up what every operation may do, with u = 2^-53 and exp and log within 2u of the truth:
 *
 *   literal        2u |v|
 *   other input    u · (2 · states + 16 + 6 |v|) over states: 1 - p and sums are rounded, too;
 *                  1e-12 · (1 + |v|) over numbers, whose special functions are known to be closer than that
 *   product        Σ errors of the factors + u · (number of factors) · Σ |v|
 *   sum            largest error of a term + u · (2 · number of terms + 8) + 3u · max |term|
 *
 * Terms that are 0 have no error. At the root 8u |v| is added for the few additions and subtractions that follow,
 * and a millionth of it all for the rounding of these bounds themselves. What a circuit's weights are off from those
 * of the rules it was compiled from is no matter of evaluation: see {@link compilationError}.
 */
import { isHard, type Rule } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";

const unit = 2 ** -53;

/** The bound at the root; 0 where the root is 0. O(edges). */
export function logError(circuit: Circuit, values: Float64Array): number {
  const { kinds, offsets, children, logWeights } = circuit;
  const errors = new Float64Array(circuit.size);
  for (let node = 0; node < circuit.size; node++) {
    const [from, to] = [offsets[node], offsets[node + 1]];
    if (values[node] === Number.NEGATIVE_INFINITY) continue;
    if (kinds[node] === nodeKinds.input) errors[node] = inputError(circuit, node, Math.abs(values[node]));
    else if (kinds[node] === nodeKinds.product) {
      let [sum, size] = [0, 0];
      for (let edge = from; edge < to; edge++) {
        sum += errors[children[edge]];
        size += Math.abs(values[children[edge]]);
      }
      errors[node] = sum + unit * (to - from) * size;
    } else {
      let [error, size] = [0, Math.abs(values[node])];
      for (let edge = from; edge < to; edge++) {
        if (values[children[edge]] === Number.NEGATIVE_INFINITY) continue;
        const term = Math.abs(logWeights[edge]) + Math.abs(values[children[edge]]);
        // What is far below the sum cannot move it, however large its log is.
        if (logWeights[edge] + values[children[edge]] < values[node] - 50) continue;
        error = Math.max(error, errors[children[edge]]);
        size = Math.max(size, term);
      }
      errors[node] = error + unit * (2 * (to - from) + 8 + 3 * size);
    }
  }
  const root = circuit.size - 1;
  if (values[root] === Number.NEGATIVE_INFINITY) return 0;
  return (errors[root] + 8 * unit * Math.abs(values[root])) * (1 + 1e-6);
}

/** How far the log value of an input may be off, `size` being what it is without its sign. */
export function inputError(circuit: Circuit, node: number, size: number): number {
  if (circuit.literals[node] >= 0) return 2 * unit * size;
  const arity = arityOf(circuit.domains[circuit.inputs[circuit.inputOf[node]].variable]);
  return Number.isFinite(arity) ? unit * (2 * arity + 16 + 6 * size) : 1e-12 * (1 + size);
}

/**
 * How far the log value of a circuit may be off because `compileRules` added up weights in floating point:
 *
 *   u · Σ_r |w_r| · (number of rules + 3 · number of variables),
 *
 * as no partial sum is larger than the first factor, and no world meets more additions than the second.
 */
export function compilationError(rules: readonly Rule[], variables: number): number {
  const total = rules.reduce((sum, rule) => sum + (isHard(rule) ? 0 : Math.abs(rule.weight)), 0);
  return unit * total * (rules.length + 3 * variables);
}

/** A probability from below: the sigmoid of a logit, moved down by its own rounding, at least 0. */
export function probabilityBelow(logit: number): number {
  return Math.max(0, sigmoid(logit) * (1 - 8 * unit) - Number.MIN_VALUE);
}

/** A probability from above, at most 1. */
export function probabilityAbove(logit: number): number {
  return Math.min(1, sigmoid(logit) * (1 + 8 * unit) + Number.MIN_VALUE);
}

function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}
