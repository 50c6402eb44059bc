/**
 * Which nodes of two circuits share variables. If one tree of scopes explains both circuits (see scope-tree.ts) every
 * scope is an interval in the order of the tree's leaves, and nodes that share are those whose intervals overlap: memory
 * is linear in the nodes. Otherwise, and where the second circuit speaks of fewer variables, scopes are sets, of the
 * second circuit's variables only: the nodes of one circuit that are asked about share nothing among themselves.
 */
import type { Circuit } from "../circuit/circuit.ts";
import { type ScopeTree, scopeTree } from "./scope-tree.ts";
import { type Scopes, scopesOf, scopeVariables } from "./scopes.ts";

/**
 * A number for each node of `a` (of p) and then of `b` (of q): equal for those that share variables, directly or
 * through others. O(k log k) for k nodes with a tree, O(their scopes) without.
 */
export type Sharing = (a: readonly number[], b: readonly number[]) => Int32Array;

/**
 * How nodes of decomposable circuits share. The nodes of each list must not share among themselves, as factors of one
 * product do not.
 * @param q over variables of p, known by their names
 * @throws CredenceError `SCOPE_LIMIT` where no tree explains both and sets of variables would be too many
 */
export function sharingOf(p: Circuit, q: Circuit): Sharing {
  const names = p.variables.names;
  const same = q.variables.size === names.length && q.variables.names.every((name, v) => name === names[v]);
  const tree = same ? scopeTree(p === q ? [p] : [p, q]) : undefined;
  return tree === undefined ? bySets(p, q) : byIntervals(tree);
}

function byIntervals(tree: ScopeTree): Sharing {
  const { first, last } = leafIntervals(tree);
  const ofP = tree.scopes[0];
  const ofQ = tree.scopes[tree.scopes.length - 1];
  return (a, b) => {
    const scopes = [...a.map((node) => ofP[node]), ...b.map((node) => ofQ[node])];
    const groups = new Int32Array(scopes.length);
    const order = scopes.map((_, i) => i).sort((i, j) => first[scopes[i]] - first[scopes[j]]);
    let [group, end] = [-1, -1];
    for (const i of order) {
      if (first[scopes[i]] > end) group++;
      end = Math.max(end, last[scopes[i]]);
      groups[i] = group;
    }
    return groups;
  };
}

/** The first and the last leaf of each scope, in the order of the tree. */
function leafIntervals({ root, parts }: ScopeTree): {
  readonly first: Int32Array;
  readonly last: Int32Array;
} {
  const first = new Int32Array(parts.length).fill(-1);
  const last = new Int32Array(parts.length).fill(-1);
  const stack = [root];
  let leaves = 0;
  while (stack.length > 0) {
    const scope = stack[stack.length - 1];
    const open = first[scope] < 0;
    first[scope] = open ? leaves : first[scope];
    if (open && parts[scope].length > 0) stack.push(...Array.from(parts[scope]));
    else {
      if (parts[scope].length === 0) leaves++;
      last[scope] = leaves - 1;
      stack.pop();
    }
  }
  return { first, last };
}

function bySets(p: Circuit, q: Circuit): Sharing {
  const count = q.variables.size;
  const numbers = new Int32Array(p.variables.size).fill(-1);
  q.variables.names.forEach((name, v) => {
    numbers[p.variables.id(name)] = v;
  });
  const [ofP, ofQ] = [scopesOf(p, { count, numbers }), scopesOf(q)];
  const owner = new Int32Array(count).fill(-1);
  return (a, b) => {
    const scope = (scopes: Scopes) => (node: number) => scopeVariables(scopes, node);
    const scopes = [...a.map(scope(ofP)), ...b.map(scope(ofQ))];
    const parent = Int32Array.from(scopes, (_, i) => i);
    const find = (i: number): number => {
      let at = i;
      while (parent[at] !== at) {
        parent[at] = parent[parent[at]];
        at = parent[at];
      }
      return at;
    };
    scopes.forEach((variables, i) => {
      for (const v of variables) {
        if (owner[v] >= 0) parent[find(i)] = find(owner[v]);
        else owner[v] = i;
      }
    });
    for (const variables of scopes) for (const v of variables) owner[v] = -1;
    return parent.map((_, i) => find(i));
  };
}
