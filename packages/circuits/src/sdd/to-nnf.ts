/**
 * SDDs as smooth d-DNNFs, on which all counting works: every element is a conjunction of its prime, its sub, and
 * free nodes for the variables below the decision's vtree node that neither speaks of.
 */
import { type Nnf, nnfBuilder } from "../ddnnf/nnf.ts";
import type { Vtree } from "../vtree/vtree.ts";
import { checkRef, isDecision, type SddManager, type SddRef, sddFalse, sddTrue } from "./manager.ts";
import { reachableRefs } from "./size.ts";

/**
 * The function over all variables of the vtree, as a smooth d-DNNF. O(size · variables) in the worst case.
 * @throws InvalidArgumentError for an unknown reference
 */
export function sddToNnf(manager: SddManager, ref: SddRef): Nnf {
  const state = checkRef(manager, ref);
  const { vtree } = state;
  const builder = nnfBuilder(vtree.variables);
  const places = new Map<SddRef, number>();
  /** The function at `ref` with all variables below `node` that it does not mention. */
  const filled = (of: SddRef, node: number): number[] => {
    const parts = of === sddTrue ? [] : [places.get(of)!];
    const inner = of === sddTrue ? -1 : state.vtreeOf[of >> 1];
    for (const variable of variablesBetween(vtree, node, inner)) parts.push(builder.free(variable - 1));
    return parts;
  };
  for (const each of reachableRefs(state, ref)) {
    const node = each >> 1;
    if (node === 0) continue;
    if (!isDecision(state, node)) {
      places.set(each, builder.literal(2 * node - 1 - (each & 1)));
      continue;
    }
    const vtreeNode = state.vtreeOf[node];
    const branches: number[] = [];
    for (let i = state.starts[node]; i < state.starts[node + 1]; i += 2) {
      const sub = state.elements.data[i + 1] ^ (each & 1);
      if (sub === sddFalse) continue;
      const left = filled(state.elements.data[i], vtree.left[vtreeNode]);
      branches.push(builder.and([...left, ...filled(sub, vtree.right[vtreeNode])]));
    }
    places.set(each, builder.or(branches));
  }
  return builder.build(ref === sddFalse ? builder.or([]) : builder.and(filled(ref, vtree.root)));
}

/** The variables below `outer` but not below `inner`; −1 stands for nothing. */
function* variablesBetween(vtree: Vtree, outer: number, inner: number): Generator<number, void, void> {
  for (let node = vtree.first[outer]; node <= vtree.last[outer]; node += 2) {
    if (inner >= 0 && node === vtree.first[inner]) node = vtree.last[inner];
    else yield vtree.variable[node];
  }
}
