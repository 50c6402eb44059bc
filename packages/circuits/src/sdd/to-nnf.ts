/**
 * SDDs as smooth d-DNNFs, on which all counting works: every element is a conjunction of its prime, its sub, and
 * free nodes for the variables below the decision's vtree node that neither speaks of. Those variables are at most
 * two ranges of leaves, and ranges are put together from blocks of 1, 2, 4, … leaves that all elements share.
 */
import { type Nnf, type NnfBuilder, nnfBuilder } from "../ddnnf/nnf.ts";
import type { Vtree } from "../vtree/vtree.ts";
import { isDecision, type SddManager, type SddRef, sddFalse, sddTrue, stateOf } from "./manager.ts";
import { inner } from "./refs.ts";
import { reachableRefs } from "./size.ts";

/**
 * The function over all variables of the vtree, as a smooth d-DNNF. O(size · log variables).
 * @throws InvalidArgumentError for an unknown reference; CredenceError `SDD_COLLECTED`
 */
export function sddToNnf(manager: SddManager, ref: SddRef): Nnf {
  const root = inner(manager, ref);
  const state = stateOf(manager);
  const { vtree } = state;
  const builder = nnfBuilder(vtree.variables);
  const gap = gaps(builder, vtree);
  const places = new Map<SddRef, number>();
  /** The function at `of` with all variables below `node` that it does not mention. */
  const filled = (of: SddRef, node: number): number[] =>
    of === sddTrue ? gap(node, -1) : [places.get(of)!, ...gap(node, state.vtreeOf[of >> 1])];
  for (const each of reachableRefs(state, [root])) {
    const node = each >> 1;
    if (node === 0) continue;
    if (!isDecision(state, node)) {
      places.set(each, builder.literal(2 * node - 1 - (each & 1)));
      continue;
    }
    const vtreeNode = state.vtreeOf[node];
    const branches: number[] = [];
    for (let i = state.starts[node]; i < state.ends[node]; i += 2) {
      const sub = state.elements.data[i + 1] ^ (each & 1);
      if (sub === sddFalse) continue;
      const left = filled(state.elements.data[i], vtree.left[vtreeNode]);
      branches.push(builder.and([...left, ...filled(sub, vtree.right[vtreeNode])]));
    }
    places.set(each, builder.or(branches));
  }
  return builder.build(root === sddFalse ? builder.or([]) : builder.and(filled(root, vtree.root)));
}

/** Free nodes for the variables below `outer` but not below `within`; −1 stands for nothing. */
function gaps(builder: NnfBuilder, vtree: Vtree): (outer: number, within: number) => number[] {
  const blocks = new Map<number, number>();
  /** All variables at the leaves from `start · 2^level` on, 2^level of them, leaves counted from 0. */
  const block = (level: number, start: number): number => {
    if (level === 0) return builder.free(vtree.variable[2 * start] - 1);
    const key = start * 32 + level;
    let node = blocks.get(key);
    if (node === undefined) {
      node = builder.and([block(level - 1, 2 * start), block(level - 1, 2 * start + 1)]);
      blocks.set(key, node);
    }
    return node;
  };
  const addRange = (parts: number[], from: number, to: number): void => {
    let at = from;
    while (at < to) {
      // The largest block that begins here and does not end too late.
      let level = 0;
      while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= to) level++;
      parts.push(block(level, at / 2 ** level));
      at += 2 ** level;
    }
  };
  return (outer, within) => {
    const parts: number[] = [];
    const [from, to] = [vtree.first[outer] / 2, vtree.last[outer] / 2 + 1];
    if (within < 0) addRange(parts, from, to);
    else {
      addRange(parts, from, vtree.first[within] / 2);
      addRange(parts, vtree.last[within] / 2 + 1, to);
    }
    return parts;
  };
}
