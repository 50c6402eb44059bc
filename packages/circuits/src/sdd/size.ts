/** What a function's diagram consists of. */
import { checkRef, isDecision, type SddManager, type SddRef, type SddState } from "./manager.ts";

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
  const state = checkRef(manager, ref);
  let elements = 0;
  let decisions = 0;
  for (const each of reachableRefs(state, ref)) {
    const node = each >> 1;
    if (!isDecision(state, node)) continue;
    decisions++;
    elements += (state.starts[node + 1] - state.starts[node]) / 2;
  }
  return { elements, decisions };
}

/** The references below and including `root`, ascending, so that children come first. O(size log size). */
export function reachableRefs(state: SddState, root: SddRef): Int32Array {
  const seen = new Set<number>([root]);
  const open = [root];
  for (let ref = open.pop(); ref !== undefined; ref = open.pop()) {
    const node = ref >> 1;
    for (let i = state.starts[node]; i < state.starts[node + 1]; i += 2) {
      for (const child of [state.elements.data[i], state.elements.data[i + 1] ^ (ref & 1)]) {
        if (seen.has(child)) continue;
        seen.add(child);
        open.push(child);
      }
    }
  }
  return Int32Array.from(seen).sort();
}

/** The nodes below and including `root`, ascending. O(size log size). */
export function reachableNodes(state: SddState, root: SddRef): Set<number> {
  return new Set(Array.from(reachableRefs(state, root), (ref) => ref >> 1));
}
