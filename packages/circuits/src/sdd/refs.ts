/**
 * References as users hold them. A node's number is used again after a collection, so a reference also carries the
 * generation of the number, in the bits above the 32nd:
 *
 *   public reference = 2^32 · generation + 2 · node + sign
 *
 * A reference whose node is gone is told from every later one, and refused.
 */
import { CredenceError, InvalidArgumentError } from "@credence/core";
import { type SddManager, type SddRef, type SddState, stateOf, unused } from "./manager.ts";

const span = 2 ** 32;

/** The reference inside the manager. @throws InvalidArgumentError, CredenceError `SDD_COLLECTED` */
export function inner(manager: SddManager, ref: SddRef): SddRef {
  const state = stateOf(manager);
  if (Number.isSafeInteger(ref) && ref >= 0) {
    const low = ref % span;
    const node = Math.floor(low / 2);
    const age = state.generations[node] - (ref - low) / span;
    if (age === 0 && node < state.high && state.vtreeOf[node] !== unused) return low;
    if (age > 0) throw collected(ref);
  }
  throw new InvalidArgumentError("ref", ref, "a reference that this manager has given out");
}

/** The reference as users get it. */
export function outer(state: SddState, ref: SddRef): SddRef {
  return ref + span * state.generations[ref >> 1];
}

function collected(ref: SddRef): CredenceError {
  return new CredenceError({
    code: "SDD_COLLECTED",
    message: "The node of this reference has been collected.",
    given: ref,
    expected: "a reference to a function that was pinned when nodes were last collected",
    hint: "Pin what you need with pinSdd before collectSdd, or build the function anew.",
  });
}
