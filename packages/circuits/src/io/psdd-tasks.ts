/** What psdd-form.ts asks for at a vtree node, and what it consists of one level below. */
import { logAddExp, logSumExp } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { type FiniteDistribution, stateLogProbability } from "../inputs/distribution.ts";
import type { Vtree } from "../vtree/vtree.ts";

/** A product of nodes of a circuit, by number, with the log of a weight; of no nodes it is 1. */
export interface Term {
  readonly factors: readonly number[];
  readonly log: number;
}

/** A weighted sum that is asked for at a vtree node; its factors lie there or below. */
export interface Task {
  /** Equal keys ask for the same. */
  readonly key: string;
  readonly place: number;
  readonly terms: readonly Term[];
}

/** A task. */
export function taskOf(place: number, terms: readonly Term[]): Task {
  const key = `${place}:${terms.map(({ factors, log }) => `${factors.join(" ")}*${log}`).join()}`;
  return { key, place, terms };
}

/**
 * For every node the lowest vtree node above all of its variables, or -1 for a constant, which has none. O(edges).
 * @param vtree over the variables 1 … n, which are the circuit's 0 … n − 1
 */
export function placesOnVtree(
  { size, inputOf, inputs, offsets, children }: Circuit,
  vtree: Vtree,
): Int32Array {
  const places = new Int32Array(size).fill(-1);
  for (let node = 0; node < size; node++) {
    if (inputOf[node] >= 0) places[node] = vtree.leaf[inputs[inputOf[node]].variable + 1];
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      const child = places[children[edge]];
      if (child >= 0) places[node] = places[node] < 0 ? child : vtree.meet(places[node], child);
    }
  }
  return places;
}

/** The first product whose factors do not lie in subtrees that do not touch; -1 if there is none. */
export function firstMisfit(
  { size, kinds, offsets, children }: Circuit,
  vtree: Vtree,
  places: Int32Array,
): number {
  for (let node = 0; node < size; node++) {
    if (kinds[node] !== nodeKinds.product) continue;
    const own = Array.from(children.subarray(offsets[node], offsets[node + 1]), (child) => places[child]);
    const sorted = own.filter((place) => place >= 0).sort((x, y) => vtree.first[x] - vtree.first[y]);
    if (sorted.some((place, i) => i > 0 && vtree.first[place] <= vtree.last[sorted[i - 1]])) return node;
  }
  return -1;
}

/** Logs of the values of nodes that speak of one variable at most, where it is false and true; NaN for the others. */
export interface LeafLogs {
  readonly falses: Float64Array;
  readonly trues: Float64Array;
}

/** The values of a circuit whose inputs are over two states. O(edges). */
export function leafLogs(circuit: Circuit, vtree: Vtree, places: Int32Array): LeafLogs {
  const { size, kinds, inputs, inputOf, offsets, children, logWeights } = circuit;
  const [falses, trues] = [new Float64Array(size), new Float64Array(size)];
  for (let node = 0; node < size; node++) {
    const edges = Array.from({ length: offsets[node + 1] - offsets[node] }, (_, i) => offsets[node] + i);
    const input = inputs[inputOf[node]];
    const isLeaf = places[node] < 0 || vtree.left[places[node]] < 0;
    for (const [state, logs] of [falses, trues].entries()) {
      if (!isLeaf) logs[node] = Number.NaN;
      else if (input !== undefined)
        logs[node] = stateLogProbability(input.distribution as FiniteDistribution, state);
      else {
        const own = edges.map((edge) => logWeights[edge] + logs[children[edge]]);
        logs[node] = kinds[node] === nodeKinds.product ? own.reduce((x, y) => x + y, 0) : logSumExp(own);
      }
    }
  }
  return { falses, trues };
}

/** Terms with one left side: that side, what it is multiplied by on the right, and the log of their weight. */
export interface Split {
  readonly prime: Term;
  readonly subs: readonly Term[];
  readonly log: number;
}

