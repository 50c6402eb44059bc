/** Boolean operations on the functions of one manager. Equal results have equal references. */
import { codeOf } from "../cnf/cnf.ts";
import { push } from "../ddnnf/growable.ts";
import { conjoin, decision, disjoin } from "./conjoin.ts";
import { checkRef, isDecision, type SddManager, type SddRef, type SddState, sddLiteral } from "./manager.ts";
import { reachableNodes } from "./size.ts";

/** a ∧ b. O(size of a · size of b) in the worst case. @throws InvalidArgumentError for unknown references */
export function sddAnd(manager: SddManager, a: SddRef, b: SddRef): SddRef {
  checkRef(manager, a);
  return conjoin(checkRef(manager, b), a, b);
}

/** a ∨ b. @throws InvalidArgumentError for unknown references */
export function sddOr(manager: SddManager, a: SddRef, b: SddRef): SddRef {
  checkRef(manager, a);
  return disjoin(checkRef(manager, b), a, b);
}

/** ¬a. O(1). @throws InvalidArgumentError for an unknown reference */
export function sddNot(manager: SddManager, a: SddRef): SddRef {
  checkRef(manager, a);
  return a ^ 1;
}

/** a ↔ b is constant true exactly if a === b; this is the function of both. */
export function sddIff(manager: SddManager, a: SddRef, b: SddRef): SddRef {
  const state = checkRef(manager, a);
  checkRef(manager, b);
  return disjoin(state, conjoin(state, a, b), conjoin(state, a ^ 1, b ^ 1));
}

/**
 * The function under some fixed literals; it no longer depends on their variables.
 * @param literals signed variables, no variable with both signs
 * @throws InvalidArgumentError
 */
export function sddCondition(manager: SddManager, a: SddRef, literals: readonly number[]): SddRef {
  const state = checkRef(manager, a);
  const values = new Int8Array(2 * state.vtree.variables);
  for (const literal of literals) {
    sddLiteral(manager, literal);
    values[codeOf(literal)] = 1;
    values[codeOf(-literal)] = -1;
  }
  return restrict(state, a, values);
}

/** ∃ variables: a. @throws InvalidArgumentError for an unknown variable */
export function sddExists(manager: SddManager, a: SddRef, variables: readonly number[]): SddRef {
  const state = checkRef(manager, a);
  let result = a;
  for (const variable of variables) {
    const positive = sddCondition(manager, result, [variable]);
    result = disjoin(state, positive, sddCondition(manager, result, [-variable]));
  }
  return result;
}

/** ∀ variables: a. @throws InvalidArgumentError for an unknown variable */
export function sddForAll(manager: SddManager, a: SddRef, variables: readonly number[]): SddRef {
  return sddExists(manager, a ^ 1, variables) ^ 1;
}

/** Rebuilds everything below with literals replaced by constants, children first. */
function restrict(state: SddState, a: SddRef, values: Int8Array): SddRef {
  const results = new Map<number, SddRef>();
  const of = (ref: SddRef): SddRef => results.get(ref >> 1)! ^ (ref & 1);
  for (const node of reachableNodes(state, a)) {
    if (!isDecision(state, node)) {
      // Node v is variable v, whose positive literal has the code 2v − 1.
      const value = node === 0 ? 0 : values[2 * node - 1];
      results.set(node, value === 0 ? 2 * node : value > 0 ? 0 : 1);
      continue;
    }
    const from = state.stack.size;
    for (let i = state.starts[node]; i < state.starts[node + 1]; i += 2) {
      const prime = of(state.elements.data[i]);
      if (prime === 1) continue;
      push(state.stack, prime);
      push(state.stack, of(state.elements.data[i + 1]));
    }
    results.set(node, decision(state, state.vtreeOf[node], from));
  }
  return of(a);
}
