/**
 * The circuits that Strudel grows (see strudel.ts): decisions whose terms every complete row passes in exactly one way.
 * Each decision keeps the rows that pass each of its terms, so that a split touches only what is on its way.
 */
import type { CircuitBuilder } from "../circuit/builder.ts";
import type { StateTable } from "../learn/states.ts";
import { massOf } from "../learn/weights.ts";
import { type FittedTree, smoothedLogs } from "./clt.ts";

/** Rows that pass an edge, ascending; the first `train` of them are training rows. */
export interface Passing {
  readonly rows: Int32Array;
  readonly train: number;
  /** Weight of the training rows among them, and of the others. */
  readonly trainMass: number;
  readonly validMass: number;
}

/** A sum over terms; a row goes to the one that allows it. */
export interface Decision {
  readonly variable: number;
  terms: readonly Term[];
  /** By term. */
  passing: readonly Passing[];
}

/** A product: one state of the variable, and a decision for each child of it in the tree. */
export interface Term {
  readonly variable: number;
  readonly state: number;
  readonly children: readonly Decision[];
  /** What splits have fixed below this term. */
  readonly fixed: readonly (readonly [variable: number, state: number])[];
}

/** The term `at` of a decision, and what passes there. */
export interface DecisionEdge {
  readonly decision: Decision;
  readonly at: number;
  readonly passing: Passing;
}

/** A circuit of decisions, with its rows. */
export interface DecisionState {
  readonly root: Decision;
  /** All decisions that ever were; those that are no longer reached have no rows. */
  readonly decisions: Decision[];
  /** Training rows, then validation rows. */
  readonly all: StateTable;
  readonly trainRows: number;
  /** Their weight. */
  readonly trainMass: number;
  readonly validated: boolean;
  /** The tree: parents, variables with parents first, and by variable those in its subtree, itself among them. */
  readonly parents: Int32Array;
  readonly order: Int32Array;
  readonly below: readonly ReadonlySet<number>[];
  readonly pseudoCount: number;
  /** Edges that no split improved. */
  readonly exhausted: Set<Passing>;
}

/** A tree as decisions, and its rows sent through it. */
export function startDecisions(
  { tree, arities }: FittedTree,
  train: StateTable,
  valid: StateTable | undefined,
  pseudoCount: number,
): DecisionState {
  const { parents, order } = tree;
  const below = arities.map((_, v) => new Set([v]));
  // By variable: a decision for each state of its parent.
  const decisions: Decision[][] = arities.map(() => []);
  for (let i = order.length - 1; i >= 0; i--) {
    const v = order[i];
    const children = Array.from(order).filter((c) => parents[c] === v);
    for (const c of children) for (const w of below[c]) below[v].add(w);
    const terms = Array.from({ length: arities[v] }, (_, state): Term => {
      return { variable: v, state, children: children.map((c) => decisions[c][state]), fixed: [] };
    });
    const given = parents[v] < 0 ? 1 : arities[parents[v]];
    decisions[v] = Array.from({ length: given }, () => ({ variable: v, terms, passing: [] }));
  }
  const all = valid === undefined ? train : concatenated(train, valid);
  const state = {
    root: decisions[order[0]][0],
    decisions: decisions.flat(),
    all,
    trainRows: train.rows,
    trainMass: massOf(train),
    validated: valid !== undefined,
    parents,
    order,
    below,
    pseudoCount,
    exhausted: new Set<Passing>(),
  };
  send(state, new Map([[state.root, [Int32Array.from({ length: all.rows }, (_, r) => r)]]]), () => true);
  return state;
}

function concatenated(a: StateTable, b: StateTable): StateTable {
  const rows = a.rows + b.rows;
  const columns = new Uint8Array(rows * a.cols);
  for (let v = 0; v < a.cols; v++) {
    columns.set(a.columns.subarray(v * a.rows, (v + 1) * a.rows), v * rows);
    columns.set(b.columns.subarray(v * b.rows, (v + 1) * b.rows), v * rows + a.rows);
  }
  const both = { rows, cols: a.cols, arities: a.arities, columns };
  if (a.weights === undefined && b.weights === undefined) return both;
  const weights = new Float64Array(rows).fill(1);
  if (a.weights !== undefined) weights.set(a.weights);
  if (b.weights !== undefined) weights.set(b.weights, a.rows);
  return { ...both, weights };
}

/** Sends rows down from these decisions, to those that are `open`; level by level, as the tree has them. */
function send(
  state: DecisionState,
  start: ReadonlyMap<Decision, readonly Int32Array[]>,
  open: (decision: Decision) => boolean,
): void {
  for (let level = start; level.size > 0; ) {
    const next = new Map<Decision, Int32Array[]>();
    for (const [decision, pieces] of level) {
      decision.passing = byTerm(state, decision, merged(pieces));
      decision.terms.forEach((term, i) => {
        for (const child of term.children) {
          if (!open(child)) continue;
          const arriving = next.get(child) ?? [];
          arriving.push(decision.passing[i].rows);
          next.set(child, arriving);
        }
      });
    }
    level = next;
  }
}

