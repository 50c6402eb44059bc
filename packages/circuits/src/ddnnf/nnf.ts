/**
 * Formulas in negation normal form as flat arrays:
 *
 *   literal   x or ¬x
 *   free      x ∨ ¬x: the variable may have either value, and counts with both weights
 *   and, or   of their children; of none they are true and false
 *
 * A d-DNNF is one whose conjunctions share no variables (decomposable) and whose disjunctions exclude each other
 * (deterministic); with `free` nodes in the place of missing variables it is smooth as well, and then one pass
 * counts in any semiring (A. Darwiche, P. Marquis, "A knowledge compilation map", JAIR 17, 2002).
 */
import { InvalidArgumentError } from "@credence/core";

/** The kinds of nodes in {@link Nnf.kinds}. */
export const nnfKinds = { literal: 0, free: 1, and: 2, or: 3 } as const;

/** An immutable NNF, children before parents and the root last. */
export interface Nnf {
  /** Number of variables; literal codes are 2 · variable + value, variables from 0. */
  readonly variables: number;
  readonly size: number;
  readonly edges: number;
  /** One of {@link nnfKinds} per node. */
  readonly kinds: Uint8Array;
  /** Per node: the literal's code, the free variable's number, the variable decided by an `or`, or −1. */
  readonly labels: Int32Array;
  /** The children of node i are `children[offsets[i]]` to `children[offsets[i + 1] - 1]`. */
  readonly offsets: Int32Array;
  readonly children: Int32Array;
}

/** Makes the nodes of an NNF bottom-up; literals and free variables are made once. */
export interface NnfBuilder {
  readonly size: number;
  literal(code: number): number;
  free(variable: number): number;
  and(children: readonly number[]): number;
  /** @param decision the variable that tells the children apart, or −1 */
  or(children: readonly number[], decision?: number): number;
  /** The NNF under `root`, without what it does not need. */
  build(root: number): Nnf;
}

/**
 * An empty builder. Every call takes time linear in the node it makes.
 * @throws InvalidArgumentError for unknown variables and children
 */
export function nnfBuilder(variables: number): NnfBuilder {
  const kinds: number[] = [];
  const labels: number[] = [];
  const offsets: number[] = [0];
  const children: number[] = [];
  const leaves = new Map<number, number>();
  const add = (kind: number, label: number, parts: readonly number[]): number => {
    for (const part of parts) {
      if (!(Number.isInteger(part) && part >= 0 && part < kinds.length)) {
        throw new InvalidArgumentError("A child", part, "the id of a node that this builder has made");
      }
      children.push(part);
    }
    kinds.push(kind);
    labels.push(label);
    offsets.push(children.length);
    return kinds.length - 1;
  };
  const leaf = (kind: number, label: number, limit: number): number => {
    if (!(Number.isInteger(label) && label >= 0 && label < limit)) {
      throw new InvalidArgumentError("A literal or variable", label, `an integer from 0 to below ${limit}`);
    }
    const key = 2 * label + kind;
    let id = leaves.get(key);
    if (id === undefined) {
      id = add(kind, label, []);
      leaves.set(key, id);
    }
    return id;
  };
  return {
    get size() {
      return kinds.length;
    },
    literal: (code) => leaf(nnfKinds.literal, code, 2 * variables),
    free: (variable) => leaf(nnfKinds.free, variable, variables),
    and: (parts) => (parts.length === 1 ? parts[0] : add(nnfKinds.and, -1, parts)),
    or: (parts, decision = -1) => (parts.length === 1 ? parts[0] : add(nnfKinds.or, decision, parts)),
    build: (root) => assemble(variables, { kinds, labels, offsets, children }, root),
  };
}

interface Nodes {
  readonly kinds: readonly number[];
  readonly labels: readonly number[];
  readonly offsets: readonly number[];
  readonly children: readonly number[];
}

/** Copies what the root needs, in the same order, which is topological. */
function assemble(variables: number, nodes: Nodes, root: number): Nnf {
  const place = new Int32Array(root + 1).fill(-1);
  place[root] = 0;
  for (let id = root; id >= 0; id--) {
    if (place[id] < 0) continue;
    for (let edge = nodes.offsets[id]; edge < nodes.offsets[id + 1]; edge++) place[nodes.children[edge]] = 0;
  }
  const kinds: number[] = [];
  const labels: number[] = [];
  const offsets = [0];
  const children: number[] = [];
  for (let id = 0; id <= root; id++) {
    if (place[id] < 0) continue;
    place[id] = kinds.length;
    kinds.push(nodes.kinds[id]);
    labels.push(nodes.labels[id]);
    for (let edge = nodes.offsets[id]; edge < nodes.offsets[id + 1]; edge++) {
      children.push(place[nodes.children[edge]]);
    }
    offsets.push(children.length);
  }
  return Object.freeze({
    variables,
    size: kinds.length,
    edges: children.length,
    kinds: Uint8Array.from(kinds),
    labels: Int32Array.from(labels),
    offsets: Int32Array.from(offsets),
    children: Int32Array.from(children),
  });
}
