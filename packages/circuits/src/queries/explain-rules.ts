/**
 * What each rule does to the probability of one variable:
 *
 *   change   P(t | e) - P(t | e without the rule)
 *   slope    ∂P(t | e)/∂w_r = P(t, φ_r | e) - P(t | e) P(φ_r | e), the covariance of t and φ_r
 *
 * on rules that are tracked (see rule-expectations.ts), so that nothing is compiled again. Two pairs of passes for
 * all slopes, two passes up per rule for the changes: O(rules · edges).
 */
import type { Rule } from "@credence/core";
import { type Contradiction, type Evidence, inputLogValues, type Known, onlyState } from "./evidence.ts";
import { flows, logValues, posteriorsOf } from "./passes.ts";
import {
  knownWithWeights,
  type RuleWeights,
  type TrackedRules,
  trackedContradiction,
  weightsOf,
} from "./rule-expectations.ts";

/** What one soft rule does. */
export interface RuleContribution<V extends string = string> {
  readonly rule: Rule<V>;
  /** The weight that it was asked with. */
  readonly weight: number;
  /** P(the rule holds | evidence). */
  readonly holds: number;
  /** P(target | evidence) if this rule were not there. */
  readonly without: number;
  /** P(target | evidence) - without: positive for rules that raise the target's probability. */
  readonly change: number;
  /** ∂P(target | evidence)/∂weight. */
  readonly slope: number;
}

/** The answer of {@link explainRules}. */
export interface RuleExplanation<V extends string = string> {
  readonly kind: "explanation";
  readonly target: V;
  /** P(target is true | evidence) under all rules. */
  readonly probability: number;
  /** Under the hard rules alone, with the same evidence. */
  readonly withoutRules: number;
  /** The soft rules, those of the largest change first. */
  readonly rules: readonly RuleContribution<V>[];
}

/**
 * Which rules raise or lower P(target | evidence), and by how much. Changes of single rules need not add up to that
 * of all: rules may support or replace one another.
 * @returns `kind: "explanation"`, or `kind: "contradiction"` if no world is left
 * @throws UnknownNameError, InvalidArgumentError for evidence outside [0, 1] or weights that are not finite
 */
export function explainRules<V extends string>(
  tracked: TrackedRules<V>,
  target: V,
  evidence: Evidence<V> = {},
  options: RuleWeights = {},
): RuleExplanation<V> | Contradiction {
  const { circuit, columns, rules } = tracked;
  const weights = Array.from(weightsOf(tracked, options.weights));
  const column = circuit.variables.id(target);
  const root = (known: readonly Known[]): number =>
    logValues(circuit, inputLogValues(circuit, known))[circuit.size - 1];
  const probability = (own: readonly number[]): number => {
    const known = knownWithWeights(tracked, evidence, own);
    const [no, yes] = [0, 1].map((state) => {
      return root(known.map((one, v) => (v === column ? onlyState(one, state, 2) : one)));
    });
    // The difference of logs, so that neither large weights nor certainty are lost.
    return 1 / (1 + Math.exp(no - yes));
  };
  const known = knownWithWeights(tracked, evidence, weights);
  const values = logValues(circuit, inputLogValues(circuit, known));
  if (values[circuit.size - 1] === Number.NEGATIVE_INFINITY) return trackedContradiction(tracked);
  const held = posteriorsOf(circuit, flows(circuit, values));
  const p = held[column];
  const given = known.map((one, v) => (v === column ? onlyState(one, 1, 2) : one));
  const heldGiven = p === 0 ? held : posteriorsGivenTarget(circuit, given);
  const contributions = rules.flatMap((rule, r): RuleContribution<V>[] => {
    if (columns[r] < 0) return [];
    const without = probability(weights.map((weight, i) => (i === r ? 0 : weight)));
    const holds = held[columns[r]];
    const slope = p * (heldGiven[columns[r]] - holds);
    return [{ rule, weight: weights[r], holds, without, change: p - without, slope }];
  });
  return {
    kind: "explanation",
    target,
    probability: p,
    withoutRules: probability(weights.map(() => 0)),
    rules: contributions.sort((a, b) => Math.abs(b.change) - Math.abs(a.change)),
  };
}

function posteriorsGivenTarget(circuit: TrackedRules["circuit"], known: readonly Known[]): Float64Array {
  return posteriorsOf(circuit, flows(circuit, logValues(circuit, inputLogValues(circuit, known))));
}
