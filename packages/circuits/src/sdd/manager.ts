/**
 * Sentential decision diagrams (A. Darwiche, "SDD: a new canonical representation of propositional knowledge
 * bases", IJCAI 2011): at an inner vtree node v a function is written as
 *
 *   f = (p_1 ∧ s_1) ∨ … ∨ (p_k ∧ s_k)
 *
 * with primes p_i over the variables left of v that exclude each other and cover everything, and subs s_i over
 * those right of v. With subs all different (compressed) and without trivial decisions (trimmed) the diagram is
 * unique: two functions are equal exactly if their references are.
 *
 * Inside, a reference is 2 · node + sign. Sign 1 means the negation, so that negating costs nothing. Of f and ¬f
 * the one that holds in the world where all variables are true is stored: a choice that does not depend on the
 * vtree, so that a node keeps its number and its sign while the vtree changes below it. Nodes and elements lie in
 * flat arrays. The numbers of collected nodes are used again; see refs.ts for what guards old references.
 */
import { InvalidArgumentError } from "@credence/core";
import type { BudgetWatch } from "../ddnnf/budget.ts";
import { type IntStack, intStack, push, reserve } from "../ddnnf/growable.ts";
import type { Vtree } from "../vtree/vtree.ts";

/** A function in a manager: an opaque number. Equal functions have equal references. */
export type SddRef = number;

/** The constants. */
export const sddTrue: SddRef = 0;
export const sddFalse: SddRef = 1;

/** Keeps the nodes of all functions over one vtree, each once. Made by {@link sddManager}. */
export interface SddManager {
  /** The vtree as it is now; `minimizeSdd` changes it. */
  readonly vtree: Vtree;
  /** Nodes kept now, garbage included: the constant, the variables, and the decisions. */
  readonly nodes: number;
}

/** The manager's inside. Node 0 is the constant, nodes 1 … n are the variables, the rest are decisions. */
export interface SddState extends SddManager {
  vtree: Vtree;
  nodes: number;
  /** Node numbers given out so far; those in `free` are not in use. */
  high: number;
  readonly free: IntStack;
  /** Per node: its vtree node; −1 for the constant, {@link unused} for numbers not in use. */
  vtreeOf: Int32Array;
  /** Per node: where its elements begin and end, two integers each. */
  starts: Int32Array;
  ends: Int32Array;
  /** Per node: the hash of its elements. */
  hashes: Int32Array;
  /** Per node: how often its number has been used before. */
  generations: Int32Array;
  elements: IntStack;
  /** Open-addressing table of decision nodes; 0 is an empty slot. */
  table: Int32Array;
  /** Results of conjunctions: pairs of references and their results, overwritten on collision. */
  cacheA: Int32Array;
  cacheB: Int32Array;
  cacheResult: Int32Array;
  /** Elements of decisions under construction. */
  readonly stack: IntStack;
  /** Conjunctions under way; see conjoin.ts. */
  readonly frames: IntStack;
  /** Conjunctions computed so far. */
  applies: number;
  watch: BudgetWatch | undefined;
  /** The operation under way. */
  busy: string | undefined;
  /** How often each node is pinned. */
  readonly pins: Map<number, number>;
}

/** The vtree node of a number that is not in use. */
export const unused = -2;
/** The vtree node of a decision that is left for the next collection: it is not in the table, and nothing needs it. */
export const dropped = -3;

const cacheLimit = 1 << 22;
const smallTable = 1 << 12;

/** An empty manager; it can hold functions over vtrees of any depth. O(variables). */
export function sddManager(vtree: Vtree): SddManager {
  const state: SddState = {
    vtree,
    nodes: 1,
    high: 1,
    free: intStack(),
    vtreeOf: new Int32Array(1024).fill(-1),
    starts: new Int32Array(1024),
    ends: new Int32Array(1024),
    hashes: new Int32Array(1024),
    generations: new Int32Array(1024),
    elements: intStack(),
    table: new Int32Array(smallTable),
    cacheA: new Int32Array(smallTable),
    cacheB: new Int32Array(smallTable),
    cacheResult: new Int32Array(smallTable),
    stack: intStack(),
    frames: intStack(),
    applies: 0,
    watch: undefined,
    busy: undefined,
    pins: new Map(),
  };
  for (let variable = 1; variable <= vtree.variables; variable++) newNode(state, vtree.leaf[variable]);
  return state;
}

