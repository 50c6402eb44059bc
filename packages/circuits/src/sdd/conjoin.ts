/**
 * Conjunction of SDDs, from which every other operation follows (negation is free):
 *
 *   (∨ p_i ∧ s_i) ∧ (∨ q_j ∧ t_j) = ∨ (p_i ∧ q_j) ∧ (s_i ∧ t_j)
 *
 * where an operand that is written lower than the vtree node at which both meet counts as
 * {(a, true), (¬a, false)} or {(true, a)}. Only products with possible subs are formed; what they leave of the
 * primes gets the sub false. A prime that lies inside another one meets no further one.
 *
 * Conjunctions that need others wait in frames on a stack of their own, so that the depth of the vtree is no
 * concern and the work can be left off after any number of steps. A frame that is gone on with gets the result it
 * has waited for; its other variables say where it was.
 */
import { push, reserve } from "../ddnnf/growable.ts";
import {
  recall,
  remember,
  type SddRef,
  type SddState,
  sddFalse,
  sddTrue,
  uniqueDecision,
} from "./manager.ts";

/** The variables of a frame, as offsets. */
const FIRST = 0; // The operands; for decisions that are only compressed one of the two marks below.
const SECOND = 1;
const MEET = 2;
const KIND = 3;
const FROM = 4; // Where its elements on the stack begin.
const AT = 5; // The element that is looked at, and what it is combined with.
const REST = 6;
const REST_TO = 7;
const POSSIBLE = 8; // What is not yet known to have the sub false.
const MET = 9; // A product of primes that waits for its sub, or −1.
const frameSize = 10;

/** The kinds of frames: operands at one vtree node, one left or right of the other, and compression. */
const CROSS = 0;
const LEFT = 1;
const RIGHT = 2;
const COMPRESS = 3;

/** In the place of operands: no operands; no operands, and the elements stay on the stack. */
const noOperands = -1;
const onlyCompress = -2;

/** What stands for a result that is not there yet. */
export const pending = -1;

/** Steps between two looks at the budget. */
const stride = 1024;

/** a ∧ b. */
export function conjoin(state: SddState, a: SddRef, b: SddRef): SddRef {
  const result = beginConjoin(state, a, b);
  return result >= 0 ? result : finish(state);
}

/** a ∨ b. */
export function disjoin(state: SddState, a: SddRef, b: SddRef): SddRef {
  return conjoin(state, a ^ 1, b ^ 1) ^ 1;
}

/** The decision of the elements on the stack, whose primes exclude each other: equal subs are joined first. */
export function decision(state: SddState, vtreeNode: number, from: number): SddRef {
  beginDecision(state, vtreeNode, from);
  return finish(state);
}

/** Joins elements with equal subs and sorts them by their primes; they stay on the stack. */
export function compressElements(state: SddState, from: number): void {
  openFrame(state, onlyCompress, onlyCompress, -1, COMPRESS, from);
  sortElements(state, from, 1);
  finish(state);
}

/** Begins what {@link decision} does; {@link advance} goes on with it. */
export function beginDecision(state: SddState, vtreeNode: number, from: number): void {
  openFrame(state, noOperands, noOperands, vtreeNode, COMPRESS, from);
  sortElements(state, from, 1);
}

/** Works until the frames are done, with looks at the budget. */
function finish(state: SddState): SddRef {
  for (;;) {
    const result = advance(state, stride);
    if (result >= 0) return result;
    checkBudget(state);
  }
}

/** @throws what the watch of the operation under way throws */
export function checkBudget(state: SddState): void {
  const { nodes, applies } = state;
  state.watch?.check(nodes, () => ({ nodes, applies }));
}

/** Works on the open frames for some steps; the result of the first one, or {@link pending}. */
export function advance(state: SddState, steps: number): SddRef {
  const { frames } = state;
  // A frame that was left off has no result to wait for: it has not begun, or `MET` and the like say it all.
  let value = pending;
  for (let step = 0; step < steps || value >= 0; step++) {
    const at = frames.size - frameSize;
    switch (frames.data[at + KIND]) {
      case CROSS:
        value = crossProduct(state, at, value);
        break;
      case LEFT:
        value = besideLeft(state, at, value);
        break;
      case RIGHT:
        value = besideRight(state, at, value);
        break;
      default:
        value = compress(state, at, value);
    }
    if (frames.size === 0) return value;
  }
  return pending;
}

