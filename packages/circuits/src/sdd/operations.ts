/**
 * Boolean operations on the functions of one manager. Equal results have equal references. All of them take a
 * budget and a signal, and leave the manager usable however they end; those that may take long have a twin that
 * gives the event loop its turn.
 */
import { InvalidArgumentError, runAsync, runSync, type StepGenerator } from "@credence/core";
import { codeOf } from "../cnf/cnf.ts";
import { push } from "../ddnnf/growable.ts";
import { beginConjoin, beginDecision, pending } from "./conjoin.ts";
import { isDecision, type SddManager, type SddRef, type SddState, sddFalse, sddLiteral } from "./manager.ts";
import { finished, operation, type SddOptions, type SddSteps } from "./operation.ts";
import { inner, outer } from "./refs.ts";
import { reachableRefs } from "./size.ts";

/**
 * a ∧ b. O(size of a · size of b) if primes stay as they are, exponential in the worst case.
 * @throws InvalidArgumentError for unknown references; CredenceError `SDD_COLLECTED`, `SDD_BUSY`
 * @throws BudgetError, AbortedError
 */
export function sddAnd(manager: SddManager, a: SddRef, b: SddRef, options: SddOptions = {}): SddRef {
  return runSync(andSteps(manager, a, b, options), options);
}

/** {@link sddAnd} that gives the event loop its turn. */
export function sddAndAsync(
  manager: SddManager,
  a: SddRef,
  b: SddRef,
  options: SddOptions = {},
): Promise<SddRef> {
  return runAsync(andSteps(manager, a, b, options), options);
}

/** a ∨ b. @throws what {@link sddAnd} throws */
export function sddOr(manager: SddManager, a: SddRef, b: SddRef, options: SddOptions = {}): SddRef {
  const [notA, notB] = [sddNot(manager, a), sddNot(manager, b)];
  return sddNot(manager, sddAnd(manager, notA, notB, options));
}

/** ¬a. O(1). @throws InvalidArgumentError, CredenceError `SDD_COLLECTED` */
export function sddNot(manager: SddManager, a: SddRef): SddRef {
  inner(manager, a);
  return a % 2 === 0 ? a + 1 : a - 1;
}

/**
 * a ↔ b. Whether two functions are equal needs no work: then their references are.
 * @throws what {@link sddAnd} throws
 */
export function sddIff(manager: SddManager, a: SddRef, b: SddRef, options: SddOptions = {}): SddRef {
  const [x, y] = [inner(manager, a), inner(manager, b)];
  const steps = operation(manager, "Joining SDDs", options, function* (state): StepGenerator<SddRef> {
    const both = yield* finished(state, beginConjoin(state, x, y));
    const neither = yield* finished(state, beginConjoin(state, x ^ 1, y ^ 1));
    return outer(state, yield* disjoined(state, both, neither));
  });
  return runSync(steps, options);
}

/**
 * The function under some fixed literals; it no longer depends on their variables.
 * @param literals signed variables, no variable with both signs
 * @throws InvalidArgumentError, and what {@link sddAnd} throws
 */
export function sddCondition(
  manager: SddManager,
  a: SddRef,
  literals: readonly number[],
  options: SddOptions = {},
): SddRef {
  const root = inner(manager, a);
  const values = new Int8Array(2 * manager.vtree.variables);
  for (const literal of literals) {
    sddLiteral(manager, literal);
    if (values[codeOf(literal)] < 0) {
      throw new InvalidArgumentError("literals", literal, "no variable with both signs");
    }
    values[codeOf(literal)] = 1;
    values[codeOf(-literal)] = -1;
  }
  const steps = operation(manager, "Conditioning an SDD", options, function* (state): StepGenerator<SddRef> {
    return outer(state, yield* restricted(state, root, values));
  });
  return runSync(steps, options);
}

/**
 * ∃ variables: a — that is, a with each variable true or false, one variable after the other.
 * @throws InvalidArgumentError for an unknown variable, and what {@link sddAnd} throws
 */
export function sddExists(
  manager: SddManager,
  a: SddRef,
  variables: readonly number[],
  options: SddOptions = {},
): SddRef {
  return runSync(existsSteps(manager, a, variables, options), options);
}

/** {@link sddExists} that gives the event loop its turn. */
export function sddExistsAsync(
  manager: SddManager,
  a: SddRef,
  variables: readonly number[],
  options: SddOptions = {},
): Promise<SddRef> {
  return runAsync(existsSteps(manager, a, variables, options), options);
}

/** ∀ variables: a. @throws what {@link sddExists} throws */
export function sddForAll(
  manager: SddManager,
  a: SddRef,
  variables: readonly number[],
  options: SddOptions = {},
): SddRef {
  return sddNot(manager, sddExists(manager, sddNot(manager, a), variables, options));
}

/**
 * The function with literals in the place of its variables, all at the same time: the result holds in a world
 * exactly if `a` holds where every variable has the value of its new name there. Several variables may get the same
 * name, and a negative one turns its variable around.
 * @param names from a variable to a signed variable; others keep their names
 * @throws InvalidArgumentError for unknown variables, and what {@link sddAnd} throws
 */
