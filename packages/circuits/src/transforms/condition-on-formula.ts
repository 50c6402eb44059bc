/**
 * The circuit of a posterior given a formula: the product with the formula's own circuit, compiled on a vtree that fits
 * (see queries/formula-circuit.ts), normalized. O(edges of the circuit · edges of the formula's SDD) at worst where one
 * vtree explains the circuit.
 */
import type { Formula } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import type { Contradiction } from "../queries/evidence.ts";
import { compileFormulaFor, type FormulaOptions } from "../queries/formula-circuit.ts";
import { contradictionOf } from "../queries/likelihood.ts";
import { type Conditioned, normalize } from "./condition.ts";
import { productOrZero } from "./multiply.ts";

/**
 * P(world | formula) as a circuit over the same variables; `logPartition` is the log of the total weight of the worlds
 * in which the formula holds. Determinism is kept, but may be past what `properties` certify from the syntax: ask
 * `determinism`.
 * @returns `kind: "circuit"`, or `kind: "contradiction"` if no world is left
 * @throws UnknownNameError for a variable that the circuit does not have
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable or a formula over variables
 *   that are not binary; BudgetError `BUDGET_EXCEEDED` for a formula whose SDD is too large; `PAIR_LIMIT` for a circuit
 *   that no vtree explains and that is too large to do without
 */
export function conditionOnFormula<V extends string>(
  circuit: Circuit<V>,
  formula: Formula<V>,
  options: FormulaOptions = {},
): Conditioned<V> | Contradiction {
  const product = productOrZero(circuit, compileFormulaFor(circuit, formula, options));
  return product === undefined ? contradictionOf(circuit) : normalize(product);
}
