/**
 * The structural properties on which exact queries rest (Choi, Vergari and Van den Broeck, "Probabilistic
 * circuits", 2020, sections 3-5):
 *
 *   smooth         the children of a sum speak of the same variables
 *   decomposable   the children of a product share no variable
 *   deterministic  no world gives a positive value to two children of a sum
 *
 * The first two are decided exactly. Determinism is coNP-hard to decide; here it is certified by syntax: of
 * every two children of a sum (of positive weight) there must be a variable for which no state is possible
 * under both. Compiled circuits decide on variables and pass by construction. A circuit without the
 * certificate may be deterministic all the same; `determinism` looks further.
 *
 * What is known of a node is which states of which variables exclude it, as sets of bits with a list of the words that
 * are not 0. O(edges · states) times the longest list in time, plus that per pair of children of each sum; memory for
 * the nodes that still have unread parents. Sets of variables are needed as well, and lists then hold their words, unless
 * the circuit splits equal scopes equally, which is seen in O(edges); a long chain of which little is fixed is settled in
 * O(edges).
 */
import { isOverStates, stateProbability } from "../inputs/distribution.ts";
import type { Input } from "../inputs/input.ts";
import { scopeTree } from "../properties/scope-tree.ts";
import { type Circuit, nodeKinds } from "./circuit.ts";
import { arityOf, type Domain } from "./domain.ts";

/** What holds; `deterministic` means that a certificate was found. */
export interface CircuitProperties {
  readonly smooth: boolean;
  readonly decomposable: boolean;
  readonly deterministic: boolean;
}

/** For each property that was not found, the first node (in topological order) at which it fails. */
export interface CircuitCheck {
  readonly properties: CircuitProperties;
  readonly witnesses: { readonly [P in keyof CircuitProperties]?: number };
}

/** Checks the structure of a circuit; `circuit.properties` is the same answer, kept. */
export function checkCircuit(circuit: Circuit): CircuitCheck {
  const witnesses: { -readonly [P in keyof CircuitProperties]?: number } = {};
  const { kinds, offsets, children, logWeights } = circuit;
  // Circuits that split equal scopes equally are smooth and decomposable: only determinism is left to see.
  const settled = scopeTree([circuit]) !== undefined;
  const facts = factPool(circuit, settled);
  for (let node = 0; node < circuit.size; node++) {
    if (settled && witnesses.deterministic !== undefined) break;
    const own = facts.claim(node);
    if (kinds[node] === nodeKinds.input) own.setInput(circuit.inputs[circuit.inputOf[node]]);
    const parts: Facts[] = [];
    const possible: Facts[] = [];
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      const part = facts.of(children[edge]);
      parts.push(part);
      if (logWeights[edge] > Number.NEGATIVE_INFINITY) possible.push(part);
    }
    if (kinds[node] === nodeKinds.product) {
      for (const part of parts) {
        if (own.sharesScopeWith(part)) witnesses.decomposable ??= node;
        own.multiply(part);
      }
    } else if (parts.length > 0) {
      for (const part of parts) if (!parts[0].sameScopeAs(part)) witnesses.smooth ??= node;
      possible.forEach((part, i) => {
        for (let j = 0; j < i; j++) if (!part.excludes(possible[j])) witnesses.deterministic ??= node;
      });
      // What weighs 0 has no say in what excludes the sum.
      own.copy(possible[0] ?? parts[0]);
      for (const part of possible) own.join(part);
      for (const part of parts) own.include(part);
    }
    facts.release(node);
  }
  const holds = (property: keyof CircuitProperties): boolean => witnesses[property] === undefined;
  const properties = {
    smooth: holds("smooth"),
    decomposable: holds("decomposable"),
    deterministic: holds("deterministic"),
  };
  return { properties, witnesses };
}

/** What is known of a node: the variables it speaks of (unless that is settled), and the states that exclude it. */
interface Facts {
  clear(): void;
  setInput(input: Input): void;
  /** Takes a factor in. */
  multiply(other: Facts): void;
  copy(other: Facts): void;
  /** Takes a summand in. */
  join(other: Facts): void;
  /** Takes a summand's scope in, and nothing else. */
  include(other: Facts): void;
  sharesScopeWith(other: Facts): boolean;
  sameScopeAs(other: Facts): boolean;
  /** Whether for some variable every state excludes one of both. */
  excludes(other: Facts): boolean;
  /** The scope, and then one set of variables per state: those that exclude the node in it. */
  readonly bits: readonly Uint32Array[];
  /** The words that are not 0, ascending. */
  readonly words: readonly number[];
}

/** Variables with more states than this count as always possible: no circuit decides on them one by one. */
const mostStates = 64;

/** What all facts of a circuit have in common. */
interface FactShape {
  readonly words: number;
  readonly domains: readonly Domain[];
  /** Whether scopes are left out. */
  readonly settled: boolean;
  /** One set per state, up to the largest number of states that is looked at: the variables that have it. */
  readonly states: readonly Uint32Array[];
}

