/**
 * The fast way to a vtree: if equal scopes are split equally everywhere, the scopes themselves are one. Scopes are told
 * apart by random sums instead of sets of variables,
 *
 *   key(input of v) = (r_v, s_v),   key(product) = Σ of the factors' keys mod 2^32,   key(sum) = the key of every term,
 *
 * and what the keys suggest is then checked exactly, from the leaves: a key stands for one variable, or for the disjoint
 * union of the keys that it splits into. So a collision can make this say no, and never a wrong yes. O(edges), where
 * sets would take O(edges · variables / 32) time and memory.
 */
import { rng } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";

/** The scopes as a tree; see {@link scopeTree}. */
export interface ScopeTree {
  readonly root: number;
  /** By scope: the variable of a single one, -1 for others. */
  readonly variable: readonly number[];
  /** By scope: the scopes that it splits into; none for a single variable. */
  readonly parts: readonly ArrayLike<number>[];
  /** By circuit: the scope of each node. */
  readonly scopes: readonly Int32Array[];
}

/** Scopes by number, told apart by their keys. */
interface ScopeTable {
  readonly variable: number[];
  readonly parts: ArrayLike<number>[];
  /** The scope of an input of a variable. */
  single(variable: number): number;
  /** The scope of a product of these, sorted; -1 if it is known to split in another way. */
  union(split: Int32Array): number;
}

/**
 * The tree of the scopes of all nodes, if the circuits are smooth and decomposable and split equal scopes equally;
 * otherwise, or where the keys collide, undefined. The circuits are over the same variables.
 */
export function scopeTree(circuits: readonly Circuit[]): ScopeTree | undefined {
  const table = scopeTable(circuits[0].variables.size);
  const roots = new Set<number>();
  const scopes: Int32Array[] = [];
  for (const circuit of circuits) {
    const { offsets, children, inputOf, inputs, kinds, size } = circuit;
    const own = new Int32Array(size);
    for (let node = 0; node < size; node++) {
      const [from, to] = [offsets[node], offsets[node + 1]];
      if (inputOf[node] >= 0) own[node] = table.single(inputs[inputOf[node]].variable);
      else if (from === to) return undefined;
      else if (kinds[node] === nodeKinds.sum) {
        own[node] = own[children[from]];
        for (let e = from + 1; e < to; e++) if (own[children[e]] !== own[node]) return undefined;
      } else {
        const split = children.slice(from, to);
        for (let i = 0; i < split.length; i++) split[i] = own[split[i]];
        own[node] = table.union(split.sort());
      }
      if (own[node] < 0) return undefined;
    }
    roots.add(own[size - 1]);
    scopes.push(own);
  }
  const [root] = roots;
  const { variable, parts } = table;
  return roots.size === 1 && isTree(root, parts) ? { root, variable, parts, scopes } : undefined;
}

function scopeTable(variables: number): ScopeTable {
  const random = rng("scopes");
  const variable: number[] = [];
  const parts: ArrayLike<number>[] = [];
  const keys: [number[], number[]] = [[], []];
  const single = new Int32Array(variables).fill(-1);
  // By the first key; few scopes share it, and those are told apart by the second one.
  const numbers = new Map<number, number[]>();
  const add = (first: number, second: number, own: number, split: ArrayLike<number>): number => {
    const id = variable.push(own) - 1;
    parts.push(split);
    keys[0].push(first);
    keys[1].push(second);
    const known = numbers.get(first);
    if (known === undefined) numbers.set(first, [id]);
    else known.push(id);
    return id;
  };
  const draws = Array.from({ length: variables }, () => [random.int(2 ** 32), random.int(2 ** 32)] as const);
  return {
    variable,
    parts,
    single(v) {
      if (single[v] < 0) single[v] = add(draws[v][0], draws[v][1], v, []);
      return single[v];
    },
    union(split) {
      let [first, second] = [0, 0];
      for (const scope of split) {
        first = (first + keys[0][scope]) >>> 0;
        second = (second + keys[1][scope]) >>> 0;
      }
      const found = numbers.get(first)?.find((id) => keys[1][id] === second) ?? -1;
      if (found < 0) return add(first, second, -1, split);
      const same = variable[found] < 0 && parts[found].length === split.length;
      return same && split.every((part, i) => part === parts[found][i]) ? found : -1;
    },
  };
}

/** Whether every scope under the root is part of one other only, once, so that parts are disjoint. */
function isTree(root: number, parts: readonly ArrayLike<number>[]): boolean {
  const seen = new Uint8Array(parts.length);
  const stack = [root];
  while (stack.length > 0) {
    const scope = stack.pop() as number;
    if (seen[scope] === 1) return false;
    seen[scope] = 1;
    for (let i = 0; i < parts[scope].length; i++) stack.push(parts[scope][i]);
  }
  return true;
}
