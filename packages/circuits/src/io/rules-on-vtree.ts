/**
 * Weighted rules as a circuit that follows a given vtree: with the SDD of every rule's formula φ_r on the vtree,
 *
 *   [hard rules] · Π_r (exp(w_r) · [φ_r] + [¬φ_r]),
 *
 * a product of circuits that are compatible with each other, one after the other. `compileRules` makes smaller circuits,
 * which may split their variables differently from branch to branch.
 */
import { isHard, type Rule, rule, type Vocabulary } from "@credence/core";
import { circuitBuilder } from "../circuit/builder.ts";
import type { Circuit } from "../circuit/circuit.ts";
import { compileRulesAsync } from "../compile/rules.ts";
import { sddFromNnfAsync } from "../sdd/from-nnf.ts";
import { type SddManager, type SddRef, sddFalse, sddManager } from "../sdd/manager.ts";
import { sddNot } from "../sdd/operations.ts";
import { sddToCircuit } from "../sdd/to-circuit.ts";
import { productOrZero } from "../transforms/multiply.ts";
import { copier } from "../transforms/rebuild.ts";
import type { Vtree } from "../vtree/vtree.ts";
import { formulaOfCircuit } from "./print-nnf.ts";
import { budgetOf, type CompileSourceOptions, ruleBudget } from "./sources.ts";

/**
 * The circuit of the rules: structured-decomposable by the vtree, smooth and deterministic.
 * @param variables as many as the vtree has, all that the rules speak of
 * @throws what `compileRules` and `multiply` throw; BudgetError, AbortedError
 */
export async function rulesOnVtree(
  rules: readonly Rule[],
  variables: Vocabulary,
  vtree: Vtree,
  options: CompileSourceOptions,
): Promise<Circuit> {
  const manager = sddManager(vtree);
  const sddOf = async (hard: readonly Rule[]): Promise<SddRef> => {
    const limits = { ...ruleBudget(options), variables: variables.names };
    const nnf = formulaOfCircuit(await compileRulesAsync(hard, limits), "an SDD");
    return sddFromNnfAsync(manager, nnf, budgetOf(options));
  };
  let product = sddToCircuit(manager, await sddOf(rules.filter(isHard)), { variables });
  for (const { formula, weight } of rules) {
    if (weight === 0 || weight === Number.POSITIVE_INFINITY) continue;
    const holds = await sddOf([rule(formula, Number.POSITIVE_INFINITY)]);
    const next = productOrZero(product, weighed(manager, holds, weight, variables));
    if (next === undefined) return product;
    product = next;
  }
  return product;
}

/** exp(weight) where a function holds, and 1 elsewhere. */
function weighed(manager: SddManager, holds: SddRef, weight: number, variables: Vocabulary): Circuit {
  const builder = circuitBuilder(variables);
  const terms = [holds, sddNot(manager, holds)].map((ref) => {
    if (ref === sddFalse) return builder.sum([]);
    const circuit = sddToCircuit(manager, ref, { variables });
    return copier(builder, circuit)(circuit.size - 1);
  });
  return builder.build(builder.sum(terms, [weight, 0]));
}
