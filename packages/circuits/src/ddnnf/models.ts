/** The models of a smooth d-DNNF, one after the other. */
import { boolean } from "../semiring/semiring.ts";
import { evaluateNodes } from "./evaluate.ts";
import { type Nnf, nnfKinds } from "./nnf.ts";

/** Nodes that still have to hold, as a list that several branches share. */
interface Pending {
  readonly node: number;
  readonly rest: Pending | undefined;
}

/** Where to go on: what has to hold, and a literal decided by the way here (−1 for none). */
interface Branch {
  readonly pending: Pending | undefined;
  readonly literal: number;
}

/**
 * All models, per variable 0 or 1, each in an array of its own. Nothing is kept but the way to the next model:
 * O(nodes) at first, then O(size of one model's part of the circuit) per model, without dead ends.
 */
export function* models(nnf: Nnf): Generator<Uint8Array, void, void> {
  const { kinds, labels, offsets, children } = nnf;
  const possible = evaluateNodes(nnf, boolean, () => true);
  const root = nnf.size - 1;
  if (!possible[root]) return;
  // Smooth branches assign the same variables: what one leaves in here, the next one overwrites.
  const world = new Uint8Array(nnf.variables);
  const open: Branch[] = [{ pending: { node: root, rest: undefined }, literal: -1 }];
  for (let branch = open.pop(); branch !== undefined; branch = open.pop()) {
    if (branch.literal >= 0) world[branch.literal >> 1] = branch.literal & 1;
    let pending = branch.pending;
    while (pending !== undefined) {
      const { node, rest }: Pending = pending;
      const label = labels[node];
      pending = rest;
      if (kinds[node] === nnfKinds.literal) world[label >> 1] = label & 1;
      else if (kinds[node] === nnfKinds.free) {
        open.push({ pending, literal: 2 * label + 1 });
        world[label] = 0;
      } else if (kinds[node] === nnfKinds.and) {
        for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
          pending = { node: children[edge], rest: pending };
        }
      } else {
        let first: number | undefined;
        for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
          const child = children[edge];
          if (!possible[child]) continue;
          if (first === undefined) first = child;
          else open.push({ pending: { node: child, rest: pending }, literal: -1 });
        }
        pending = { node: first!, rest: pending };
      }
    }
    yield world.slice();
  }
}
