/**
 * SDDs as circuits that respect their vtree. With f over the variables below the vtree node v, and ⊤(w) for the
 * product of the sums [x] + [¬x] of all variables below w,
 *
 *   circuit(f, v) = Σ_i circuit(p_i, left of v) · circuit(s_i, right of v)      if f is decided at v
 *   circuit(f, v) = circuit(f, u) · Π_w ⊤(w)                                    if f is decided at u below v,
 *
 * where w are the subtrees that hang off the way from v down to u. All factors lie in subtrees that do not touch, so
 * that products with other circuits over the vtree, expectations and divergences stay tractable; the primes make it
 * deterministic. `sddToNnf` fills gaps with blocks that take no heed of the vtree, and is the smaller for it.
 */
import { InvalidArgumentError, type Vocabulary, vocabulary } from "@credence/core";
import { type CircuitBuilder, circuitBuilder } from "../circuit/builder.ts";
import type { Circuit } from "../circuit/circuit.ts";
import { checkWeights, type LiteralWeights, logsOfWeights } from "../cnf/weights.ts";
import { naturalOrder } from "../vtree/shapes.ts";
import type { Vtree } from "../vtree/vtree.ts";
import { isDecision, type SddManager, type SddRef, sddFalse, sddTrue, stateOf } from "./manager.ts";
import { inner } from "./refs.ts";
import { reachableRefs } from "./size.ts";

/** Options of {@link sddToCircuit}. */
export interface SddToCircuitOptions {
  /** Names of the variables, by default their numbers from 1. */
  readonly variables?: Vocabulary;
  /** What a literal weighs, from 0 on; default 1. A world weighs the product of its literals' weights. */
  readonly weights?: LiteralWeights | undefined;
}

/**
 * The circuit that is positive at the models of a function, over all variables of the vtree: smooth, deterministic,
 * and structured-decomposable by the manager's vtree (variable v of it is the circuit's v − 1). O(size · depth).
 * @throws InvalidArgumentError for an unknown reference, or names or weights that are not as many as the variables
 * @throws CredenceError `SDD_COLLECTED`; `NEGATIVE_WEIGHT` for a weight below 0
 */
export function sddToCircuit(manager: SddManager, ref: SddRef, options: SddToCircuitOptions = {}): Circuit {
  const root = inner(manager, ref);
  const state = stateOf(manager);
  const { vtree } = state;
  const { variables = vocabulary("variable", naturalOrder(vtree.variables).map(String)), weights } = options;
  if (variables.size !== vtree.variables) {
    throw new InvalidArgumentError("variables", variables.size, `${vtree.variables} names`);
  }
  if (weights !== undefined) checkWeights(weights, vtree.variables);
  const builder = circuitBuilder(variables);
  if (root === sddFalse) return builder.build(builder.sum([]));
  const logs = weights === undefined ? new Float64Array(2 * vtree.variables) : logsOfWeights(weights);
  const literal = (code: number): number =>
    builder.sum([builder.literal(code >> 1, (code & 1) === 1)], [logs[code]]);
  const whole = wholes(builder, vtree, literal);
  const places = new Map<SddRef, number>();
  /** The factors of a function as one over all variables below `node`. */
  const filled = (of: SddRef, node: number): number[] => {
    if (of === sddTrue) return [whole[node]];
    const factors = [places.get(of)!];
    for (let at = state.vtreeOf[of >> 1]; at !== node; at = vtree.parent[at]) {
      const above = vtree.parent[at];
      if (at < above) factors.push(whole[vtree.right[above]]);
      else factors.unshift(whole[vtree.left[above]]);
    }
    return factors;
  };
  for (const each of reachableRefs(state, [root])) {
    const node = each >> 1;
    if (node === 0) continue;
    if (!isDecision(state, node)) {
      places.set(each, literal(2 * node - 1 - (each & 1)));
      continue;
    }
    const [left, right] = [vtree.left[state.vtreeOf[node]], vtree.right[state.vtreeOf[node]]];
    const terms: number[] = [];
    for (let i = state.starts[node]; i < state.ends[node]; i += 2) {
      const sub = state.elements.data[i + 1] ^ (each & 1);
      if (sub === sddFalse) continue;
      const factors = [filled(state.elements.data[i], left), filled(sub, right)];
      terms.push(builder.product(factors.map((parts) => builder.product(parts))));
    }
    places.set(each, builder.sum(terms));
  }
  return builder.build(builder.product(filled(root, vtree.root)));
}

/** Per vtree node the function that is 1 at all worlds, literals' weights aside. */
function wholes(builder: CircuitBuilder, vtree: Vtree, literal: (code: number) => number): Int32Array {
  const whole = new Int32Array(vtree.size);
  const bottomUp = [vtree.root];
  for (let i = 0; i < bottomUp.length; i++) {
    const [left, right] = [vtree.left[bottomUp[i]], vtree.right[bottomUp[i]]];
    if (left >= 0) bottomUp.push(left, right);
  }
  for (const node of bottomUp.reverse()) {
    const variable = vtree.variable[node] - 1;
    whole[node] =
      variable >= 0
        ? builder.sum([literal(2 * variable + 1), literal(2 * variable)])
        : builder.product([whole[vtree.left[node]], whole[vtree.right[node]]]);
  }
  return whole;
}