/** The inside of a manager. @throws InvalidArgumentError for anything else */
export function stateOf(manager: SddManager): SddState {
  if (typeof manager === "object" && manager !== null && "cacheResult" in manager) return manager as SddState;
  throw new InvalidArgumentError("manager", manager, "a manager made by sddManager");
}

/**
 * A literal, by its signed variable. O(1).
 * @throws InvalidArgumentError for a variable that the vtree does not have
 */
export function sddLiteral(manager: SddManager, literal: number): SddRef {
  const { vtree } = stateOf(manager);
  if (!(Number.isInteger(literal) && literal !== 0 && Math.abs(literal) <= vtree.variables)) {
    throw new InvalidArgumentError(
      "literal",
      literal,
      `a non-zero integer up to ${vtree.variables}, or its negative`,
    );
  }
  return literal > 0 ? 2 * literal : -2 * literal + 1;
}

/** Whether a node is a decision. */
export function isDecision(state: SddState, node: number): boolean {
  return node > state.vtree.variables;
}

function newNode(state: SddState, vtreeNode: number): number {
  state.nodes++;
  let node = state.high;
  if (state.free.size > 0) node = state.free.data[--state.free.size];
  else if (state.high++ === state.vtreeOf.length) growNodes(state);
  state.vtreeOf[node] = vtreeNode;
  state.starts[node] = state.elements.size;
  state.ends[node] = state.elements.size;
  return node;
}

function growNodes(state: SddState): void {
  const grown = (from: Int32Array): Int32Array => {
    const to = new Int32Array(2 * from.length);
    to.set(from);
    return to;
  };
  state.vtreeOf = grown(state.vtreeOf);
  state.starts = grown(state.starts);
  state.ends = grown(state.ends);
  state.hashes = grown(state.hashes);
  state.generations = grown(state.generations);
}

/**
 * The decision at a vtree node whose elements are on the stack from `from` on, compressed and with primes
 * ascending; they are taken off. It is trimmed, and the same node is made only once.
 */
export function uniqueDecision(state: SddState, vtreeNode: number, from: number): SddRef {
  const { stack } = state;
  const { data } = stack;
  const to = stack.size;
  stack.size = from;
  if (to - from === 2) return data[from + 1];
  if (to - from === 4) {
    if (data[from + 1] === sddTrue && data[from + 3] === sddFalse) return data[from];
    if (data[from + 1] === sddFalse && data[from + 3] === sddTrue) return data[from + 2];
  }
  // Exactly one prime holds where all variables are true; the sign there is that of its sub.
  let at = from;
  while ((data[at] & 1) === 1) at += 2;
  const sign = data[at + 1] & 1;
  if (sign === 1) for (let i = from + 1; i < to; i += 2) data[i] ^= 1;
  const mask = state.table.length - 1;
  const hash = hashOf(data, from, to);
  let slot = hash & mask;
  for (let node = state.table[slot]; node !== 0; node = state.table[slot]) {
    if (state.hashes[node] === hash && sameElements(state, node, from, to)) return 2 * node + sign;
    slot = (slot + 1) & mask;
  }
  const { elements } = state;
  reserve(elements, to - from);
  const node = newNode(state, vtreeNode);
  for (let i = from; i < to; i++) push(elements, data[i]);
  state.ends[node] = elements.size;
  state.hashes[node] = hash;
  state.table[slot] = node;
  if (3 * (state.nodes - state.vtree.variables) > 2 * state.table.length) {
    rebuildTable(state, 2 * state.table.length);
    resizeCache(state, Math.min(cacheLimit, 2 * state.table.length));
  }
  return 2 * node + sign;
}

/** Elements say by themselves to which vtree node they belong: primes and subs that are not constant meet there. */
function hashOf(data: Int32Array, from: number, to: number): number {
  let hash = 0;
  for (let i = from; i < to; i++) hash = mixed(Math.imul(hash, 0x9e3779b1) ^ data[i]);
  return hash;
}

