/**
 * Smoothing: a sum whose children speak of different variables is given children that speak of all, each multiplied
 * by the constant 1 over what it leaves out, Π_v Σ_s [x_v = s]. Values at worlds stay what they are, and marginals
 * become right. Ties are kept.
 *
 * In the order in which a walk through the circuit meets variables, what a child leaves out is mostly a few ranges. A
 * range is a product of at most 2 log₂ n products of blocks of 2^k variables, and those are shared by all ranges (A.
 * Shih, G. Van den Broeck, P. Beame, A. Amarilli, "Smoothing structured decomposable circuits", NeurIPS 2019, share
 * more and need O(α(n)) a range). O(edges · variables / 32) time for finding ranges; O(edges + n + ranges · log n) nodes
 * and edges.
 */
import { CredenceError } from "@credence/core";
import type { CircuitBuilder } from "../circuit/builder.ts";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import { scopesOf } from "../properties/scopes.ts";
import { copyNode, rebuild } from "./rebuild.ts";

/**
 * A smooth circuit with the same value at every world; the circuit itself if it is smooth already.
 * @throws CredenceError `UNSUPPORTED_QUERY` if a variable that is left out is a number: nothing is 1 on all numbers
 *   and still a distribution
 */
export function smooth<V extends string>(circuit: Circuit<V>): Circuit<V> {
  if (circuit.properties.smooth) return circuit;
  const { kinds, offsets, children, domains, variables } = circuit;
  const order = walkOrder(circuit);
  const numbers = new Int32Array(order.length);
  order.forEach((v, place) => {
    numbers[v] = place;
  });
  const { words, bits } = scopesOf(circuit, { count: order.length, numbers });
  const free = (builder: CircuitBuilder, variable: number): number => {
    const arity = arityOf(domains[variable]);
    if (!Number.isFinite(arity)) throw notFinite(variables.name(variable));
    return builder.sum(
      Array.from({ length: arity }, (_, state) => builder.input(variable, { family: "indicator", state })),
    );
  };
  // Block k of level l is the product of the variables at places k · 2^l to (k + 1) · 2^l - 1.
  const blocks: number[][] = [];
  const block = (builder: CircuitBuilder, level: number, k: number): number => {
    blocks[level] ??= [];
    blocks[level][k] ??=
      level === 0
        ? free(builder, order[k])
        : builder.product([block(builder, level - 1, 2 * k), block(builder, level - 1, 2 * k + 1)]);
    return blocks[level][k];
  };
  const made = rebuild(circuit, (node, below, builder) => {
    if (kinds[node] !== nodeKinds.sum) return copyNode(builder, circuit, node, below);
    const parts = below.map((id, i) => {
      const factors = [id];
      const child = children[offsets[node] + i];
      for (const [from, to] of rangesLeftOut(bits, node * words, child * words, words)) {
        for (const [level, k] of blocksOf(from, to)) factors.push(block(builder, level, k));
      }
      return builder.product(factors);
    });
    return copyNode(builder, circuit, node, parts);
  });
  return made as Circuit<V>;
}

/** All variables in the order in which a walk from the root, first children first, meets them. O(edges). */
function walkOrder({ size, variables, offsets, children, inputOf, inputs }: Circuit): number[] {
  const met = new Set<number>();
  const seen = new Uint8Array(size);
  const stack = [size - 1];
  while (stack.length > 0) {
    const node = stack.pop() as number;
    if (seen[node] === 1) continue;
    seen[node] = 1;
    if (inputOf[node] >= 0) met.add(inputs[inputOf[node]].variable);
    for (let e = offsets[node + 1] - 1; e >= offsets[node]; e--) stack.push(children[e]);
  }
  for (let v = 0; v < variables.size; v++) met.add(v);
  return [...met];
}

/** The places that are in a set of bits and not in another, as ranges [from, to). */
function* rangesLeftOut(
  bits: Uint32Array,
  set: number,
  other: number,
  words: number,
): Generator<readonly [from: number, to: number]> {
  let from = -1;
  for (let w = 0; w < words; w++) {
    const left = bits[set + w] & ~bits[other + w];
    // A word that goes on as the last one ended has no border within.
    if (left === (from < 0 ? 0 : -1)) continue;
    for (let b = 0; b < 32; b++) {
      const inside = ((left >>> b) & 1) === 1;
      if (inside === from >= 0) continue;
      if (!inside) yield [from, 32 * w + b];
      from = inside ? 32 * w + b : -1;
    }
  }
  if (from >= 0) yield [from, 32 * words];
}

/** The fewest blocks (see {@link smooth}) that are a range. */
function blocksOf(from: number, to: number): [level: number, k: number][] {
  const found: [number, number][] = [];
  for (let level = 0; from < to; level++, from >>= 1, to >>= 1) {
    if (from & 1) found.push([level, from++]);
    if (to & 1) found.push([level, --to]);
  }
  return found;
}

function notFinite(name: string): CredenceError {
  return new CredenceError({
    code: "UNSUPPORTED_QUERY",
    message: `A sum leaves out ${JSON.stringify(name)}, which is a number, under some of its children.`,
    given: name,
    expected: "children that leave out variables with states only",
    hint: "Multiply those children by a distribution of the variable.",
  });
}
