/**
 * Structured decomposability: whether one vtree (a hierarchy of the variables) explains how every product
 * splits its scope, so that products, divergences and formulas over the same vtree stay tractable (Pipatsrisawat
 * and Darwiche, "New compilation languages based on structured decomposability", AAAI 2008).
 *
 * The vtree is built from the top, as the tree of triples is in the BUILD algorithm of Aho, Sagiv, Szymanski and
 * Ullman (1981). At a node over the variables S, the parts of products that have to be told apart inside S are
 * joined each into one group; variables that no such part joins are free to be separated. If that leaves a
 * single group and some product still has to be split inside S, no vtree will do, and that product is the
 * witness. Otherwise the groups are the node's children. O(depth · total scope of the products' children). Circuits
 * that split equal scopes equally, which most are, need none of this (see scope-tree.ts): O(edges).
 */
import { InvalidArgumentError } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { requireSameVariables } from "../queries/pairs.ts";
import type { Vtree } from "../vtree/vtree.ts";
import { type ScopeTree, scopeTree } from "./scope-tree.ts";
import { scopesOf, scopeVariables } from "./scopes.ts";

/** A hierarchy of variables: a name, or the parts it splits into (two or more; any binary refinement does). */
export type VtreeShape = string | readonly VtreeShape[];

/** A vtree that all products respect, or a product (of which circuit) that does not fit the others. */
export type StructuredCheck =
  | { readonly holds: true; readonly vtree: VtreeShape }
  | { readonly holds: false; readonly circuit: number; readonly node: number };

/** Whether a vtree explains all products, or a product that it does not explain. */
export type RespectsCheck = { readonly holds: true } | { readonly holds: false; readonly node: number };

/** Whether the products of a circuit fit one vtree. A circuit that is not decomposable does not. */
export function checkStructured(circuit: Circuit): StructuredCheck {
  return checkCompatible([circuit]);
}

/**
 * For every node the lowest vtree node above all of its variables; the root where a node has none. O(edges).
 * @param vtree over the variables 1 … n, which are the circuit's 0 … n − 1
 */
export function vtreePlaces(circuit: Circuit, vtree: Vtree): Int32Array {
  const { offsets, children, inputOf, inputs } = circuit;
  const places = new Int32Array(circuit.size).fill(vtree.root);
  for (let node = 0; node < circuit.size; node++) {
    if (inputOf[node] >= 0) places[node] = vtree.leaf[inputs[inputOf[node]].variable + 1];
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      const child = places[children[edge]];
      places[node] = edge === offsets[node] ? child : vtree.meet(places[node], child);
    }
  }
  return places;
}

/**
 * Whether the products of a circuit respect a given vtree: the scopes of their factors lie in subtrees that do not
 * touch. O(edges · log of the most factors).
 * @param vtree over the variables 1 … n, which are the circuit's 0 … n − 1
 * @throws InvalidArgumentError for a vtree over another number of variables
 */
export function checkRespects(circuit: Circuit, vtree: Vtree): RespectsCheck {
  if (vtree.variables !== circuit.variables.size) {
    throw new InvalidArgumentError(
      "vtree.variables",
      vtree.variables,
      `${circuit.variables.size}, as the circuit`,
    );
  }
  const places = vtreePlaces(circuit, vtree);
  for (let node = 0; node < circuit.size; node++) {
    if (circuit.kinds[node] !== nodeKinds.product) continue;
    const own = circuit.children.subarray(circuit.offsets[node], circuit.offsets[node + 1]);
    const sorted = Array.from(own, (child) => places[child]).sort((a, b) => vtree.first[a] - vtree.first[b]);
    const apart = sorted.every((place, i) => i === 0 || vtree.last[sorted[i - 1]] < vtree.first[place]);
    if (!apart) return { holds: false, node };
  }
  return { holds: true };
}

/** One product: the scopes of its children, as lists of variables. */
interface Split {
  readonly circuit: number;
  readonly node: number;
  readonly parts: readonly (readonly number[])[];
}

/**
 * Whether the products of several circuits over the same variables fit one vtree, which makes the circuits
 * compatible: their product has a tractable circuit.
 * @throws InvalidArgumentError for no circuits, or circuits over different variables
 */
