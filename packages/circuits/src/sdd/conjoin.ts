/**
 * Conjunction of SDDs, from which every other operation follows (negation is free):
 *
 *   (∨ p_i ∧ s_i) ∧ (∨ q_j ∧ t_j) = ∨ (p_i ∧ q_j) ∧ (s_i ∧ t_j)
 *
 * where an operand that is written lower than the vtree node at which both meet counts as
 * {(a, true), (¬a, false)} or {(true, a)}. Only products with possible subs are formed; what they leave of the
 * primes gets the sub false. A prime that lies inside another one meets no further one.
 */
import { push } from "../ddnnf/growable.ts";
import {
  recall,
  remember,
  type SddRef,
  type SddState,
  sddFalse,
  sddTrue,
  uniqueDecision,
} from "./manager.ts";

/** Conjunctions between two looks at the budget. */
const stride = 1024;

/** a ∧ b. */
export function conjoin(state: SddState, a: SddRef, b: SddRef): SddRef {
  if (a === b || b === sddTrue) return a;
  if (a === sddTrue) return b;
  if (a === sddFalse || b === sddFalse || a === (b ^ 1)) return sddFalse;
  const [low, high] = a < b ? [a, b] : [b, a];
  const known = recall(state, low, high);
  if (known >= 0) return known;
  if (++state.applies % stride === 0) checkBudget(state);
  const { vtree } = state;
  const u = state.vtreeOf[low >> 1];
  const v = state.vtreeOf[high >> 1];
  const meet = vtree.meet(u, v);
  const from = state.stack.size;
  if (u === v) crossProduct(state, low, high);
  else if (meet === u) besideOne(state, high, v < meet, low);
  else if (meet === v) besideOne(state, low, u < meet, high);
  else {
    const [left, right] = u < v ? [low, high] : [high, low];
    pushElement(state, left, right);
    pushElement(state, left ^ 1, sddFalse);
  }
  const result = decision(state, meet, from);
  remember(state, low, high, result);
  return result;
}

/** a ∨ b. */
export function disjoin(state: SddState, a: SddRef, b: SddRef): SddRef {
  return conjoin(state, a ^ 1, b ^ 1) ^ 1;
}

function checkBudget(state: SddState): void {
  const { nodes, applies } = state;
  state.watch?.check(nodes, () => ({ nodes, applies }));
}

function pushElement(state: SddState, prime: SddRef, sub: SddRef): void {
  push(state.stack, prime);
  push(state.stack, sub);
}

/** Pushes the elements of `other` joined with `a`, which lies wholly left or right of its vtree node. */
function besideOne(state: SddState, a: SddRef, isLeft: boolean, other: SddRef): void {
  const node = other >> 1;
  const sign = other & 1;
  const end = state.starts[node + 1];
  // Left: what is outside of `a` becomes false, together with what was false already.
  let possible: SddRef = isLeft ? a : sddTrue;
  for (let i = state.starts[node]; i < end; i += 2) {
    const prime = state.elements.data[i];
    const sub = state.elements.data[i + 1] ^ sign;
    if (isLeft) {
      if (sub === sddFalse) possible = conjoin(state, possible, prime ^ 1);
      else {
        const met = conjoin(state, a, prime);
        if (met !== sddFalse) pushElement(state, met, sub);
      }
    } else pushElement(state, prime, conjoin(state, sub, a));
  }
  if (possible !== sddTrue) pushElement(state, possible ^ 1, sddFalse);
}

/** Pushes the product of the elements of two decisions at one vtree node. */
function crossProduct(state: SddState, a: SddRef, b: SddRef): void {
  const { starts, stack } = state;
  const endA = starts[(a >> 1) + 1];
  const startB = starts[b >> 1];
  const endB = starts[(b >> 1) + 1];
  // The primes of b that are not used up yet, with their subs.
  const restFrom = stack.size;
  let possible: SddRef = sddTrue;
  for (let j = startB; j < endB; j += 2) {
    const prime = state.elements.data[j];
    const sub = state.elements.data[j + 1] ^ (b & 1);
    if (sub === sddFalse) possible = prime ^ 1;
    else pushElement(state, prime, sub);
  }
  const restTo = stack.size;
  for (let i = starts[a >> 1]; i < endA; i += 2) {
    const prime = state.elements.data[i];
    const sub = state.elements.data[i + 1] ^ (a & 1);
    if (sub === sddFalse) {
      possible = conjoin(state, possible, prime ^ 1);
      continue;
    }
    for (let j = restFrom; j < restTo; j += 2) {
      const other = stack.data[j];
      if (other === sddFalse) continue;
      const met = conjoin(state, prime, other);
      if (met === sddFalse) continue;
      pushElement(state, met, conjoin(state, sub, stack.data[j + 1]));
      if (met === other) stack.data[j] = sddFalse;
      if (met === prime) break;
    }
  }
  // The products take the place of the rest of b.
  stack.data.copyWithin(restFrom, restTo, stack.size);
  stack.size -= restTo - restFrom;
  if (possible !== sddTrue) pushElement(state, possible ^ 1, sddFalse);
}

/** The decision of the elements on the stack, whose primes exclude each other: equal subs are joined first. */
export function decision(state: SddState, vtreeNode: number, from: number): SddRef {
  const { stack } = state;
  sortElements(state, from, 1);
  let kept = from;
  for (let i = from; i < stack.size; ) {
    const sub = stack.data[i + 1];
    let prime = stack.data[i];
    i += 2;
    while (i < stack.size && stack.data[i + 1] === sub) {
      prime = disjoin(state, prime, stack.data[i]);
      i += 2;
    }
    stack.data[kept] = prime;
    stack.data[kept + 1] = sub;
    kept += 2;
  }
  stack.size = kept;
  sortElements(state, from, 0);
  return uniqueDecision(state, vtreeNode, from);
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
