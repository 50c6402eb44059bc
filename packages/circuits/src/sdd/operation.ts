/**
 * What an operation on a manager is: one at a time, within its budget, in steps that can be aborted. Whatever way
 * it ends, the manager is left in order; results of conjunctions that were computed stay known.
 */
import { CredenceError, type RunOptions, type Step, type StepGenerator } from "@credence/core";
import { type Budget, watchBudget } from "../ddnnf/budget.ts";
import { advance, checkBudget, pending } from "./conjoin.ts";
import { type SddManager, type SddRef, type SddState, stateOf } from "./manager.ts";

/** Options of operations on a manager. The budget's nodes are those that the manager keeps. */
export interface SddOptions extends RunOptions, Budget {}

/** Steps of an operation that has no result before it is done. */
export type SddSteps<T> = Generator<Step<never>, T, void>;

/** Frames worked on between two steps. */
const stride = 4096;

/**
 * Runs `work` as the manager's one operation.
 * @throws CredenceError `SDD_BUSY` if another one is under way
 */
export function* operation<T>(
  manager: SddManager,
  name: string,
  options: Budget,
  work: (state: SddState) => StepGenerator<T>,
): StepGenerator<T> {
  const state = stateOf(manager);
  requireIdle(state, name);
  const limited = options.nodes !== undefined || options.milliseconds !== undefined;
  state.watch = limited ? watchBudget(name, options) : undefined;
  state.busy = name;
  try {
    return yield* work(state);
  } finally {
    state.busy = undefined;
    state.watch = undefined;
    state.stack.size = 0;
    state.frames.size = 0;
  }
}

/** @throws CredenceError `SDD_BUSY` */
export function requireIdle(state: SddState, name: string): void {
  if (state.busy === undefined) return;
  throw new CredenceError({
    code: "SDD_BUSY",
    message: `${name} has to wait: the manager is at another operation.`,
    given: state.busy,
    expected: "one operation on a manager at a time",
    hint: "Await the promise of the operation under way, or use another manager.",
  });
}

/** What was begun by `beginConjoin` (its result given) or `beginDecision`, to its end. */
export function* finished(state: SddState, begun: SddRef): SddSteps<SddRef> {
  let value = begun;
  while (value === pending) {
    value = advance(state, stride);
    if (value !== pending) break;
    checkBudget(state);
    yield stepOf(state);
  }
  return value;
}

/** The manager's progress. */
export function stepOf(state: SddState): Step<never> {
  const metrics = { nodes: state.nodes, applies: state.applies };
  return { phase: "applying", step: state.applies, steps: Number.POSITIVE_INFINITY, metrics };
}
