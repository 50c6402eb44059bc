/**
 * Dynamic vtree search: a local search over the moves of restructure.ts for a vtree over which the functions of a
 * manager are smaller. At every inner vtree node with an inner child there are twelve ways to arrange the three
 * subtrees a, b, c below both; the cycle
 *
 *   (swap the lower node, swap the upper node, swap the lower node, rotate) × 3
 *
 * visits all of them, and the best is kept. Where a move makes the diagram too large the cycle is tried from its
 * other end. Passes over all vtree nodes are repeated until they gain less than 1 %. Source: A. Choi, A. Darwiche,
 * "Dynamic minimization of sentential decision diagrams", AAAI 2013; the measure here is the number of elements.
 */
import {
  InvalidArgumentError,
  type RunOptions,
  runAsync,
  runSync,
  type Step,
  type StepGenerator,
} from "@credence/core";
import { type Budget, BudgetError, type BudgetWatch } from "../ddnnf/budget.ts";
import { push } from "../ddnnf/growable.ts";
import { liveNodes, sweep } from "./collect.ts";
import { clearCache, type SddManager, type SddRef, type SddState, stateOf } from "./manager.ts";
import { operation } from "./operation.ts";
import { inner } from "./refs.ts";
import { canMove, type MadeMove, makeMove, type VtreeMove } from "./restructure.ts";
import { closeWorkspace, forgetNodes, openWorkspace, settled, type Workspace } from "./workspace.ts";

/** Options of {@link minimizeSdd}. */
export interface MinimizeOptions extends RunOptions, Pick<Budget, "milliseconds"> {
  /** How many times larger than the best so far the diagram may become between moves; default {@link usualGrowth}. */
  readonly growth?: number;
}

/** What a search has reached. */
export interface Minimized {
  /** Elements of all functions together before and after, as `sddSize` counts them. */
  readonly before: number;
  readonly after: number;
  /** Moves made, those taken back included. */
  readonly moves: number;
  /** Whether the search ended by itself, and not by its time. */
  readonly finished: boolean;
}

/** Room for going through arrangements that are worse, in multiples of the best: little, or moves take too long. */
export const usualGrowth = 1.2;

/** A pass that gains less than this share is the last one. */
const leastGain = 0.01;
/** Elements by which the diagram may grow in any case, and nodes that a move may make. */
const slack = 100;
/** Nodes that a move may make besides, as a share of the best number of elements. */
const madeShare = 0.3;
/** Binary logarithms of the slots of the cache. */
const leastSlots = 8;
const mostSlots = 14;
/** Looks at the limits of a move from one look at the clock to the next. */
const looksPerClock = 16;

/** The moves of the cycle, relative to the upper and the lower node. */
type Turn = "lower" | "upper" | "rotate";
const quarter: readonly Turn[] = ["lower", "upper", "lower", "rotate"];
const cycle: readonly Turn[] = [...quarter, ...quarter, ...quarter];

/**
 * Looks for a better vtree. The functions given and the pinned ones keep their references; all others are
 * collected. When the time is up, the best vtree so far stays, and so it does when the signal ends the call.
 * @param roots the functions to be kept, besides the pinned ones
 * @throws InvalidArgumentError; CredenceError `SDD_COLLECTED`, `SDD_BUSY`
 * @throws AbortedError with the {@link Minimized} so far
 */
export function minimizeSdd(
  manager: SddManager,
  roots: readonly SddRef[],
  options: MinimizeOptions = {},
): Minimized {
  return runSync(minimizeSteps(manager, roots, options), options);
}

/** {@link minimizeSdd} that gives the event loop its turn. */
export function minimizeSddAsync(
  manager: SddManager,
  roots: readonly SddRef[],
  options: MinimizeOptions = {},
): Promise<Minimized> {
  return runAsync(minimizeSteps(manager, roots, options), options);
}

/**
 * One move of the vtree under all functions of the manager, at a vtree node: `left` for x(a, w(b, c)) → w(x(a, b),
 * c), `right` for its inverse, `swap` of both children. References stay; if the budget ends it, nothing changes.
 * @returns the vtree node in the place of the given one afterwards
 * @throws InvalidArgumentError for a node where the move is not possible
 * @throws BudgetError `BUDGET_EXCEEDED`; CredenceError `SDD_BUSY`
 */
