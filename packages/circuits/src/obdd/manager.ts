/**
 * Ordered binary decision diagrams with complement edges (R. Bryant, IEEE TC 1986; K. Brace, R. Rudell, R. Bryant,
 * "Efficient implementation of a BDD package", DAC 1990):
 *
 *   f = x ? high : low
 *
 * with variables in one order on all paths, equal nodes once and no node whose sides are equal. A reference is
 * 2 · node + sign, sign 1 for the negation; the high side of a node is always positive, so that every function has
 * one reference. OBDDs are SDDs over right-linear vtrees, in half the space and with a simpler step:
 *
 *   ite(f, g, h) = x ? ite(f_x, g_x, h_x) : ite(f_¬x, g_¬x, h_¬x),   x the first variable of f, g and h,
 *
 * which runs on a stack of its own: the number of variables is no concern.
 */
import { InvalidArgumentError } from "@credence/core";
import type { Budget } from "../ddnnf/budget.ts";
import { type BudgetWatch, watchBudget } from "../ddnnf/budget.ts";
import { type IntStack, intStack, push } from "../ddnnf/growable.ts";

/** A function in a manager. Equal functions have equal references. */
export type ObddRef = number;

/** The constants. */
export const obddTrue: ObddRef = 0;
export const obddFalse: ObddRef = 1;

/** Keeps the nodes of all functions over one order of the variables 1 … n. Made by {@link obddManager}. */
export interface ObddManager {
  readonly variables: number;
  /** The variables from the root on; `siftObdd` changes it. */
  readonly order: readonly number[];
  /** Nodes kept, the constant and garbage included. */
  readonly nodes: number;
}

/** The manager's inside. Node 0 is the constant. */
export interface ObddState extends ObddManager {
  order: number[];
  /** The place of each variable in the order; the constant's is n. */
  readonly levels: Int32Array;
  nodes: number;
  variableOf: IntStack;
  high: IntStack;
  low: IntStack;
  /** Open-addressing table of nodes; 0 is an empty slot. */
  table: Int32Array;
  /** Results of ite: three references and a result each, overwritten on collision. */
  cache: Int32Array;
  readonly stack: IntStack;
}

const cacheLimit = 1 << 22;

/**
 * An empty manager.
 * @param order the variables 1 … n, each once, from the root on; or their number, for the natural order
 * @throws InvalidArgumentError
 */
export function obddManager(order: number | readonly number[]): ObddManager {
  if (typeof order === "number" && !(Number.isInteger(order) && order >= 1)) {
    throw new InvalidArgumentError("order", order, "at least one variable");
  }
  const names = typeof order === "number" ? Array.from({ length: order }, (_, i) => i + 1) : [...order];
  const levels = new Int32Array(names.length + 1).fill(-1);
  levels[0] = names.length;
  names.forEach((variable, level) => {
    if (Number.isInteger(variable) && variable >= 1 && variable <= names.length) levels[variable] = level;
  });
  if (names.length === 0 || levels.includes(-1)) {
    throw new InvalidArgumentError("order", names, "the variables 1 to n, each once");
  }
  const state: ObddState = {
    variables: names.length,
    order: names,
    levels,
    nodes: 1,
    variableOf: intStack(),
    high: intStack(),
    low: intStack(),
    table: new Int32Array(1 << 12),
    cache: new Int32Array(4 << 12).fill(-1),
    stack: intStack(),
  };
  for (const each of [state.variableOf, state.high, state.low]) push(each, 0);
  return state;
}

/** The inside of a manager. @throws InvalidArgumentError for anything else */
export function obddStateOf(manager: ObddManager): ObddState {
  if (typeof manager === "object" && manager !== null && "variableOf" in manager) return manager as ObddState;
  throw new InvalidArgumentError("manager", manager, "a manager made by obddManager");
}

/** Checks a reference from outside. @throws InvalidArgumentError */
export function checkObdd(manager: ObddManager, ref: ObddRef): ObddState {
  const state = obddStateOf(manager);
  if (Number.isInteger(ref) && ref >= 0 && ref < 2 * state.nodes) return state;
  throw new InvalidArgumentError("ref", ref, "a reference that this manager has given out");
}

/** A literal, by its signed variable. @throws InvalidArgumentError for a variable that does not exist */
export function obddLiteral(manager: ObddManager, literal: number): ObddRef {
  const state = obddStateOf(manager);
  if (!(Number.isInteger(literal) && literal !== 0 && Math.abs(literal) <= state.variables)) {
    throw new InvalidArgumentError(
      "literal",
      literal,
      `a non-zero integer up to ${state.variables}, or its negative`,
    );
  }
  return nodeOf(state, Math.abs(literal), obddTrue, obddFalse) ^ (literal > 0 ? 0 : 1);
}

/** x ? high : low, as one node; both sides lie below x. */
export function nodeOf(state: ObddState, variable: number, high: ObddRef, low: ObddRef): ObddRef {
  if (high === low) return high;
  const sign = high & 1;
  const [a, b] = [high ^ sign, low ^ sign];
  const mask = state.table.length - 1;
  let slot = hash(variable, a, b) & mask;
  for (let node = state.table[slot]; node !== 0; node = state.table[slot]) {
    if (
      state.variableOf.data[node] === variable &&
      state.high.data[node] === a &&
      state.low.data[node] === b
    ) {
      return 2 * node + sign;
    }
    slot = (slot + 1) & mask;
  }
  const node = state.nodes++;
  push(state.variableOf, variable);
  push(state.high, a);
  push(state.low, b);
  state.table[slot] = node;
  if (2 * state.nodes > state.table.length) rebuildObddTable(state, 2 * state.table.length);
  return 2 * node + sign;
}

