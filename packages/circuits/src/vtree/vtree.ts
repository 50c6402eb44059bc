/**
 * Vtrees: full binary trees with one leaf per variable (K. Pipatsrisawat, A. Darwiche, "New compilation languages
 * based on structured decomposability", AAAI 2008). Nodes are numbered by their in-order position, so that leaves
 * are even, inner nodes odd, and a subtree is a range of numbers: what lies under a node, and where two nodes
 * meet, are questions of comparing numbers.
 */
import { CredenceError, InvalidArgumentError } from "@credence/core";

/** An immutable vtree over the variables 1 … n; it has 2n − 1 nodes. */
export interface Vtree {
  readonly variables: number;
  readonly size: number;
  readonly root: number;
  /** Children of inner nodes; −1 at leaves. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** −1 at the root. */
  readonly parent: Int32Array;
  /** The variable of a leaf (from 1); 0 at inner nodes. */
  readonly variable: Int32Array;
  /** The leaf of each variable; index 0 is unused. */
  readonly leaf: Int32Array;
  /** The subtree of a node is the nodes from `first` to `last`. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly depth: Int32Array;
  /** The lowest node above both. O(1). */
  meet(a: number, b: number): number;
}

/** A vtree written as nested pairs of variables. */
export type NestedPairs = number | readonly [NestedPairs, NestedPairs];

/** Inner nodes given by their children, leaves by their variables; nodes have any numbers. */
export interface VtreeParts {
  readonly root: number;
  /** The variable of a leaf, or 0. */
  readonly variableOf: (node: number) => number;
  readonly childrenOf: (node: number) => readonly [left: number, right: number];
}

/**
 * Numbers the nodes of a tree and checks it. O(n log n).
 * @returns the vtree, and its node for each node given
 * @throws CredenceError `VTREE_VARIABLES` unless the leaves are the variables 1 … n, each once
 */
export function vtreeFrom(parts: VtreeParts): {
  readonly vtree: Vtree;
  readonly places: Map<number, number>;
} {
  const order: number[] = [];
  const seen = new Set<number>();
  const open: { readonly node: number; readonly expanded: boolean }[] = [
    { node: parts.root, expanded: false },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, expanded } = next;
    if (expanded || parts.variableOf(node) > 0) {
      order.push(node);
      continue;
    }
    if (seen.has(node)) throw wrongVariables("a node stands in two places", node);
    seen.add(node);
    const [left, right] = parts.childrenOf(node);
    open.push({ node: right, expanded: false }, { node, expanded: true }, { node: left, expanded: false });
  }
  const places = new Map(order.map((node, place) => [node, place]));
  return { vtree: assemble(parts, order, places), places };
}

function assemble(parts: VtreeParts, order: readonly number[], places: ReadonlyMap<number, number>): Vtree {
  const size = order.length;
  const variables = (size + 1) / 2;
  const left = new Int32Array(size).fill(-1);
  const right = new Int32Array(size).fill(-1);
  const variable = new Int32Array(size);
  const seen = new Uint8Array(variables + 1);
  order.forEach((node, place) => {
    const own = parts.variableOf(node);
    if (own === 0) {
      const [a, b] = parts.childrenOf(node);
      left[place] = places.get(a)!;
      right[place] = places.get(b)!;
    } else {
      if (!(own >= 1 && own <= variables) || seen[own] === 1) {
        throw wrongVariables(`${variables} leaves, one of them for variable ${own}`, own);
      }
      variable[place] = own;
      seen[own] = 1;
    }
  });
  return vtreeWith(left, right, variable, places.get(parts.root)!);
}

/** The vtree of children and leaves' variables, nodes numbered in-order. The arrays are kept. O(n log n). */
export function vtreeWith(left: Int32Array, right: Int32Array, variable: Int32Array, root: number): Vtree {
  const size = left.length;
  const variables = (size + 1) / 2;
  const parent = new Int32Array(size).fill(-1);
  const depth = new Int32Array(size);
  const first = Int32Array.from(left.keys());
  const last = Int32Array.from(left.keys());
  const leaf = new Int32Array(variables + 1).fill(-1);
  const topDown = [root];
  for (let i = 0; i < topDown.length; i++) {
    const node = topDown[i];
    if (left[node] < 0) {
      leaf[variable[node]] = node;
      continue;
    }
    for (const child of [left[node], right[node]]) {
      parent[child] = node;
      depth[child] = depth[node] + 1;
      topDown.push(child);
    }
  }
  for (let i = topDown.length - 1; i >= 0; i--) {
    const node = topDown[i];
    if (left[node] < 0) continue;
    first[node] = first[left[node]];
    last[node] = last[right[node]];
  }
  const meet = meeting(depth);
  return Object.freeze({
    variables,
    size,
    root,
    left,
    right,
    parent,
    variable,
    leaf,
    first,
    last,
    depth,
    meet,
  });
}

function wrongVariables(found: string, given: number): CredenceError {
  return new CredenceError({
    code: "VTREE_VARIABLES",
    message: `This is not a vtree: ${found}.`,
    given,
    expected: "a full binary tree whose leaves are the variables 1 to n, each once",
    hint: "Number the variables without gaps.",
  });
}

/**
 * Where two nodes meet: the highest node between them in-order, by a table of minima over powers of two
 * (M. Bender, M. Farach-Colton, LATIN 2000).
 */
function meeting(depth: Int32Array): (a: number, b: number) => number {
  const rows: Int32Array[] = [Int32Array.from(depth.keys())];
  for (let span = 1; 2 * span <= depth.length; span *= 2) {
    const below = rows[rows.length - 1];
    const row = new Int32Array(depth.length - 2 * span + 1);
    for (let i = 0; i < row.length; i++) {
      row[i] = depth[below[i]] <= depth[below[i + span]] ? below[i] : below[i + span];
    }
    rows.push(row);
  }
  return (a, b) => {
    const from = Math.min(a, b);
    const to = Math.max(a, b);
    const level = 31 - Math.clz32(to - from + 1);
    const row = rows[level];
    const x = row[from];
    const y = row[to - (1 << level) + 1];
    return depth[x] <= depth[y] ? x : y;
  };
}

/** A vtree from nested pairs. @throws CredenceError `VTREE_VARIABLES` */
export function vtreeOf(shape: NestedPairs): Vtree {
  const shapes: NestedPairs[] = [];
  const children: [number, number][] = [];
  const add = (each: NestedPairs): number => shapes.push(each) - 1;
  add(shape);
  for (let i = 0; i < shapes.length; i++) {
    const each = shapes[i];
    if (typeof each !== "number") children[i] = [add(each[0]), add(each[1])];
  }
  return vtreeFrom({
    root: 0,
    variableOf: (node) => (typeof shapes[node] === "number" ? leafVariable(shapes[node] as number) : 0),
    childrenOf: (node) => children[node],
  }).vtree;
}

function leafVariable(variable: number): number {
  if (Number.isInteger(variable) && variable >= 1) return variable;
  throw new InvalidArgumentError("A variable", variable, "an integer of at least 1");
}
