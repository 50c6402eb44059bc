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
 * to both vtrees. Old elements stay where they are, so that a move can be taken back without computing anything. Source: A. Choi, A. Darwiche, "Dynamic minimization of sentential decision diagrams", AAAI 2013.
 */
import { push, reserve } from "../ddnnf/growable.ts";
import { rotateVtreeLeft, rotateVtreeRight, swapVtreeChildren } from "../vtree/moves.ts";
import type { Vtree } from "../vtree/vtree.ts";
import { checkBudget, compressElements, conjoin, disjoin } from "./conjoin.ts";
import { rebuildTable, resizeCache, type SddRef, type SddState, sddFalse, sddTrue } from "./manager.ts";

/** The kinds of moves: rotate left, rotate right, swap the children. */
export type VtreeMove = "left" | "right" | "swap";

/** A move that was made. */
export interface MadeMove {
  /** The vtree node that is now in the place of the one that was moved. */
  readonly node: number;
  /**
   * Gives the nodes that there were before their old elements. All later nodes have to be forgotten then, see
   * {@link forgetNodes}, and later moves to be taken back first.
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

/** Makes a possible move. If an error ends it, the manager is as before. */
export function makeMove(state: SddState, move: VtreeMove, v: number): MadeMove {
  if (move === "left") return rotateLeft(state, v);
  if (move === "right") return rotateRight(state, v);
  return swap(state, v);
}

/** Forgets the nodes from the number `high` on and their elements, from `size` on; nothing else refers to them. */
export function forgetNodes(state: SddState, high: number, size: number): void {
  state.nodes -= state.high - high;
  state.high = high;
  state.elements.size = size;
  rebuildTable(state, state.table.length);
  resizeCache(state, state.cacheA.length, (ref) => ref >> 1 < high);
}

function rotateLeft(state: SddState, x: number): MadeMove {
  const old = state.vtree;
  const w = old.right[x];
  return restructure(state, rotateVtreeLeft(old, x), x, w, (node) => {
    const { starts, ends, vtreeOf } = state;
    let mentions = false;
    // In-order, what reaches into c comes from w on.
    for (let i = starts[node]; i < ends[node]; i += 2) {
      mentions ||= vtreeOf[state.elements.data[i + 1] >> 1] >= w;
    }
    if (!mentions) return undefined;
    const made: Elements = [];
    for (let i = starts[node]; i < ends[node]; i += 2) {
      const prime = state.elements.data[i];
      for (const [q, r] of splitOf(state, state.elements.data[i + 1], w)) {
        made.push(conjoin(state, prime, q), r);
      }
    }
    return made;
  });
}

function rotateRight(state: SddState, w: number): MadeMove {
  const old = state.vtree;
  const x = old.left[w];
  return restructure(state, rotateVtreeRight(old, w), w, x, (node) => {
    const { starts, ends, vtreeOf } = state;
    let mentions = false;
    for (let i = starts[node]; i < ends[node]; i += 2) {
      mentions ||= vtreeOf[state.elements.data[i] >> 1] <= x;
    }
    if (!mentions) return undefined;
    let made: Elements = [sddTrue, sddFalse];
    for (let i = starts[node]; i < ends[node]; i += 2) {
      const sub = state.elements.data[i + 1];
      const parts = splitOf(state, state.elements.data[i], x);
      made = product(state, made, parts, (rest, q) => disjoin(state, rest, conjoin(state, q, sub)));
    }
    return made;
  });
}

function swap(state: SddState, v: number): MadeMove {
  const { vtree, places } = swapVtreeChildren(state.vtree, v);
  return restructure(
    state,
    vtree,
    v,
    places[v],
    (node) => {
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
    },
    places,
  );
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

/** A node's old or new elements: where they are in the pool or on the stack. */
interface Change {
  readonly node: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Gives nodes at the vtree node `from` their new elements at `to`, those for which there are any.
 * @param places new numbers of vtree nodes, if they change; `to` is a new one
 */
function restructure(
  state: SddState,
  vtree: Vtree,
  from: number,
  to: number,
  elementsOf: (node: number) => Elements | undefined,
  places?: Int32Array,
): MadeMove {
  const old = state.vtree;
  const base = state.stack.size;
  // Rotations: the new nodes are made at the lower of both vtree nodes, as its new children split them.
  if (places === undefined) state.vtree = vtree;
  let changes: readonly Change[];
  try {
    changes = prepared(state, from, elementsOf);
  } catch (error) {
    state.vtree = old;
    state.frames.size = 0;
    state.stack.size = base;
    throw error;
  }
  const before = changes.map(({ node }) => ({ node, from: state.starts[node], to: state.ends[node] }));
  state.vtree = vtree;
  if (places !== undefined) renumber(state, places);
  for (const change of changes) {
    const { elements, stack } = state;
    reserve(elements, change.to - change.from);
    place(state, change.node, to, elements.size, elements.size + change.to - change.from);
    elements.data.set(stack.data.subarray(change.from, change.to), elements.size);
    elements.size = state.ends[change.node];
  }
  state.stack.size = base;
  rebuildTable(state, state.table.length);
  return {
    node: to,
    undo() {
      state.vtree = old;
      if (places !== undefined) renumber(state, inverse(places));
      for (const each of before) place(state, each.node, from, each.from, each.to);
    },
  };
}

/** New elements, on the stack. */
function prepared(
  state: SddState,
  from: number,
  elementsOf: (node: number) => Elements | undefined,
): readonly Change[] {
  const { stack } = state;
  const changes: Change[] = [];
  for (const node of nodesAt(state, from)) {
    checkBudget(state);
    const elements = elementsOf(node);
    if (elements === undefined) continue;
    const start = stack.size;
    for (const each of elements) push(stack, each);
    compressElements(state, start);
    changes.push({ node, from: start, to: stack.size });
  }
  return changes;
}

function nodesAt(state: SddState, vtreeNode: number): number[] {
  const found: number[] = [];
  for (let node = state.vtree.variables + 1; node < state.high; node++) {
    if (state.vtreeOf[node] === vtreeNode) found.push(node);
  }
  return found;
}

function place(state: SddState, node: number, vtreeNode: number, from: number, to: number): void {
  state.vtreeOf[node] = vtreeNode;
  state.starts[node] = from;
  state.ends[node] = to;
}

function renumber(state: SddState, places: Int32Array): void {
  for (let node = 1; node < state.high; node++) {
    const at = state.vtreeOf[node];
    if (at >= 0) state.vtreeOf[node] = places[at];
  }
}

function inverse(places: Int32Array): Int32Array {
  const out = new Int32Array(places.length);
  places.forEach((to, from) => {
    out[to] = from;
  });
  return out;
}