export function moveSddVtree(
  manager: SddManager,
  move: VtreeMove,
  vtreeNode: number,
  options: Budget = {},
): number {
  if (!["left", "right", "swap"].includes(move)) {
    throw new InvalidArgumentError("move", move, "left, right or swap");
  }
  if (!canMove(manager.vtree, move, vtreeNode)) {
    throw new InvalidArgumentError(
      "vtreeNode",
      vtreeNode,
      move === "swap"
        ? "an inner node"
        : `an inner node whose ${move === "left" ? "right" : "left"} child is one`,
    );
  }
  const steps = operation(manager, "Moving the vtree", options, function* (state): StepGenerator<number> {
    const workspace = openWorkspace(state);
    try {
      return numbersAscending(state, () => makeMove(workspace, move, vtreeNode).node);
    } finally {
      closeWorkspace(workspace);
    }
  });
  return runSync(steps);
}

function minimizeSteps(
  manager: SddManager,
  refs: readonly SddRef[],
  options: MinimizeOptions,
): StepGenerator<Minimized> {
  const { growth = usualGrowth, milliseconds } = options;
  if (!(growth >= 1)) throw new InvalidArgumentError("growth", growth, "a number of at least 1");
  const roots = refs.map((ref) => inner(manager, ref));
  for (const node of stateOf(manager).pins.keys()) roots.push(2 * node);
  if (milliseconds !== undefined && !(milliseconds > 0)) {
    throw new InvalidArgumentError("milliseconds", milliseconds, "a number above 0");
  }
  const deadline = performance.now() + (milliseconds ?? Number.POSITIVE_INFINITY);
  // The time is watched by the search: its end is no error.
  const name = "Minimizing an SDD";
  return operation(manager, name, {}, (state) =>
    searchVtree(state, { roots, growth, deadline, effort: Infinity }, (minimized) => minimized),
  );
}

/** What a search inside of an operation is to do. */
export interface VtreeSearchOptions {
  /** What is to become smaller, and to be kept. All pinned functions have to be among it. */
  readonly roots: readonly SddRef[];
  readonly growth: number;
  /** The time, by `performance.now`, at which the search ends with what it has. */
  readonly deadline: number;
  /** Conjunctions, in multiples of the elements at first, after which the search ends with what it has. */
  readonly effort: number;
}

/**
 * The search as a part of an operation, whose own budget of time it keeps; what is not needed by the roots is
 * collected. However it ends, the best vtree so far stays.
 * @param partialOf the partial result of the operation, if it has one
 * @throws BudgetError where the operation's time is up
 */
export function* searchVtree<T>(
  state: SddState,
  { roots, growth, deadline, effort }: VtreeSearchOptions,
  partialOf?: (minimized: Minimized) => T,
): Generator<Step<T>, Minimized, void> {
  sweep(state, liveNodes(state, roots));
  const workspace = openWorkspace(state, roots);
  const before = workspace.uses!.elements;
  const slots = 2 ** Math.min(mostSlots, Math.max(leastSlots, Math.ceil(Math.log2(before + 1))));
  const { watch } = state;
  const appliesUntil = state.applies + effort * (before + slack);
  const search = { workspace, roots, growth, deadline, best: before, moves: 0, slots, watch, appliesUntil };
  const result = (finished: boolean): Minimized => {
    return { before, after: search.best, moves: search.moves, finished };
  };
  try {
    const partial = partialOf === undefined ? undefined : () => partialOf(result(false));
    return result(yield* passes(search, partial));
  } finally {
    state.watch = watch;
    closeWorkspace(workspace);
    sweep(state, liveNodes(state, roots));
  }
}

/** A search under way. */
interface VtreeSearch {
  readonly workspace: Workspace;
  readonly roots: readonly SddRef[];
  readonly growth: number;
  readonly deadline: number;
  readonly appliesUntil: number;
  /** Elements now and after the best arrangement. */
  best: number;
  moves: number;
  /** Slots of the cache of conjunctions: enough for a move, and quickly cleared. */
  readonly slots: number;
  /** That of the operation. */
  readonly watch: BudgetWatch | undefined;
}

/** Passes until one gains little; whether none was cut short. */
function* passes<T>(search: VtreeSearch, partial: (() => T) | undefined): Generator<Step<T>, boolean, void> {
  const { workspace } = search;
  const { state, vtree } = workspace;
  let kept = state.nodes;
  for (let step = 0; ; ) {
    const start = search.best;
    const nodes = Array.from({ length: vtree.variables - 1 }, (_, i) => 2 * i + 1);
    const depth = vtree.depth.slice();
    // In-order numbers of inner nodes stay odd whatever moves there are: lower ones first, as they are now.
    for (const node of nodes.sort((a, b) => depth[b] - depth[a] || a - b)) {
      if (isOver(search)) return false;
      checkTime(search);
      for (const move of ["left", "right"] as const) {
        if (canMove(vtree, move, node)) arrange(search, node, move === "left");
      }
      if (state.nodes > 2 * kept) kept = tidied(search);
      const metrics = { elements: search.best, moves: search.moves };
      const rest = partial === undefined ? {} : { partial };
      state.vtree = settled(workspace);
      yield { phase: "minimizing", step: ++step, steps: Number.POSITIVE_INFINITY, metrics, ...rest };
      state.vtree = vtree;
    }
    if (search.best >= start * (1 - leastGain)) return true;
  }
}