export function checkCompatible(circuits: readonly Circuit[]): StructuredCheck {
  if (circuits.length === 0) throw new InvalidArgumentError("circuits", circuits, "at least one circuit");
  for (const circuit of circuits) requireSameVariables(circuits[0], circuit);
  const tree = scopeTree(circuits);
  if (tree !== undefined) return { holds: true, vtree: shapeOf(tree, circuits[0].variables.names) };
  const splits: Split[] = [];
  const seen = new Set<string>();
  for (const [c, circuit] of circuits.entries()) {
    const scopes = scopesOf(circuit);
    for (let node = 0; node < circuit.size; node++) {
      if (circuit.kinds[node] !== nodeKinds.product) continue;
      const children = circuit.children.subarray(circuit.offsets[node], circuit.offsets[node + 1]);
      const parts = [...children].map((child) => scopeVariables(scopes, child)).filter((p) => p.length > 0);
      const key = parts.map((part) => part.join()).join(";");
      if (parts.length < 2 || seen.has(key)) continue;
      seen.add(key);
      if (new Set(parts.flat()).size < parts.flat().length) return { holds: false, circuit: c, node };
      splits.push({ circuit: c, node, parts });
    }
  }
  const names = circuits[0].variables.names;
  return build(names, splits);
}

/** The hierarchy of a tree of scopes. */
function shapeOf({ root, variable, parts }: ScopeTree, names: readonly string[]): VtreeShape {
  const whole: VtreeShape[] = [];
  const stack = [{ scope: root, into: whole }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { scope, into } = next;
    if (parts[scope].length === 0) into.push(names[variable[scope]]);
    else {
      const own: VtreeShape[] = [];
      into.push(own);
      // Backwards, so that parts come off the stack in their order.
      for (const part of Array.from(parts[scope]).reverse()) stack.push({ scope: part, into: own });
    }
  }
  return whole[0];
}

/** A part of the hierarchy that still has to be split, and where its parts go. */
interface Task {
  readonly variables: readonly number[];
  readonly splits: readonly Split[];
  readonly into: VtreeShape[];
}

function build(names: readonly string[], splits: readonly Split[]): StructuredCheck {
  const root: VtreeShape[] = [];
  const all = Array.from(names, (_, v) => v);
  const stack: Task[] = [{ variables: all, splits, into: root }];
  const group = new Int32Array(names.length);
  while (stack.length > 0) {
    const { variables, splits: open, into } = stack.pop() as Task;
    const count = joinParts(variables, open, group);
    if (count === 1 && open.length > 0) {
      const { circuit, node } = firstMisfit(variables, open, group);
      return { holds: false, circuit, node };
    }
    if (variables.length === 1 || open.length === 0) {
      into.push(...variables.map((v) => names[v]));
      continue;
    }
    const members: number[][] = Array.from({ length: count }, () => []);
    for (const v of variables) members[group[v]].push(v);
    const inside: Split[][] = members.map(() => []);
    for (const split of open) {
      const apart = new Map<number, (readonly number[])[]>();
      for (const part of split.parts) {
        const parts = apart.get(group[part[0]]);
        if (parts === undefined) apart.set(group[part[0]], [part]);
        else parts.push(part);
      }
      for (const [g, parts] of apart) if (parts.length > 1) inside[g].push({ ...split, parts });
    }
    members.forEach((own, g) => {
      const target: VtreeShape[] = [];
      if (own.length === 1) into.push(names[own[0]]);
      else {
        into.push(target);
        stack.push({ variables: own, splits: inside[g], into: target });
      }
    });
  }
  return { holds: true, vtree: root.length === 1 ? root[0] : root };
}

/** The first product that, with those before it, leaves nothing to separate. */
function firstMisfit(variables: readonly number[], splits: readonly Split[], group: Int32Array): Split {
  let [fit, misfit] = [0, splits.length];
  while (misfit - fit > 1) {
    const middle = (fit + misfit) >> 1;
    if (joinParts(variables, splits.slice(0, middle), group) === 1) misfit = middle;
    else fit = middle;
  }
  return splits[misfit - 1];
}

/** Numbers the groups of `variables` that the parts of `splits` join; returns how many there are. */
function joinParts(variables: readonly number[], splits: readonly Split[], group: Int32Array): number {
  for (const v of variables) group[v] = v;
  const find = (v: number): number => {
    let at = v;
    while (group[at] !== at) {
      group[at] = group[group[at]];
      at = group[at];
    }
    return at;
  };
  for (const { parts } of splits) {
    for (const [first, ...others] of parts) for (const v of others) group[find(v)] = find(first);
  }
  const roots = variables.map(find);
  const numbers = new Map<number, number>();
  for (const root of roots) if (!numbers.has(root)) numbers.set(root, numbers.size);
  variables.forEach((v, i) => {
    group[v] = numbers.get(roots[i]) as number;
  });
  return numbers.size;
}