/** a ∧ b if it is known or easily made; otherwise {@link pending}, and a frame waits to be worked on. */
export function beginConjoin(state: SddState, a: SddRef, b: SddRef): SddRef {
  if (a === b || b === sddTrue) return a;
  if (a === sddTrue) return b;
  if (a === sddFalse || b === sddFalse || a === (b ^ 1)) return sddFalse;
  const low = a < b ? a : b;
  const high = a < b ? b : a;
  const known = recall(state, low, high);
  if (known >= 0) return known;
  state.applies++;
  const u = state.vtreeOf[low >> 1];
  const v = state.vtreeOf[high >> 1];
  const from = state.stack.size;
  if (u === v) {
    openCross(state, openFrame(state, low, high, u, CROSS, from));
    return pending;
  }
  const meet = state.vtree.meet(u, v);
  if (meet === u) openFrame(state, low, high, u, v < u ? LEFT : RIGHT, from);
  else if (meet === v) openFrame(state, high, low, v, u < v ? LEFT : RIGHT, from);
  else {
    const left = u < v ? low : high;
    // Primes ascending: the positive one of left and ¬left first.
    const sign = left & 1;
    pushElement(state, left & ~1, sign === 0 ? low ^ high ^ left : sddFalse);
    pushElement(state, left | 1, sign === 0 ? sddFalse : low ^ high ^ left);
    const result = uniqueDecision(state, meet, from);
    remember(state, low, high, result);
    return result;
  }
  return pending;
}

function openFrame(
  state: SddState,
  first: SddRef,
  second: SddRef,
  meet: number,
  kind: number,
  from: number,
): number {
  const { frames } = state;
  const at = frames.size;
  reserve(frames, frameSize);
  frames.size += frameSize;
  const { data } = frames;
  data[at + FIRST] = first;
  data[at + SECOND] = second;
  data[at + MEET] = meet;
  data[at + KIND] = kind;
  data[at + FROM] = from;
  data[at + AT] = kind === COMPRESS ? from : state.starts[first >> 1];
  data[at + REST] = from;
  data[at + REST_TO] = from;
  data[at + POSSIBLE] = kind === LEFT ? second : sddTrue;
  data[at + MET] = pending;
  return at;
}

function pushElement(state: SddState, prime: SddRef, sub: SddRef): void {
  push(state.stack, prime);
  push(state.stack, sub);
}

/** Puts the second operand's elements with possible subs on the stack: the rest that is not used up yet. */
function openCross(state: SddState, at: number): void {
  const { starts, ends, stack } = state;
  const { data } = state.frames;
  const b = data[at + SECOND];
  const end = ends[b >> 1];
  for (let j = starts[b >> 1]; j < end; j += 2) {
    const prime = state.elements.data[j];
    const sub = state.elements.data[j + 1] ^ (b & 1);
    if (sub === sddFalse) data[at + POSSIBLE] = prime ^ 1;
    else pushElement(state, prime, sub);
  }
  data[at + REST_TO] = stack.size;
}

/** Pushes the product of the elements of two decisions at one vtree node. */
function crossProduct(state: SddState, at: number, given: SddRef): SddRef {
  const { frames, stack, ends } = state;
  const a = frames.data[at + FIRST];
  const restFrom = frames.data[at + FROM];
  const restTo = frames.data[at + REST_TO];
  const endA = ends[a >> 1];
  let value = given;
  let i = frames.data[at + AT];
  let j = frames.data[at + REST];
  let possible = frames.data[at + POSSIBLE];
  let met = frames.data[at + MET];
  for (; i < endA; i += 2) {
    const prime = state.elements.data[i];
    const sub = state.elements.data[i + 1] ^ (a & 1);
    if (sub === sddFalse) {
      if (value < 0) value = beginConjoin(state, possible, prime ^ 1);
      if (value < 0) return leaveOff(state, at, i, j, possible, met);
      possible = value;
      value = pending;
      continue;
    }
    for (; j < restTo; j += 2) {
      const other = stack.data[j];
      if (other === sddFalse) continue;
      if (met < 0) {
        if (value < 0) value = beginConjoin(state, prime, other);
        if (value < 0) return leaveOff(state, at, i, j, possible, met);
        met = value;
        value = pending;
      }
      if (met !== sddFalse) {
        if (value < 0) value = beginConjoin(state, sub, stack.data[j + 1]);
        if (value < 0) return leaveOff(state, at, i, j, possible, met);
        pushElement(state, met, value);
        value = pending;
        if (met === other) stack.data[j] = sddFalse;
      }
      const done = met === prime;
      met = pending;
      if (done) break;
    }
    j = restFrom;
  }
  // The products take the place of the rest of b.
  stack.data.copyWithin(restFrom, restTo, stack.size);
  stack.size -= restTo - restFrom;
  return endProduct(state, at, possible);
}

function leaveOff(
  { frames: { data } }: SddState,
  at: number,
  i: number,
  j: number,
  possible: SddRef,
  met: SddRef,
): SddRef {
  data[at + AT] = i;
  data[at + REST] = j;
  data[at + POSSIBLE] = possible;
  data[at + MET] = met;
  return pending;
}

