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
import { InvalidArgumentError, type RunOptions, runAsync, runSync, type StepGenerator } from "@credence/core";
import { type Budget, BudgetError } from "../ddnnf/budget.ts";
import { push } from "../ddnnf/growable.ts";
import { liveNodes, sweep } from "./collect.ts";
import { type SddManager, type SddRef, type SddState, stateOf } from "./manager.ts";
import { operation } from "./operation.ts";
import { inner } from "./refs.ts";
import { canMove, forgetNodes, type MadeMove, makeMove, type VtreeMove } from "./restructure.ts";

/** Options of {@link minimizeSdd}. */
export interface MinimizeOptions extends RunOptions, Pick<Budget, "milliseconds"> {
  /** How many times larger than the best so far the diagram may become between moves; default 1.5. */
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

/** A pass that gains less than this share is the last one. */
const leastGain = 0.01;
/** Elements by which the diagram may grow in any case, and nodes that a move may make. */
const slack = 100;

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
  // biome-ignore lint/correctness/useYield: an operation is a generator, and a move is one step of it
  const steps = operation(manager, "Moving the vtree", options, function* (state): StepGenerator<number> {
    return makeMove(state, move, vtreeNode).node;
  });
  return runSync(steps);
}

function minimizeSteps(
  manager: SddManager,
  refs: readonly SddRef[],
  options: MinimizeOptions,
): StepGenerator<Minimized> {
  const { growth = 1.5, milliseconds } = options;
  if (!(growth >= 1)) throw new InvalidArgumentError("growth", growth, "a number of at least 1");
  const roots = refs.map((ref) => inner(manager, ref));
  for (const node of stateOf(manager).pins.keys()) roots.push(2 * node);
  // The time is watched here: its end is no error.
  const name = "Minimizing an SDD";
  return operation(manager, name, {}, (state) => passes(searchOf(state, roots, growth, milliseconds)));
}

/** A search under way. */
interface VtreeSearch {
  readonly state: SddState;
  readonly roots: readonly SddRef[];
  readonly growth: number;
  readonly deadline: number;
  /** Elements now and after the best arrangement. */
  best: number;
  moves: number;
}

function searchOf(
  state: SddState,
  roots: readonly SddRef[],
  growth: number,
  milliseconds: number | undefined,
): VtreeSearch {
  if (milliseconds !== undefined && !(milliseconds > 0)) {
    throw new InvalidArgumentError("milliseconds", milliseconds, "a number above 0");
  }
  const deadline = performance.now() + (milliseconds ?? Number.POSITIVE_INFINITY);
  sweep(state, liveNodes(state, roots));
  const search = { state, roots, growth, deadline, best: 0, moves: 0 };
  search.best = elementsOf(search);
  return search;
}

function* passes(search: VtreeSearch): StepGenerator<Minimized> {
  const { state } = search;
  const before = search.best;
  const result = (finished: boolean): Minimized => ({
    before,
    after: search.best,
    moves: search.moves,
    finished,
  });
  let kept = state.nodes;
  for (let step = 0; ; ) {
    const start = search.best;
    const { depth } = state.vtree;
    const nodes = Array.from({ length: state.vtree.variables - 1 }, (_, i) => 2 * i + 1);
    // In-order numbers of inner nodes stay odd whatever moves there are: lower ones first, as they are now.
    for (const node of nodes.sort((a, b) => depth[b] - depth[a] || a - b)) {
      if (performance.now() > search.deadline) return result(false);
      for (const move of ["left", "right"] as const) {
        if (canMove(state.vtree, move, node)) arrange(search, node, move === "left");
      }
      if (state.nodes > 2 * kept) kept = sweep(state, liveNodes(state, search.roots)).nodes;
      const metrics = { elements: search.best, moves: search.moves };
      const partial = (): Minimized => result(false);
      yield { phase: "minimizing", step: ++step, steps: Number.POSITIVE_INFINITY, metrics, partial };
    }
    if (search.best >= start * (1 - leastGain)) return result(true);
  }
}

