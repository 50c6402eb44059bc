/** OBDDs as smooth d-DNNFs, and from and to SDDs. */
import { InvalidArgumentError, runSync, type StepGenerator } from "@credence/core";
import type { Budget } from "../ddnnf/budget.ts";
import { type Nnf, nnfBuilder } from "../ddnnf/nnf.ts";
import { beginConjoin } from "../sdd/conjoin.ts";
import { isDecision, type SddManager, type SddRef, stateOf } from "../sdd/manager.ts";
import { finished, operation, type SddOptions } from "../sdd/operation.ts";
import { disjoined } from "../sdd/operations.ts";
import { inner, outer } from "../sdd/refs.ts";
import { reachableRefs } from "../sdd/size.ts";
import {
  checkObdd,
  iteOf,
  type ObddManager,
  type ObddRef,
  obddFalse,
  obddLiteral,
  obddStateOf,
  obddTrue,
  reachableObdd,
  watchOf,
} from "./manager.ts";

/**
 * The function over all variables of the manager, as a smooth d-DNNF: every node and its negation that are needed
 * become decisions, and levels that are skipped become free nodes. O(size + levels skipped).
 * @throws InvalidArgumentError for an unknown reference
 */
export function obddToNnf(manager: ObddManager, ref: ObddRef): Nnf {
  const state = checkObdd(manager, ref);
  const { order, levels, variableOf } = state;
  const builder = nnfBuilder(state.variables);
  const places = new Map<ObddRef, number>();
  // tails[level]: all variables from a level on, free; shared by all that end early.
  const tails = [builder.and([])];
  for (let level = state.variables - 1; level >= 0; level--) {
    tails.unshift(builder.and([builder.free(order[level] - 1), ...(tails[0] === 0 ? [] : [tails[0]])]));
  }
  const below = (child: ObddRef, level: number): number[] => {
    if (child === obddTrue) return level === state.variables ? [] : [tails[level]];
    const parts = [places.get(child)!];
    for (let at = level; at < levels[variableOf.data[child >> 1]]; at++) {
      parts.push(builder.free(order[at] - 1));
    }
    return parts;
  };
  for (const node of reachableObdd(state, [ref])) {
    const variable = variableOf.data[node];
    for (const sign of [0, 1]) {
      const branches: number[] = [];
      for (const [side, value] of [
        [state.high.data[node] ^ sign, 1],
        [state.low.data[node] ^ sign, 0],
      ]) {
        if (side === obddFalse) continue;
        const rest = below(side, levels[variable] + 1);
        branches.push(builder.and([builder.literal(2 * (variable - 1) + value), ...rest]));
      }
      places.set(2 * node + sign, builder.or(branches, variable - 1));
    }
  }
  return builder.build(ref === obddFalse ? builder.or([]) : builder.and(below(ref, 0)));
}

/**
 * The function in an SDD manager over the same variables, or more; with a right-linear vtree in the same order the
 * diagram has the same shape.
 * @throws InvalidArgumentError; BudgetError, AbortedError, CredenceError `SDD_BUSY`
 */
export function obddToSdd(
  manager: ObddManager,
  ref: ObddRef,
  target: SddManager,
  options: SddOptions = {},
): SddRef {
  const source = checkObdd(manager, ref);
  if (target.vtree.variables < source.variables) {
    throw new InvalidArgumentError(
      "target",
      target.vtree.variables,
      `a manager of ${source.variables} variables`,
    );
  }
  const steps = operation(target, "Converting an OBDD", options, function* (state): StepGenerator<SddRef> {
    const places = new Map<number, SddRef>([[0, 0]]);
    const of = (each: ObddRef): SddRef => places.get(each >> 1)! ^ (each & 1);
    for (const node of reachableObdd(source, [ref])) {
      const literal = 2 * source.variableOf.data[node];
      const high = yield* finished(state, beginConjoin(state, literal, of(source.high.data[node])));
      const low = yield* finished(state, beginConjoin(state, literal ^ 1, of(source.low.data[node])));
      places.set(node, yield* disjoined(state, high, low));
    }
    return outer(state, of(ref));
  });
  return runSync(steps, options);
}

/**
 * The function of an SDD manager in an OBDD manager over the same variables, or more.
 * @throws InvalidArgumentError, CredenceError `SDD_COLLECTED`; BudgetError
 */
export function obddFromSdd(
  manager: SddManager,
  ref: SddRef,
  target: ObddManager,
  budget: Budget = {},
): ObddRef {
  const root = inner(manager, ref);
  const source = stateOf(manager);
  const state = obddStateOf(target);
  if (state.variables < source.vtree.variables) {
    throw new InvalidArgumentError(
      "target",
      state.variables,
      `a manager of ${source.vtree.variables} variables`,
    );
  }
  const watch = watchOf("Converting an SDD", budget);
  const places = new Map<SddRef, ObddRef>();
  for (const each of reachableRefs(source, [root])) {
    const node = each >> 1;
    if (node === 0) places.set(each, each);
    else if (!isDecision(source, node)) {
      places.set(each, obddLiteral(target, (each & 1) === 0 ? node : -node));
    } else {
      let result: ObddRef = obddFalse;
      for (let i = source.starts[node]; i < source.ends[node]; i += 2) {
        const prime = places.get(source.elements.data[i])!;
        const sub = places.get(source.elements.data[i + 1] ^ (each & 1))!;
        const both = iteOf(state, prime, sub, obddFalse, watch);
        result = iteOf(state, both, obddTrue, result, watch);
      }
      places.set(each, result);
    }
  }
  return places.get(root)!;
}
