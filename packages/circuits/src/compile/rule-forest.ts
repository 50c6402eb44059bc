/**
 * The elimination forest of rules under an order of decisions. Below a variable u lies what is connected with it once
 * all variables before it are decided: a subtree T_u. Deciding from the top down, what is left open are whole subtrees
 * as long as decided variables reach down from the top without a gap, and a rule whose first variable lies in a
 * subtree has not been touched. So a component can be described by the top of its subtree and the residuals of the
 * rules that reach into it, in time that does not grow with the subtree (J. Liu, "The role of elimination trees in
 * sparse factorization", SIAM J. Matrix Anal. Appl. 1990; R. Dechter, R. Mateescu, "AND/OR search spaces for graphical
 * models", Artificial Intelligence 2007, section 2, calls the forest a pseudo tree).
 *
 * Variables are numbered anew, parents first, so that subtrees are ranges of places.
 */
import type { FormulaGraph, Ref } from "./formula-graph.ts";
import type { Rules, Soft } from "./residual.ts";

/** A forest over all variables of a rule set, and the rules by their topmost variable. */
export interface RuleForest {
  /** The variable above, -1 for roots. */
  readonly parent: Int32Array;
  /** The variables right below. */
  readonly children: readonly (readonly number[])[];
  /** The place of a variable; those of T_v are place[v], …, end[v] - 1. */
  readonly place: Int32Array;
  readonly end: Int32Array;
  /** The smallest variable of each subtree. */
  readonly smallest: Int32Array;
  /** Whether the rules within a subtree and further formulas over its variables connect all of it. */
  connects(top: number, others: Iterable<Ref>): boolean;
  /** The variables of a subtree, ascending. */
  scope(top: number): readonly number[];
  /** The rules within a subtree, in any order. */
  rules(top: number): Rules;
  /** How many they are. */
  count(top: number): number;
  /** The hard rules within the subtree of `top` that speak of `variable`. */
  hardAt(top: number, variable: number): readonly Ref[];
  softAt(top: number, variable: number): readonly Soft[];
  /** The weight (Infinity of hard rules) of a formula that is a rule within the subtree. */
  weightOf(top: number, ref: Ref): number | undefined;
}

/**
 * The forest of rules over variables 0, 1, …, of which those of smaller rank are decided first; of equal rank the
 * smaller one. Near-linear in the lengths of the rules.
 */
export function ruleForest(graph: FormulaGraph, { hard, soft }: Rules, ranks: Int32Array): RuleForest {
  const order = Int32Array.from(ranks.keys()).sort((a, b) => ranks[a] - ranks[b] || a - b);
  const turn = new Int32Array(order.length);
  order.forEach((variable, i) => {
    turn[variable] = i;
  });
  const refs = [...hard, ...soft.map(([ref]) => ref)];
  const supports = refs.map((ref) => [...graph.support(ref)].sort((a, b) => turn[a] - turn[b]));
  const { parent, parts, rootAt } = eliminate(order, turn, supports);
  const below: number[][] = Array.from(order, () => []);
  parent.forEach((above, v) => {
    if (above >= 0) below[above].push(v);
  });
  const { place, end } = number(order, parent, below);
  const smallest = Int32Array.from(parent.keys());
  for (const v of order.toReversed()) {
    if (parent[v] >= 0) smallest[parent[v]] = Math.min(smallest[parent[v]], smallest[v]);
  }
  const at = new Int32Array(place.length);
  for (let v = 0; v < place.length; v++) at[place[v]] = v;

  // Rules in the order of their tops: those of a subtree are a range, too.
  const topOf = supports.map((support) => place[support[0]]);
  const sorted = Int32Array.from(refs.keys()).sort((a, b) => topOf[a] - topOf[b]);
  const from = new Int32Array(place.length + 1);
  for (const top of topOf) from[top + 1]++;
  for (let i = 0; i < place.length; i++) from[i + 1] += from[i];
  const hardOf: number[][] = Array.from(order, () => []);
  const softOf: number[][] = Array.from(order, () => []);
  supports.forEach((support, i) => {
    for (const variable of support) (i < hard.length ? hardOf : softOf)[variable].push(i);
  });
  const indices = new Map(refs.map((ref, i) => [ref, i]));
  const within = (top: number, i: number): boolean => topOf[i] >= place[top] && topOf[i] < end[top];
  return {
    parent,
    children: below,
    place,
    end,
    smallest,
    connects(top, others) {
      if (parts[top] === 1) return true;
      const sets = new Map<number, number>();
      const find = (part: number): number => {
        let at = part;
        for (let up = sets.get(at); up !== undefined; up = sets.get(at)) at = up;
        return at;
      };
      let rest = parts[top];
      for (const ref of others) {
        const [first, ...more] = graph.support(ref).map((v) => rootAt(v, top));
        for (const part of more) {
          const [a, b] = [find(first), find(part)];
          if (a === b) continue;
          sets.set(b, a);
          rest--;
        }
      }
      return rest === 1;
    },
    scope: (top) => [...at.subarray(place[top], end[top]).slice().sort()],
    rules(top) {
      const within = sorted.subarray(from[place[top]], from[end[top]]);
      const [first, second] = [within.filter((i) => i < hard.length), within.filter((i) => i >= hard.length)];
      return {
        hard: Array.from(first, (i) => refs[i]),
        soft: Array.from(second, (i) => soft[i - hard.length]),
      };
    },
    count: (top) => from[end[top]] - from[place[top]],
    hardAt(top, variable) {
      const found: Ref[] = [];
      for (const i of hardOf[variable]) if (within(top, i)) found.push(refs[i]);
      return found;
    },
    softAt(top, variable) {
      const found: Soft[] = [];
      for (const i of softOf[variable]) if (within(top, i)) found.push(soft[i - hard.length]);
      return found;
    },
    weightOf(top, ref) {
      const i = indices.get(ref);
      if (i === undefined || !within(top, i)) return undefined;
      return i < hard.length ? Number.POSITIVE_INFINITY : soft[i - hard.length][1];
    },
  };
}

