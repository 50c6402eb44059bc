/**
 * Sifting (R. Rudell, "Dynamic variable ordering for ordered binary decision diagrams", ICCAD 1993): each variable in
 * its turn, those with most nodes first, is moved through the whole order by swaps of neighbours, and left at the
 * best place. A swap of x with y below it changes only the nodes of x that refer to nodes of y, in place:
 *
 *   x ? (y ? a : b) : (y ? c : d)  =  y ? (x ? a : c) : (x ? b : d),
 *
 * so that references keep their meaning. `a` is positive, and with it the new high side, as it has to be.
 */
import { InvalidArgumentError, type RunOptions, runAsync, runSync, type StepGenerator } from "@credence/core";
import {
  checkObdd,
  nodeOf,
  type ObddManager,
  type ObddRef,
  type ObddState,
  obddStateOf,
  reachableObdd,
  rebuildObddTable,
} from "./manager.ts";
import { compactObdd } from "./operations.ts";

/** Options of {@link siftObdd}. */
export interface SiftOptions extends RunOptions {
  /** A variable is moved no further in one direction once the diagrams are this many times larger; default 1.2. */
  readonly growth?: number;
  /** After this time the rest of the variables stay where they are. */
  readonly milliseconds?: number;
}

/** What sifting has reached. */
export interface Sifted {
  /** The functions given, in their new references. All earlier references are void. */
  readonly refs: readonly ObddRef[];
  /** Nodes of all of them together before and after. */
  readonly before: number;
  readonly after: number;
  readonly finished: boolean;
}

/**
 * Looks for a better order of the variables. Everything but the given functions is collected, and references are
 * given out anew. O(variables² · nodes) at worst.
 * @throws InvalidArgumentError; AbortedError with the {@link Sifted} so far
 */
export function siftObdd(manager: ObddManager, roots: readonly ObddRef[], options: SiftOptions = {}): Sifted {
  return runSync(siftSteps(manager, roots, options), options);
}

/** {@link siftObdd} that gives the event loop its turn. The manager must be left alone meanwhile. */
export function siftObddAsync(
  manager: ObddManager,
  roots: readonly ObddRef[],
  options: SiftOptions = {},
): Promise<Sifted> {
  return runAsync(siftSteps(manager, roots, options), options);
}

function* siftSteps(
  manager: ObddManager,
  given: readonly ObddRef[],
  options: SiftOptions,
): StepGenerator<Sifted> {
  const { growth = 1.2, milliseconds = Number.POSITIVE_INFINITY } = options;
  if (!(growth >= 1)) throw new InvalidArgumentError("growth", growth, "a number of at least 1");
  if (!(milliseconds > 0)) throw new InvalidArgumentError("milliseconds", milliseconds, "a number above 0");
  for (const ref of given) checkObdd(manager, ref);
  const state = obddStateOf(manager);
  const deadline = performance.now() + milliseconds;
  let refs: readonly ObddRef[] = compactObdd(state, given);
  const before = state.nodes - 1;
  const result = (finished: boolean): Sifted => ({ refs, before, after: state.nodes - 1, finished });
  const counts = new Int32Array(state.variables + 1);
  for (let node = 1; node < state.nodes; node++) counts[state.variableOf.data[node]]++;
  const turns = [...state.order].sort((a, b) => counts[b] - counts[a] || a - b);
  for (const [step, variable] of turns.entries()) {
    if (performance.now() > deadline) return result(false);
    refs = siftVariable(state, variable, refs, growth);
    const metrics = { nodes: state.nodes - 1 };
    yield { phase: "sifting", step: step + 1, steps: turns.length, metrics, partial: () => result(false) };
  }
  return result(true);
}

/** Moves one variable to its best place: first to the nearer end of the order, then to the other one. */
function siftVariable(
  state: ObddState,
  variable: number,
  given: readonly ObddRef[],
  growth: number,
): readonly ObddRef[] {
  let refs = given;
  const start = state.levels[variable];
  let [best, bestLevel] = [state.nodes - 1, start];
  const limit = growth * best + 16;
  const moveTo = (level: number, isLimited: boolean): void => {
    while (state.levels[variable] !== level) {
      const at = state.levels[variable];
      swapWithNext(state, at < level ? at : at - 1);
      // Nodes that nobody needs any more are counted out before they pile up.
      if (state.nodes > 2 * limit) refs = compactObdd(state, refs);
      if (!isLimited) continue;
      const size = reachableObdd(state, refs).length;
      if (size < best) [best, bestLevel] = [size, state.levels[variable]];
      if (size > limit) break;
    }
  };
  const last = state.variables - 1;
  for (const end of start < last - start ? [0, last] : [last, 0]) moveTo(end, true);
  moveTo(bestLevel, false);
  return compactObdd(state, refs);
}

/** Exchanges the variables at a level and the next one. */
function swapWithNext(state: ObddState, level: number): void {
  const [x, y] = [state.order[level], state.order[level + 1]];
  const { variableOf, high, low } = state;
  const isOfY = (ref: ObddRef): boolean => ref > 1 && variableOf.data[ref >> 1] === y;
  const side = (ref: ObddRef, of: typeof high): ObddRef => (isOfY(ref) ? of.data[ref >> 1] ^ (ref & 1) : ref);
  const changed: number[] = [];
  for (let node = 1; node < state.nodes; node++) {
    if (variableOf.data[node] === x && (isOfY(high.data[node]) || isOfY(low.data[node]))) changed.push(node);
  }
  state.order[level] = y;
  state.order[level + 1] = x;
  state.levels[x] = level + 1;
  state.levels[y] = level;
  for (const node of changed) {
    const [g, h] = [high.data[node], low.data[node]];
    const newHigh = nodeOf(state, x, side(g, high), side(h, high));
    const newLow = nodeOf(state, x, side(g, low), side(h, low));
    variableOf.data[node] = y;
    high.data[node] = newHigh;
    low.data[node] = newLow;
  }
  rebuildObddTable(state, state.table.length);
}