function merged(pieces: readonly Int32Array[]): Int32Array {
  if (pieces.length === 1) return pieces[0];
  const out = new Int32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out.sort();
}

function byTerm(state: DecisionState, { variable, terms }: Decision, rows: Int32Array): Passing[] {
  const { columns, rows: height, arities } = state.all;
  const lists: number[][] = terms.map(() => []);
  // Most states have a single term, and then there is nothing else to look at.
  const ofState: number[][] = Array.from({ length: arities[variable] }, () => []);
  terms.forEach((term, i) => {
    ofState[term.state].push(i);
  });
  for (const r of rows) {
    const own = ofState[columns[variable * height + r]];
    const allows = (i: number) => terms[i].fixed.every(([v, s]) => columns[v * height + r] === s);
    lists[own.length === 1 ? own[0] : (own.find(allows) as number)].push(r);
  }
  return lists.map((list) => passingOf(state, Int32Array.from(list)));
}

function passingOf({ trainRows, all: { weights } }: DecisionState, rows: Int32Array): Passing {
  const beyond = rows.findIndex((r) => r >= trainRows);
  const train = beyond < 0 ? rows.length : beyond;
  if (weights === undefined) return { rows, train, trainMass: train, validMass: rows.length - train };
  let [trainMass, validMass] = [0, 0];
  for (const r of rows.subarray(0, train)) trainMass += weights[r];
  for (const r of rows.subarray(train)) validMass += weights[r];
  return { rows, train, trainMass, validMass };
}

/** The edge that most training rows pass, by their weight, of those that may still be split. */
export function busiestEdge(state: DecisionState, minRows: number): DecisionEdge | undefined {
  let best: DecisionEdge | undefined;
  let most = 0;
  for (const decision of state.decisions) {
    decision.passing.forEach((passing, at) => {
      const { trainMass } = passing;
      if (trainMass < minRows || trainMass <= most || state.exhausted.has(passing)) return;
      best = { decision, at, passing };
      most = trainMass;
    });
  }
  return best;
}

/** Splits an edge by the states of x, if that is worth it. */
export function trySplit(state: DecisionState, edge: DecisionEdge, x: number): boolean {
  const { decision, at, passing } = edge;
  const { all } = state;
  const copies = Array.from({ length: all.arities[x] }, (_, s) =>
    restricted(state, decision.terms[at], x, s),
  );
  const terms = copies.flatMap(({ copy }) => (copy === undefined ? [] : [copy]));
  const fresh = new Set(copies.flatMap(({ made }) => [...made.values()]));
  const arriving = copies.flatMap(({ copy }, s): Passing[] => {
    const own = passing.rows.filter((r) => all.columns[x * all.rows + r] === s);
    return copy === undefined ? [] : [passingOf(state, own)];
  });
  const replaced = <T>(list: readonly T[], by: readonly T[]): T[] => {
    return [...list.slice(0, at), ...by, ...list.slice(at + 1)];
  };
  const split: Decision = {
    variable: decision.variable,
    terms: replaced(decision.terms, terms),
    passing: replaced(decision.passing, arriving),
  };
  const below = terms.flatMap(({ children }, i) => {
    const open = children.filter((child) => fresh.has(child));
    return open.map((child) => [child, [arriving[i].rows]] as const);
  });
  send(state, new Map(below), (child) => fresh.has(child));
  // Those that were copied keep the rows that come another way.
  const moved = new Uint8Array(all.rows);
  for (const r of passing.rows) moved[r] = 1;
  const originals = [...new Set(copies.flatMap(({ made }) => [...made.keys()]))];
  const left = originals.map((original): Decision => {
    const rest = original.passing.map(({ rows }) =>
      passingOf(
        state,
        rows.filter((r) => moved[r] === 0),
      ),
    );
    return { variable: original.variable, terms: original.terms, passing: rest };
  });
  const gain = difference(
    scoreOf(state, [split, ...left, ...fresh]),
    scoreOf(state, [decision, ...originals]),
  );
  if (!isWorthIt(state, gain)) return false;
  decision.terms = split.terms;
  decision.passing = split.passing;
  originals.forEach((original, i) => {
    original.passing = left[i].passing;
  });
  state.decisions.push(...fresh);
  return true;
}

interface Score {
  readonly train: number;
  readonly valid: number;
  readonly parameters: number;
}