/**
 * Takes the variables away from the last to the first, joining what they connect. `parts` tells, per subtree, into how
 * many parts the rules within it connect its variables, and `rootAt(v, top)` the part of v.
 */
function eliminate(order: Int32Array, turn: Int32Array, supports: readonly (readonly number[])[]) {
  const parent = new Int32Array(order.length).fill(-1);
  const tops = Int32Array.from(order.keys());
  const parts = new Int32Array(order.length).fill(1);
  const trees = disjointSets(order.length);
  const connected = disjointSets(order.length);
  // In a rule each variable is linked to the next: those after it are in one tree already.
  const linked: number[][] = Array.from(order, () => []);
  const first: number[][] = Array.from(order, () => []);
  supports.forEach((support, i) => {
    for (let k = 0; k + 1 < support.length; k++) linked[turn[support[k]]].push(support[k + 1]);
    first[turn[support[0]]].push(i);
  });
  for (let i = order.length - 1; i >= 0; i--) {
    const v = order[i];
    for (const other of linked[i]) {
      const root = tops[trees.find(other)];
      if (root === v) continue;
      parent[root] = v;
      parts[v] += parts[root];
      trees.join(other, v);
      tops[trees.find(v)] = v;
    }
    for (const rule of first[i]) {
      for (const other of supports[rule]) if (connected.join(other, v, -i)) parts[v]--;
    }
  }
  return { parent, parts, rootAt: (v: number, top: number) => connected.find(v, -turn[top]) };
}

/** Sets of numbers that are joined in the course of time. */
function disjointSets(count: number) {
  const owner = Int32Array.from({ length: count }, (_, i) => i);
  const size = new Int32Array(count).fill(1);
  const since = new Int32Array(count);
  /** The set of an element at a time, by default now. O(log count): smaller sets join larger ones. */
  const find = (element: number, time = Number.POSITIVE_INFINITY): number => {
    let at = element;
    while (owner[at] !== at && since[at] <= time) at = owner[at];
    return at;
  };
  return {
    find,
    /** Whether two elements were in different sets. Times must not decrease. */
    join(a: number, b: number, time = 0): boolean {
      let [large, small] = [find(a), find(b)];
      if (large === small) return false;
      if (size[large] < size[small]) [large, small] = [small, large];
      owner[small] = large;
      since[small] = time;
      size[large] += size[small];
      return true;
    },
  };
}

/** Numbers the variables, parents first and subtrees together. */
function number(order: Int32Array, parent: Int32Array, below: readonly (readonly number[])[]) {
  const sizes = new Int32Array(parent.length).fill(1);
  for (const v of order.toReversed()) if (parent[v] >= 0) sizes[parent[v]] += sizes[v];
  const place = new Int32Array(parent.length);
  let roots = 0;
  for (const v of order) {
    if (parent[v] < 0) {
      place[v] = roots;
      roots += sizes[v];
    }
    let next = place[v] + 1;
    for (const child of below[v]) {
      place[child] = next;
      next += sizes[child];
    }
  }
  return { place, end: place.map((start, v) => start + sizes[v]) };
}
