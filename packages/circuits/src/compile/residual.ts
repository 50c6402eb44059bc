/**
 * Rules under a partial world: hard formulas that must hold, soft ones with their weights. Literals that hard rules
 * force are assigned until nothing changes; only formulas with an assigned variable are looked at.
 */
import { FALSE, type FormulaGraph, graphKinds, type Ref, TRUE } from "./formula-graph.ts";

/** A soft formula and its weight. */
export type Soft = readonly [ref: Ref, weight: number];

/** Formulas, each once, in ascending order. */
export interface Rules {
  readonly hard: readonly Ref[];
  readonly soft: readonly Soft[];
}

/** What is left of rules: the formulas that are still open, and the weight of the soft ones that hold. */
export interface Residual {
  readonly hard: ReadonlySet<Ref>;
  readonly soft: ReadonlyMap<Ref, number>;
  readonly logWeight: number;
}

/** A partial world in the making. */
export interface PartialWorld {
  /** By variable: 0, 1 or -1 while it is open. */
  readonly values: Int8Array;
  /** The literals (2 · variable + value) in the order of their assignment. */
  readonly trail: readonly number[];
  /** Whether the literal holds or could be assigned. */
  assign(literal: number): boolean;
  /** Opens all variables again. */
  undo(): void;
}

/** A partial world over open `values`, which it writes to. */
export function partialWorld(values: Int8Array): PartialWorld {
  const trail: number[] = [];
  return {
    values,
    trail,
    assign(literal) {
      const [variable, value] = [literal >> 1, literal & 1];
      if (values[variable] >= 0) return values[variable] === value;
      values[variable] = value;
      trail.push(literal);
      return true;
    },
    undo() {
      for (const literal of trail) values[literal >> 1] = -1;
    },
  };
}

/** Adds a value to the list under a key. */
export function append<K, T>(lists: Map<K, T[]>, key: K, value: T): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [value]);
  else known.push(value);
}

/** By variable, the formulas that speak of it. */
export function occurrencesOf(graph: FormulaGraph, refs: readonly Ref[]): ReadonlyMap<number, Ref[]> {
  const found = new Map<number, Ref[]>();
  for (const ref of refs) for (const variable of graph.support(ref)) append(found, variable, ref);
  return found;
}

/**
 * Fixes the assigned variables in the hard formulas that speak of them, splits conjunctions and assigns what they
 * force, until nothing changes.
 * @param hardAt the hard formulas that speak of a variable
 * @param first formulas to look at in any case: those as written may be conjunctions or literals
 * @returns what each touched formula has fallen into; undefined if one is broken
 */
export function propagate(
  graph: FormulaGraph,
  world: PartialWorld,
  hardAt: (variable: number) => Iterable<Ref>,
  first: readonly Ref[] = [],
): Map<Ref, readonly Ref[]> | undefined {
  const { values, trail } = world;
  const pieces = new Map<Ref, readonly Ref[]>();
  const queue = [...first];
  const queued = new Set(queue);
  for (let next = 0, seen = 0; ; ) {
    for (; seen < trail.length; seen++) {
      for (const ref of hardAt(trail[seen] >> 1)) {
        if (!queued.has(ref)) queue.push(ref);
        queued.add(ref);
      }
    }
    if (next === 0) queue.sort((a, b) => a - b);
    if (next === queue.length) return pieces;
    const given = queue[next++];
    queued.delete(given);
    const rest: Ref[] = [];
    for (const piece of pieces.get(given) ?? [given]) {
      const ref = graph.restrict(piece, values);
      const conjunction = (ref & 1) === 0 && graph.kind(ref) === graphKinds.and;
      for (const part of conjunction ? graph.children(ref) : [ref]) {
        const variable = graph.variable(part);
        if (part === FALSE) return undefined;
        if (variable < 0) {
          if (part !== TRUE) rest.push(part);
        } else if (!world.assign(2 * variable + (1 - (part & 1)))) return undefined;
      }
    }
    pieces.set(given, rest);
  }
}

/** The residual of rules whose hard ones have fallen into `pieces`. */
export function residualOf(
  graph: FormulaGraph,
  values: Int8Array,
  rules: Rules,
  pieces: ReadonlyMap<Ref, readonly Ref[]>,
): Residual {
  const hard = new Set<Ref>();
  for (const ref of rules.hard) for (const part of pieces.get(ref) ?? [ref]) hard.add(part);
  const soft = new Map<Ref, number>();
  let logWeight = 0;
  for (const [given, weight] of rules.soft) {
    const touched = graph.support(given).some((variable) => values[variable] >= 0);
    const ref = touched ? graph.restrict(given, values) : given;
    if (ref === TRUE || hard.has(ref)) logWeight += weight;
    else if (ref !== FALSE && !hard.has(ref ^ 1)) soft.set(ref, (soft.get(ref) ?? 0) + weight);
  }
  for (const [ref, weight] of soft) if (weight === 0) soft.delete(ref);
  return { hard, soft, logWeight };
}
