/**
 * Makes NNFs from elsewhere smooth: where a branch of a disjunction, or the whole formula, does not speak of a
 * variable, a `free` node for it is conjoined. That changes no model, and afterwards one pass counts.
 */
import { CredenceError } from "@credence/core";
import { type Nnf, type NnfBuilder, nnfBuilder, nnfKinds } from "./nnf.ts";

/**
 * A smooth NNF over all its variables with the same models. O(nodes · variables / 32 + new edges).
 * @throws CredenceError `NOT_DECOMPOSABLE` if the children of a conjunction share a variable
 */
export function smoothNnf(nnf: Nnf): Nnf {
  const { kinds, labels, offsets, children } = nnf;
  const words = (nnf.variables + 31) >> 5;
  const scopes = new Uint32Array(nnf.size * words);
  const builder = nnfBuilder(nnf.variables);
  const places = new Int32Array(nnf.size);
  /** Whether a node is a constant false: it may stand on any branch as it is. */
  const never = new Uint8Array(nnf.size);
  for (let node = 0; node < nnf.size; node++) {
    const own = scopes.subarray(node * words, (node + 1) * words);
    const parts = Array.from(children.subarray(offsets[node], offsets[node + 1]));
    const label = labels[node];
    if (kinds[node] === nnfKinds.literal || kinds[node] === nnfKinds.free) {
      const variable = kinds[node] === nnfKinds.literal ? label >> 1 : label;
      own[variable >> 5] |= 1 << (variable & 31);
      places[node] = kinds[node] === nnfKinds.literal ? builder.literal(label) : builder.free(label);
    } else if (kinds[node] === nnfKinds.and) {
      for (const part of parts) addScope(own, scopes.subarray(part * words, (part + 1) * words), node);
      if (parts.some((part) => never[part] === 1)) never[node] = 1;
      places[node] = builder.and(parts.map((part) => places[part]));
    } else {
      const possible = parts.filter((part) => never[part] === 0);
      if (possible.length === 0) never[node] = 1;
      for (const part of possible) for (let w = 0; w < words; w++) own[w] |= scopes[part * words + w];
      places[node] = builder.or(
        possible.map((part) =>
          fill(builder, places[part], own, scopes.subarray(part * words, (part + 1) * words)),
        ),
        label,
      );
    }
  }
  const root = nnf.size - 1;
  if (never[root] === 1) return builder.build(builder.or([]));
  const everything = new Uint32Array(words);
  for (let v = 0; v < nnf.variables; v++) everything[v >> 5] |= 1 << (v & 31);
  return builder.build(fill(builder, places[root], everything, scopes.subarray(root * words)));
}

function addScope(own: Uint32Array, part: Uint32Array, node: number): void {
  for (let w = 0; w < own.length; w++) {
    if ((own[w] & part[w]) !== 0) {
      const shared = 32 * w + 31 - Math.clz32(own[w] & part[w]);
      throw new CredenceError({
        code: "NOT_DECOMPOSABLE",
        message: `The children of conjunction ${node} share the variable ${shared + 1}.`,
        given: node,
        expected: "conjunctions whose children share no variable",
        hint: "Counts are only defined for decomposable formulas; compile the formula from a CNF instead.",
      });
    }
    own[w] |= part[w];
  }
}

/** A node with free variables for all of `wanted` that its scope lacks. */
function fill(builder: NnfBuilder, node: number, wanted: Uint32Array, scope: Uint32Array): number {
  const parts = [node];
  for (let w = 0; w < wanted.length; w++) {
    for (let bits = wanted[w] & ~scope[w]; bits !== 0; bits &= bits - 1) {
      parts.push(builder.free(32 * w + 31 - Math.clz32(bits & -bits)));
    }
  }
  return builder.and(parts);
}
