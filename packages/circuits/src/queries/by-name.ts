/** Answers in the words of the caller: records keyed by the names of variables, and values as they are written. */
import type { Circuit } from "../circuit/circuit.ts";

/** A record with one value per variable. */
export function byName<V extends string, T>(
  circuit: Pick<Circuit<V>, "variables">,
  value: (variable: number) => T,
): { [K in V]: T } {
  // fromEntries defines properties, so that even a variable called __proto__ is one.
  return Object.fromEntries(circuit.variables.names.map((name, v) => [name, value(v)])) as { [K in V]: T };
}

/** A value as callers write it: a boolean of binary variables, a number of others. */
export function writtenValue(
  circuit: Pick<Circuit, "domains">,
  variable: number,
  value: number,
): boolean | number {
  return circuit.domains[variable].kind === "binary" ? value === 1 : value;
}
