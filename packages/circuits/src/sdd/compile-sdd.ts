/**
 * Compiles a CNF to an SDD from the bottom up: every clause waits at the lowest vtree node above its variables;
 * there the functions of both children are conjoined, and then the clauses that wait, short ones first. What only
 * the compilation has made and does not need any more is collected on the way.
 */
import { InvalidArgumentError, runAsync, runSync, type StepGenerator } from "@credence/core";
import type { Cnf } from "../cnf/cnf.ts";
import type { Vtree } from "../vtree/vtree.ts";
import { liveNodes, sweep, usedNodes } from "./collect.ts";
import { beginConjoin, disjoin } from "./conjoin.ts";
import { type SddManager, type SddRef, type SddState, sddFalse, sddTrue } from "./manager.ts";
import { finished, operation, type SddOptions } from "./operation.ts";
import { outer } from "./refs.ts";

/** Options of {@link compileSdd}. The budget's nodes are those of the manager. */
export interface CompileSddOptions extends SddOptions {}

/** Nodes before the first collection; the next ones come when what was left has doubled. */
const firstCollection = 1 << 20;

/**
 * The formula as a function of the manager; its vtree needs all variables of the formula.
 * @throws BudgetError `BUDGET_EXCEEDED` with what was reached; the manager stays usable
 * @throws AbortedError, InvalidArgumentError, CredenceError `SDD_BUSY`
 */
export function compileSdd(manager: SddManager, formula: Cnf, options: CompileSddOptions = {}): SddRef {
  return runSync(compileSteps(manager, formula, options), options);
}

/** {@link compileSdd} that gives the event loop its turn. */
export function compileSddAsync(
  manager: SddManager,
  formula: Cnf,
  options: CompileSddOptions = {},
): Promise<SddRef> {
  return runAsync(compileSteps(manager, formula, options), options);
}

function compileSteps(manager: SddManager, formula: Cnf, options: CompileSddOptions): StepGenerator<SddRef> {
  const { vtree } = manager;
  if (formula.variables > vtree.variables) {
    throw new InvalidArgumentError(
      "formula.variables",
      formula.variables,
      `at most ${vtree.variables}, as the vtree`,
    );
  }
  return operation(manager, "Compiling the CNF to an SDD", options, function* (state): StepGenerator<SddRef> {
    const result = yield* conjunction(
      state,
      formula,
      Math.min(firstCollection, (options.nodes ?? Infinity) / 2),
    );
    return outer(state, result);
  });
}

function* conjunction(state: SddState, formula: Cnf, collectAt: number): StepGenerator<SddRef> {
  const { vtree } = state;
  const buckets = clausesByMeet(vtree, formula);
  if (buckets === undefined) return sddFalse;
  const functions = new Map<number, SddRef>();
  const old = usedNodes(state);
  let threshold = state.nodes + collectAt;
  let done = 0;
  for (const node of bottomUp(vtree)) {
    let result: SddRef = sddTrue;
    for (const child of [vtree.left[node], vtree.right[node]]) {
      if (child < 0) continue;
      result = yield* finished(state, beginConjoin(state, result, functions.get(child)!));
      functions.delete(child);
    }
    for (const clause of buckets.get(node) ?? []) {
      result = yield* finished(state, beginConjoin(state, result, clauseOf(state, clause)));
      if (state.nodes > threshold) {
        sweep(state, liveNodes(state, [result, ...functions.values()], old));
        threshold = Math.max(threshold, 2 * state.nodes);
      }
      const metrics = { clauses: ++done, nodes: state.nodes, applies: state.applies };
      state.watch?.check(state.nodes, () => metrics);
      yield { phase: "compiling", step: done, steps: formula.clauses, metrics };
      if (result === sddFalse) return sddFalse;
    }
    functions.set(node, result);
  }
  return functions.get(vtree.root)!;
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
