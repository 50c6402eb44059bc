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
  readonly parts: readonly (readonly number[])[];
}

/**
 * The tree of the scopes of all nodes, if the circuits are smooth and decomposable and split equal scopes equally;
 * otherwise, or where the keys collide, undefined. The circuits are over the same variables.
 */
export function scopeTree(circuits: readonly Circuit[]): ScopeTree | undefined {
  const random = rng("scopes");
  const draws = circuits[0].variables.names.map(() => [random.int(2 ** 32), random.int(2 ** 32)] as const);
  const numbers = new Map<string, number>();
  const variable: number[] = [];
  const parts: (readonly number[])[] = [];
  const roots = new Set<number>();
  const keys: (readonly [number, number])[] = [];
  const scopeOf = (key: readonly [number, number], own: number, split: readonly number[]): number => {
    const text = `${key[0]} ${key[1]}`;
    const known = numbers.get(text);
    if (known === undefined) {
      numbers.set(text, variable.length);
      keys.push(key);
      parts.push(split);
      return variable.push(own) - 1;
    }
    const same = variable[known] === own && parts[known].length === split.length;
    return same && parts[known].every((part, i) => part === split[i]) ? known : -1;
  };
  for (const circuit of circuits) {
    const { offsets, children, inputOf, inputs, kinds } = circuit;
    const scopes = new Int32Array(circuit.size);
    for (let node = 0; node < circuit.size; node++) {
      const below = Array.from(children.subarray(offsets[node], offsets[node + 1]), (child) => scopes[child]);
      if (inputOf[node] >= 0) {
        const v = inputs[inputOf[node]].variable;
        scopes[node] = scopeOf(draws[v], v, []);
      } else if (below.length === 0) return undefined;
      else if (kinds[node] === nodeKinds.sum) {
        scopes[node] = below.every((scope) => scope === below[0]) ? below[0] : -1;
      } else {
        const split = below.sort((a, b) => a - b);
        const key = split.reduce<[number, number]>(
          ([a, b], scope) => [(a + keys[scope][0]) >>> 0, (b + keys[scope][1]) >>> 0],
          [0, 0],
        );
        scopes[node] = scopeOf(key, -1, split);
      }
      if (scopes[node] < 0) return undefined;
    }
    roots.add(scopes[circuit.size - 1]);
  }
  const [root] = roots;
  return roots.size === 1 && isTree(root, parts) ? { root, variable, parts } : undefined;
}

/** Whether every scope under the root is part of one other only, once, so that parts are disjoint. */
function isTree(root: number, parts: readonly (readonly number[])[]): boolean {
  const seen = new Uint8Array(parts.length);
  const stack = [root];
  while (stack.length > 0) {
    const scope = stack.pop() as number;
    if (seen[scope] === 1) return false;
    seen[scope] = 1;
    for (const part of parts[scope]) stack.push(part);
  }
  return true;
}