/** Splits tasks at inner vtree nodes, terms in the order in which the circuit has them. */
export function termSplitter(
  circuit: Circuit,
  places: Int32Array,
  { falses: values }: LeafLogs,
): (task: Task) => Split[] {
  const { offsets, children, logWeights, kinds } = circuit;
  /** A term without its constants. */
  const reduced = ({ factors, log }: Term): Term => ({
    factors: factors.filter((factor) => places[factor] >= 0),
    log: factors.reduce((sum, factor) => (places[factor] < 0 ? sum + values[factor] : sum), log),
  });
  /** What a node of the circuit consists of, with the log of a weight. */
  const termsBelow = (node: number, log: number): Term[] => {
    const own = [...children.subarray(offsets[node], offsets[node + 1])];
    if (kinds[node] === nodeKinds.product) return [reduced({ factors: own, log })];
    return own.map((child, i) => reduced({ factors: [child], log: log + logWeights[offsets[node] + i] }));
  };
  /** The nodes that lie at the place itself, below and including some, as a walk meets them. */
  const walk = (roots: readonly number[], place: number): number[] => {
    const met = new Set<number>();
    const open = [...roots].reverse();
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (met.has(node)) continue;
      met.add(node);
      const below = children.subarray(offsets[node], offsets[node + 1]);
      for (let i = below.length - 1; i >= 0; i--) if (places[below[i]] === place) open.push(below[i]);
    }
    return [...met];
  };
  return ({ place, terms }) => {
    const weights = new Map<number, number>();
    const ready = new Map<number, Term[]>();
    /** Looks into a term later if it is a node at this place. */
    const take = (from: number, term: Term): void => {
      const [only] = term.factors;
      if (term.factors.length === 1 && places[only] === place) {
        weights.set(only, logAddExp(weights.get(only) ?? Number.NEGATIVE_INFINITY, term.log));
        return;
      }
      const list = ready.get(from);
      if (list === undefined) ready.set(from, [term]);
      else list.push(term);
    };
    for (const term of terms) take(-1, reduced(term));
    const order = walk([...weights.keys()], place);
    // Parents have higher numbers: a node's weight is known before its children's.
    for (const node of [...order].sort((a, b) => b - a)) {
      for (const term of termsBelow(node, weights.get(node)!)) take(node, term);
    }
    const all = [-1, ...order].flatMap((node) => ready.get(node) ?? []);
    return grouped(all, places, place);
  };
}

/** Terms by their left sides; equal terms are added up, and those of weight 0 left out beside others. */
function grouped(terms: readonly Term[], places: Int32Array, place: number): Split[] {
  const groups = new Map<string, { readonly prime: Term; readonly subs: Map<string, Term> }>();
  for (const { factors, log } of terms) {
    const left = factors.filter((factor) => places[factor] < place).sort((a, b) => a - b);
    const right = factors.filter((factor) => places[factor] > place).sort((a, b) => a - b);
    const [leftKey, rightKey] = [left.join(), right.join()];
    const group = groups.get(leftKey) ?? { prime: { factors: left, log: 0 }, subs: new Map<string, Term>() };
    groups.set(leftKey, group);
    const before = group.subs.get(rightKey)?.log ?? Number.NEGATIVE_INFINITY;
    group.subs.set(rightKey, { factors: right, log: logAddExp(before, log) });
  }
  return [...groups.values()].map(({ prime, subs }) => {
    const all = [...subs.values()];
    const log = all.reduce((most, sub) => Math.max(most, sub.log), Number.NEGATIVE_INFINITY);
    // What an element of weight 0 would weigh otherwise makes no difference.
    if (log === Number.NEGATIVE_INFINITY) return { prime, subs: [{ factors: all[0].factors, log: 0 }], log };
    const own = all.filter((sub) => sub.log > Number.NEGATIVE_INFINITY);
    return { prime, subs: own.map((sub) => ({ factors: sub.factors, log: sub.log - log })), log };
  });
}
