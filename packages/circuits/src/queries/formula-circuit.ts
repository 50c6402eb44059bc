/**
 * A formula as a circuit that fits another one: its SDD on the vtree of the circuit's products, so that products
 * and inner products of the two stay polynomial. Where no vtree explains the circuit, the formula's variables
 * are taken in turn (an OBDD). The formula's circuit is 1 at its models and 0 elsewhere, deterministic, smooth
 * and decomposable, and speaks of the formula's own variables only.
 */
import { CredenceError, type Formula, foldFormula, variablesOf, vocabulary } from "@credence/core";
import { circuitBuilder } from "../circuit/builder.ts";
import type { Circuit } from "../circuit/circuit.ts";
import { BudgetError } from "../ddnnf/budget.ts";
import { nnfToCircuit } from "../ddnnf/to-circuit.ts";
import { checkStructured, type VtreeShape } from "../properties/structured.ts";
import { type SddManager, type SddRef, sddFalse, sddLiteral, sddManager, sddTrue } from "../sdd/manager.ts";
import { sddAnd, sddIff, sddNot, sddOr } from "../sdd/operations.ts";
import { sddToNnf } from "../sdd/to-nnf.ts";
import { rightLinearVtree } from "../vtree/shapes.ts";
import { type NestedPairs, type Vtree, vtreeOf } from "../vtree/vtree.ts";

/** Options of queries about formulas. */
export interface FormulaOptions {
  /** How many SDD nodes the formula may take; default 1,000,000. */
  readonly nodes?: number;
  /** How many pairs of parts to look at in circuits that no vtree explains; default 100,000. */
  readonly pairs?: number;
}

/**
 * The circuit of a formula over binary variables of `circuit`, compatible with it if any vtree is. The SDD may be
 * exponential in the formula; formulas over few variables, or that follow the vtree, stay small.
 * @throws UnknownNameError for a variable that the circuit does not have
 * @throws CredenceError `UNSUPPORTED_QUERY` for a variable that is not binary; BudgetError `BUDGET_EXCEEDED`
 * @throws InvalidArgumentError for what is no formula
 */
export function compileFormulaFor<V extends string>(
  circuit: Circuit<V>,
  formula: Formula<V>,
  options: FormulaOptions = {},
): Circuit<V> {
  const own = formulaVariables(circuit, formula);
  const names = own.map((v) => circuit.variables.name(v));
  const variables = vocabulary<V>("variable", names);
  if (own.length === 0) {
    const builder = circuitBuilder(variables);
    const holds = constantValue(formula);
    return builder.build(holds ? builder.product([]) : builder.sum([]));
  }
  const manager = sddManager(vtreeFor(circuit, names));
  const ref = sddOfFormula(manager, formula, (name) => variables.id(name) + 1, options.nodes ?? 1_000_000);
  return nnfToCircuit(sddToNnf(manager, ref), variables) as Circuit<V>;
}

/** The ids of the formula's variables, ascending. */
export function formulaVariables<V extends string>(circuit: Circuit<V>, formula: Formula<V>): number[] {
  const ids = variablesOf(formula).map((name) => circuit.variables.id(name));
  for (const v of ids) {
    const { kind } = circuit.domains[v];
    if (kind === "binary") continue;
    const name = circuit.variables.name(v);
    throw new CredenceError({
      code: "UNSUPPORTED_QUERY",
      message: `A formula is about binary variables; ${JSON.stringify(name)} is ${kind}.`,
      given: name,
      expected: "a formula over binary variables of the circuit",
      hint: "Give states and numbers as evidence: a value, a set or an interval.",
    });
  }
  return ids.sort((a, b) => a - b);
}

/** The truth of a formula without variables. */
function constantValue(formula: Formula): boolean {
  const manager = sddManager(rightLinearVtree([1]));
  return sddOfFormula(manager, formula, () => 1, Number.POSITIVE_INFINITY) === sddTrue;
}

/** The vtree of the circuit, cut down to some of its variables, which become 1, 2, … in their order. */
function vtreeFor(circuit: Circuit, names: readonly string[]): Vtree {
  const check = checkStructured(circuit);
  if (!check.holds) return rightLinearVtree(names.map((_, i) => i + 1));
  return vtreeOf(restrictShape(check.vtree, names));
}

/** Groups with more than two parts are paired from the right. Iterative, as shapes may be deep. */
function restrictShape(shape: VtreeShape, names: readonly string[]): NestedPairs {
  const numbers = new Map(names.map((name, i) => [name, i + 1]));
  const open: { readonly parts: readonly VtreeShape[]; at: number; readonly done: NestedPairs[] }[] = [
    { parts: [shape], at: 0, done: [] },
  ];
  for (;;) {
    const top = open[open.length - 1];
    if (top.at === top.parts.length) {
      const pairs = top.done.length === 0 ? undefined : top.done.reduceRight((rest, part) => [part, rest]);
      open.pop();
      if (open.length === 0) return pairs as NestedPairs;
      if (pairs !== undefined) open[open.length - 1].done.push(pairs);
      continue;
    }
    const part = top.parts[top.at++];
    if (typeof part !== "string") open.push({ parts: part, at: 0, done: [] });
    else {
      const number = numbers.get(part);
      if (number !== undefined) top.done.push(number);
    }
  }
}

/** The function of a formula in a manager that may keep `nodes` nodes. @throws BudgetError */
function sddOfFormula<V extends string>(
  manager: SddManager,
  formula: Formula<V>,
  variable: (name: V) => number,
  nodes: number,
): SddRef {
  const budget = { nodes };
  const and = (a: SddRef, b: SddRef): SddRef => sddAnd(manager, a, b, budget);
  const or = (a: SddRef, b: SddRef): SddRef => sddOr(manager, a, b, budget);
  const iff = (a: SddRef, b: SddRef): SddRef => sddIff(manager, a, b, budget);
  const not = (a: SddRef): SddRef => sddNot(manager, a);
  return foldFormula<V, SddRef>(formula, (part, parts) => {
    // A single operation looks at its budget now and then only.
    if (manager.nodes > nodes) {
      throw new BudgetError("Compiling the formula", `${nodes} nodes`, { nodes: manager.nodes });
    }
    switch (part.kind) {
      case "var":
        return sddLiteral(manager, variable(part.name));
      case "constant":
        return part.value ? sddTrue : sddFalse;
      case "not":
        return not(parts[0]);
      case "and":
        return parts.reduce((a, b) => and(a, b), sddTrue);
      case "or":
        return parts.reduce((a, b) => or(a, b), sddFalse);
      case "implies":
        return or(not(parts[0]), parts[1]);
      case "iff":
        return iff(parts[0], parts[1]);
      case "xor":
        return not(iff(parts[0], parts[1]));
      default: {
        // None so far, and exactly one so far.
        let [none, one]: [SddRef, SddRef] = [sddTrue, sddFalse];
        for (const each of parts) {
          one = or(and(one, not(each)), and(none, each));
          none = and(none, not(each));
        }
        return part.kind === "exactlyOne" ? one : or(none, one);
      }
    }
  });
}
