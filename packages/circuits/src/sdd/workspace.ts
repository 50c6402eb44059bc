/**
 * What moves of the vtree need to know of a manager, kept up to date from move to move, so that a move takes time for
 * what it changes and not for all there is: the decisions of each vtree node, and, for a search, how often each
 * reference is used by what the search is to make smaller.
 */
import { type MovableVtree, movableVtree, settledVtree } from "../vtree/movable.ts";
import type { Vtree } from "../vtree/vtree.ts";
import { clearCache, leaveTable, type SddRef, type SddState } from "./manager.ts";

/** Open from {@link openWorkspace} to {@link closeWorkspace}; the manager works over the movable vtree meanwhile. */
export interface Workspace {
  readonly state: SddState;
  readonly vtree: MovableVtree;
  /** The nodes at each vtree node, those with numbers below `listed`; new ones have to get higher numbers. */
  readonly at: number[][];
  listed: number;
  /** What is used; absent where all functions of the manager are to be kept as they are. */
  readonly uses: Uses | undefined;
  /** The vtree as others see it, while nothing has been moved since. */
  settled: Vtree | undefined;
}

/** How often references are used by roots and by the decisions of what is used; a reference without use is garbage. */
export interface Uses {
  counts: Int32Array;
  /** Elements of all used references: the size of the roots, a decision and its negation counting as two. */
  elements: number;
}

/** O(nodes). @param roots what is used; if absent, all functions are */
export function openWorkspace(state: SddState, roots?: readonly SddRef[]): Workspace {
  const vtree = movableVtree(state.vtree);
  const at: number[][] = Array.from({ length: vtree.size }, () => []);
  const uses = roots === undefined ? undefined : { counts: new Int32Array(0), elements: 0 };
  const workspace: Workspace = { state, vtree, at, listed: 1, uses, settled: state.vtree };
  state.vtree = vtree;
  listNodes(workspace);
  for (const root of roots ?? []) addUse(workspace, root);
  return workspace;
}

/** Leaves the manager with a vtree that does not change. */
export function closeWorkspace(workspace: Workspace): void {
  workspace.state.vtree = settled(workspace);
}

/** The vtree as it is now, for others to see. */
export function settled(workspace: Workspace): Vtree {
  workspace.settled ??= settledVtree(workspace.vtree);
  return workspace.settled;
}

/** Enters the nodes made since the last time into their lists. */
export function listNodes(workspace: Workspace): void {
  const { state, at } = workspace;
  for (let node = workspace.listed; node < state.high; node++) {
    if (state.vtreeOf[node] >= 0) at[state.vtreeOf[node]].push(node);
  }
  workspace.listed = state.high;
}

/** Whether a node or its negation is used; everything is where uses are not counted. */
export function isUsed({ uses }: Workspace, node: number): boolean {
  if (uses === undefined) return true;
  // A node that has just been made has no count yet.
  return uses.counts[2 * node] > 0 || uses.counts[2 * node + 1] > 0;
}

/** How often the elements of a node count: once for each of its signs that is used. */
export function signsUsed({ uses }: Workspace, node: number): number {
  if (uses === undefined) return 1;
  return (uses.counts[2 * node] > 0 ? 1 : 0) + (uses.counts[2 * node + 1] > 0 ? 1 : 0);
}

/** Forgets the nodes from the number `high` on, and their elements, from `size` on; nothing else refers to them. */
export function forgetNodes(workspace: Workspace, high: number, size: number): void {
  const { state, at } = workspace;
  for (let node = high; node < state.high; node++) {
    const list = at[state.vtreeOf[node]];
    while (list.length > 0 && list[list.length - 1] >= high) list.pop();
    leaveTable(state, node);
  }
  workspace.listed = Math.min(workspace.listed, high);
  state.nodes -= state.high - high;
  state.high = high;
  state.elements.size = size;
  clearCache(state, state.cacheA.length);
}

/** One more use of a reference, and with the first one of all it consists of. */
export function addUse({ state, uses }: Workspace, ref: SddRef): void {
  if (uses === undefined) return;
  if (uses.counts.length < 2 * state.vtreeOf.length) {
    const { counts } = uses;
    uses.counts = new Int32Array(2 * state.vtreeOf.length);
    uses.counts.set(counts);
  }
  const { counts } = uses;
  if (counts[ref]++ > 0) return;
  const { starts, ends } = state;
  const { data } = state.elements;
  const open = [ref];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [from, to, sign] = [starts[next >> 1], ends[next >> 1], next & 1];
    uses.elements += (to - from) / 2;
    for (let i = from; i < to; i += 2) {
      if (counts[data[i]]++ === 0) open.push(data[i]);
      const sub = data[i + 1] ^ sign;
      if (counts[sub]++ === 0) open.push(sub);
    }
  }
}

/** One use less of a reference, and without any of all it consists of. */
export function dropUse({ state, uses }: Workspace, ref: SddRef): void {
  if (uses === undefined) return;
  const { counts } = uses;
  if (--counts[ref] > 0) return;
  const { starts, ends } = state;
  const { data } = state.elements;
  const open = [ref];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [from, to, sign] = [starts[next >> 1], ends[next >> 1], next & 1];
    uses.elements -= (to - from) / 2;
    for (let i = from; i < to; i += 2) {
      if (--counts[data[i]] === 0) open.push(data[i]);
      const sub = data[i + 1] ^ sign;
      if (--counts[sub] === 0) open.push(sub);
    }
  }
}

/** Counts the elements `from` to `to` of a node once for each of its signs that is used. */
export function useElements(workspace: Workspace, node: number, from: number, to: number): void {
  eachElement(workspace, node, from, to, 1, addUse);
}

/** Takes back what {@link useElements} has counted. */
export function disuseElements(workspace: Workspace, node: number, from: number, to: number): void {
  eachElement(workspace, node, from, to, -1, dropUse);
}

function eachElement(
  workspace: Workspace,
  node: number,
  from: number,
  to: number,
  by: number,
  change: (workspace: Workspace, ref: SddRef) => void,
): void {
  const { state, uses } = workspace;
  if (uses === undefined) return;
  for (let sign = 0; sign < 2; sign++) {
    if (uses.counts[2 * node + sign] <= 0) continue;
    uses.elements += (by * (to - from)) / 2;
    for (let i = from; i < to; i += 2) {
      change(workspace, state.elements.data[i]);
      change(workspace, state.elements.data[i + 1] ^ sign);
    }
  }
}
