/**
 * Moves of the vtree under the functions of a manager, in place: every node keeps its number and its function, and
 * gets other elements where the move changes the split of its variables.
 *
 *   left,  x(a, w(b, c)) → w(x(a, b), c):  (p, ∨ q ∧ r) becomes the elements (p ∧ q, r) at w
 *   right, w(x(a, b), c) → x(a, w(b, c)):  the products over all (∨ p ∧ q, s) of their choices become
 *                                          (∧ p, ∨ q ∧ s) at x
 *   swap,  v(l, r) → v(r, l):              the products of the s and ¬s of all (p, s) become (∧ s, ∨ p)
 *
 * The new elements are first laid on the stack; only when all of them are there the nodes change. If the limit of
 * the operation ends this before, nothing has changed but what is garbage anyway: the nodes made on the way belong
 * to both vtrees. Old elements stay where they are, so that a move can be taken back without computing anything.
 * Decisions that are garbage get no new elements: they are dropped. Source: A. Choi, A. Darwiche, "Dynamic
 * minimization of sentential decision diagrams", AAAI 2013.
 */
import { BudgetError } from "../ddnnf/budget.ts";
import { push, reserve } from "../ddnnf/growable.ts";
import { placeAfterSwap, rotateInPlaceLeft, rotateInPlaceRight, swapInPlace } from "../vtree/movable.ts";
import type { Vtree } from "../vtree/vtree.ts";
import { checkBudget, compressElements, conjoin, disjoin } from "./conjoin.ts";
import { dropped, enterTable, leaveTable, type SddRef, type SddState, sddFalse, sddTrue } from "./manager.ts";
import { disuseElements, isUsed, listNodes, signsUsed, useElements, type Workspace } from "./workspace.ts";

/** The kinds of moves: rotate left, rotate right, swap the children. */
export type VtreeMove = "left" | "right" | "swap";

/** A move that was made. */
export interface MadeMove {
  /** The vtree node that is now in the place of the one that was moved. */
  readonly node: number;
  /**
   * Gives the nodes that there were before their old elements. All later nodes have to be forgotten then, see
   * `forgetNodes`, and later moves to be taken back first.
   */
  undo(): void;
}

/** The elements of one node, being made: a flat list of primes and subs. */
type Elements = SddRef[];

/** Whether a move is possible at a vtree node. */
export function canMove({ left, right }: Vtree, move: VtreeMove, v: number): boolean {
  if (move === "left") return right[v] >= 0 && left[right[v]] >= 0;
  if (move === "right") return left[v] >= 0 && left[left[v]] >= 0;
  return left[v] >= 0;
}

/**
 * Makes a possible move. If an error ends it, the manager is as before.
 * @param most ends the move as soon as more elements than this are certain to be used after it
 * @throws BudgetError
 */
export function makeMove(workspace: Workspace, move: VtreeMove, v: number, most = Infinity): MadeMove {
  if (move === "swap") return swap(workspace, v, most);
  return move === "left" ? rotateLeft(workspace, v, most) : rotateRight(workspace, v, most);
}

function rotateLeft(workspace: Workspace, x: number, most: number): MadeMove {
  const { state, vtree } = workspace;
  const w = vtree.right[x];
  // In-order, what reaches into c comes from w on.
  const stays = (node: number): boolean => {
    for (let i = state.starts[node]; i < state.ends[node]; i += 2) {
      if (state.vtreeOf[state.elements.data[i + 1] >> 1] >= w) return false;
    }
    return true;
  };
  const elementsOf = (node: number): Elements => {
    const { starts, ends } = state;
    const made: Elements = [];
    for (let i = starts[node]; i < ends[node]; i += 2) {
      const prime = state.elements.data[i];
      for (const [q, r] of splitOf(state, state.elements.data[i + 1], w)) {
        made.push(conjoin(state, prime, q), r);
      }
    }
    return made;
  };
  const forth = (): void => rotateInPlaceLeft(vtree, x);
  const back = (): void => rotateInPlaceRight(vtree, w);
  return rotate(workspace, { from: x, to: w, stays, elementsOf, most }, forth, back);
}

