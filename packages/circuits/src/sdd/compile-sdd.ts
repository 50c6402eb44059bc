/**
 * Compiles a CNF to an SDD from the bottom up: every clause waits at the lowest vtree node above its variables;
 * there the functions of both children are conjoined, and then the clauses that wait, short ones first. What only
 * the compilation has made and does not need any more is collected on the way.
 *
 * With a search for a better vtree on the way ("dynamic" compilation: A. Choi, A. Darwiche, AAAI 2013), the work
 * pauses between two clauses whenever the functions at hand have grown by a factor since the last search. After it,
 * functions and clauses are laid to wait anew, by the vtree as it is then. When to search depends on sizes only: the
 * same formula gives the same diagram, unless time is up.
 */
import { InvalidArgumentError, runAsync, runSync, type StepGenerator } from "@credence/core";
import type { Cnf } from "../cnf/cnf.ts";
import { BudgetError } from "../ddnnf/budget.ts";
import type { Vtree } from "../vtree/vtree.ts";
import { liveNodes, sweep, usedNodes } from "./collect.ts";
import { beginConjoin, disjoin } from "./conjoin.ts";
import { isDecision, type SddManager, type SddRef, type SddState, sddFalse, sddTrue } from "./manager.ts";
import { searchVtree, usualGrowth, type VtreeSearchOptions } from "./minimize.ts";
import { finished, operation, type SddOptions, type SddSteps } from "./operation.ts";
import { outer } from "./refs.ts";
import { sizeOf } from "./size.ts";

/** Options of {@link compileSdd}. The budget's nodes are those of the manager. */
export interface CompileSddOptions extends SddOptions {
  /**
   * Search for a better vtree while compiling, and once more at the end, as `minimizeSdd` does; the manager's vtree
   * changes with it, and the functions that it holds are kept. Default false.
   */
  readonly vtreeSearch?: boolean;
}

/** Nodes before the first collection; the next ones come when what was left has doubled. */
const firstCollection = 1 << 20;
/** Elements before the first search; the next ones come when what was left has grown by the factor. */
const firstSearch = 2000;
const searchFactor = 2;
/** Searches on the way are shorter than the one at the end: most of what they see is gone soon. */
const onTheWay = { growth: 1.1, effort: 30 };
const atTheEnd = { growth: usualGrowth, effort: Number.POSITIVE_INFINITY };

/**
 * The formula as a function of the manager; its vtree needs all variables of the formula. A budget of time that ends
 * in the search after the last clause ends that search only.
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
      "Give a vtree over all variables of the formula.",
    );
  }
  return operation(manager, "Compiling the CNF to an SDD", options, function* (state): StepGenerator<SddRef> {
    const { nodes = Number.POSITIVE_INFINITY, vtreeSearch = false } = options;
    const collectAt = state.nodes + Math.min(firstCollection, nodes / 2);
    const compilation: Compilation = {
      state,
      old: usedNodes(state),
      clauses: formula.clauses,
      done: 0,
      collectAt,
      searchAt: vtreeSearch ? state.nodes + firstSearch : Number.POSITIVE_INFINITY,
      size: firstSearch,
    };
    const result = yield* conjunction(compilation, formula);
    if (vtreeSearch) yield* lastSearch(compilation, result);
    return outer(state, result);
  });
}

/** A compilation under way. */
interface Compilation {
  readonly state: SddState;
  /** The nodes that there were before, which are kept. */
  readonly old: Uint8Array;
  readonly clauses: number;
  /** Clauses conjoined. */
  done: number;
  /** Nodes from which on collecting pays. */
  collectAt: number;
  /** Nodes from which on it is worth looking how large the functions have become. */
  searchAt: number;
  /** Elements after the last search. */
  size: number;
}

/** What is to be conjoined. */
interface Waiting {
  readonly functions: readonly SddRef[];
  readonly clauses: readonly Int32Array[];
}

function* conjunction(compilation: Compilation, formula: Cnf): StepGenerator<SddRef> {
  const clauses = Array.from({ length: formula.clauses }, (_, c) =>
    formula.literals.subarray(formula.offsets[c], formula.offsets[c + 1]),
  );
  if (clauses.some((clause) => clause.length === 0)) return sddFalse;
  let waiting: Waiting = { functions: [], clauses };
  for (;;) {
    const round = yield* upwards(compilation, waiting);
    if (typeof round === "number") return round;
    waiting = round;
    yield* search(compilation, waiting.functions, onTheWay);
  }
}

