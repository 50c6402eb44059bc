/**
 * A vtree that a smooth NNF hints at: no vtree need explain it, as its conjunctions split differently in different
 * branches, but one way down from the root shows which variables depend on each other. On that way the branch with
 * most decisions below it is taken; a decision and what it settles at once become left leaves one below the other, and
 * components become subtrees beside each other, in halves.
 */
import { type Nnf, nnfKinds } from "../ddnnf/nnf.ts";
import { joined } from "./shapes.ts";
import { type NestedPairs, type Vtree, vtreeOf } from "./vtree.ts";

/** The vtree; of a constant the right-linear one. O(edges). @param nnf smooth, over at least one variable */
export function vtreeOfNnf(nnf: Nnf): Vtree {
  const decisions = decisionsBelow(nnf);
  const met = new Uint8Array(nnf.variables);
  const open: Part[] = [];
  /** Enters what a node consists of, disjunctions replaced by one of their branches. */
  const enter = (root: number): Part => {
    const part: Part = { leaves: [], components: [], done: [] };
    const below = [root];
    for (let node = below.pop(); node !== undefined; node = below.pop()) {
      const kind = nnf.kinds[node];
      const own = nnf.children.subarray(nnf.offsets[node], nnf.offsets[node + 1]);
      if (kind === nnfKinds.and) for (const child of own) below.push(child);
      else if (kind === nnfKinds.or) part.components.push(node);
      else {
        const variable = kind === nnfKinds.free ? nnf.labels[node] : nnf.labels[node] >> 1;
        if (met[variable] === 0) part.leaves.push(variable + 1);
        met[variable] = 1;
      }
    }
    return part;
  };
  open.push(enter(nnf.size - 1));
  for (;;) {
    const part = open[open.length - 1];
    const next = part.components.pop();
    if (next !== undefined) {
      const own = nnf.children.subarray(nnf.offsets[next], nnf.offsets[next + 1]);
      if (own.length > 0) open.push(enter(own.reduce((a, b) => (decisions[b] > decisions[a] ? b : a))));
      continue;
    }
    open.pop();
    if (open.length === 0) for (let v = 0; v < met.length; v++) if (met[v] === 0) part.leaves.push(v + 1);
    const shape = shapeOf(part);
    if (open.length === 0) return vtreeOf(shape!);
    if (shape !== undefined) open[open.length - 1].done.push(shape);
  }
}

/** A conjunction on the way down. */
interface Part {
  readonly leaves: number[];
  /** Disjunctions that still have to be gone into, and the shapes of those that have been. */
  readonly components: number[];
  readonly done: NestedPairs[];
}

function shapeOf({ leaves, done }: Part): NestedPairs | undefined {
  const shapes = done.length === 0 ? leaves : [...leaves, joined(done)];
  if (shapes.length === 0) return undefined;
  return shapes
    .slice(0, -1)
    .reduceRight<NestedPairs>((rest, leaf) => [leaf, rest], shapes[shapes.length - 1]);
}

/** Per node the decisions on the way down from it that has most. */
function decisionsBelow({ size, kinds, offsets, children }: Nnf): Float64Array {
  const decisions = new Float64Array(size);
  for (let node = 0; node < size; node++) {
    const own = children.subarray(offsets[node], offsets[node + 1]);
    if (kinds[node] === nnfKinds.and) for (const child of own) decisions[node] += decisions[child];
    if (kinds[node] === nnfKinds.or) {
      decisions[node] = 1 + own.reduce((most, child) => Math.max(most, decisions[child]), 0);
    }
  }
  return decisions;
}