function hash(a: number, b: number, c: number): number {
  let x = Math.imul(Math.imul(Math.imul(a, 0x9e3779b1) ^ b, 0x85ebca6b) ^ c, 0xc2b2ae35);
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  return x ^ (x >>> 13);
}

/** Enters all nodes into a table of `size` slots, a power of two, and forgets results if the cache grows. */
export function rebuildObddTable(state: ObddState, size: number): void {
  const table = new Int32Array(size);
  for (let node = 1; node < state.nodes; node++) {
    let slot = hash(state.variableOf.data[node], state.high.data[node], state.low.data[node]) & (size - 1);
    while (table[slot] !== 0) slot = (slot + 1) & (size - 1);
    table[slot] = node;
  }
  state.table = table;
  if (4 * size > state.cache.length && size <= cacheLimit) state.cache = new Int32Array(4 * size).fill(-1);
}

/** Steps between two looks at the budget. */
const stride = 1024;

/** What is on the stack: a result to be used, the three functions of a call, or a variable to decide. */
const CALL = 0;
const JOIN = 1;

/** f ? g : h. The watch may end it with an error; the manager stays usable. */
export function iteOf(state: ObddState, f: ObddRef, g: ObddRef, h: ObddRef, watch?: BudgetWatch): ObddRef {
  const { stack, levels } = state;
  const results: ObddRef[] = [];
  stack.size = 0;
  pushCall(stack, f, g, h);
  for (let step = 1; stack.size > 0; step++) {
    if (step % stride === 0) watch?.check(state.nodes, () => ({ nodes: state.nodes }));
    const { data } = stack;
    const at = stack.size - 4;
    stack.size = at;
    const [kind, a, b, c] = [data[at], data[at + 1], data[at + 2], data[at + 3]];
    if (kind !== CALL) {
      // Both sides are there: the low one was computed last. The call is in the bits above the kind.
      const low = results.pop()!;
      const result = nodeOf(state, kind >> 1, results.pop()!, low);
      keep(state, a, b, c, result);
      results.push(result);
      continue;
    }
    const easy = settled(a, b, c);
    if (easy >= 0) {
      results.push(easy);
      continue;
    }
    const known = recall(state, a, b, c);
    if (known >= 0) {
      results.push(known);
      continue;
    }
    const { variableOf } = state;
    let top = state.variables;
    for (const ref of [a, b, c]) if (ref > 1) top = Math.min(top, levels[variableOf.data[ref >> 1]]);
    const variable = state.order[top];
    push(stack, 2 * variable + JOIN);
    push(stack, a);
    push(stack, b);
    push(stack, c);
    const side = (ref: ObddRef, high: boolean): ObddRef => {
      if (ref < 2 || variableOf.data[ref >> 1] !== variable) return ref;
      return (high ? state.high : state.low).data[ref >> 1] ^ (ref & 1);
    };
    pushCall(stack, side(a, false), side(b, false), side(c, false));
    pushCall(stack, side(a, true), side(b, true), side(c, true));
  }
  return results[0];
}

function pushCall(stack: IntStack, f: ObddRef, g: ObddRef, h: ObddRef): void {
  push(stack, CALL);
  push(stack, f);
  push(stack, g);
  push(stack, h);
}

/** What needs no look at the diagrams, or −1. */
function settled(f: ObddRef, g: ObddRef, h: ObddRef): ObddRef {
  if (f === obddTrue || g === h) return g;
  if (f === obddFalse) return h;
  if ((g === obddTrue || g === f) && (h === obddFalse || h === f)) return f;
  if ((g === obddFalse || g === (f ^ 1)) && (h === obddTrue || h === (f ^ 1))) return f ^ 1;
  return -1;
}

function slotOf(state: ObddState, f: ObddRef, g: ObddRef, h: ObddRef): number {
  return 4 * (hash(f, g, h) & (state.cache.length / 4 - 1));
}

function recall(state: ObddState, f: ObddRef, g: ObddRef, h: ObddRef): ObddRef {
  const { cache } = state;
  const slot = slotOf(state, f, g, h);
  return cache[slot] === f && cache[slot + 1] === g && cache[slot + 2] === h ? cache[slot + 3] : -1;
}

function keep(state: ObddState, f: ObddRef, g: ObddRef, h: ObddRef, result: ObddRef): void {
  const { cache } = state;
  const slot = slotOf(state, f, g, h);
  cache[slot] = f;
  cache[slot + 1] = g;
  cache[slot + 2] = h;
  cache[slot + 3] = result;
}

/** The nodes below and including the roots, children first. O(size log size). */
export function reachableObdd(state: ObddState, roots: readonly ObddRef[]): Int32Array {
  const seen = new Set<number>();
  const open = roots.map((root) => root >> 1);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node === 0 || seen.has(node)) continue;
    seen.add(node);
    open.push(state.high.data[node] >> 1, state.low.data[node] >> 1);
  }
  const height = (node: number): number => state.variables - state.levels[state.variableOf.data[node]];
  const keys = Float64Array.from(seen, (node) => height(node) * 2 ** 32 + node).sort();
  return Int32Array.from(keys, (key) => key % 2 ** 32);
}

/** A watch of a budget, if there is one. */
export function watchOf(name: string, budget: Budget): BudgetWatch | undefined {
  return budget.nodes === undefined && budget.milliseconds === undefined
    ? undefined
    : watchBudget(name, budget);
}
