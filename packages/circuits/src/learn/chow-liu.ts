/**
 * Chow-Liu trees: of all tree-shaped distributions, the one of the largest likelihood is the spanning tree of the
 * largest total mutual information (Chow and Liu, "Approximating discrete probability distributions with
 * dependence trees", IEEE Trans. Information Theory 14, 1968).
 *
 * Pairwise counts are smoothed by a pseudo-count of a per pair of binary states, 4a per pair of variables in all:
 *
 *   P(s, t) = (n_st + 4a / (r_v r_w)) / (N + 4a),   P(s) its marginal,   r_v states of v,
 *
 * over the rows in which neither is missing (see pair-counts.ts and mutual-information.ts). Prim's algorithm on the dense
 * matrix: O(variables²).
 */
import { InvalidArgumentError, type Matrix } from "@credence/core";
import { mutualInformationMatrix } from "./mutual-information.ts";
import { type PairCounts, pairCounts } from "./pair-counts.ts";
import { checkTable, type StateTable } from "./states.ts";

/** A tree over the variables. */
export interface ChowLiuTree {
  /** Pairs [i, j], i < j, ascending: one less than there are variables. */
  readonly edges: readonly (readonly [number, number])[];
  /** Sum of the mutual information of the edges, in nats. */
  readonly totalMutualInformation: number;
  /** The parent of each variable when `root` is the root, -1 for the root itself. */
  readonly parents: Int32Array;
  readonly root: number;
  /** Variables, parents before children. */
  readonly order: Int32Array;
}

/** Options of {@link chowLiuTree}. */
export interface ChowLiuOptions {
  /** a, the pseudo-count per pair of states; default 1. */
  readonly pseudoCount?: number;
  /** Default: a center of the tree, which makes it least deep. */
  readonly root?: number;
}

/**
 * The Chow-Liu tree of a table.
 * @param counts the table's pair counts, if they are there already
 * @throws InvalidArgumentError for what is no table of states, a negative pseudo-count or a root that is no variable
 */
export function chowLiuTree(
  table: StateTable,
  options: ChowLiuOptions = {},
  counts?: PairCounts,
): ChowLiuTree {
  checkTable(table);
  return treeOfCounts(table, options, counts ?? pairCounts(table));
}

/** {@link chowLiuTree} by the counts alone, for parts of a table: they may be of no rows. */
export function treeOfCounts(
  table: Pick<StateTable, "cols" | "arities">,
  options: ChowLiuOptions,
  counts: PairCounts,
): ChowLiuTree {
  const { pseudoCount = 1 } = options;
  checkPseudoCount(pseudoCount);
  const information = mutualInformationMatrix(table, pseudoCount, counts);
  const { edges, total } = spanningTree(information);
  return { ...rooted(edges, table.cols, options.root), edges, totalMutualInformation: total };
}

/** @throws InvalidArgumentError for a negative pseudo-count */
export function checkPseudoCount(pseudoCount: number, name = "pseudoCount"): void {
  if (!(pseudoCount >= 0 && pseudoCount < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError(name, pseudoCount, "a number from 0");
  }
}

/** Prim's algorithm for the largest total weight; among equals the smaller index first. */
function spanningTree({ rows: n, data }: Matrix): { edges: [number, number][]; total: number } {
  const best = new Float64Array(n).fill(Number.NEGATIVE_INFINITY);
  const from = new Int32Array(n).fill(-1);
  const inside = new Uint8Array(n);
  const edges: [number, number][] = [];
  let total = 0;
  for (let step = 0, at = 0; step < n; step++) {
    inside[at] = 1;
    if (from[at] >= 0) {
      edges.push([Math.min(at, from[at]), Math.max(at, from[at])]);
      total += best[at];
    }
    let next = -1;
    for (let v = 0; v < n; v++) {
      if (inside[v]) continue;
      if (data[at * n + v] > best[v]) {
        best[v] = data[at * n + v];
        from[v] = at;
      }
      if (next < 0 || best[v] > best[next]) next = v;
    }
    at = next;
  }
  edges.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return { edges, total };
}

/** Directs the edges away from the root. */
function rooted(edges: readonly (readonly [number, number])[], n: number, wanted: number | undefined) {
  const neighbors: number[][] = Array.from({ length: n }, () => []);
  for (const [a, b] of edges) {
    neighbors[a].push(b);
    neighbors[b].push(a);
  }
  if (wanted !== undefined && !(Number.isInteger(wanted) && wanted >= 0 && wanted < n)) {
    throw new InvalidArgumentError("root", wanted, `a variable from 0 to ${n - 1}`);
  }
  const walk = (root: number) => {
    const parents = new Int32Array(n).fill(-1);
    const order = Int32Array.of(root, ...new Array<number>(n - 1).fill(0));
    for (let i = 0, end = 1; i < end; i++) {
      for (const next of neighbors[order[i]]) {
        if (next === parents[order[i]]) continue;
        parents[next] = order[i];
        order[end++] = next;
      }
    }
    return { root, parents, order };
  };
  if (wanted !== undefined) return walk(wanted);
  // The middle of a longest path: the last variable of a breadth-first walk from the last variable of one.
  const end = walk(walk(0).order[n - 1]);
  const path: number[] = [];
  for (let at = end.order[n - 1]; at >= 0; at = end.parents[at]) path.push(at);
  return walk(path[path.length >> 1]);
}