export function sddRename(
  manager: SddManager,
  a: SddRef,
  names: ReadonlyMap<number, number>,
  options: SddOptions = {},
): SddRef {
  const root = inner(manager, a);
  const literals = new Map<number, SddRef>();
  for (const [variable, name] of names) {
    sddLiteral(manager, Math.abs(variable));
    literals.set(variable, sddLiteral(manager, name));
  }
  const steps = operation(manager, "Renaming in an SDD", options, function* (state): StepGenerator<SddRef> {
    const result = yield* rebuilt(state, state, root, (variable) => literals.get(variable) ?? 2 * variable);
    return outer(state, result);
  });
  return runSync(steps, options);
}

/**
 * The function in another manager, whose vtree may be any other over the same variables or more.
 * @throws InvalidArgumentError, and what {@link sddAnd} throws about the other manager
 */
export function sddCopy(
  manager: SddManager,
  a: SddRef,
  target: SddManager,
  options: SddOptions = {},
): SddRef {
  const root = inner(manager, a);
  const { variables } = manager.vtree;
  if (target.vtree.variables < variables) {
    throw new InvalidArgumentError("target", target.vtree.variables, `a manager of ${variables} variables`);
  }
  const source = manager as SddState;
  const steps = operation(target, "Copying an SDD", options, function* (state): StepGenerator<SddRef> {
    return outer(state, yield* rebuilt(source, state, root, (variable) => 2 * variable));
  });
  return runSync(steps, options);
}

function andSteps(manager: SddManager, a: SddRef, b: SddRef, options: SddOptions): StepGenerator<SddRef> {
  const [x, y] = [inner(manager, a), inner(manager, b)];
  return operation(manager, "Joining SDDs", options, function* (state): StepGenerator<SddRef> {
    return outer(state, yield* finished(state, beginConjoin(state, x, y)));
  });
}

function existsSteps(
  manager: SddManager,
  a: SddRef,
  variables: readonly number[],
  options: SddOptions,
): StepGenerator<SddRef> {
  const root = inner(manager, a);
  for (const variable of variables) sddLiteral(manager, Math.abs(variable));
  return operation(manager, "Quantifying an SDD", options, function* (state): StepGenerator<SddRef> {
    const values = new Int8Array(2 * state.vtree.variables);
    let result = root;
    for (const variable of variables) {
      const cases: SddRef[] = [];
      for (const literal of [variable, -variable]) {
        values[codeOf(literal)] = 1;
        values[codeOf(-literal)] = -1;
        cases.push(yield* restricted(state, result, values));
      }
      values.fill(0);
      result = yield* disjoined(state, cases[0], cases[1]);
    }
    return outer(state, result);
  });
}

/** a ∨ b, in steps. */
export function* disjoined(state: SddState, a: SddRef, b: SddRef): SddSteps<SddRef> {
  return (yield* finished(state, beginConjoin(state, a ^ 1, b ^ 1))) ^ 1;
}

/** Rebuilds everything below with literals replaced by constants, children first. */
function* restricted(state: SddState, a: SddRef, values: Int8Array): SddSteps<SddRef> {
  const results = new Map<SddRef, SddRef>();
  for (const each of reachableRefs(state, [a])) {
    const node = each >> 1;
    if (!isDecision(state, node)) {
      // Node v is variable v, whose positive literal has the code 2v − 1.
      const value = node === 0 ? 0 : values[2 * node - 1];
      results.set(each, value === 0 ? each : (each & 1) ^ (value > 0 ? 0 : 1));
      continue;
    }
    const from = state.stack.size;
    for (let i = state.starts[node]; i < state.ends[node]; i += 2) {
      const prime = results.get(state.elements.data[i])!;
      if (prime === sddFalse) continue;
      push(state.stack, prime);
      push(state.stack, results.get(state.elements.data[i + 1] ^ (each & 1))!);
    }
    beginDecision(state, state.vtreeOf[node], from);
    results.set(each, yield* finished(state, pending));
  }
  return results.get(a)!;
}

/** Rebuilds a function of one manager in another one, or with other literals, from ∨ and ∧. */
function* rebuilt(
  source: SddState,
  target: SddState,
  a: SddRef,
  literalFor: (variable: number) => SddRef,
): SddSteps<SddRef> {
  const results = new Map<SddRef, SddRef>();
  for (const each of reachableRefs(source, [a])) {
    const node = each >> 1;
    if (!isDecision(source, node)) {
      results.set(each, (each & 1) ^ (node === 0 ? 0 : literalFor(node)));
      continue;
    }
    let result: SddRef = sddFalse;
    for (let i = source.starts[node]; i < source.ends[node]; i += 2) {
      const prime = results.get(source.elements.data[i])!;
      const sub = results.get(source.elements.data[i + 1] ^ (each & 1))!;
      result = yield* disjoined(target, result, yield* finished(target, beginConjoin(target, prime, sub)));
    }
    results.set(each, result);
  }
  return results.get(a)!;
}
