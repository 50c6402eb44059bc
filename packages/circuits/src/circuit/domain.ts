/** The values that a variable of a circuit may take. */
import { InvalidArgumentError } from "@credence/core";

/**
 * `binary`: false and true, also written 0 and 1. `categorical`: the states 0 to arity - 1, with names if
 * `states` gives them. `real`: a real number, with a density. `count`: 0, 1, 2, ...
 */
export type Domain =
  | { readonly kind: "binary" }
  | { readonly kind: "categorical"; readonly arity: number; readonly states?: readonly string[] }
  | { readonly kind: "real" }
  | { readonly kind: "count" };

const kinds: readonly Domain["kind"][] = ["binary", "categorical", "real", "count"];

/** The domain {0, 1}. */
export const binary: Domain = Object.freeze({ kind: "binary" });

/** How many values a domain has; Infinity for real numbers and counts. */
export function arityOf(domain: Domain): number {
  if (domain.kind === "binary") return 2;
  return domain.kind === "categorical" ? domain.arity : Number.POSITIVE_INFINITY;
}

/** More states than this are refused: a posterior has a number for each. */
export const arityLimit = 2 ** 20;

/**
 * @throws InvalidArgumentError for another kind, an arity that is not from 1 to {@link arityLimit}, or names of states that are not
 *   `arity` distinct ones
 */
export function checkDomain(domain: Domain): void {
  if (!kinds.includes(domain?.kind))
    throw new InvalidArgumentError("The kind of a domain", domain?.kind, `one of ${kinds.join(", ")}`);
  if (domain.kind !== "categorical") return;
  if (!(Number.isInteger(domain.arity) && domain.arity >= 1 && domain.arity <= arityLimit)) {
    throw new InvalidArgumentError("An arity", domain.arity, `an integer from 1 to ${arityLimit}`);
  }
  const { states } = domain;
  if (states === undefined) return;
  const named = Array.isArray(states) && states.every((state) => typeof state === "string");
  if (!named || states.length !== domain.arity || new Set(states).size !== states.length) {
    throw new InvalidArgumentError("states", states, `${domain.arity} distinct names`);
  }
}

/** In words, for messages. */
export function describeDomain(domain: Domain): string {
  if (domain.kind === "binary") return "true, false, 0 or 1";
  if (domain.kind === "real") return "a finite number";
  if (domain.kind === "count") return "an integer from 0";
  const names = domain.states === undefined ? "" : `, or one of ${domain.states.slice(0, 5).join(", ")}`;
  return `a state from 0 to ${domain.arity - 1}${names}`;
}

/** Whether `value` is in the domain. */
export function contains(domain: Domain, value: number): boolean {
  if (domain.kind === "real") return Number.isFinite(value);
  return Number.isSafeInteger(value) && value >= 0 && value < arityOf(domain);
}
