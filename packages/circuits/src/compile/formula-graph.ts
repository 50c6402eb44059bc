/**
 * Formulas in a normal form that makes equal things equal cheaply: an and-inverter graph (Kuehlmann et al.,
 * "Robust Boolean reasoning for equivalence checking", IEEE TCAD 2002), extended by parity and cardinality
 * nodes. A reference is 2 · node + negated, so negation costs nothing; `or` is a negated `and` of negations.
 * Nodes are hash-consed and simplified as they are made (constants, repetitions, contradictions, absorption
 * one level deep), so that the residual of a rule under two partial worlds is often the same reference. Equal
 * references mean equivalent formulas, not the other way round.
 *
 * Nodes are numbered children first; no walk recurses.
 */
import { type Formula, foldFormula, type Vocabulary } from "@credence/core";

/** 2 · node + negated. */
export type Ref = number;

export const TRUE: Ref = 0;
export const FALSE: Ref = 1;

/** The kinds of nodes. */
export const graphKinds = { constant: 0, variable: 1, and: 2, xor: 3, exactlyOne: 4, atMostOne: 5 } as const;

/** A growing graph of formulas over numbered variables. */
export interface FormulaGraph {
  /** Nodes so far. */
  readonly size: number;
  kind(ref: Ref): number;
  /** The variable of a (possibly negated) variable, -1 for other nodes. */
  variable(ref: Ref): number;
  /** The children of the node of `ref`. */
  children(ref: Ref): readonly Ref[];
  /** The variables below `ref`, ascending. */
  support(ref: Ref): readonly number[];
  /** A formula as a reference. */
  add(formula: Formula): Ref;
  /** The residual of `ref` once the variables with `values[v]` 0 or 1 (not -1) are fixed. */
  restrict(ref: Ref, values: Int8Array): Ref;
}