/** The upper node of a fragment, and whether the lower one is its right child. */
interface Fragment {
  upper: number;
  isRight: boolean;
}

/** Tries the twelve arrangements at a vtree node, and leaves the best. */
function arrange(search: VtreeSearch, upper: number, isRight: boolean): void {
  const { state } = search;
  // New nodes have the highest numbers meanwhile: taking moves back is cutting them off.
  const free = state.free.data.slice(0, state.free.size);
  state.free.size = 0;
  if (!walk(search, { upper, isRight }, cycle)) walk(search, { upper, isRight }, [...cycle].reverse());
  for (const node of free) push(state.free, node);
}

/**
 * Goes through turns as long as the diagram does not grow too much, then back to the best arrangement.
 * @returns whether there is no need to try the other direction: all was seen, or something better was found
 */
function walk(search: VtreeSearch, fragment: Fragment, turns: readonly Turn[]): boolean {
  const { state } = search;
  const limit = search.growth * search.best + slack;
  const made: { readonly move: MadeMove; readonly high: number; readonly size: number }[] = [];
  let bestAt = 0;
  // After the last turn everything is as at first.
  while (made.length < turns.length - 1) {
    const [high, size] = [state.high, state.elements.size];
    const move = turn(search, fragment, turns[made.length]);
    if (move === undefined) {
      forgetNodes(state, high, size);
      break;
    }
    made.push({ move, high, size });
    const elements = elementsOf(search);
    if (elements < search.best) {
      search.best = elements;
      bestAt = made.length;
    }
    if (elements > limit) break;
  }
  const complete = made.length === turns.length - 1;
  if (made.length > bestAt) {
    for (const { move } of made.slice(bestAt).reverse()) move.undo();
    forgetNodes(state, made[bestAt].high, made[bestAt].size);
  }
  return complete || bestAt > 0;
}

/** Makes one turn; undefined if it was too much. */
function turn(search: VtreeSearch, fragment: Fragment, kind: Turn): MadeMove | undefined {
  const { state } = search;
  const { left, right } = state.vtree;
  search.moves++;
  state.watch = watchOf(search);
  try {
    if (kind === "lower") {
      return makeMove(state, "swap", fragment.isRight ? right[fragment.upper] : left[fragment.upper]);
    }
    const rotation = fragment.isRight ? "left" : "right";
    const move = makeMove(state, kind === "upper" ? "swap" : rotation, fragment.upper);
    fragment.upper = move.node;
    fragment.isRight = !fragment.isRight;
    return move;
  } catch (error) {
    if (error instanceof BudgetError) return undefined;
    throw error;
  } finally {
    state.watch = undefined;
  }
}

/** Ends a move that makes too many nodes or goes on beyond the deadline. */
function watchOf({ state, growth, best, deadline }: VtreeSearch): SddState["watch"] {
  const most = state.nodes + growth * best + slack;
  return {
    check(nodes) {
      if (nodes <= most && performance.now() <= deadline) return;
      throw new BudgetError("A move of the vtree", "its limits", { nodes });
    },
  };
}

/** Elements of all decisions that the roots and the pins need, as {@link sddSize} counts them. O(nodes). */
function elementsOf({ state, roots }: VtreeSearch): number {
  const { starts, ends } = state;
  const { data } = state.elements;
  const seen = new Uint8Array(2 * state.high);
  const open: number[] = [];
  let elements = 0;
  for (const root of roots) {
    if (seen[root] === 0) open.push(root);
    seen[root] = 1;
  }
  for (let ref = open.pop(); ref !== undefined; ref = open.pop()) {
    const [from, to, sign] = [starts[ref >> 1], ends[ref >> 1], ref & 1];
    elements += to - from;
    for (let i = from; i < to; i++) {
      const child = (i & 1) === (from & 1) ? data[i] : data[i] ^ sign;
      if (seen[child] === 1) continue;
      seen[child] = 1;
      open.push(child);
    }
  }
  return elements / 2;
}
