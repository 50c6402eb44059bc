/** The vtrees that can be asked for by name. */
import type { Cnf } from "../cnf/cnf.ts";
import { bisectionVtree } from "./bisection.ts";
import { eliminationLimit } from "./elimination.ts";
import { balancedVtree, leftLinearVtree, minFillVtree, naturalOrder, rightLinearVtree } from "./shapes.ts";
import type { Vtree } from "./vtree.ts";

/** Names of vtrees: three shapes over the variables in their order, and two that follow a formula's clauses. */
export const vtreeNames = ["balanced", "right", "left", "min-fill", "bisection"] as const;

/** One of {@link vtreeNames}. */
export type VtreeName = (typeof vtreeNames)[number];

/**
 * The vtree of a name for a formula. By default it is min-fill where an elimination order can be found, and bisection
 * for formulas of more variables.
 * @throws InvalidArgumentError for a formula without variables, and `min-fill` for one of more than 8192
 */
export function namedVtree(formula: Cnf, name?: VtreeName): Vtree {
  switch (name ?? (formula.variables <= eliminationLimit ? "min-fill" : "bisection")) {
    case "balanced":
      return balancedVtree(naturalOrder(formula.variables));
    case "right":
      return rightLinearVtree(naturalOrder(formula.variables));
    case "left":
      return leftLinearVtree(naturalOrder(formula.variables));
    case "min-fill":
      return minFillVtree(formula);
    case "bisection":
      return bisectionVtree(formula);
  }
}
