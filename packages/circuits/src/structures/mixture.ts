/**
 * Mixtures of circuits, P(x) = Σ_k w_k P_k(x): one sum over the roots of copies. Smooth and decomposable if the
 * components are.
 *
 * The weights of the largest likelihood of rows, with the components fixed, are the fixed point of
 *
 *   w_k ← mean over the rows of  w_k P_k(x) / Σ_j w_j P_j(x),
 *
 * EM on a concave function of w. Fitted to rows that the components have not seen, they are "stacked" densities
 * (P. Smyth, D. Wolpert, "Linearly combining density estimators via stacking", Machine Learning 36, 1999).
 */
import { InvalidArgumentError, logSumExp } from "@credence/core";
import { type CircuitBuilder, circuitBuilder } from "../circuit/builder.ts";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { totalWeight, weightedSum } from "../learn/weights.ts";

/**
 * Mixes circuits over the same variables.
 * @param weights one number from 0 per component; they are divided by their sum. Default: equal ones
 * @throws InvalidArgumentError for no circuits, circuits over different variables or domains, and weights that are not
 *   one number from 0 each, or all 0
 */
export function mixtureCircuit<V extends string>(
  components: readonly Circuit<V>[],
  weights: ArrayLike<number> = components.map(() => 1),
): Circuit<V> {
  if (components.length === 0)
    throw new InvalidArgumentError("components", components, "at least one circuit");
  const [first] = components;
  for (const { variables, domains } of components) {
    const same =
      variables.names.join("\n") === first.variables.names.join("\n") &&
      JSON.stringify(domains) === JSON.stringify(first.domains);
    if (!same)
      throw new InvalidArgumentError("A component", variables.names, "one over the variables of the first");
  }
  if (weights.length !== components.length || !Array.from(weights).every((w) => w >= 0 && w < Infinity)) {
    throw new InvalidArgumentError("weights", weights, `${components.length} numbers from 0`);
  }
  const total = Array.from(weights).reduce((a, b) => a + b, 0);
  if (!(total > 0)) throw new InvalidArgumentError("weights", weights, "at least one positive weight");
  const builder = circuitBuilder<V>(first.variables, { domains: first.domains, share: false });
  const kept = components.map((_, k) => k).filter((k) => weights[k] > 0);
  const roots = kept.map((k) => addCircuit(builder, components[k]));
  return builder.build(
    builder.sum(
      roots,
      kept.map((k) => Math.log(weights[k] / total)),
    ),
  );
}

/** Adds a copy of a circuit to a builder over the same variables; returns its root. */
export function addCircuit<V extends string>(builder: CircuitBuilder<V>, circuit: Circuit<V>): number {
  const { kinds, inputs, inputOf, offsets, children, logWeights, size } = circuit;
  const made = new Int32Array(size);
  for (let node = 0; node < size; node++) {
    if (kinds[node] === nodeKinds.input) {
      const { variable, distribution } = inputs[inputOf[node]];
      made[node] = builder.input(variable, distribution);
      continue;
    }
    const [from, to] = [offsets[node], offsets[node + 1]];
    const parts = Array.from(children.subarray(from, to), (child) => made[child]);
    made[node] =
      kinds[node] === nodeKinds.product
        ? builder.product(parts)
        : builder.sum(parts, logWeights.subarray(from, to));
  }
  return made[size - 1];
}

/**
 * The weights of the largest likelihood, from the log-likelihoods of the rows under each component. Starts equal;
 * ends when no weight moves by 1e-6, or after 200 steps. A row that no component gives probability says nothing.
 * @param rowWeights how often each row counts; default: once
 * @throws InvalidArgumentError for no components, and for weights that are not one finite number from 0 per row, at
 *   least one above 0
 */
export function fitMixtureWeights(
  logs: readonly Float64Array[],
  rowWeights?: ArrayLike<number>,
): Float64Array {
  if (logs.length === 0)
    throw new InvalidArgumentError("logs", logs, "the log-likelihoods of at least one component");
  if (rowWeights !== undefined) totalWeight(rowWeights, logs[0].length);
  let weights = new Float64Array(logs.length).fill(1 / logs.length);
  for (let step = 0; step < 200; step++) {
    const sums = mixtureShares(logs, weights).map((shares) => weightedSum(shares, rowWeights));
    const total = sums.reduce((a, b) => a + b, 0);
    if (!(total > 0)) return weights;
    const next = Float64Array.from(sums, (sum) => sum / total);
    const moved = next.reduce((most, w, k) => Math.max(most, Math.abs(w - weights[k])), 0);
    weights = next;
    if (moved < 1e-6) break;
  }
  return weights;
}

/** By component and row: w_k P_k(x) / Σ_j w_j P_j(x), 0 for rows without probability. */
export function mixtureShares(logs: readonly Float64Array[], weights: ArrayLike<number>): Float64Array[] {
  const all = mixtureLogs(logs, weights);
  return logs.map((own, k) => {
    const weight = Math.log(weights[k]);
    return own.map((log, r) => (all[r] === Number.NEGATIVE_INFINITY ? 0 : Math.exp(weight + log - all[r])));
  });
}

/** log Σ_k w_k P_k(row), by row. */
export function mixtureLogs(logs: readonly Float64Array[], weights: ArrayLike<number>): Float64Array {
  const terms = new Float64Array(logs.length);
  const logWeights = Float64Array.from(weights, Math.log);
  return logs[0].map((_, r) => {
    for (let k = 0; k < logs.length; k++) terms[k] = logWeights[k] + logs[k][r];
    return logSumExp(terms);
  });
}
