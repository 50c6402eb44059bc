/**
 * The probability that each rule holds, E[φ_r | evidence]. Every soft rule φ with weight w becomes a variable
 * r of its own, tied by a hard rule r <-> φ, that carries the weight as the literal r; the posteriors of all
 * these variables come from one pair of passes. E[φ_r] is also the derivative of log Z by w_r, which is why
 * the gradient of rule weights is E_data[φ_r] - E_model[φ_r].
 *
 * The weights are not part of the circuit: rules are compiled once and asked with any weights.
 */
import { type Formula, InvalidArgumentError, isHard, type Rule, rule, variablesOf } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { type CompileOptions, compileRules, compileRulesAsync } from "../compile/rules.ts";
import { type Contradiction, type Evidence, inputLogValues, type Known, knownOf } from "./evidence.ts";
import { flows, logValues, posteriorsOf } from "./passes.ts";

/** Rules compiled so that every soft one can be watched, and its weight changed; see {@link trackRules}. */
export interface TrackedRules<V extends string = string> {
  readonly kind: "tracked-rules";
  readonly rules: readonly Rule<V>[];
  /** The variables of the rules, in the order of the circuit's first columns. */
  readonly variables: readonly V[];
  /** Over `variables` and one variable per soft rule; without the weights. */
  readonly circuit: Circuit<string>;
  /** Per rule the column of its variable, -1 for hard rules. */
  readonly columns: Int32Array;
}

/** One probability per rule, in the order of the rules. */
export interface RuleExpectations {
  readonly kind: "expectations";
  readonly values: Float64Array;
  readonly logPartition: number;
}

/** Options of {@link ruleExpectations} for rules that are compiled already. */
export interface RuleWeights {
  /** One weight per rule instead of its own; those of hard rules are ignored. */
  readonly weights?: ArrayLike<number>;
}

/**
 * Compiles rules with one more variable per soft rule, for {@link ruleExpectations} and `explainRules` with any
 * evidence and any weights.
 * @throws what `compileRules` throws
 */
export function trackRules<V extends string>(
  rules: readonly Rule<V>[],
  options: CompileOptions<V> = {},
): TrackedRules<V> {
  const { rules: tied, ...rest } = tieRules(rules, options.variables ?? variablesOf(rules));
  const circuit = compileRules<string>(tied, { ...options, variables: rest.names });
  return { kind: "tracked-rules", rules, circuit, variables: rest.variables, columns: rest.columns };
}

/** {@link trackRules} that gives the event loop its turn. */
export async function trackRulesAsync<V extends string>(
  rules: readonly Rule<V>[],
  options: CompileOptions<V> = {},
): Promise<TrackedRules<V>> {
  const { rules: tied, ...rest } = tieRules(rules, options.variables ?? variablesOf(rules));
  const circuit = await compileRulesAsync<string>(tied, { ...options, variables: rest.names });
  return { kind: "tracked-rules", rules, circuit, variables: rest.variables, columns: rest.columns };
}

/**
 * P(rule holds | evidence) of every rule; 1 for hard ones. Rules that are not compiled yet take the time of that;
 * tracked ones one pass up and one down, O(edges).
 * @returns `kind: "expectations"`, or `kind: "contradiction"` if no world is left
 * @throws UnknownNameError, InvalidArgumentError for evidence outside [0, 1] or weights that are not finite; what
 *   `compileRules` throws
 */
export function ruleExpectations<V extends string>(
  rules: readonly Rule<V>[] | TrackedRules<V>,
  evidence: Evidence<V> = {},
  options: CompileOptions<V> & RuleWeights = {},
): RuleExpectations | Contradiction {
  const tracked = isTracked(rules) ? rules : trackRules(rules, options);
  const { circuit, columns } = tracked;
  const known = knownWithWeights(tracked, evidence, weightsOf(tracked, options.weights));
  const values = logValues(circuit, inputLogValues(circuit, known));
  const total = values[circuit.size - 1];
  if (total === Number.NEGATIVE_INFINITY) return trackedContradiction(tracked);
  const held = posteriorsOf(circuit, flows(circuit, values));
  const expectations = Float64Array.from(columns, (column) => (column < 0 ? 1 : held[column]));
  return { kind: "expectations", values: expectations, logPartition: total };
}

function isTracked<V extends string>(rules: readonly Rule<V>[] | TrackedRules<V>): rules is TrackedRules<V> {
  return "kind" in rules;
}

/** What is known of all variables, those of the rules with their weights. */
export function knownWithWeights<V extends string>(
  { circuit, variables, columns }: TrackedRules<V>,
  evidence: Evidence<V>,
  weights: ArrayLike<number>,
): Known[] {
  const known = knownOf(circuit, evidence as Evidence);
  const own = new Set<string>(variables);
  for (const name of Object.keys(evidence)) {
    // A rule's variable is nobody else's to know.
    if (own.has(name)) continue;
    throw new InvalidArgumentError("A variable of the evidence", name, `one of ${variables.join(", ")}`);
  }
  columns.forEach((column, r) => {
    if (column >= 0) known[column] = { kind: "weights", logWeights: Float64Array.of(0, weights[r]) };
  });
  return known;
}

/** The weights to use. @throws InvalidArgumentError */
export function weightsOf<V extends string>(
  { rules, columns }: TrackedRules<V>,
  weights: ArrayLike<number> = rules.map(({ weight }) => weight),
): ArrayLike<number> {
  if (weights.length !== rules.length) {
    throw new InvalidArgumentError("weights", weights, `${rules.length} weights, one per rule`);
  }
  columns.forEach((column, r) => {
    if (column < 0 || Number.isFinite(weights[r])) return;
    throw new InvalidArgumentError(`weights[${r}]`, weights[r], "a finite number");
  });
  return weights;
}

/** The contradiction that evidence has led to: whatever the weights, they exclude no world. */
export function trackedContradiction({ circuit }: TrackedRules): Contradiction {
  const alone = logValues(circuit, inputLogValues(circuit, knownOf(circuit, {})))[circuit.size - 1];
  const source = alone === Number.NEGATIVE_INFINITY ? "rules" : "evidence";
  return { kind: "contradiction", source, logPartition: Number.NEGATIVE_INFINITY };
}

/** The rules as hard ones, every soft one tied to a variable of its own. */
function tieRules<V extends string>(rules: readonly Rule<V>[], variables: readonly V[]) {
  let prefix = "rule ";
  while (variables.some((name) => name.startsWith(prefix))) prefix += "'";
  const tied: Rule[] = [];
  const names: string[] = [...variables];
  const columns = Int32Array.from(rules, (given, r) => {
    if (isHard(given)) {
      tied.push(given);
      return -1;
    }
    // Checks the weight, which the circuit does without.
    rule(given.formula, given.weight);
    const holds: Formula = { kind: "var", name: `${prefix}${r}` };
    tied.push(rule({ kind: "iff", left: holds, right: given.formula }));
    return names.push(holds.name) - 1;
  });
  return { rules: tied, names, variables, columns };
}
