/**
 * The structural properties on which exact queries rest (Choi, Vergari and Van den Broeck, "Probabilistic
 * circuits", 2020, sections 3-5):
 *
 *   smooth         the children of a sum speak of the same variables
 *   decomposable   the children of a product share no variable
 *   deterministic  no world gives a positive value to two children of a sum
 *
 * The first two are decided exactly. Determinism is coNP-hard to decide; here it is certified by syntax:
 * every two children of a sum must each force some variable, to different values. Compiled circuits decide on
 * variables and pass by construction. A circuit without the certificate may be deterministic all the same.
 *
 * O(edges · variables / 32) time, plus that per pair of children of each sum; memory for the nodes that still
 * have unread parents.
 */
import { type Circuit, nodeKinds } from "./circuit.ts";

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
  const { kinds, literals, offsets, children } = circuit;
  const facts = factPool(circuit);
  for (let node = 0; node < circuit.size; node++) {
    const own = facts.claim(node);
    if (kinds[node] === nodeKinds.literal) own.addLiteral(literals[node]);
    const parts: Facts[] = [];
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) parts.push(facts.of(children[edge]));
    if (kinds[node] === nodeKinds.product) {
      for (const part of parts) {
        if (own.sharesScopeWith(part)) witnesses.decomposable ??= node;
        own.addAll(part);
      }
    } else if (parts.length > 0) {
      own.copy(parts[0]);
      parts.forEach((part, i) => {
        if (!own.sameScopeAs(part)) witnesses.smooth ??= node;
        for (let j = 0; j < i; j++) if (!part.excludes(parts[j])) witnesses.deterministic ??= node;
      });
      for (const part of parts) own.keepCommon(part);
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

/**
 * What is known of a node: the variables it speaks of, and the literals that hold wherever it is positive.
 */
interface Facts {
  addLiteral(code: number): void;
  addAll(other: Facts): void;
  copy(other: Facts): void;
  /** Widens the scope by the other's, keeps the forced literals that both force. */
  keepCommon(other: Facts): void;
  sharesScopeWith(other: Facts): boolean;
  sameScopeAs(other: Facts): boolean;
  /** Whether some variable is forced to different values. */
  excludes(other: Facts): boolean;
  readonly bits: readonly [scope: Uint32Array, forcedFalse: Uint32Array, forcedTrue: Uint32Array];
}

function emptyFacts(words: number): Facts {
  const bits = [new Uint32Array(words), new Uint32Array(words), new Uint32Array(words)] as const;
  const [scope] = bits;
  return {
    bits,
    addLiteral(code) {
      const mask = 1 << ((code >> 1) & 31);
      scope[code >> 6] |= mask;
      bits[1 + (code & 1)][code >> 6] |= mask;
    },
    addAll(other) {
      for (let k = 0; k < 3; k++) for (let w = 0; w < words; w++) bits[k][w] |= other.bits[k][w];
    },
    copy(other) {
      for (let k = 0; k < 3; k++) bits[k].set(other.bits[k]);
    },
    keepCommon(other) {
      for (let w = 0; w < words; w++) {
        scope[w] |= other.bits[0][w];
        bits[1][w] &= other.bits[1][w];
        bits[2][w] &= other.bits[2][w];
      }
    },
    sharesScopeWith: (other) => scope.some((word, w) => (word & other.bits[0][w]) !== 0),
    sameScopeAs: (other) => scope.every((word, w) => word === other.bits[0][w]),
    excludes: (other) =>
      bits[1].some((word, w) => ((word & other.bits[2][w]) | (bits[2][w] & other.bits[1][w])) !== 0),
  };
}

/** Hands out facts and takes them back when the last parent has read them. */
function factPool(circuit: Circuit) {
  const words = Math.max(1, (circuit.variables.size + 31) >> 5);
  const unread = new Int32Array(circuit.size);
  for (const child of circuit.children) unread[child]++;
  const held = new Map<number, Facts>();
  const free: Facts[] = [];
  return {
    claim(node: number): Facts {
      const facts = free.pop() ?? emptyFacts(words);
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