function rotateRight(workspace: Workspace, w: number, most: number): MadeMove {
  const { state, vtree } = workspace;
  const x = vtree.left[w];
  // What reaches into a comes up to x.
  const stays = (node: number): boolean => {
    for (let i = state.starts[node]; i < state.ends[node]; i += 2) {
      const at = state.vtreeOf[state.elements.data[i] >> 1];
      if (at >= 0 && at <= x) return false;
    }
    return true;
  };
  const elementsOf = (node: number): Elements => {
    const { starts, ends } = state;
    let made: Elements = [sddTrue, sddFalse];
    for (let i = starts[node]; i < ends[node]; i += 2) {
      const sub = state.elements.data[i + 1];
      const parts = splitOf(state, state.elements.data[i], x);
      made = product(state, made, parts, (rest, q) => disjoin(state, rest, conjoin(state, q, sub)));
    }
    return made;
  };
  const forth = (): void => rotateInPlaceRight(vtree, w);
  const back = (): void => rotateInPlaceLeft(vtree, x);
  return rotate(workspace, { from: w, to: x, stays, elementsOf, most }, forth, back);
}

/** What is to happen at the vtree node `from`: its nodes move to `to`, all but those that can stay as they are. */
interface Restructuring {
  readonly from: number;
  readonly to: number;
  readonly stays: (node: number) => boolean;
  readonly elementsOf: (node: number) => Elements;
  readonly most: number;
}

/** The new nodes of a rotation are made at the lower of both vtree nodes, as its new children split them. */
function rotate(
  workspace: Workspace,
  restructuring: Restructuring,
  forth: () => void,
  back: () => void,
): MadeMove {
  const { at } = workspace;
  const { from, to } = restructuring;
  forth();
  const changes = prepared(workspace, restructuring, back);
  const before = [at[from], at[to]];
  at[from] = changes.others;
  at[to] = at[to].slice();
  listNodes(workspace);
  for (const { node } of changes.changed) at[to].push(node);
  const giveBack = applied(workspace, changes, from, to);
  workspace.settled = undefined;
  return {
    node: to,
    undo() {
      back();
      giveBack();
      [at[from], at[to]] = before;
      workspace.settled = undefined;
    },
  };
}

function swap(workspace: Workspace, v: number, most: number): MadeMove {
  const { state, vtree, at } = workspace;
  const elementsOf = (node: number): Elements => {
    let made: Elements = [sddTrue, sddFalse];
    for (let i = state.starts[node]; i < state.ends[node]; i += 2) {
      const prime = state.elements.data[i];
      const sub = state.elements.data[i + 1];
      const parts: readonly (readonly [SddRef, SddRef])[] = [
        [sub, prime],
        [sub ^ 1, sddFalse],
      ];
      made = product(state, made, parts, (rest, own) => disjoin(state, rest, own));
    }
    return made;
  };
  const to = placeAfterSwap(vtree, v)(v);
  const changes = prepared(workspace, { from: v, to, stays: () => false, elementsOf, most }, () => {});
  listNodes(workspace);
  const before = at[v];
  renumber(workspace, v);
  swapInPlace(vtree, v);
  at[to] = changes.changed.map(({ node }) => node);
  const giveBack = applied(workspace, changes, to, to);
  workspace.settled = undefined;
  return {
    node: to,
    undo() {
      giveBack();
      at[to] = before;
      renumber(workspace, to);
      swapInPlace(vtree, to);
      workspace.settled = undefined;
    },
  };
}

/** Gives the nodes below a vtree node, and the lists of them, the places after a swap. */
function renumber({ state, vtree, at }: Workspace, v: number): void {
  const placeOf = placeAfterSwap(vtree, v);
  const from = vtree.first[v];
  const lists = at.slice(from, vtree.last[v] + 1);
  lists.forEach((list, i) => {
    const place = placeOf(from + i);
    at[place] = list;
    for (const node of list) state.vtreeOf[node] = place;
  });
}

/** A function at or below the vtree node `v` of the old vtree as elements of `v`. */
function splitOf(state: SddState, ref: SddRef, v: number): readonly (readonly [SddRef, SddRef])[] {
  const node = ref >> 1;
  const at = state.vtreeOf[node];
  if (at === v) {
    const parts: [SddRef, SddRef][] = [];
    for (let i = state.starts[node]; i < state.ends[node]; i += 2) {
      parts.push([state.elements.data[i], state.elements.data[i + 1] ^ (ref & 1)]);
    }
    return parts;
  }
  if (at > v || node === 0) return [[sddTrue, ref]];
  return [
    [ref, sddTrue],
    [ref ^ 1, sddFalse],
  ];
}