/** Every bit of the result depends on every bit of the argument (the finalizer of MurmurHash3). */
function mixed(bits: number): number {
  let x = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

function sameElements(state: SddState, node: number, from: number, to: number): boolean {
  const start = state.starts[node];
  if (state.ends[node] - start !== to - from) return false;
  const elements = state.elements.data;
  const { data } = state.stack;
  for (let i = 0; i < to - from; i++) if (elements[start + i] !== data[from + i]) return false;
  return true;
}

/** Enters all decisions into a table of `size` slots, a power of two. */
export function rebuildTable(state: SddState, size: number): void {
  state.table = size === state.table.length ? state.table.fill(0) : new Int32Array(size);
  for (let node = state.vtree.variables + 1; node < state.high; node++) {
    if (state.vtreeOf[node] >= 0) place(state, node);
  }
}

/** Enters a decision whose elements have changed and are those of no other one. */
export function enterTable(state: SddState, node: number): void {
  state.hashes[node] = hashOf(state.elements.data, state.starts[node], state.ends[node]);
  place(state, node);
}

function place({ table, hashes }: SddState, node: number): void {
  const mask = table.length - 1;
  let slot = hashes[node] & mask;
  while (table[slot] !== 0) slot = (slot + 1) & mask;
  table[slot] = node;
}

/** Takes a decision out of the table; those that had to go on behind it move up. */
export function leaveTable({ table, hashes }: SddState, node: number): void {
  const mask = table.length - 1;
  let hole = hashes[node] & mask;
  while (table[hole] !== node) hole = (hole + 1) & mask;
  for (let at = (hole + 1) & mask; table[at] !== 0; at = (at + 1) & mask) {
    // A decision may move up to where its probing begins, and no further.
    if (((at - hashes[table[at]]) & mask) < ((at - hole) & mask)) continue;
    table[hole] = table[at];
    hole = at;
  }
  table[hole] = 0;
}

/** Slots of a table that leaves room for `nodes`. */
export function tableSizeFor(nodes: number): number {
  let size = smallTable;
  while (3 * nodes > size) size *= 2;
  return size;
}

/** Slots of a cache beside a table. */
export function cacheSizeFor(tableSize: number): number {
  return Math.min(cacheLimit, 2 * tableSize);
}

/** Forgets all conjunctions, and makes the cache `size` slots large, a power of two. */
export function clearCache(state: SddState, size: number): void {
  if (size === state.cacheB.length) {
    state.cacheB.fill(0);
    return;
  }
  state.cacheA = new Int32Array(size);
  state.cacheB = new Int32Array(size);
  state.cacheResult = new Int32Array(size);
}

/** Gives the cache another size, a power of two, and keeps of its results those that pass. */
export function resizeCache(state: SddState, size: number, keeps?: (ref: SddRef) => boolean): void {
  const { cacheA, cacheB, cacheResult } = state;
  if (size <= cacheA.length && keeps === undefined) return;
  state.cacheA = new Int32Array(size);
  state.cacheB = new Int32Array(size);
  state.cacheResult = new Int32Array(size);
  for (let i = 0; i < cacheA.length; i++) {
    if (cacheB[i] === 0) continue;
    if (keeps !== undefined && !(keeps(cacheA[i]) && keeps(cacheB[i]) && keeps(cacheResult[i]))) continue;
    remember(state, cacheA[i], cacheB[i], cacheResult[i]);
  }
}

function cacheSlot(state: SddState, a: SddRef, b: SddRef): number {
  return mixed(Math.imul(a, 0x9e3779b1) ^ b) & (state.cacheA.length - 1);
}

/** The kept conjunction of a < b, or −1. */
export function recall(state: SddState, a: SddRef, b: SddRef): SddRef {
  const slot = cacheSlot(state, a, b);
  return state.cacheA[slot] === a && state.cacheB[slot] === b ? state.cacheResult[slot] : -1;
}

/** Keeps a conjunction of a < b. */
export function remember(state: SddState, a: SddRef, b: SddRef, result: SddRef): void {
  const slot = cacheSlot(state, a, b);
  state.cacheA[slot] = a;
  state.cacheB[slot] = b;
  state.cacheResult[slot] = result;
}
