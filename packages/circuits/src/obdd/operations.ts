/** Operations on the functions of one OBDD manager: each is an if-then-else, or a pass over a diagram. */
import { InvalidArgumentError, type RunOptions, runAsync, runSync, type StepGenerator } from "@credence/core";
import type { Cnf } from "../cnf/cnf.ts";
import type { Budget } from "../ddnnf/budget.ts";
import {
  checkObdd,
  iteOf,
  nodeOf,
  type ObddManager,
  type ObddRef,
  type ObddState,
  obddFalse,
  obddLiteral,
  obddStateOf,
  obddTrue,
  reachableObdd,
  watchOf,
} from "./manager.ts";

/**
 * f ? g : h. O(size of f · size of g · size of h).
 * @throws InvalidArgumentError for unknown references; BudgetError `BUDGET_EXCEEDED`
 */
export function obddIte(
  manager: ObddManager,
  f: ObddRef,
  g: ObddRef,
  h: ObddRef,
  budget: Budget = {},
): ObddRef {
  for (const ref of [f, g, h]) checkObdd(manager, ref);
  return iteOf(obddStateOf(manager), f, g, h, watchOf("Joining OBDDs", budget));
}

/** a ∧ b. @throws what {@link obddIte} throws */
export function obddAnd(manager: ObddManager, a: ObddRef, b: ObddRef, budget: Budget = {}): ObddRef {
  return obddIte(manager, a, b, obddFalse, budget);
}

/** a ∨ b. @throws what {@link obddIte} throws */
export function obddOr(manager: ObddManager, a: ObddRef, b: ObddRef, budget: Budget = {}): ObddRef {
  return obddIte(manager, a, obddTrue, b, budget);
}

/** a ⊕ b. @throws what {@link obddIte} throws */
export function obddXor(manager: ObddManager, a: ObddRef, b: ObddRef, budget: Budget = {}): ObddRef {
  checkObdd(manager, b);
  return obddIte(manager, a, b ^ 1, b, budget);
}

/** ¬a. O(1). @throws InvalidArgumentError */
export function obddNot(manager: ObddManager, a: ObddRef): ObddRef {
  checkObdd(manager, a);
  return a ^ 1;
}

/**
 * The function under some fixed literals. O(size).
 * @param literals signed variables, no variable with both signs
 * @throws InvalidArgumentError
 */
export function obddCondition(manager: ObddManager, a: ObddRef, literals: readonly number[]): ObddRef {
  const state = checkObdd(manager, a);
  const values = new Int8Array(state.variables + 1);
  for (const literal of literals) {
    obddLiteral(manager, literal);
    const value = Math.sign(literal);
    if (values[Math.abs(literal)] === -value) {
      throw new InvalidArgumentError("literals", literal, "no variable with both signs");
    }
    values[Math.abs(literal)] = value;
  }
  const results = new Map<number, ObddRef>([[0, obddTrue]]);
  const of = (ref: ObddRef): ObddRef => results.get(ref >> 1)! ^ (ref & 1);
  for (const node of reachableObdd(state, [a])) {
    const variable = state.variableOf.data[node];
    const [high, low] = [of(state.high.data[node]), of(state.low.data[node])];
    const fixed = values[variable] > 0 ? high : low;
    results.set(node, values[variable] === 0 ? nodeOf(state, variable, high, low) : fixed);
  }
  return of(a);
}

/** ∃ variables: a. @throws InvalidArgumentError; BudgetError */
export function obddExists(
  manager: ObddManager,
  a: ObddRef,
  variables: readonly number[],
  budget: Budget = {},
): ObddRef {
  const state = checkObdd(manager, a);
  const watch = watchOf("Quantifying an OBDD", budget);
  let result = a;
  for (const variable of variables) {
    const low = obddCondition(manager, result, [-variable]);
    result = iteOf(state, obddCondition(manager, result, [variable]), obddTrue, low, watch);
  }
  return result;
}

/**
 * A CNF as a function: its clauses, those that end deepest in the order first, are conjoined one after the other.
 * @throws InvalidArgumentError for more variables than the manager has
 * @throws BudgetError `BUDGET_EXCEEDED` with what was reached; AbortedError
 */
