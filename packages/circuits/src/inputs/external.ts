/**
 * External inputs: leaves whose distribution comes from outside the circuit, such as the outputs of a neural network
 * for one image, or a likelihood for every state. They are bound before a query; the structure, and any plan made for
 * it, stays.
 *
 * A table of weights need not add up to 1. It is split into a distribution and its sum,
 *
 *   w_s = Z · p_s,   Z = Σ_s w_s,
 *
 * where p goes to the leaf and log Z to the only edge that leads to it: every input stays a distribution, and queries
 * find nothing new (weights below 1e-308 of the largest of a table count as 0). Until it is bound, an external input counts as some distribution: it has mass 1 where nothing is
 * known of its variable, and queries that need more of it say that they do (`UNBOUND_INPUT`).
 */
import { InvalidArgumentError, logSumExp } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import { withParameters } from "../circuit/parameters.ts";
import type { Distribution } from "./distribution.ts";
import { checkDistribution } from "./input.ts";

/**
 * What is bound to an external input: the log of a weight for every state of its variable (-Infinity for a weight of
 * 0), or any distribution of the variable's domain.
 */
export type ExternalValue = readonly number[] | Float32Array | Float64Array | Distribution;

/**
 * The circuit with its external inputs bound: slot i to `values[i]`; slots of which the value is undefined, or beyond
 * the end of the list, stay as they are. O(inputs + edges).
 * @throws InvalidArgumentError for tables of another length or with numbers that are not log weights, and
 *   distributions that the variable's domain does not have
 */
export function bindExternals<V extends string>(
  circuit: Circuit<V>,
  values: readonly (ExternalValue | undefined)[],
): Circuit<V> {
  const inputs = circuit.inputs.slice();
  const scales = new Float64Array(inputs.length);
  let changed = false;
  circuit.inputs.forEach(({ variable, distribution }, i) => {
    if (distribution.family !== "external") return;
    const value = values[distribution.slot];
    if (value === undefined) return;
    const bound = isTable(value)
      ? ofTable(value, arityOf(circuit.domains[variable]), distribution.slot)
      : { distribution: value, log: 0 };
    checkDistribution(bound.distribution, circuit.domains[variable]);
    inputs[i] = { variable, distribution: bound.distribution };
    scales[i] = bound.log;
    changed = true;
  });
  if (!changed) return circuit;
  const logWeights = circuit.logWeights.slice();
  for (let edge = 0; edge < circuit.edges; edge++) {
    const input = circuit.inputOf[circuit.children[edge]];
    if (input >= 0 && inputs[input] !== circuit.inputs[input]) logWeights[edge] += scales[input];
  }
  return withParameters(circuit, { logWeights, inputs });
}

function isTable(value: ExternalValue): value is Exclude<ExternalValue, Distribution> {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

/** The distribution of a table, and the log of its sum. */
function ofTable(
  logWeights: Exclude<ExternalValue, Distribution>,
  arity: number,
  slot: number,
): { readonly distribution: Distribution; readonly log: number } {
  const good = logWeights.length === arity && logWeights.every((w) => w < Number.POSITIVE_INFINITY);
  if (!good) {
    throw new InvalidArgumentError(
      `The table of slot ${slot}`,
      logWeights,
      Number.isFinite(arity)
        ? `${arity} log weights, finite or -Infinity`
        : "a distribution: the variable is a number",
    );
  }
  const log = logSumExp(logWeights);
  // Of an impossible table the edge says it all; the leaf may be anything.
  const shares = Array.from(logWeights, (w) =>
    log === Number.NEGATIVE_INFINITY ? 1 / arity : Math.exp(w - log),
  );
  return { distribution: { family: "categorical", probabilities: shares }, log };
}
