/**
 * Propositional formulas and weighted rules as plain records, so that they can be written by hand, stored as
 * JSON and matched on `kind`. Negations, implications and cardinalities are kept as the user wrote them;
 * what computes with formulas brings them into its own normal form.
 *
 * A set of weighted rules (w_r, φ_r) and hard rules defines the Markov-logic weight of a world x, exp(Σ_r w_r
 * [x ⊨ φ_r]) · Π_hard [x ⊨ φ], after Richardson and Domingos, "Markov logic networks" (2006), eq. 3, for
 * propositional rules.
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import { printRule } from "./print.ts";

/** A propositional formula over variables named `V`. `and` of nothing is true, `or` of nothing is false. */
export type Formula<V extends string = string> =
  | { readonly kind: "var"; readonly name: V }
  | { readonly kind: "not"; readonly of: Formula<V> }
  | { readonly kind: "and" | "or"; readonly args: readonly Formula<V>[] }
  | { readonly kind: "implies" | "iff" | "xor"; readonly left: Formula<V>; readonly right: Formula<V> }
  | { readonly kind: "exactlyOne" | "atMostOne"; readonly args: readonly Formula<V>[] }
  | { readonly kind: "constant"; readonly value: boolean };

/** A formula that pulls (or, with a negative weight, pushes) the worlds in which it holds. */
export interface Rule<V extends string = string> {
  readonly formula: Formula<V>;
  /** Log of the factor by which worlds that satisfy the formula weigh more; `Infinity` is a hard rule. */
  readonly weight: number;
  /** The rule as written, for explanations. */
  readonly text: string;
}

/**
 * A rule from a formula; its text is the canonical one.
 * @param weight any finite number, or `Infinity` (the default) for a rule without exceptions
 * @throws InvalidArgumentError for NaN and -Infinity
 */
export function rule<V extends string>(
  formula: Formula<V>,
  weight: number = Number.POSITIVE_INFINITY,
): Rule<V> {
  checkRuleWeight(weight);
  // Adding 0 turns -0 into 0: one way to write every weight.
  const value = weight + 0;
  return { formula, weight: value, text: printRule({ formula, weight: value, text: "" }) };
}

/** Whether a rule admits no exceptions. */
export function isHard(candidate: Rule): boolean {
  return candidate.weight === Number.POSITIVE_INFINITY;
}

/** @throws InvalidArgumentError unless `weight` is finite or +Infinity */
export function checkRuleWeight(weight: number): void {
  if (Number.isFinite(weight) || weight === Number.POSITIVE_INFINITY) return;
  throw new InvalidArgumentError(
    "A rule's weight",
    weight,
    "a finite number, or Infinity for a hard rule",
    weight === Number.NEGATIVE_INFINITY
      ? "To forbid a formula, negate it and make it hard: `!(…).`"
      : "Leave the weight out and end the rule with a full stop to make it hard.",
  );
}