/** Pushes the elements of a decision joined with an operand left of its vtree node. */
function besideLeft(state: SddState, at: number, given: SddRef): SddRef {
  const { frames } = state;
  const decisionRef = frames.data[at + FIRST];
  const beside = frames.data[at + SECOND];
  const end = state.ends[decisionRef >> 1];
  let value = given;
  let possible = frames.data[at + POSSIBLE];
  // What is outside of the operand becomes false, together with what was false already.
  for (let i = frames.data[at + AT]; i < end; i += 2) {
    const prime = state.elements.data[i];
    const sub = state.elements.data[i + 1] ^ (decisionRef & 1);
    if (value < 0) {
      value =
        sub === sddFalse ? beginConjoin(state, possible, prime ^ 1) : beginConjoin(state, beside, prime);
    }
    if (value < 0) return leaveOff(state, at, i, 0, possible, pending);
    if (sub === sddFalse) possible = value;
    else if (value !== sddFalse) pushElement(state, value, sub);
    value = pending;
  }
  return endProduct(state, at, possible);
}

/** Pushes the elements of a decision joined with an operand right of its vtree node. */
function besideRight(state: SddState, at: number, given: SddRef): SddRef {
  const { frames } = state;
  const decisionRef = frames.data[at + FIRST];
  const beside = frames.data[at + SECOND];
  const end = state.ends[decisionRef >> 1];
  let value = given;
  for (let i = frames.data[at + AT]; i < end; i += 2) {
    const sub = state.elements.data[i + 1] ^ (decisionRef & 1);
    if (value < 0) value = beginConjoin(state, sub, beside);
    if (value < 0) return leaveOff(state, at, i, 0, sddTrue, pending);
    pushElement(state, state.elements.data[i], value);
    value = pending;
  }
  return endProduct(state, at, sddTrue);
}

/** All products are on the stack: what is not possible gets the sub false, and the frame goes on to compress. */
function endProduct(state: SddState, at: number, possible: SddRef): SddRef {
  if (possible !== sddTrue) pushElement(state, possible ^ 1, sddFalse);
  const { data } = state.frames;
  const from = data[at + FROM];
  sortElements(state, from, 1);
  data[at + KIND] = COMPRESS;
  data[at + AT] = from;
  data[at + REST] = from;
  data[at + MET] = pending;
  return compress(state, at, pending);
}

/** Joins the primes of equal subs, which stand side by side, and ends the frame. */
function compress(state: SddState, at: number, given: SddRef): SddRef {
  const { frames, stack } = state;
  let value = given;
  let i = frames.data[at + AT];
  let kept = frames.data[at + REST];
  let prime = frames.data[at + MET];
  for (;;) {
    if (prime >= 0) {
      const sub = stack.data[kept + 1];
      for (; i < stack.size && stack.data[i + 1] === sub; i += 2) {
        if (value < 0) value = beginConjoin(state, prime ^ 1, stack.data[i] ^ 1);
        if (value < 0) return leaveOff(state, at, i, kept, sddTrue, prime);
        prime = value ^ 1;
        value = pending;
      }
      stack.data[kept] = prime;
      kept += 2;
    }
    if (i >= stack.size) break;
    prime = stack.data[i];
    stack.data[kept + 1] = stack.data[i + 1];
    i += 2;
  }
  stack.size = kept;
  return closeFrame(state, at);
}

function closeFrame(state: SddState, at: number): SddRef {
  const { frames } = state;
  const first = frames.data[at + FIRST];
  const second = frames.data[at + SECOND];
  const from = frames.data[at + FROM];
  sortElements(state, from, 0);
  frames.size = at;
  if (first === onlyCompress) return sddTrue;
  const result = uniqueDecision(state, frames.data[at + MEET], from);
  if (first === noOperands) return result;
  if (first < second) remember(state, first, second, result);
  else remember(state, second, first, result);
  return result;
}

/** Sorts the elements from `from` on by prime (key 0) or sub (key 1), in place: Shell's sort. */
function sortElements(state: SddState, from: number, key: 0 | 1): void {
  const { data, size } = state.stack;
  let gap = 2;
  while (9 * gap < size - from) gap = 2 * (3 * (gap >> 1) + 1);
  for (; gap >= 2; gap = 2 * Math.floor((gap >> 1) / 3)) {
    for (let i = from + gap; i < size; i += 2) {
      const prime = data[i];
      const sub = data[i + 1];
      const value = data[i + key];
      let at = i;
      for (; at - gap >= from && data[at - gap + key] > value; at -= gap) {
        data[at] = data[at - gap];
        data[at + 1] = data[at - gap + 1];
      }
      data[at] = prime;
      data[at + 1] = sub;
    }
  }
}