/** All possible conjunctions of an element's prime and a part's first half. */
function product(
  state: SddState,
  made: Elements,
  parts: readonly (readonly [SddRef, SddRef])[],
  subOf: (rest: SddRef, own: SddRef) => SddRef,
): Elements {
  const out: Elements = [];
  for (let i = 0; i < made.length; i += 2) {
    checkBudget(state);
    for (const [first, second] of parts) {
      const met = conjoin(state, made[i], first);
      if (met !== sddFalse) out.push(met, subOf(made[i + 1], second));
    }
  }
  return out;
}

/** New elements of a node: where they are on the stack. */
interface Change {
  readonly node: number;
  readonly from: number;
  readonly to: number;
}

/** What becomes of the nodes at a vtree node. */
interface Changes {
  readonly changed: readonly Change[];
  /** Garbage. */
  readonly dropped: readonly number[];
  /** Those that can stay as they are. */
  readonly others: number[];
}

/**
 * Lays new elements on the stack; `back` undoes what was done before, if there will not be any. Garbage that can stay
 * does: it may be found, and used, by what is made here.
 */
function prepared(
  workspace: Workspace,
  { from: vtreeNode, stays, elementsOf, most }: Restructuring,
  back: () => void,
): Changes {
  const { state, uses } = workspace;
  const { stack } = state;
  const base = stack.size;
  const changed: Change[] = [];
  const garbage: number[] = [];
  const others: number[] = [];
  const nodes = workspace.at[vtreeNode];
  const elementsAt = (node: number): number =>
    (signsUsed(workspace, node) * (state.ends[node] - state.starts[node])) / 2;
  // Elements that will be there at least, if none is needed less elsewhere.
  let certain = (uses?.elements ?? 0) - nodes.reduce((sum, node) => sum + elementsAt(node), 0);
  try {
    for (const node of nodes) {
      checkBudget(state);
      if (stays(node)) {
        others.push(node);
        certain += elementsAt(node);
        continue;
      }
      if (!isUsed(workspace, node)) {
        garbage.push(node);
        continue;
      }
      const elements = elementsOf(node);
      const from = stack.size;
      for (const each of elements) push(stack, each);
      compressElements(state, from);
      changed.push({ node, from, to: stack.size });
      certain += (signsUsed(workspace, node) * (stack.size - from)) / 2;
      if (certain > most) throw new BudgetError("A move of the vtree", `${most} elements`, { certain });
    }
  } catch (error) {
    state.frames.size = 0;
    state.stack.size = base;
    back();
    throw error;
  }
  return { changed, dropped: garbage, others };
}

/** Makes the changes; what it returns takes them back. */
function applied(workspace: Workspace, changes: Changes, from: number, to: number): () => void {
  const { state } = workspace;
  const { changed } = changes;
  const before = changed.map(({ node }) => ({ node, from: state.starts[node], to: state.ends[node] }));
  for (const node of changes.dropped) {
    leaveTable(state, node);
    state.vtreeOf[node] = dropped;
  }
  for (const { node } of changed) leaveTable(state, node);
  const base = changed.length > 0 ? changed[0].from : state.stack.size;
  const { elements, stack } = state;
  reserve(elements, stack.size - base);
  const shift = elements.size - base;
  elements.data.set(stack.data.subarray(base, stack.size), elements.size);
  elements.size += stack.size - base;
  stack.size = base;
  const after = changed.map((change) => ({
    node: change.node,
    from: change.from + shift,
    to: change.to + shift,
  }));
  exchange(workspace, before, after, to);
  return () => {
    for (const { node } of changed) leaveTable(state, node);
    exchange(workspace, after, before, from);
    for (const node of changes.dropped) {
      state.vtreeOf[node] = from;
      enterTable(state, node);
    }
  };
}

/** Puts other elements in the place of those that nodes have, at a vtree node. */
function exchange(
  workspace: Workspace,
  before: readonly Change[],
  after: readonly Change[],
  vtreeNode: number,
): void {
  const { state } = workspace;
  for (const { node, from, to } of after) {
    useElements(workspace, node, from, to);
    state.vtreeOf[node] = vtreeNode;
    state.starts[node] = from;
    state.ends[node] = to;
    enterTable(state, node);
  }
  for (const { node, from, to } of before) disuseElements(workspace, node, from, to);
}