/** Conjoins what waits from the bottom up: to the end, or until it is time to search; then what is left. */
function* upwards(compilation: Compilation, waiting: Waiting): SddSteps<SddRef | Waiting> {
  const { state } = compilation;
  const { vtree } = state;
  const buckets = clausesByMeet(vtree, waiting.clauses);
  const functions = new Map<number, SddRef[]>();
  const lay = (node: number, ref: SddRef): void => {
    const list = functions.get(node);
    if (list === undefined) functions.set(node, [ref]);
    else list.push(ref);
  };
  for (const ref of waiting.functions) lay(ref < 2 ? vtree.root : state.vtreeOf[ref >> 1], ref);
  for (const node of bottomUp(vtree)) {
    let result: SddRef = sddTrue;
    for (const ref of functions.get(node) ?? []) {
      result = yield* finished(state, beginConjoin(state, result, ref));
    }
    functions.delete(node);
    const bucket = buckets.get(node) ?? [];
    for (let c = 0; c < bucket.length; c++) {
      result = yield* finished(state, beginConjoin(state, result, clauseOf(state, bucket[c])));
      const kept = (): SddRef[] => [result, ...[...functions.values()].flat()];
      if (state.nodes > compilation.collectAt) collectFor(compilation, kept());
      const metrics = { clauses: ++compilation.done, nodes: state.nodes, applies: state.applies };
      state.watch?.check(state.nodes, () => metrics);
      yield { phase: "compiling", step: compilation.done, steps: compilation.clauses, metrics };
      if (result === sddFalse) return sddFalse;
      if (state.nodes > compilation.searchAt && hasGrown(compilation, kept())) {
        buckets.set(node, bucket.slice(c + 1));
        return { functions: kept(), clauses: [...buckets.values()].flat() };
      }
    }
    buckets.delete(node);
    if (node === vtree.root) return result;
    lay(vtree.parent[node], result);
  }
  return sddTrue;
}

/** Collects all but the functions that wait, those of before, and the pinned ones. */
function collectFor(compilation: Compilation, functions: readonly SddRef[]): void {
  const { state, old } = compilation;
  sweep(state, liveNodes(state, functions, old));
  compilation.collectAt = Math.max(compilation.collectAt, 2 * state.nodes);
}

/** Whether the functions that wait have outgrown the last search; otherwise the next look is due later. */
function hasGrown(compilation: Compilation, functions: readonly SddRef[]): boolean {
  const { state, size } = compilation;
  const { elements } = sizeOf(state, functions);
  compilation.searchAt = state.nodes + elements;
  return elements > searchFactor * size;
}

/** Searches for a vtree over which the functions that wait, those of before, and the pinned ones are smaller. */
function* search(
  compilation: Compilation,
  functions: readonly SddRef[],
  limits: Pick<VtreeSearchOptions, "growth" | "effort">,
): SddSteps<void> {
  const { state, old } = compilation;
  const roots = [...functions, ...[...state.pins.keys()].map((node) => 2 * node)];
  old.forEach((isOld, node) => {
    if (isOld === 1 && isDecision(state, node)) roots.push(2 * node);
  });
  const deadline = Number.POSITIVE_INFINITY;
  const { after } = yield* searchVtree<never>(state, { roots, deadline, ...limits });
  compilation.size = Math.max(firstSearch, after);
  compilation.searchAt = state.nodes + compilation.size;
}

/** The search at the end. The function is there: no time for the search is no error. */
function* lastSearch(compilation: Compilation, result: SddRef): SddSteps<void> {
  try {
    yield* search(compilation, [result], atTheEnd);
  } catch (error) {
    if (!(error instanceof BudgetError)) throw error;
  }
}

/** Clauses by the vtree node where their variables meet, short ones first. */
function clausesByMeet(vtree: Vtree, clauses: readonly Int32Array[]): Map<number, Int32Array[]> {
  const buckets = new Map<number, Int32Array[]>();
  for (const clause of clauses) {
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
