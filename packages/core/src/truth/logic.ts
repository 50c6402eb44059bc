/**
 * A logic on truth values in [0, 1], as a value: a t-norm `and`, a t-conorm `or`, a negation `not` and the
 * t-norm's residuum `implies`. The scalar functions are the definition; array kernels are a fast path that a
 * law test holds against it. (P. Hájek, "Metamathematics of Fuzzy Logic", 1998, sections 2.1 and 2.2.)
 *
 *   t-norm: commutative, associative, monotone, and(a, 1) = a
 *   De Morgan: or(a, b) = not(and(not a, not b))
 *   residuum: implies(a, b) = sup { c : and(a, c) ≤ b }
 *
 * Truth values are trusted: the functions check nothing, since they run in the innermost loops.
 */
import { CredenceError } from "../errors/credence-error.ts";
import type { FloatArray } from "../matrix/float-array.ts";
import { logicFault } from "./logic-laws.ts";

/** Truth functions on [0, 1]. */
export interface Logic<Name extends string = string> {
  readonly name: Name;
  /** The t-norm. */
  and(a: number, b: number): number;
  /** The t-conorm. */
  or(a: number, b: number): number;
  /** The negation: antitone, not(0) = 1 and not(1) = 0. */
  not(a: number): number;
  /** The residuum: 1 where a ≤ b. */
  implies(a: number, b: number): number;
  /** Fast paths; absent, {@link kernelsOf} makes them from `and`. */
  readonly kernels?: LogicKernels;
}

/** The loops that dominate query answering, with the t-norm inlined by hand. */
export interface LogicKernels {
  /** out[i] = out[i] AND x[i]; `x` has at least the length of `out` and may be `out`. */
  andInto(out: FloatArray, x: FloatArray): void;
  /** out[i] = max(out[i], a AND row[i]): one row of fuzzy composition; `row` is at least as long as `out`. */
  composeMax(out: FloatArray, a: number, row: FloatArray): void;
}

/** Parts of a logic that {@link logicOf} would otherwise derive from the t-norm. */
export interface LogicOverrides {
  /** Default the dual under `not`: not(and(not a, not b)). */
  readonly or?: (a: number, b: number) => number;
  /** Default 1 − a. */
  readonly not?: (a: number) => number;
  /** Default the residuum, found by bisection to the last bit (up to about a thousand calls of the t-norm). */
  readonly implies?: (a: number, b: number) => number;
  readonly kernels?: LogicKernels;
}

/**
 * A logic made from a t-norm. The t-norm's axioms and the boundary values of everything else are checked on the
 * grid of eighths.
 *
 * @throws CredenceError `INVALID_LOGIC` with the law that fails and the point where it does
 */
export function logicOf<Name extends string>(
  name: Name,
  tNorm: (a: number, b: number) => number,
  overrides: LogicOverrides = {},
): Logic<Name> {
  const not = overrides.not ?? ((a: number) => 1 - a);
  const logic: Logic<Name> = {
    name,
    and: tNorm,
    or: overrides.or ?? ((a, b) => not(tNorm(not(a), not(b)))),
    not,
    implies: overrides.implies ?? ((a, b) => residuum(tNorm, a, b)),
    ...(overrides.kernels === undefined ? {} : { kernels: overrides.kernels }),
  };
  const fault = logicFault(logic);
  if (fault !== undefined) {
    throw new CredenceError({
      code: "INVALID_LOGIC",
      message: `The logic ${JSON.stringify(name)} breaks the law ${fault.law}: ${fault.point}.`,
      given: fault.point,
      expected: fault.law,
      hint:
        fault.law.startsWith("or") && overrides.or === undefined
          ? "Give `or` among the overrides: the dual of this t-norm under this negation is no t-conorm."
          : "A t-norm is commutative, associative and monotone on [0, 1] with 1 as its neutral element.",
    });
  }
  return logic;
}

/** The logic's own kernels, or plain loops over its `and`. */
export function kernelsOf(logic: Logic): LogicKernels {
  return (
    logic.kernels ?? {
      andInto(out, x) {
        for (let i = 0; i < out.length; i++) out[i] = logic.and(out[i], x[i]);
      },
      composeMax(out, a, row) {
        for (let i = 0; i < out.length; i++) out[i] = Math.max(out[i], logic.and(a, row[i]));
      },
    }
  );
}

/**
 * sup { c : tNorm(a, c) ≤ b }. For a left-continuous t-norm the largest double with that property, so the
 * adjunction "and(a, c) ≤ b iff c ≤ implies(a, b)" holds exactly; otherwise within one unit in the last place.
 */
function residuum(tNorm: (a: number, b: number) => number, a: number, b: number): number {
  if (a <= b) return 1;
  let low = 0;
  let high = 1;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return low;
    if (tNorm(a, middle) <= b) low = middle;
    else high = middle;
  }
}
