/**
 * All single-variable posteriors of a squared circuit in one pass up and one down: with C the matrix of what is outside
 * of the table f_v (gram.ts), given the evidence,
 *
 *   P(x_v | e)  ∝  λ_v(x) f_v(x)ᵀ C f_v(x).
 */
import { byName } from "../queries/by-name.ts";
import { type Contradiction, type Evidence, knownOf } from "../queries/evidence.ts";
import type { AllPosteriors, Posterior } from "../queries/posteriors.ts";
import { contradictionOf, logWeightsOf, withGrams } from "./likelihood.ts";
import type { SquaredCircuit } from "./squared-circuit.ts";

/**
 * The posterior of every variable. O(steps · K³), whatever the number of variables.
 * @returns `kind: "posteriors"`, or `kind: "contradiction"` if no world is left
 * @throws UnknownNameError, InvalidArgumentError for evidence outside the domain
 */
export function squaredPosteriors<V extends string>(
  circuit: SquaredCircuit<V>,
  evidence: Evidence<V> = {},
): AllPosteriors<V> | Contradiction {
  const known = knownOf(circuit, evidence);
  const weights = logWeightsOf(known);
  const { steps } = circuit.shape;
  return withGrams(circuit, (grams) => {
    const total = grams.up(weights);
    if (total === Number.NEGATIVE_INFINITY) return contradictionOf(grams, known);
    grams.down();
    const found: Posterior[] = [];
    steps.forEach((step, s) => {
      if (step.kind !== "table") return;
      const shares = stateMasses(grams.numbers(s), grams.context(s), weights[step.variable]);
      const sum = shares.reduce((a, b) => a + b, 0);
      found[step.variable] = { kind: "states", probabilities: [...shares.map((share) => share / sum)] };
    });
    return { kind: "posteriors", byVariable: byName(circuit, (v) => found[v]), logPartition: total };
  });
}

/** λ(x) f(x)ᵀ C f(x) by state x, up to a factor. */
export function stateMasses(
  table: Float64Array,
  context: Float64Array,
  logWeights: Float64Array | undefined,
): Float64Array {
  const units = Math.sqrt(context.length);
  const arity = table.length / units;
  const max = logWeights?.reduce((a, b) => Math.max(a, b)) ?? 0;
  return Float64Array.from({ length: arity }, (_, x) => {
    let sum = 0;
    for (let i = 0; i < units; i++) {
      let inner = 0;
      for (let j = 0; j < units; j++) inner += context[i * units + j] * table[j * arity + x];
      sum += table[i * arity + x] * inner;
    }
    // Rounding may leave a form that is 0 a little below.
    return Math.max(0, sum) * (logWeights === undefined ? 1 : Math.exp(logWeights[x] - max));
  });
}
