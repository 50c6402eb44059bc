/**
 * The probability that each rule holds, E[φ_r | evidence]. Every soft rule φ with weight w becomes a variable
 * r of its own, tied by a hard rule r <-> φ, that carries the weight as the literal r; the posteriors of all
 * these variables come from one pair of passes. E[φ_r] is also the derivative of log Z by w_r, which is why
 * the gradient of rule weights is E_data[φ_r] - E_model[φ_r].
 */
import { type Formula, isHard, type Rule, rule, variablesOf } from "@credence/core";
import { type CompileOptions, compileRules } from "../compile/rules.ts";
import type { Contradiction, Evidence } from "./evidence.ts";
import { marginals } from "./marginals.ts";

/** One probability per rule, in the order of the rules. */
export interface RuleExpectations {
  readonly kind: "expectations";
  readonly values: Float64Array;
  readonly logPartition: number;
}

/**
 * P(rule holds | evidence) of every rule; 1 for hard ones. Compiles the rules with one more variable per soft
 * rule, and takes the time of that.
 * @returns `kind: "expectations"`, or `kind: "contradiction"` if no world is left
 * @throws what `compileRules` and `marginals` throw
 */
export function ruleExpectations<V extends string>(
  rules: readonly Rule<V>[],
  evidence: Evidence<V> = {},
  options: CompileOptions<V> = {},
): RuleExpectations | Contradiction {
  const variables = options.variables ?? variablesOf(rules);
  const { tracked, names } = trackRules(rules, new Set(variables));
  const used = names.filter((name) => name !== undefined);
  const circuit = compileRules<string>(tracked, { ...options, variables: [...variables, ...used] });
  const answer = marginals<string>(circuit, evidence as Evidence<string>);
  if (answer.kind === "contradiction") return answer;
  const values = Float64Array.from(names, (name) => (name === undefined ? 1 : answer.probabilities[name]));
  return { kind: "expectations", values, logPartition: answer.logPartition };
}

/** The rules with a variable for the truth of every soft one; `names[r]` is undefined for hard rules. */
function trackRules(
  rules: readonly Rule[],
  taken: ReadonlySet<string>,
): { tracked: Rule[]; names: (string | undefined)[] } {
  let prefix = "rule ";
  while ([...taken].some((name) => name.startsWith(prefix))) prefix += "'";
  const tracked: Rule[] = [];
  const names = rules.map((given, i) => {
    if (isHard(given)) {
      tracked.push(given);
      return undefined;
    }
    const holds: Formula = { kind: "var", name: `${prefix}${i}` };
    tracked.push(rule(holds, given.weight), rule({ kind: "iff", left: holds, right: given.formula }));
    return holds.name;
  });
  return { tracked, names };
}
