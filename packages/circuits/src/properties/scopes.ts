/** The scope of every node: the variables it speaks of, as sets of bits. */
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";

/** Scopes by node, `words` numbers each: O(size · variables / 32) memory, for circuits of moderate size. */
export interface Scopes {
  readonly words: number;
  readonly bits: Uint32Array;
}

/** The scopes of all nodes. O(edges · variables / 32). */
export function scopesOf(circuit: Circuit): Scopes {
  const words = Math.max(1, (circuit.variables.size + 31) >> 5);
  const bits = new Uint32Array(circuit.size * words);
  for (let node = 0; node < circuit.size; node++) {
    const own = node * words;
    if (circuit.kinds[node] === nodeKinds.input) {
      const { variable } = circuit.inputs[circuit.inputOf[node]];
      bits[own + (variable >> 5)] |= 1 << (variable & 31);
    }
    for (let edge = circuit.offsets[node]; edge < circuit.offsets[node + 1]; edge++) {
      const child = circuit.children[edge] * words;
      for (let w = 0; w < words; w++) bits[own + w] |= bits[child + w];
    }
  }
  return { words, bits };
}

/** The scope of a node as a text that equal scopes share. */
export function scopeKey({ words, bits }: Scopes, node: number): string {
  return bits.subarray(node * words, (node + 1) * words).join();
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
