/** Records that are keyed by the names of variables. */
import type { Circuit } from "../circuit/circuit.ts";

/** A record with one value per variable. */
export function byName<V extends string, T>(
  circuit: Pick<Circuit<V>, "variables">,
  value: (variable: number) => T,
): { [K in V]: T } {
  // fromEntries defines properties, so that even a variable called __proto__ is one.
  return Object.fromEntries(circuit.variables.names.map((name, v) => [name, value(v)])) as { [K in V]: T };
}