function difference(a: Score, b: Score): Score {
  return { train: a.train - b.train, valid: a.valid - b.valid, parameters: a.parameters - b.parameters };
}

/** Validation rows decide; without them, the Bayesian information criterion. */
function isWorthIt({ validated, trainMass }: DecisionState, gain: Score): boolean {
  if (validated) return gain.valid > 0;
  return gain.train > 0.5 * Math.log(trainMass) * Math.max(1, gain.parameters);
}

/** What decisions add to the log-likelihoods. */
function scoreOf(state: DecisionState, decisions: readonly Decision[]): Score {
  let [train, valid, parameters] = [0, 0, 0];
  for (const decision of decisions) {
    const logs = logWeightsOf(state, decision);
    decision.passing.forEach((passing, i) => {
      train += passing.trainMass * logs[i];
      valid += passing.validMass * logs[i];
    });
    if (decision.passing.some((passing) => passing.train > 0)) parameters += decision.terms.length - 1;
  }
  return { train, valid, parameters };
}

function logWeightsOf(
  { parents, all, pseudoCount }: DecisionState,
  { variable, passing }: Decision,
): number[] {
  const given = parents[variable] < 0 ? 1 : all.arities[parents[variable]];
  const share = (4 * pseudoCount) / (given * all.arities[variable]);
  return smoothedLogs(
    passing.map(({ trainMass }) => trainMass),
    share,
  );
}

/** A term where x = s; and by decision on the way, its copy. Undefined if x has other states only. */
function restricted(
  { parents, below }: DecisionState,
  term: Term,
  x: number,
  s: number,
): { readonly copy: Term | undefined; readonly made: Map<Decision, Decision> } {
  // The variables from the term's own (left out) down to x.
  const path: number[] = [];
  for (let v = x; v !== term.variable; v = parents[v]) path.unshift(v);
  const onWay = (decision: Decision): boolean => below[decision.variable].has(x);
  const allowed = (one: Term): boolean => one.fixed.every(([v, state]) => v !== x || state === s);
  // Down: what is to be copied, level by level.
  const levels: Set<Decision>[] = [];
  let terms = new Set([term]);
  for (const v of path) {
    const level = new Set([...terms].flatMap((one) => one.children.filter(onWay)));
    levels.push(level);
    terms = new Set(
      [...level].flatMap((one) => one.terms.filter((t) => (v === x ? t.state === s : allowed(t)))),
    );
  }
  // Up: copies, the lowest first.
  const made = new Map<Decision, Decision>();
  const copied = new Map<Term, Term | undefined>();
  const copyOf = (one: Term): Term | undefined => {
    if (copied.has(one)) return copied.get(one);
    const children = one.children.map((child) => (onWay(child) ? made.get(child) : child));
    const complete = !children.includes(undefined);
    // Where the split is, rows must be told apart; further down all have x = s.
    const fixed = one === term ? [...one.fixed, [x, s] as const] : one.fixed;
    const copy = complete ? { ...one, children: children as Decision[], fixed } : undefined;
    copied.set(one, copy);
    return copy;
  };
  for (let i = levels.length - 1; i >= 0; i--) {
    for (const decision of levels[i]) {
      const kept =
        path[i] === x
          ? decision.terms.filter((one) => one.state === s)
          : decision.terms.flatMap((one) => (allowed(one) ? (copyOf(one) ?? []) : []));
      if (kept.length > 0) made.set(decision, { variable: decision.variable, terms: kept, passing: [] });
    }
  }
  return { copy: allowed(term) ? copyOf(term) : undefined, made };
}

/** Makes the nodes of all decisions that the root needs, those below first. */
export function addDecisions(builder: CircuitBuilder, state: DecisionState): number {
  const { root, order } = state;
  const levels = new Map<number, Set<Decision>>([[root.variable, new Set([root])]]);
  for (const v of order) {
    for (const decision of levels.get(v) ?? []) {
      for (const child of decision.terms.flatMap(({ children }) => children)) {
        const own = levels.get(child.variable) ?? new Set();
        levels.set(child.variable, own.add(child));
      }
    }
  }
  const nodes = new Map<Decision, number>();
  const products = new Map<Term, number>();
  const productOf = (term: Term): number => {
    const known = products.get(term);
    if (known !== undefined) return known;
    const indicator = builder.input(term.variable, { family: "indicator", state: term.state });
    const node = builder.product([indicator, ...term.children.map((child) => nodes.get(child) as number)]);
    products.set(term, node);
    return node;
  };
  for (let i = order.length - 1; i >= 0; i--) {
    for (const decision of levels.get(order[i]) ?? []) {
      nodes.set(decision, builder.sum(decision.terms.map(productOf), logWeightsOf(state, decision)));
    }
  }
  return nodes.get(root) as number;
}