export function compileObdd(manager: ObddManager, formula: Cnf, options: RunOptions & Budget = {}): ObddRef {
  return runSync(compileSteps(manager, formula, options), options);
}

/** {@link compileObdd} that gives the event loop its turn between clauses. */
export function compileObddAsync(
  manager: ObddManager,
  formula: Cnf,
  options: RunOptions & Budget = {},
): Promise<ObddRef> {
  return runAsync(compileSteps(manager, formula, options), options);
}

function* compileSteps(manager: ObddManager, formula: Cnf, budget: Budget): StepGenerator<ObddRef> {
  const state = obddStateOf(manager);
  if (formula.variables > state.variables) {
    throw new InvalidArgumentError("formula.variables", formula.variables, `at most ${state.variables}`);
  }
  const watch = watchOf("Compiling the CNF to an OBDD", budget);
  const level = (literal: number): number => state.levels[Math.abs(literal)];
  const clauses = Array.from({ length: formula.clauses }, (_, c) =>
    Array.from(formula.literals.subarray(formula.offsets[c], formula.offsets[c + 1])).sort(
      (x, y) => level(y) - level(x),
    ),
  );
  const first = (clause: readonly number[]): number =>
    clause.length === 0 ? -1 : level(clause[clause.length - 1]);
  clauses.sort((x, y) => first(y) - first(x) || x.length - y.length);
  let result: ObddRef = obddTrue;
  for (const [step, clause] of clauses.entries()) {
    let literals: ObddRef = obddFalse;
    for (const literal of clause) literals = iteOf(state, obddLiteral(manager, literal), obddTrue, literals);
    result = iteOf(state, result, literals, obddFalse, watch);
    const metrics = { nodes: state.nodes, clauses: step + 1 };
    watch?.check(state.nodes, () => metrics);
    yield { phase: "compiling", step: step + 1, steps: clauses.length, metrics };
  }
  return result;
}

/** The number of nodes of a function, without the constant. O(size). @throws InvalidArgumentError */
export function obddSize(manager: ObddManager, a: ObddRef): number {
  return reachableObdd(checkObdd(manager, a), [a]).length;
}

/** The number of models over all variables, exactly. O(size) operations on integers. @throws InvalidArgumentError */
export function obddModelCount(manager: ObddManager, a: ObddRef): bigint {
  const state = checkObdd(manager, a);
  // Per node: its models over its own variable and those after it.
  const counts = new Map<number, bigint>([[0, 1n]]);
  const levelOf = (ref: ObddRef): number => state.levels[state.variableOf.data[ref >> 1]];
  const countOf = (ref: ObddRef, level: number): bigint => {
    const own = levelOf(ref);
    const count = counts.get(ref >> 1)!;
    const whole = 1n << BigInt(state.variables - own);
    return ((ref & 1) === 0 ? count : whole - count) << BigInt(own - level);
  };
  for (const node of reachableObdd(state, [a])) {
    const next = levelOf(2 * node) + 1;
    counts.set(node, countOf(state.high.data[node], next) + countOf(state.low.data[node], next));
  }
  return countOf(a, 0);
}

/** Every function with the nodes that the roots need, and no others; internal numbers change. */
export function compactObdd(state: ObddState, roots: readonly ObddRef[]): ObddRef[] {
  const kept = Array.from(reachableObdd(state, roots), (node) => ({
    node,
    variable: state.variableOf.data[node],
    high: state.high.data[node],
    low: state.low.data[node],
  }));
  const places = new Map<number, ObddRef>([[0, 0]]);
  const moved = (ref: ObddRef): ObddRef => places.get(ref >> 1)! ^ (ref & 1);
  state.nodes = 1;
  for (const each of [state.variableOf, state.high, state.low]) each.size = 1;
  state.table.fill(0);
  state.cache.fill(-1);
  for (const { node, variable, high, low } of kept) {
    places.set(node, nodeOf(state, variable, moved(high), moved(low)));
  }
  return roots.map(moved);
}