function emptyFacts({ words: count, domains, settled, states }: FactShape): Facts {
  const planes = states.length;
  const bits = Array.from({ length: planes + 1 }, () => new Uint32Array(count));
  const [scope] = bits;
  const words: number[] = [];
  const isEmpty = (w: number): boolean => bits.every((plane) => plane[w] === 0);
  const include = (other: Facts): void => {
    if (settled) return;
    for (const w of other.words) scope[w] |= other.bits[0][w];
    mergeInto(words, other.words);
  };
  const multiply = (other: Facts): void => {
    for (let k = 0; k <= planes; k++) for (const w of other.words) bits[k][w] |= other.bits[k][w];
    mergeInto(words, other.words);
  };
  return {
    bits,
    words,
    include,
    multiply,
    // What is copied to is empty.
    copy: multiply,
    clear() {
      for (const plane of bits) for (const w of words) plane[w] = 0;
      words.length = 0;
    },
    setInput({ variable, distribution }) {
      const [word, mask] = [variable >> 5, 1 << (variable & 31)];
      if (!settled) scope[word] |= mask;
      const arity = arityOf(domains[variable]);
      if (isOverStates(distribution) && distribution.family !== "external" && arity <= planes) {
        for (let state = 0; state < arity; state++) {
          if (!(stateProbability(distribution, state) > 0)) bits[1 + state][word] |= mask;
        }
      }
      if (!isEmpty(word)) words.push(word);
    },
    join(other) {
      // What one of the two does not speak of excludes nothing there.
      for (let k = 1; k <= planes; k++) for (const w of words) bits[k][w] &= other.bits[k][w];
      include(other);
      let kept = 0;
      for (const w of words) if (!isEmpty(w)) words[kept++] = w;
      words.length = kept;
    },
    sharesScopeWith(other) {
      const few = words.length <= other.words.length ? words : other.words;
      return few.some((w) => (scope[w] & other.bits[0][w]) !== 0);
    },
    sameScopeAs(other) {
      const differs = (w: number): boolean => scope[w] !== other.bits[0][w];
      return !(words.some(differs) || other.words.some(differs));
    },
    excludes(other) {
      const apart = (w: number): boolean => {
        let all = -1;
        for (let k = 0; k < planes; k++) all &= bits[1 + k][w] | other.bits[1 + k][w] | ~states[k][w];
        return all !== 0;
      };
      return words.some(apart) || other.words.some(apart);
    },
  };
}

/** Merges one ascending list of distinct numbers into another, from their ends on. */
function mergeInto(into: number[], other: readonly number[]): void {
  let [i, j] = [into.length - 1, other.length - 1];
  if (j < 0) return;
  if (i < 0 || into[i] < other[0]) {
    for (const w of other) into.push(w);
    return;
  }
  let common = 0;
  for (let [a, b] = [i, j]; a >= 0 && b >= 0; ) {
    if (into[a] === other[b]) {
      common++;
      a--;
      b--;
    } else if (into[a] > other[b]) a--;
    else b--;
  }
  let at = i + j + 1 - common;
  if (at === i) return;
  while (into.length <= at) into.push(0);
  for (; j >= 0; at--) {
    if (i >= 0 && into[i] > other[j]) into[at] = into[i--];
    else {
      if (i >= 0 && into[i] === other[j]) i--;
      into[at] = other[j--];
    }
  }
}

/** By state, the variables that have it; those that have too many states to be looked at have all. */
function statesOf(domains: readonly Domain[], words: number): Uint32Array[] {
  const arities = domains.map(arityOf);
  const planes = Math.max(1, ...arities.filter((arity) => arity <= mostStates));
  return Array.from({ length: planes }, (_, state) => {
    // Places beyond the last variable stand for none that all states could exclude.
    const having = new Uint32Array(words).fill(-1);
    arities.forEach((arity, v) => {
      if (arity <= state) having[v >> 5] &= ~(1 << (v & 31));
    });
    return having;
  });
}

/** Hands out facts and takes them back when the last parent has read them. */
function factPool({ size, children, offsets, domains, variables }: Circuit, settled: boolean) {
  const words = Math.max(1, (variables.size + 31) >> 5);
  const shape: FactShape = { words, domains, settled, states: statesOf(domains, words) };
  const unread = new Int32Array(size);
  for (const child of children) unread[child]++;
  const held = new Map<number, Facts>();
  const free: Facts[] = [];
  return {
    claim(node: number): Facts {
      const facts = free.pop() ?? emptyFacts(shape);
      facts.clear();
      held.set(node, facts);
      return facts;
    },
    of: (node: number): Facts => held.get(node)!,
    /** Says that `node` has read its children. */
    release(node: number): void {
      for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
        const child = children[edge];
        if (--unread[child] > 0) continue;
        free.push(held.get(child)!);
        held.delete(child);
      }
    },
  };
}
