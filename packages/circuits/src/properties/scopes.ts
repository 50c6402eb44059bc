/** The scope of every node: the variables it speaks of, as sets of bits. */
import { CredenceError } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";

/** Scopes by node, `words` numbers each: O(size · variables / 32) memory, for circuits of moderate size. */
export interface Scopes {
  readonly words: number;
  readonly bits: Uint32Array;
}

/** Which variables count, and as what. */
export interface ScopeVariables {
  readonly count: number;
  /** By variable of the circuit: its number from 0 to `count` - 1, or -1 if it is left out. */
  readonly numbers: Int32Array;
}

/** The most words of all scopes together: 512 MB. */
const mostWords = 2 ** 27;

/**
 * The scopes of all nodes, or what they say of some variables. O(edges · variables / 32).
 * @throws CredenceError `SCOPE_LIMIT` where they would take more than 512 MB
 */
export function scopesOf(circuit: Circuit, variables: ScopeVariables = allVariables(circuit)): Scopes {
  const { size, inputOf, inputs, offsets, children } = circuit;
  const words = Math.max(1, (variables.count + 31) >> 5);
  if (size * words > mostWords) throw tooLarge(size, variables.count);
  const bits = new Uint32Array(size * words);
  for (let node = 0; node < size; node++) {
    const own = node * words;
    const number = inputOf[node] < 0 ? -1 : variables.numbers[inputs[inputOf[node]].variable];
    if (number >= 0) bits[own + (number >> 5)] |= 1 << (number & 31);
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      const child = children[edge] * words;
      for (let w = 0; w < words; w++) bits[own + w] |= bits[child + w];
    }
  }
  return { words, bits };
}

function allVariables({ variables }: Circuit): ScopeVariables {
  return { count: variables.size, numbers: Int32Array.from({ length: variables.size }, (_, v) => v) };
}

/** The variables in a scope, ascending. */
export function scopeVariables({ words, bits }: Scopes, node: number): number[] {
  const variables: number[] = [];
  for (let w = 0; w < words; w++) {
    for (let word = bits[node * words + w]; word !== 0; word &= word - 1) {
      variables.push(32 * w + 31 - Math.clz32(word & -word));
    }
  }
  return variables;
}

function tooLarge(nodes: number, variables: number): CredenceError {
  return new CredenceError({
    code: "SCOPE_LIMIT",
    message: `The sets of variables of ${nodes} nodes over ${variables} variables do not fit into memory.`,
    given: `${nodes} nodes, ${variables} variables`,
    expected: `at most ${mostWords} words of 32 variables`,
    hint: "Circuits whose products split equal sets of variables equally need no such sets; binarize makes one.",
  });
}