/** An empty graph over the variables of a vocabulary. */
export function formulaGraph(variables: Vocabulary): FormulaGraph {
  const kinds: number[] = [graphKinds.constant];
  const args: (readonly Ref[])[] = [[]];
  const ids = new Map<string, number>();
  const supports = new Map<number, readonly number[]>();

  const node = (kind: number, children: readonly Ref[]): Ref => {
    const key = `${kind}:${children.join()}`;
    let id = ids.get(key);
    if (id === undefined) {
      id = kinds.length;
      ids.set(key, id);
      kinds.push(kind);
      args.push(children);
    }
    return 2 * id;
  };
  const variableNode = (variable: number): Ref => node(graphKinds.variable, [variable]);

  /** The children of a conjunction; undefined for every other reference. */
  const conjuncts = (ref: Ref): readonly Ref[] | undefined =>
    (ref & 1) === 0 && kinds[ref >> 1] === graphKinds.and ? args[ref >> 1] : undefined;

  const and = (given: readonly Ref[]): Ref => {
    const set = new Set<Ref>();
    for (const ref of given) for (const part of conjuncts(ref) ?? [ref]) set.add(part);
    set.delete(TRUE);
    // Absorption: a disjunct that another conjunct settles is dropped, or makes its disjunction redundant.
    for (let changed = true; changed; ) {
      changed = false;
      for (const ref of set) {
        if (ref === FALSE || set.has(ref ^ 1)) return FALSE;
        const shorter = absorbed(ref, set);
        if (shorter === ref) continue;
        set.delete(ref);
        for (const part of conjuncts(shorter) ?? [shorter]) if (part !== TRUE) set.add(part);
        changed = true;
      }
    }
    if (set.size === 0) return TRUE;
    const sorted = [...set].sort((a, b) => a - b);
    return sorted.length === 1 ? sorted[0] : node(graphKinds.and, sorted);
  };

  /** A disjunction simplified by the conjuncts beside it; other references unchanged. */
  const absorbed = (ref: Ref, beside: ReadonlySet<Ref>): Ref => {
    const denied = conjuncts(ref ^ 1);
    if (denied === undefined) return ref;
    if (denied.some((part) => beside.has(part ^ 1))) return TRUE;
    const open = denied.filter((part) => !beside.has(part));
    return open.length === denied.length ? ref : and(open) ^ 1;
  };

  const xor = (given: readonly Ref[]): Ref => {
    let parity = 0;
    const odd = new Set<Ref>();
    const toggle = (ref: Ref): void => {
      if (!odd.delete(ref)) odd.add(ref);
    };
    for (const ref of given) {
      parity ^= ref & 1;
      const positive = ref & ~1;
      if (kinds[positive >> 1] === graphKinds.xor) args[positive >> 1].forEach(toggle);
      else if (positive !== TRUE) toggle(positive);
      else parity ^= 1;
    }
    if (odd.size === 0) return FALSE ^ parity;
    const sorted = [...odd].sort((a, b) => a - b);
    return (sorted.length === 1 ? sorted[0] : node(graphKinds.xor, sorted)) ^ parity;
  };

  const not = (refs: readonly Ref[]): Ref[] => refs.map((ref) => ref ^ 1);

  const cardinality = (kind: 4 | 5, given: readonly Ref[]): Ref => {
    const exactly = kind === graphKinds.exactlyOne;
    const once = new Set<Ref>();
    const repeated = new Set<Ref>();
    for (const ref of given) if (ref !== FALSE) (once.has(ref) ? repeated : once).add(ref);
    if (repeated.size > 0) {
      // A repeated part would count twice, so it must be false.
      const rest = [...once].filter((ref) => !repeated.has(ref));
      return and([...not([...repeated]), cardinality(kind, rest)]);
    }
    for (const ref of once) {
      // A part that is true, or a part and its negation: one holds already, so no other may.
      const settled = ref === TRUE ? [ref] : [ref, ref ^ 1];
      if (settled.every((part) => once.has(part))) {
        return and(not([...once].filter((part) => !settled.includes(part))));
      }
    }
    const sorted = [...once].sort((a, b) => a - b);
    if (sorted.length === 0) return exactly ? FALSE : TRUE;
    if (sorted.length === 1) return exactly ? sorted[0] : TRUE;
    if (sorted.length === 2) return exactly ? xor(sorted) : and(sorted) ^ 1;
    return node(kind, sorted);
  };

  const make = (kind: number, children: readonly Ref[]): Ref => {
    if (kind === graphKinds.and) return and(children);
    if (kind === graphKinds.xor) return xor(children);
    return cardinality(kind as 4 | 5, children);
  };

  /** The nodes below `root`, children first. */
  const below = (root: number): number[] => {
    const order: number[] = [];
    const seen = new Set([root]);
    const stack = [root];
    while (stack.length > 0) {
      const id = stack.pop()!;
      order.push(id);
      if (kinds[id] < graphKinds.and) continue;
      for (const child of args[id]) {
        if (seen.has(child >> 1)) continue;
        seen.add(child >> 1);
        stack.push(child >> 1);
      }
    }
    // Ids are topological.
    return order.sort((a, b) => a - b);
  };

  return {
    get size() {
      return kinds.length;
    },
    kind: (ref) => kinds[ref >> 1],
    variable: (ref) => (kinds[ref >> 1] === graphKinds.variable ? args[ref >> 1][0] : -1),
    children: (ref) => args[ref >> 1],
    support(ref) {
      let found = supports.get(ref >> 1);
      if (found === undefined) {
        const leaves = below(ref >> 1).filter((id) => kinds[id] === graphKinds.variable);
        found = leaves.map((id) => args[id][0]).sort((a, b) => a - b);
        supports.set(ref >> 1, found);
      }
      return found;
    },
    add: (formula) =>
      foldFormula<string, Ref>(formula, (part, parts) => {
        switch (part.kind) {
          case "var":
            return variableNode(variables.id(part.name));
          case "constant":
            return part.value ? TRUE : FALSE;
          case "not":
            return parts[0] ^ 1;
          case "and":
            return and(parts);
          case "or":
            return and(not(parts)) ^ 1;
          case "implies":
            return and([parts[0], parts[1] ^ 1]) ^ 1;
          case "iff":
            return xor(parts) ^ 1;
          case "xor":
            return xor(parts);
          case "exactlyOne":
            return cardinality(graphKinds.exactlyOne, parts);
          case "atMostOne":
            return cardinality(graphKinds.atMostOne, parts);
        }
      }),
    restrict(ref, values) {
      const residual = new Map<number, Ref>();
      for (const id of below(ref >> 1)) {
        if (kinds[id] === graphKinds.constant) residual.set(id, TRUE);
        else if (kinds[id] === graphKinds.variable) {
          const value = values[args[id][0]];
          residual.set(id, value < 0 ? 2 * id : value === 1 ? TRUE : FALSE);
        } else {
          const parts = args[id].map((child) => residual.get(child >> 1)! ^ (child & 1));
          const same = parts.every((part, i) => part === args[id][i]);
          residual.set(id, same ? 2 * id : make(kinds[id], parts));
        }
      }
      return residual.get(ref >> 1)! ^ (ref & 1);
    },
  };
}
