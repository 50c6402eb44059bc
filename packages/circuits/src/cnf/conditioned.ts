/** A CNF together with observed literals: F ∧ l_1 ∧ … ∧ l_k, as unit clauses. */
import { type Cnf, clausesOf, cnf } from "./cnf.ts";

/**
 * The formula with `evidence` added as unit clauses; its models are those of `formula` that agree with the
 * evidence. O(literals).
 * @param evidence signed literals
 * @throws InvalidArgumentError for a literal beyond the variables
 */
export function withEvidence(formula: Cnf, evidence: readonly number[]): Cnf {
  return cnf(formula.variables, [...clausesOf(formula), ...evidence.map((literal) => [literal])]);
}