function isOver({ workspace, deadline, appliesUntil }: VtreeSearch): boolean {
  return workspace.state.applies > appliesUntil || performance.now() > deadline;
}

/** @throws BudgetError if the operation's time is up; nodes are made and forgotten here, and do not count */
function checkTime({ watch, best, moves }: VtreeSearch): void {
  watch?.check(0, () => ({ elements: best, moves }));
}

/** Collects what moves have left; the nodes that are kept. */
function tidied({ workspace, roots }: VtreeSearch): number {
  const { state, at } = workspace;
  const { nodes } = sweep(state, liveNodes(state, roots));
  at.forEach((list, v) => {
    at[v] = list.filter((node) => state.vtreeOf[node] >= 0);
  });
  workspace.listed = state.high;
  return nodes;
}

/** The upper node of a fragment, and whether the lower one is its right child. */
interface Fragment {
  upper: number;
  isRight: boolean;
}

/** Tries the twelve arrangements at a vtree node, and leaves the best. */
function arrange(search: VtreeSearch, upper: number, isRight: boolean): void {
  numbersAscending(search.workspace.state, () => {
    if (!walk(search, { upper, isRight }, cycle)) walk(search, { upper, isRight }, [...cycle].reverse());
  });
}

/**
 * Works while new nodes get the highest numbers: then it is known which ones are new, and taking moves back is cutting
 * them off.
 */
function numbersAscending<T>(state: SddState, work: () => T): T {
  const free = state.free.data.slice(0, state.free.size);
  state.free.size = 0;
  try {
    return work();
  } finally {
    for (const node of free) push(state.free, node);
  }
}

/**
 * Goes through turns as long as the diagram does not grow too much, then back to the best arrangement.
 * @returns whether there is no need to try the other direction: all was seen, or something better was found
 */
function walk(search: VtreeSearch, fragment: Fragment, turns: readonly Turn[]): boolean {
  const { workspace } = search;
  const { state } = workspace;
  const limit = search.growth * search.best + slack;
  const made: { readonly move: MadeMove; readonly high: number; readonly size: number }[] = [];
  let bestAt = 0;
  // After the last turn everything is as at first.
  while (made.length < turns.length - 1) {
    const [high, size] = [state.high, state.elements.size];
    const move = turn(search, fragment, turns[made.length], limit);
    if (move === undefined) {
      forgetNodes(workspace, high, size);
      break;
    }
    made.push({ move, high, size });
    const { elements } = workspace.uses!;
    if (elements < search.best) {
      search.best = elements;
      bestAt = made.length;
    }
    if (elements > limit) break;
  }
  const complete = made.length === turns.length - 1;
  if (made.length > bestAt) {
    for (const { move } of made.slice(bestAt).reverse()) move.undo();
    forgetNodes(workspace, made[bestAt].high, made[bestAt].size);
  }
  return complete || bestAt > 0;
}

/** Makes one turn; undefined if it was too much. */
function turn(search: VtreeSearch, fragment: Fragment, kind: Turn, limit: number): MadeMove | undefined {
  const { workspace } = search;
  const { state } = workspace;
  const { left, right } = workspace.vtree;
  search.moves++;
  state.watch = watchOf(search);
  // Results of former moves may be of nodes that were dropped.
  clearCache(state, search.slots);
  try {
    if (kind === "lower") {
      const lower = fragment.isRight ? right[fragment.upper] : left[fragment.upper];
      return makeMove(workspace, "swap", lower, limit);
    }
    const rotation = fragment.isRight ? "left" : "right";
    const move = makeMove(workspace, kind === "upper" ? "swap" : rotation, fragment.upper, limit);
    fragment.upper = move.node;
    fragment.isRight = !fragment.isRight;
    return move;
  } catch (error) {
    if (error instanceof BudgetError) return undefined;
    throw error;
  }
}

/** Ends a move that makes too many nodes or goes on when time is up. */
function watchOf(search: VtreeSearch): BudgetWatch {
  const most = search.workspace.state.nodes + madeShare * search.best + slack;
  let looks = 0;
  return {
    check(nodes) {
      if (++looks % looksPerClock === 0) checkTime(search);
      if (nodes <= most && (looks % looksPerClock !== 0 || !isOver(search))) return;
      throw new BudgetError("A move of the vtree", "its limits", { nodes });
    },
  };
}
