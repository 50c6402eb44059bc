/** Circuits of the same structure with other parameters. */
import { InvalidArgumentError } from "@credence/core";
import { checkDistribution, type Input } from "../inputs/input.ts";
import { sealed } from "./assemble.ts";
import type { Circuit } from "./circuit.ts";
import { checkTies } from "./tying.ts";

/** What may change without touching the structure. */
export interface CircuitParameters {
  /** Per edge, as in {@link Circuit.logWeights}; those of products are ignored. Default: unchanged. */
  readonly logWeights?: Float64Array;
  /** Per input, over the same variables. Default: unchanged. */
  readonly inputs?: readonly Input[];
}

/**
 * The circuit with other weights and inputs; the arrays of the structure are shared. O(edges + inputs).
 * @throws InvalidArgumentError for parameters of other lengths, over other variables or outside their range
 * @throws CredenceError `TIED_PARAMETERS` for parameters that differ within a group of tied ones
 */
export function withParameters<V extends string>(
  circuit: Circuit<V>,
  parameters: CircuitParameters,
): Circuit<V> {
  const { logWeights = circuit.logWeights, inputs = circuit.inputs } = parameters;
  if (logWeights.length !== circuit.edges || inputs.length !== circuit.inputs.length) {
    throw new InvalidArgumentError(
      "parameters",
      parameters,
      "one log weight per edge and one input per input",
    );
  }
  for (const weight of logWeights) {
    if (!(weight < Number.POSITIVE_INFINITY)) {
      throw new InvalidArgumentError("A log weight", weight, "finite, or -Infinity for a weight of 0");
    }
  }
  inputs.forEach((input, i) => {
    if (input.variable !== circuit.inputs[i].variable) {
      throw new InvalidArgumentError(`inputs[${i}].variable`, input.variable, "the variable that it had");
    }
    if (input !== circuit.inputs[i]) checkDistribution(input.distribution, circuit.domains[input.variable]);
  });
  checkTies(circuit, logWeights, inputs);
  const { variables, domains, size, edges, kinds, inputOf, offsets, children } = circuit;
  const { sumGroups, inputGroups } = circuit;
  return sealed<V>({
    ...{ variables, domains, size, edges, kinds, inputOf, offsets, children },
    ...(sumGroups === undefined ? {} : { sumGroups }),
    ...(inputGroups === undefined ? {} : { inputGroups }),
    logWeights,
    inputs,
  });
}
