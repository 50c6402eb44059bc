/**
 * The three local changes from which every vtree can be reached from every other one over the same variables:
 *
 *   rotate left at x    x(a, w(b, c))  →  w(x(a, b), c)
 *   rotate right at w   w(x(a, b), c)  →  x(a, w(b, c))
 *   swap at v           v(l, r)        →  v(r, l)
 *
 * Rotations keep the in-order numbers of all nodes. Source: A. Choi, A. Darwiche, "Dynamic minimization of
 * sentential decision diagrams", AAAI 2013.
 */
import { InvalidArgumentError } from "@credence/core";
import { type Vtree, vtreeWith } from "./vtree.ts";

/** A vtree with the right child of `x` in the place of `x`. O(n log n). @throws InvalidArgumentError */
export function rotateVtreeLeft(vtree: Vtree, x: number): Vtree {
  const w = innerNode(vtree, x) ? vtree.right[x] : -1;
  if (!innerNode(vtree, w)) throw wrongNode(x, "an inner node whose right child is one, too");
  const [left, right] = [vtree.left.slice(), vtree.right.slice()];
  right[x] = left[w];
  left[w] = x;
  return vtreeWith(left, right, vtree.variable, replaceIn(vtree, left, right, x, w));
}

/** A vtree with the left child of `w` in the place of `w`. O(n log n). @throws InvalidArgumentError */
export function rotateVtreeRight(vtree: Vtree, w: number): Vtree {
  const x = innerNode(vtree, w) ? vtree.left[w] : -1;
  if (!innerNode(vtree, x)) throw wrongNode(w, "an inner node whose left child is one, too");
  const [left, right] = [vtree.left.slice(), vtree.right.slice()];
  left[w] = right[x];
  right[x] = w;
  return vtreeWith(left, right, vtree.variable, replaceIn(vtree, left, right, w, x));
}

/** A vtree with the children of `v` in each other's place, and its number for each node of the old one. */
export interface SwappedVtree {
  readonly vtree: Vtree;
  readonly places: Int32Array;
}

/** Swaps the children of `v`. O(n log n). @throws InvalidArgumentError for leaves */
export function swapVtreeChildren(vtree: Vtree, v: number): SwappedVtree {
  if (!innerNode(vtree, v)) throw wrongNode(v, "an inner node");
  const [from, to] = [vtree.first[v], vtree.last[v]];
  const places = Int32Array.from(vtree.left.keys(), (node) => {
    if (node < from || node > to) return node;
    if (node === v) return from + (to - v);
    return node < v ? node + (to - v) + 1 : node - (v - from) - 1;
  });
  const moved = (of: Int32Array): Int32Array => {
    const out = new Int32Array(of.length);
    of.forEach((child, node) => {
      out[places[node]] = child < 0 ? -1 : places[child];
    });
    return out;
  };
  const [left, right] = [moved(vtree.left), moved(vtree.right)];
  const at = places[v];
  [left[at], right[at]] = [right[at], left[at]];
  const variable = new Int32Array(vtree.size);
  vtree.variable.forEach((own, node) => {
    variable[places[node]] = own;
  });
  return { vtree: vtreeWith(left, right, variable, places[vtree.root]), places };
}

function innerNode(vtree: Vtree, node: number): boolean {
  return Number.isInteger(node) && node >= 0 && node < vtree.size && vtree.left[node] >= 0;
}

/** Puts `child` where `node` was below its parent; the root of the result. */
function replaceIn(vtree: Vtree, left: Int32Array, right: Int32Array, node: number, child: number): number {
  const parent = vtree.parent[node];
  if (parent < 0) return child;
  if (left[parent] === node) left[parent] = child;
  else right[parent] = child;
  return vtree.root;
}

function wrongNode(node: number, expected: string): InvalidArgumentError {
  return new InvalidArgumentError("A vtree node", node, expected);
}
