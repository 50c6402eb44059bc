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
 * O(edges · variables · states / 32) time, plus that per pair of children of each sum; memory for the nodes
 * that still have unread parents. O(edges) for circuits that split equal scopes equally, as far as the first sum without
 * a certificate.
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
  const facts = factPool(circuit);
  // Circuits that split equal scopes equally are smooth and decomposable: only determinism is left to see.
  const settled = scopeTree([circuit]) !== undefined;
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
      own.copy(parts[0]);
      for (const part of parts) own.join(part);
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

/** What is known of a node: the variables it speaks of, and the states of each that it may be positive for. */
interface Facts {
  setInput(input: Input): void;
  /** Takes a factor in. */
  multiply(other: Facts): void;
  copy(other: Facts): void;
  /** Takes a summand in. */
  join(other: Facts): void;
  sharesScopeWith(other: Facts): boolean;
  sameScopeAs(other: Facts): boolean;
  /** Whether for some variable of both no state is possible under both. */
  excludes(other: Facts): boolean;
  /** The scope, and then one set of variables per state: those for which the state is possible. */
  readonly bits: readonly Uint32Array[];
}

/** Variables with more states than this count as always possible: no circuit decides on them one by one. */
const mostStates = 64;

function emptyFacts(words: number, planes: number, domains: readonly Domain[]): Facts {
  const bits = Array.from({ length: planes + 1 }, () => new Uint32Array(words));
  const [scope] = bits;
  return {
    bits,
    setInput({ variable, distribution }) {
      const [word, mask] = [variable >> 5, 1 << (variable & 31)];
      scope[word] |= mask;
      const arity = arityOf(domains[variable]);
      if (!isOverStates(distribution) || distribution.family === "external" || arity > planes) {
        // State 0 stands for all values of what has more of them than the table.
        bits[1][word] |= mask;
        return;
      }
      for (let state = 0; state < arity; state++) {
        if (stateProbability(distribution, state) > 0) bits[1 + state][word] |= mask;
      }
    },
    multiply(other) {
      for (let w = 0; w < words; w++) {
        const [mine, theirs] = [scope[w], other.bits[0][w]];
        for (let k = 1; k <= planes; k++) {
          const [a, b] = [bits[k][w], other.bits[k][w]];
          bits[k][w] = (a & b) | (a & ~theirs) | (b & ~mine);
        }
        scope[w] = mine | theirs;
      }
    },
    copy(other) {
      for (let k = 0; k <= planes; k++) bits[k].set(other.bits[k]);
    },
    join(other) {
      for (let w = 0; w < words; w++) {
        // What only one of the two speaks of may take any value under the other.
        const apart = scope[w] ^ other.bits[0][w];
        for (let k = 1; k <= planes; k++) bits[k][w] |= other.bits[k][w] | apart;
        scope[w] |= other.bits[0][w];
      }
    },
    sharesScopeWith: (other) => scope.some((word, w) => (word & other.bits[0][w]) !== 0),
    sameScopeAs: (other) => scope.every((word, w) => word === other.bits[0][w]),
    excludes(other) {
      for (let w = 0; w < words; w++) {
        let apart = scope[w] & other.bits[0][w];
        for (let k = 1; k <= planes; k++) apart &= ~(bits[k][w] & other.bits[k][w]);
        if (apart !== 0) return true;
      }
      return false;
    },
  };
}

/** How many sets of variables the states take. */
function planesOf(domains: readonly Domain[]): number {
  const finite = domains.map(arityOf).filter((arity) => arity <= mostStates);
  return Math.max(1, ...finite);
}

/** Hands out facts and takes them back when the last parent has read them. */
function factPool(circuit: Circuit) {
  const words = Math.max(1, (circuit.variables.size + 31) >> 5);
  const planes = planesOf(circuit.domains);
  const unread = new Int32Array(circuit.size);
  for (const child of circuit.children) unread[child]++;
  const held = new Map<number, Facts>();
  const free: Facts[] = [];
  return {
    claim(node: number): Facts {
      const facts = free.pop() ?? emptyFacts(words, planes, circuit.domains);
      for (const array of facts.bits) array.fill(0);
      held.set(node, facts);
      return facts;
    },
    of: (node: number): Facts => held.get(node)!,
    /** Says that `node` has read its children. */
    release(node: number): void {
      for (let edge = circuit.offsets[node]; edge < circuit.offsets[node + 1]; edge++) {
        const child = circuit.children[edge];
        if (--unread[child] > 0) continue;
        free.push(held.get(child)!);
        held.delete(child);
      }
    },
  };
}
