/**
 * The circuit of a posterior distribution: P(x | e) as a circuit of the same structure. With v(n) the log value of
 * node n under the evidence,
 *
 *   weights  w_c ← w_c + v(c) - v(n),    inputs  P(x_v) ← P(x_v | e_v),
 *
 * and what is impossible is left out. Every sum then adds up to 1. Without evidence this is normalization: the local
 * constants move up to the root and leave it as log Z. O(edges).
 */
import { CredenceError } from "@credence/core";
import { circuitBuilder } from "../circuit/builder.ts";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { arityOf, type Domain } from "../circuit/domain.ts";
import type { Distribution } from "../inputs/distribution.ts";
import type { Input } from "../inputs/input.ts";
import {
  type Contradiction,
  type Evidence,
  inputLogValues,
  type Known,
  knownOf,
  requireProperties,
} from "../queries/evidence.ts";
import { contradictionOf } from "../queries/likelihood.ts";
import { logValues } from "../queries/passes.ts";
import { stateShares } from "../queries/posteriors.ts";

/** A normalized circuit, and what was divided by. */
export interface Conditioned<V extends string = string> {
  readonly kind: "circuit";
  readonly circuit: Circuit<V>;
  /** Log of the total weight of the worlds that agree with the evidence. */
  readonly logPartition: number;
}

/**
 * P(world | evidence) as a circuit over the same variables.
 * @returns `kind: "circuit"`, or `kind: "contradiction"` if no world is left
 * @throws UnknownNameError, InvalidArgumentError for evidence outside the domain
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable, and for evidence on
 *   variables that are numbers: the posterior of a known number is no density
 */
export function condition<V extends string>(
  circuit: Circuit<V>,
  evidence: Evidence<V>,
): Conditioned<V> | Contradiction {
  requireProperties(circuit, "condition", ["smooth", "decomposable"]);
  const known = knownOf(circuit, evidence);
  const values = logValues(circuit, inputLogValues(circuit, known));
  const total = values[circuit.size - 1];
  if (total === Number.NEGATIVE_INFINITY) return contradictionOf(circuit);
  const { kinds, offsets, children, logWeights, inputOf, domains, variables } = circuit;
  const builder = circuitBuilder<V>(variables, { domains });
  const made = new Int32Array(circuit.size).fill(-1);
  for (let node = 0; node < circuit.size; node++) {
    if (values[node] === Number.NEGATIVE_INFINITY) continue;
    if (kinds[node] === nodeKinds.input) {
      const input = circuit.inputs[inputOf[node]];
      made[node] = builder.input(
        input.variable,
        given(input, known[input.variable], domains[input.variable], variables.name(input.variable)),
      );
      continue;
    }
    const edges = Array.from(
      { length: offsets[node + 1] - offsets[node] },
      (_, i) => offsets[node] + i,
    ).filter((edge) => logWeights[edge] + values[children[edge]] > Number.NEGATIVE_INFINITY);
    const parts = edges.map((edge) => made[children[edge]]);
    if (kinds[node] === nodeKinds.product) made[node] = builder.product(parts);
    else {
      made[node] = builder.sum(
        parts,
        edges.map((edge) => logWeights[edge] + values[children[edge]] - values[node]),
      );
    }
  }
  return { kind: "circuit", circuit: builder.build(made[circuit.size - 1]), logPartition: total };
}

/**
 * The normalized circuit: every sum adds up to 1, and so does the whole.
 * @returns `kind: "circuit"` with log Z, or `kind: "contradiction"` if the circuit is 0 everywhere
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable
 */
export function normalize<V extends string>(circuit: Circuit<V>): Conditioned<V> | Contradiction {
  return condition(circuit, {});
}

/** An input given a finding. */
function given(input: Input, known: Known, domain: Domain, name: string): Distribution {
  const { distribution } = input;
  if (known.kind === "nothing") return distribution;
  if (known.kind !== "weights") {
    throw new CredenceError({
      code: "UNSUPPORTED_QUERY",
      message: `${JSON.stringify(name)} is ${domain.kind}: conditioning on its value leaves no density of it.`,
      given: name,
      expected: "evidence on variables with states",
      hint: "Give the evidence with each query instead.",
    });
  }
  const shares = stateShares(input, known, arityOf(domain));
  const total = shares.reduce((a, b) => a + b, 0);
  const certain = shares.findIndex((share) => share > 0 && share >= total);
  if (certain >= 0) return { family: "indicator", state: certain };
  if (domain.kind === "binary") return { family: "bernoulli", p: Math.min(1, shares[1] / total) };
  return { family: "categorical", probabilities: shares.map((share) => share / total) };
}
