/**
 * A vtree that is changed in place, for searches that make thousands of moves: rotations take time for the subtrees
 * whose depth changes, a swap for the subtree whose numbers change, against O(n log n) for a new {@link Vtree}. Where
 * two nodes meet is found by climbing from both.
 */
import { type Vtree, vtreeWith } from "./vtree.ts";

/** A vtree whose arrays and root change with every move. */
export interface MovableVtree extends Vtree {
  root: number;
}

/** A copy of a vtree, to be moved. O(n). */
export function movableVtree(vtree: Vtree): MovableVtree {
  const first = vtree.first.slice();
  const last = vtree.last.slice();
  const parent = vtree.parent.slice();
  return {
    variables: vtree.variables,
    size: vtree.size,
    root: vtree.root,
    left: vtree.left.slice(),
    right: vtree.right.slice(),
    parent,
    variable: vtree.variable.slice(),
    leaf: vtree.leaf.slice(),
    first,
    last,
    depth: vtree.depth.slice(),
    meet(a, b) {
      let [x, y] = [a, b];
      for (;;) {
        if (first[x] <= b && b <= last[x]) return x;
        x = parent[x];
        if (first[y] <= a && a <= last[y]) return y;
        y = parent[y];
      }
    },
  };
}

/** The vtree as it is now. O(n log n). */
export function settledVtree({ left, right, variable, root }: MovableVtree): Vtree {
  return vtreeWith(left.slice(), right.slice(), variable.slice(), root);
}

/** x(a, w(b, c)) → w(x(a, b), c), in place, for an inner node with an inner right child. */
export function rotateInPlaceLeft(vtree: MovableVtree, x: number): void {
  const { left, right, parent, first, last } = vtree;
  const w = right[x];
  const b = left[w];
  replaceChild(vtree, x, w);
  right[x] = b;
  parent[b] = x;
  left[w] = x;
  parent[x] = w;
  first[w] = first[x];
  last[x] = last[b];
  deepen(vtree, first[x], x, 1);
  deepen(vtree, w, last[w], -1);
}

/** w(x(a, b), c) → x(a, w(b, c)), in place, for an inner node with an inner left child. */
export function rotateInPlaceRight(vtree: MovableVtree, w: number): void {
  const { left, right, parent, first, last } = vtree;
  const x = left[w];
  const b = right[x];
  replaceChild(vtree, w, x);
  left[w] = b;
  parent[b] = w;
  right[x] = w;
  parent[w] = x;
  last[x] = last[w];
  first[w] = first[b];
  deepen(vtree, first[x], x, -1);
  deepen(vtree, w, last[w], 1);
}

function replaceChild(vtree: MovableVtree, node: number, child: number): void {
  const { left, right, parent } = vtree;
  const above = parent[node];
  parent[child] = above;
  if (above < 0) vtree.root = child;
  else if (left[above] === node) left[above] = child;
  else right[above] = child;
}

function deepen({ depth }: MovableVtree, from: number, to: number, by: number): void {
  for (let node = from; node <= to; node++) depth[node] += by;
}

/** The place that a node below `v`, or `v`, has after {@link swapInPlace} at `v`. */
export function placeAfterSwap({ first, last }: Vtree, v: number): (node: number) => number {
  const [from, to] = [first[v], last[v]];
  return (node) => {
    if (node < from || node > to) return node;
    if (node === v) return from + to - v;
    return node < v ? node + (to - v) + 1 : node - (v - from) - 1;
  };
}

/** Swaps the children of an inner node, in place. @returns its number afterwards */
export function swapInPlace(vtree: MovableVtree, v: number): number {
  const { left, right, parent, variable, leaf, first, last, depth } = vtree;
  const [from, to] = [first[v], last[v]];
  const placeOf = placeAfterSwap(vtree, v);
  const at = placeOf(v);
  const above = parent[v];
  if (above < 0) vtree.root = at;
  else if (left[above] === v) left[above] = at;
  else right[above] = at;
  const moved = (of: Int32Array, renamed: (value: number) => number): void => {
    const old = of.slice(from, to + 1);
    for (let node = from; node <= to; node++) of[placeOf(node)] = renamed(old[node - from]);
  };
  const same = (value: number): number => value;
  // Where a range begins and ends moves with it; that of v itself stays.
  for (const of of [first, last, left, right, parent])
    moved(of, (value) => (value < 0 ? -1 : placeOf(value)));
  moved(variable, same);
  moved(depth, same);
  first[at] = from;
  last[at] = to;
  [left[at], right[at]] = [right[at], left[at]];
  for (let node = from; node <= to; node++) if (variable[node] > 0) leaf[variable[node]] = node;
  return at;
}
