/** What a function's diagram consists of. */
import { isDecision, type SddManager, type SddRef, type SddState, stateOf } from "./manager.ts";
import { inner } from "./refs.ts";

/** The size of a diagram. */
export interface SddSize {
  /** Elements of all decisions, the usual measure. */
  readonly elements: number;
  /** Decisions. */
  readonly decisions: number;
}

/**
 * The size of the diagram of a function, a decision and its negation counting as two where both are used, as in
 * diagrams without signs. O(size).
 * @throws InvalidArgumentError for an unknown reference
 */
export function sddSize(manager: SddManager, ref: SddRef): SddSize {
  const root = inner(manager, ref);
  return sizeOf(stateOf(manager), [root]);
}

/** The common size of several functions. */
export function sizeOf(state: SddState, roots: readonly SddRef[]): SddSize {
  let elements = 0;
  let decisions = 0;
  for (const each of reachableRefs(state, roots)) {
    const node = each >> 1;
    if (!isDecision(state, node)) continue;
    decisions++;
    elements += (state.ends[node] - state.starts[node]) / 2;
  }
  return { elements, decisions };
}

/**
 * The references below and including the roots, children first: those of lower vtree nodes before those above
 * them. O(size log size).
 */
export function reachableRefs(state: SddState, roots: readonly SddRef[]): Int32Array {
  const { elements, starts, ends, vtreeOf } = state;
  const { depth } = state.vtree;
  const seen = new Set<number>(roots);
  const open = [...seen];
  for (let ref = open.pop(); ref !== undefined; ref = open.pop()) {
    const node = ref >> 1;
    for (let i = starts[node]; i < ends[node]; i += 2) {
      for (const child of [elements.data[i], elements.data[i + 1] ^ (ref & 1)]) {
        if (seen.has(child)) continue;
        seen.add(child);
        open.push(child);
      }
    }
  }
  // The deepest first, then by number: both in one key, which doubles hold exactly.
  const height = (ref: SddRef): number => (ref < 2 ? 0 : state.vtree.size - depth[vtreeOf[ref >> 1]]);
  const keys = Float64Array.from(seen, (ref) => height(ref) * 2 ** 32 + ref).sort();
  return Int32Array.from(keys, (key) => key % 2 ** 32);
}
