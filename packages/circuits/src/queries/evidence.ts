/**
 * Evidence on the variables of a circuit, as weights of literals:
 *
 *   absent      θ(true) = 1, θ(false) = 1: nothing is known, both values count
 *   p ∈ [0, 1]  θ(true) = p, θ(false) = 1 - p: virtual evidence (Pearl, 1988, section 2.2.2), such as the
 *               output of a classifier for this variable alone
 *   boolean     θ of that value 1, of the other 0: the value is known
 *
 * 0 and 1 are the same as false and true.
 *
 * A distribution q over classes (a soft-max) is not n separate virtual findings: under a hard exactlyOne a
 * leaf counts by its odds p / (1 - p). Enter q as p = q / (1 + q), whose odds are q; entering q itself would
 * sharpen it.
 */
import { CredenceError, InvalidArgumentError } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";

/** What is known of each variable. */
export type Evidence<V extends string = string> = { readonly [K in V]?: boolean | number | undefined };

/**
 * The answer of a query when no world is left: `source` says whether the rules alone exclude every world, or
 * only together with the evidence.
 */
export interface Contradiction {
  readonly kind: "contradiction";
  readonly source: "rules" | "evidence";
  readonly logPartition: number;
}

/**
 * Log weights of the literals, at 2 · variable + value.
 * @throws UnknownNameError, InvalidArgumentError
 */
export function literalLogWeights<V extends string>(
  circuit: Pick<Circuit<V>, "variables">,
  evidence: Evidence<V>,
): Float64Array {
  const weights = new Float64Array(2 * circuit.variables.size);
  for (const [name, value] of Object.entries(evidence) as [V, boolean | number | undefined][]) {
    const variable = circuit.variables.id(name);
    if (value === undefined) continue;
    const p = Number(value);
    if (!(typeof value === "boolean" || typeof value === "number") || !(p >= 0 && p <= 1)) {
      throw new InvalidArgumentError(
        `The evidence on ${JSON.stringify(name)}`,
        value,
        "true, false or a probability from 0 to 1",
        "Leave the variable out if nothing is known of it.",
      );
    }
    weights[2 * variable] = Math.log1p(-p);
    weights[2 * variable + 1] = Math.log(p);
  }
  return weights;
}

/** @throws CredenceError `UNSUPPORTED_QUERY` unless the circuit has the properties that a query rests on */
export function requireProperties(
  circuit: Circuit,
  query: string,
  needed: readonly (keyof Circuit["properties"])[],
): void {
  const missing = needed.filter((property) => !circuit.properties[property]);
  if (missing.length === 0) return;
  throw new CredenceError({
    code: "UNSUPPORTED_QUERY",
    message:
      `${query} needs a circuit that is ${needed.join(" and ")}; ` +
      `this one is not known to be ${missing.join(" and ")}.`,
    given: missing.join(", "),
    expected: needed.join(", "),
    hint: "checkCircuit names the nodes at fault; circuits made by compileRules have all properties.",
  });
}
