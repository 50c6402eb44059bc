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
 * A reference is 2 · id + sign. Sign 1 means the negation, so that negating costs nothing; of f and ¬f the one
 * whose first sub is positive is stored. Nodes and elements lie in flat arrays; children have smaller ids.
 */
import { InvalidArgumentError } from "@credence/core";
import type { BudgetWatch } from "../ddnnf/budget.ts";
import { type IntStack, intStack, push, reserve } from "../ddnnf/growable.ts";
import type { Vtree } from "../vtree/vtree.ts";

/** A function in a manager: 2 · node + sign. Equal functions have equal references. */
export type SddRef = number;

/** The constants. */
export const sddTrue: SddRef = 0;
export const sddFalse: SddRef = 1;

/** Keeps the nodes of all functions over one vtree, each once. Made by {@link sddManager}. */
export interface SddManager {
  readonly vtree: Vtree;
  /** Nodes so far; node 0 is the constant, nodes 1 … n are the variables, the rest are decisions. */
  readonly nodes: number;
}

/** The manager's inside. */
export interface SddState extends SddManager {
  nodes: number;
  /** Per node: its vtree node; −1 for the constant. */
  vtreeOf: Int32Array;
  /** Per node: where its elements begin, two integers each; they end where those of the next node begin. */
  starts: Int32Array;
  readonly elements: IntStack;
  /** Open-addressing table of decision nodes; 0 is an empty slot. */
  table: Int32Array;
  /** Results of conjunctions: pairs of references and their results, overwritten on collision. */
  cacheA: Int32Array;
  cacheB: Int32Array;
  cacheResult: Int32Array;
  /** Elements of decisions under construction. */
  readonly stack: IntStack;
  /** Conjunctions computed, for looking at the budget now and then. */
  applies: number;
  watch: BudgetWatch | undefined;
}

/** Vtrees deeper than this are refused: conjunction descends them on the machine's stack. */
const depthLimit = 1500;
const cacheLimit = 1 << 22;

/**
 * An empty manager.
 * @throws InvalidArgumentError for a vtree deeper than 1500
 */
export function sddManager(vtree: Vtree): SddManager {
  const depth = vtree.depth.reduce((most, each) => Math.max(most, each), 0);
  if (depth > depthLimit) {
    throw new InvalidArgumentError(
      "The vtree's depth",
      depth,
      `at most ${depthLimit}`,
      "Take a balanced or a min-fill vtree, or count from the top down with compileCnf.",
    );
  }
  const state: SddState = {
    vtree,
    nodes: 1,
    vtreeOf: new Int32Array(1024).fill(-1),
    starts: new Int32Array(1025),
    elements: intStack(),
    table: new Int32Array(1 << 12),
    cacheA: new Int32Array(1 << 12),
    cacheB: new Int32Array(1 << 12),
    cacheResult: new Int32Array(1 << 12),
    stack: intStack(),
    applies: 0,
    watch: undefined,
  };
  for (let variable = 1; variable <= vtree.variables; variable++) newNode(state, vtree.leaf[variable]);
  return state;
}

/** The inside of a manager. @throws InvalidArgumentError for anything else */
export function stateOf(manager: SddManager): SddState {
  if (typeof manager === "object" && manager !== null && "cacheResult" in manager) return manager as SddState;
  throw new InvalidArgumentError("manager", manager, "a manager made by sddManager");
}

/** Checks a reference from outside. @throws InvalidArgumentError */
export function checkRef(manager: SddManager, ref: SddRef): SddState {
  const state = stateOf(manager);
  if (Number.isInteger(ref) && ref >= 0 && ref < 2 * state.nodes) return state;
  throw new InvalidArgumentError("ref", ref, "a reference that this manager has given out");
}

/**
 * A literal, by its signed variable.
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
  const node = state.nodes++;
  if (node >= state.vtreeOf.length) {
    const vtreeOf = new Int32Array(2 * state.vtreeOf.length).fill(-1);
    vtreeOf.set(state.vtreeOf);
    state.vtreeOf = vtreeOf;
    const starts = new Int32Array(vtreeOf.length + 1);
    starts.set(state.starts);
    state.starts = starts;
  }
  state.vtreeOf[node] = vtreeNode;
  state.starts[node] = state.elements.size;
  state.starts[node + 1] = state.elements.size;
  return node;
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
  const sign = data[from + 1] & 1;
  if (sign === 1) for (let i = from + 1; i < to; i += 2) data[i] ^= 1;
  const mask = state.table.length - 1;
  let slot = hashOf(vtreeNode, data, from, to) & mask;
  for (let node = state.table[slot]; node !== 0; node = state.table[slot]) {
    if (sameDecision(state, node, vtreeNode, from, to)) return 2 * node + sign;
    slot = (slot + 1) & mask;
  }
  const { elements } = state;
  reserve(elements, to - from);
  const node = newNode(state, vtreeNode);
  for (let i = from; i < to; i++) push(elements, data[i]);
  state.starts[node + 1] = elements.size;
  state.table[slot] = node;
  if (3 * (state.nodes - state.vtree.variables) > 2 * state.table.length) growTable(state);
  return 2 * node + sign;
}

function hashOf(seed: number, data: Int32Array, from: number, to: number): number {
  let hash = seed;
  for (let i = from; i < to; i++) hash = mixed(Math.imul(hash, 0x9e3779b1) ^ data[i]);
  return hash;
}

/** Every bit of the result depends on every bit of the argument (the finalizer of MurmurHash3). */
function mixed(bits: number): number {
  let x = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

function sameDecision(state: SddState, node: number, vtreeNode: number, from: number, to: number): boolean {
  const start = state.starts[node];
  if (state.vtreeOf[node] !== vtreeNode || state.starts[node + 1] - start !== to - from) return false;
  const elements = state.elements.data;
  const { data } = state.stack;
  for (let i = 0; i < to - from; i++) if (elements[start + i] !== data[from + i]) return false;
  return true;
}

function growTable(state: SddState): void {
  const table = new Int32Array(2 * state.table.length);
  const mask = table.length - 1;
  const elements = state.elements.data;
  for (let node = state.vtree.variables + 1; node < state.nodes; node++) {
    let slot = hashOf(state.vtreeOf[node], elements, state.starts[node], state.starts[node + 1]) & mask;
    while (table[slot] !== 0) slot = (slot + 1) & mask;
    table[slot] = node;
  }
  state.table = table;
  // Results are kept in proportion to nodes.
  const size = Math.min(cacheLimit, 2 * state.table.length);
  if (size <= state.cacheA.length) return;
  const { cacheA, cacheB, cacheResult } = state;
  state.cacheA = new Int32Array(size);
  state.cacheB = new Int32Array(size);
  state.cacheResult = new Int32Array(size);
  for (let i = 0; i < cacheA.length; i++) {
    if (cacheB[i] !== 0) remember(state, cacheA[i], cacheB[i], cacheResult[i]);
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
