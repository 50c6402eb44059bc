/**
 * What is left of a rule set under a partial world: hard formulas that must hold, soft ones with their
 * weights. A component is a part of it that shares no variable with the rest; components are what the
 * compiler caches.
 */
import { FALSE, type FormulaGraph, graphKinds, type Ref, TRUE } from "./formula-graph.ts";

/** A connected set of residual rules, never empty of variables. */
export interface Component {
  readonly hard: readonly Ref[];
  readonly soft: readonly (readonly [ref: Ref, weight: number])[];
  /** The variables, ascending. */
  readonly scope: readonly number[];
  /** Equal components have equal keys. */
  readonly key: string;
}

/** A partial world that agrees with the hard rules, and what it leaves open. */
export interface Branch {
  /** Literals (2 · variable + value) that the hard rules force once the decision is taken. */
  readonly forced: readonly number[];
  /** Weights of the rules that have become true. */
  readonly logWeight: number;
  readonly components: readonly Component[];
  /** Variables of the parent that no rule speaks of any more. */
  readonly free: readonly number[];
}

/** Conditions components on partial worlds. */
export interface Conditioner {
  /**
   * What `literals` leave of a component; undefined if a hard rule is broken. Time about linear in the size
   * of the component.
   */
  branch(component: Omit<Component, "key">, literals: readonly number[]): Branch | undefined;
}

/** A conditioner with its workspace for `count` variables. */
export function conditioner(graph: FormulaGraph, count: number): Conditioner {
  /** The partial world: -1 for undecided variables. Between calls all are. */
  const values = new Int8Array(count).fill(-1);
  const owner = new Int32Array(count);

  return {
    branch(component, literals) {
      const trail: number[] = [];
      const assign = (literal: number): boolean => {
        const [variable, value] = [literal >> 1, literal & 1];
        if (values[variable] >= 0) return values[variable] === value;
        values[variable] = value;
        trail.push(literal);
        return true;
      };
      const consistent = literals.every(assign);
      const residual = consistent ? propagate(graph, component, values, trail, assign) : undefined;
      const forced = trail.slice(literals.length).sort((a, b) => a - b);
      try {
        if (residual === undefined) return undefined;
        const { components, logWeight } = split(graph, residual, owner);
        const covered = new Set(components.flatMap((part) => part.scope));
        const free = component.scope.filter((v) => values[v] < 0 && !covered.has(v));
        return { forced, logWeight, components, free };
      } finally {
        for (const literal of trail) values[literal >> 1] = -1;
      }
    },
  };
}

interface Residual {
  readonly hard: ReadonlySet<Ref>;
  readonly soft: ReadonlyMap<Ref, number>;
  readonly logWeight: number;
}

/**
 * Fixes the variables on `trail` in all formulas, splits hard conjunctions and assigns what they force, until
 * nothing changes. A formula is touched only when one of its variables has been assigned.
 */
function propagate(
  graph: FormulaGraph,
  component: Omit<Component, "key">,
  values: Int8Array,
  trail: readonly number[],
  assign: (literal: number) => boolean,
): Residual | undefined {
  // Each hard formula as the set of what it has fallen into.
  const pieces: Ref[][] = component.hard.map((ref) => [ref]);
  const occurrences = new Map<number, number[]>();
  component.hard.forEach((ref, i) => {
    for (const variable of graph.support(ref)) {
      const known = occurrences.get(variable);
      if (known === undefined) occurrences.set(variable, [i]);
      else known.push(i);
    }
  });
  // All at first: the formulas of the very first component may be conjunctions or literals as written.
  const dirty = new Set(pieces.keys());
  for (let seen = 0; ; ) {
    for (; seen < trail.length; seen++) {
      for (const i of occurrences.get(trail[seen] >> 1) ?? []) dirty.add(i);
    }
    const next = dirty.values().next();
    if (next.done) break;
    dirty.delete(next.value);
    const rest: Ref[] = [];
    for (const ref of pieces[next.value].map((piece) => graph.restrict(piece, values))) {
      const conjunction = (ref & 1) === 0 && graph.kind(ref) === graphKinds.and;
      for (const part of conjunction ? graph.children(ref) : [ref]) {
        const variable = graph.variable(part);
        if (part === FALSE) return undefined;
        if (variable >= 0) {
          if (!assign(2 * variable + (1 - (part & 1)))) return undefined;
        } else if (part !== TRUE) rest.push(part);
      }
    }
    pieces[next.value] = rest;
  }
  const hard = new Set(pieces.flat());
  return { hard, ...weigh(graph, component, values, hard) };
}

/** The soft formulas that are still open, and the weight of those that are settled. */
function weigh(
  graph: FormulaGraph,
  component: Omit<Component, "key">,
  values: Int8Array,
  hard: ReadonlySet<Ref>,
): { soft: Map<Ref, number>; logWeight: number } {
  const soft = new Map<Ref, number>();
  let logWeight = 0;
  for (const [given, weight] of component.soft) {
    const touched = graph.support(given).some((variable) => values[variable] >= 0);
    const ref = touched ? graph.restrict(given, values) : given;
    if (ref === TRUE || hard.has(ref)) logWeight += weight;
    else if (ref !== FALSE && !hard.has(ref ^ 1)) soft.set(ref, (soft.get(ref) ?? 0) + weight);
  }
  for (const [ref, weight] of soft) if (weight === 0) soft.delete(ref);
  return { soft, logWeight };
}

/** Groups what shares variables, in the order of the smallest variable. `owner` is a workspace. */
function split(
  graph: FormulaGraph,
  { hard, soft, logWeight }: Residual,
  owner: Int32Array,
): { components: Component[]; logWeight: number } {
  const find = (variable: number): number => {
    let at = variable;
    while (owner[at] !== at) {
      owner[at] = owner[owner[at]];
      at = owner[at];
    }
    return at;
  };
  const refs = [...hard, ...soft.keys()];
  for (const ref of refs) for (const variable of graph.support(ref)) owner[variable] = variable;
  for (const ref of refs) {
    const [first, ...others] = graph.support(ref);
    for (const variable of others) {
      const [a, b] = [find(first), find(variable)];
      owner[Math.max(a, b)] = Math.min(a, b);
    }
  }
  const parts = new Map<number, { hard: Ref[]; soft: [Ref, number][]; scope: Set<number> }>();
  const partOf = (ref: Ref) => {
    const root = find(graph.support(ref)[0]);
    let part = parts.get(root);
    if (part === undefined) {
      part = { hard: [], soft: [], scope: new Set() };
      parts.set(root, part);
    }
    for (const variable of graph.support(ref)) part.scope.add(variable);
    return part;
  };
  for (const ref of hard) partOf(ref).hard.push(ref);
  for (const [ref, weight] of soft) partOf(ref).soft.push([ref, weight]);
  const roots = [...parts.keys()].sort((a, b) => a - b);
  return { logWeight, components: roots.map((root) => seal(parts.get(root)!)) };
}

function seal(part: { hard: Ref[]; soft: [Ref, number][]; scope: Set<number> }): Component {
  const hard = part.hard.sort((a, b) => a - b);
  const soft = part.soft.sort((a, b) => a[0] - b[0]);
  const scope = [...part.scope].sort((a, b) => a - b);
  const key = `${hard.join()};${soft.map(([ref, weight]) => `${ref}:${weight}`).join()}`;
  return { hard, soft, scope, key };
}
