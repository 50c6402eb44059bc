/**
 * Compiles a CNF to an SDD from the bottom up: every clause waits at the lowest vtree node above its variables;
 * there the functions of both children are conjoined, and then the clauses that wait, short ones first.
 */
import { InvalidArgumentError, type RunOptions, runAsync, runSync, type StepGenerator } from "@credence/core";
import type { Cnf } from "../cnf/cnf.ts";
import { type Budget, watchBudget } from "../ddnnf/budget.ts";
import type { Vtree } from "../vtree/vtree.ts";
import { conjoin, disjoin } from "./conjoin.ts";
import { type SddManager, type SddRef, type SddState, sddFalse, sddTrue, stateOf } from "./manager.ts";

/** Options of {@link compileSdd}. The budget's nodes are those of the manager. */
export interface CompileSddOptions extends RunOptions, Budget {}

/**
 * The formula as a function of the manager; its vtree needs all variables of the formula.
 * @throws BudgetError `BUDGET_EXCEEDED` with what was reached; the manager stays usable
 * @throws AbortedError, InvalidArgumentError
 */
export function compileSdd(manager: SddManager, formula: Cnf, options: CompileSddOptions = {}): SddRef {
  return runSync(compileSteps(manager, formula, options), options);
}

/** {@link compileSdd} that gives the event loop its turn between clauses. */
export function compileSddAsync(
  manager: SddManager,
  formula: Cnf,
  options: CompileSddOptions = {},
): Promise<SddRef> {
  return runAsync(compileSteps(manager, formula, options), options);
}

function* compileSteps(manager: SddManager, formula: Cnf, options: CompileSddOptions): StepGenerator<SddRef> {
  const state = stateOf(manager);
  const { vtree } = state;
  if (formula.variables > vtree.variables) {
    throw new InvalidArgumentError(
      "formula.variables",
      formula.variables,
      `at most ${vtree.variables}, as the vtree`,
    );
  }
  const watch = watchBudget("Compiling the CNF to an SDD", options);
  const buckets = clausesByMeet(vtree, formula);
  if (buckets === undefined) return sddFalse;
  const functions = new Map<number, SddRef>();
  const stackSize = state.stack.size;
  let done = 0;
  state.watch = watch;
  try {
    for (const node of bottomUp(vtree)) {
      let result: SddRef = sddTrue;
      for (const child of [vtree.left[node], vtree.right[node]]) {
        if (child >= 0) result = conjoin(state, result, functions.get(child)!);
        functions.delete(child);
      }
      for (const clause of buckets.get(node) ?? []) {
        result = conjoin(state, result, clauseOf(state, clause));
        const metrics = { clauses: ++done, nodes: state.nodes, applies: state.applies };
        watch.check(state.nodes, () => metrics);
        yield { phase: "compiling", step: done, steps: formula.clauses, metrics };
        if (result === sddFalse) return sddFalse;
      }
      functions.set(node, result);
    }
    return functions.get(vtree.root)!;
  } finally {
    state.watch = undefined;
    state.stack.size = stackSize;
  }
}

/** Clauses by the vtree node where their variables meet, short ones first; undefined if one is empty. */
function clausesByMeet(vtree: Vtree, formula: Cnf): Map<number, Int32Array[]> | undefined {
  const buckets = new Map<number, Int32Array[]>();
  for (let c = 0; c < formula.clauses; c++) {
    const clause = formula.literals.subarray(formula.offsets[c], formula.offsets[c + 1]);
    if (clause.length === 0) return undefined;
    let meet = vtree.leaf[Math.abs(clause[0])];
    for (const literal of clause) meet = vtree.meet(meet, vtree.leaf[Math.abs(literal)]);
    const bucket = buckets.get(meet);
    if (bucket === undefined) buckets.set(meet, [clause]);
    else bucket.push(clause);
  }
  for (const bucket of buckets.values()) bucket.sort((a, b) => a.length - b.length);
  return buckets;
}

/** All nodes, children first. */
function bottomUp(vtree: Vtree): Int32Array {
  return Int32Array.from(vtree.depth.keys()).sort((a, b) => vtree.depth[b] - vtree.depth[a] || a - b);
}

/** A clause's literals are joined from the right end of the vtree, so that little is built twice. */
function clauseOf(state: SddState, clause: Int32Array): SddRef {
  const { leaf } = state.vtree;
  const order = Array.from(clause).sort((a, b) => leaf[Math.abs(b)] - leaf[Math.abs(a)]);
  let result: SddRef = sddFalse;
  for (const literal of order) {
    result = disjoin(state, literal > 0 ? 2 * literal : -2 * literal + 1, result);
  }
  return result;
}
