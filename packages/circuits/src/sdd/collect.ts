/**
 * Garbage collection: mark what the roots need, sweep the rest, and move the elements that stay together. It happens
 * when it is asked for and between the steps of long operations, never inside a conjunction, and node numbers do
 * not change; what is not pinned is gone afterwards.
 */
import { intStack, push, reserve } from "../ddnnf/growable.ts";
import {
  cacheSizeFor,
  rebuildTable,
  resizeCache,
  type SddManager,
  type SddRef,
  type SddState,
  stateOf,
  tableSizeFor,
  unused,
} from "./manager.ts";
import { requireIdle } from "./operation.ts";
import { inner } from "./refs.ts";

/** Keeps one function of a manager through collections. */
export interface SddHandle {
  readonly manager: SddManager;
  readonly ref: SddRef;
  /** Lets go; calling it again does nothing. */
  release(): void;
}

/** What a collection did. */
export interface SddCollection {
  readonly collected: number;
  /** Nodes that are left. */
  readonly nodes: number;
}

/** Numbers that have been used this often are not used again: references have 21 bits for it. */
const mostGenerations = 2 ** 20;

/**
 * Pins a function: it and all it consists of stay until the handle is released. A function may be pinned several
 * times. O(1).
 * @throws InvalidArgumentError, CredenceError `SDD_COLLECTED`
 */
export function pinSdd(manager: SddManager, ref: SddRef): SddHandle {
  const state = stateOf(manager);
  const node = inner(manager, ref) >> 1;
  state.pins.set(node, (state.pins.get(node) ?? 0) + 1);
  let held = true;
  return Object.freeze({
    manager,
    ref,
    release() {
      if (!held) return;
      held = false;
      const count = state.pins.get(node)! - 1;
      if (count === 0) state.pins.delete(node);
      else state.pins.set(node, count);
    },
  });
}

/**
 * Collects every function that is not part of a pinned one; constants and literals always stay. References to what
 * was collected are refused from then on with `SDD_COLLECTED`. O(nodes and cached results).
 * @throws InvalidArgumentError, CredenceError `SDD_BUSY` during an operation
 */
export function collectSdd(manager: SddManager): SddCollection {
  const state = stateOf(manager);
  requireIdle(state, "Collecting");
  return sweep(state, liveNodes(state, []));
}

/** Per node 1 if the roots, the pins or any of `also` need it. */
export function liveNodes(state: SddState, roots: Iterable<SddRef>, also?: Uint8Array): Uint8Array {
  const live = new Uint8Array(state.high);
  live.fill(1, 0, state.vtree.variables + 1);
  const open: number[] = [];
  const visit = (node: number): void => {
    if (live[node] === 1) return;
    live[node] = 1;
    open.push(node);
  };
  for (const root of roots) visit(root >> 1);
  for (const node of state.pins.keys()) visit(node);
  also?.forEach((isOld, node) => {
    if (isOld === 1) visit(node);
  });
  const { elements, starts, ends } = state;
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (let i = starts[node]; i < ends[node]; i++) visit(elements.data[i] >> 1);
  }
  return live;
}

/** Per node number 1 if it is in use. */
export function usedNodes(state: SddState): Uint8Array {
  return Uint8Array.from(state.vtreeOf.subarray(0, state.high), (node) => (node === unused ? 0 : 1));
}

/** Frees all nodes that are not live; the tables shrink to what is left. */
export function sweep(state: SddState, live: Uint8Array): SddCollection {
  const before = state.nodes;
  const kept = intStack();
  for (let node = state.vtree.variables + 1; node < state.high; node++) {
    if (state.vtreeOf[node] === unused) continue;
    if (live[node] === 0) {
      state.vtreeOf[node] = unused;
      state.starts[node] = 0;
      state.ends[node] = 0;
      if (++state.generations[node] < mostGenerations) push(state.free, node);
      state.nodes--;
      continue;
    }
    const from = state.starts[node];
    const to = state.ends[node];
    reserve(kept, to - from);
    state.starts[node] = kept.size;
    kept.data.set(state.elements.data.subarray(from, to), kept.size);
    kept.size += to - from;
    state.ends[node] = kept.size;
  }
  state.elements = kept;
  shrink(state);
  const size = tableSizeFor(state.nodes - state.vtree.variables);
  rebuildTable(state, size);
  resizeCache(state, cacheSizeFor(size), (ref) => state.vtreeOf[ref >> 1] !== unused);
  return { collected: before - state.nodes, nodes: state.nodes };
}

/** Takes the unused numbers at the end out of use. */
function shrink(state: SddState): void {
  let { high } = state;
  while (state.vtreeOf[high - 1] === unused) high--;
  state.high = high;
  const { data, size } = state.free;
  state.free.size = 0;
  for (let i = 0; i < size; i++) if (data[i] < high) data[state.free.size++] = data[i];
}
