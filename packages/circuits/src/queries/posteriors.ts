/**
 * All single-variable posteriors of a smooth and decomposable circuit in one pass up and one down (see
 * passes.ts). The posterior of a variable is the mixture of its inputs, each weighted by its flow and
 * conditioned on what is known of the variable,
 *
 *   P(x_v | e) = Σ_inputs of v  f(input) · P_input(x_v | e_v).
 *
 * O(edges + states of the inputs).
 */
import type { Circuit } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import { isOverStates, stateProbability } from "../inputs/distribution.ts";
import { type Input, numericFamily } from "../inputs/input.ts";
import { momentsWithin, type NumericDistribution } from "../inputs/within.ts";
import { byName } from "./by-name.ts";
import {
  type Contradiction,
  type Evidence,
  inputLogValue,
  inputLogValues,
  type Known,
  knownOf,
  requireProperties,
} from "./evidence.ts";
import { contradictionOf } from "./likelihood.ts";
import { flows, logValues } from "./passes.ts";

/** What the circuit says of one variable. */
export type Posterior =
  /** P(state), by state; of binary variables P(false) and P(true). */
  | { readonly kind: "states"; readonly probabilities: readonly number[] }
  /** Of a real variable or a count, also one that is known to be in a set or an interval. */
  | { readonly kind: "number"; readonly mean: number; readonly variance: number };

/** The answer of {@link posteriors}. No field is ever NaN. */
export interface AllPosteriors<V extends string = string> {
  readonly kind: "posteriors";
  readonly byVariable: { readonly [K in V]: Posterior };
  /** Log of the total weight of the worlds that agree with the evidence. */
  readonly logPartition: number;
}

/**
 * The posterior of every variable, of whatever domain.
 * @returns `kind: "posteriors"`, or `kind: "contradiction"` if no world is left
 * @throws UnknownNameError, InvalidArgumentError for evidence outside the domain
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable
 */
export function posteriors<V extends string>(
  circuit: Circuit<V>,
  evidence: Evidence<V> = {},
): AllPosteriors<V> | Contradiction {
  requireProperties(circuit, "posteriors", ["smooth", "decomposable"]);
  const known = knownOf(circuit, evidence);
  const values = logValues(circuit, inputLogValues(circuit, known));
  const total = values[circuit.size - 1];
  if (total === Number.NEGATIVE_INFINITY) return contradictionOf(circuit);
  const found = posteriorsByVariable(circuit, known, inputFlows(circuit, values));
  return { kind: "posteriors", byVariable: byName(circuit, (v) => found[v]), logPartition: total };
}

/** The flow of every input, given the values of all nodes. */
export function inputFlows(circuit: Circuit, values: Float64Array): Float64Array {
  const flow = flows(circuit, values);
  const byInput = new Float64Array(circuit.inputs.length);
  circuit.inputOf.forEach((input, node) => {
    if (input >= 0) byInput[input] = flow[node];
  });
  return byInput;
}

/** Posteriors by variable id, from the flows of the inputs. */
export function posteriorsByVariable(
  circuit: Circuit,
  known: readonly Known[],
  flow: Float64Array,
): Posterior[] {
  const byVariable: { input: Input; flow: number }[][] = circuit.domains.map(() => []);
  circuit.inputs.forEach((input, i) => {
    if (flow[i] > 0) byVariable[input.variable].push({ input, flow: flow[i] });
  });
  return byVariable.map((parts, v) => {
    const arity = arityOf(circuit.domains[v]);
    return Number.isFinite(arity) ? ofStates(parts, known[v], arity) : ofNumbers(parts, known[v]);
  });
}

type Parts = readonly { readonly input: Input; readonly flow: number }[];

function ofStates(parts: Parts, known: Known, arity: number): Posterior {
  const probabilities = new Array<number>(arity).fill(0);
  for (const { input, flow } of parts) {
    const own = stateShares(input, known, arity);
    for (let state = 0; state < arity; state++) probabilities[state] += flow * own[state];
  }
  // Flows add up to 1 only up to rounding; dividing keeps every posterior inside [0, 1].
  const total = probabilities.reduce((a, b) => a + b, 0);
  return { kind: "states", probabilities: probabilities.map((p) => p / total) };
}

/** P(state | finding) under one input. */
export function stateShares(input: Input, known: Known, arity: number): number[] {
  const d = input.distribution;
  const shares = Array.from({ length: arity }, (_, s) => (isOverStates(d) ? stateProbability(d, s) : 0));
  if (known.kind !== "weights") return shares;
  const log = inputLogValue(input, known);
  return shares.map((p, s) => (p === 0 ? 0 : Math.exp(Math.log(p) + known.logWeights[s] - log)));
}

function ofNumbers(parts: Parts, known: Known): Posterior {
  if (known.kind === "values" && known.values.length === 1) {
    return { kind: "number", mean: known.values[0], variance: 0 };
  }
  const total = parts.reduce((sum, { flow }) => sum + flow, 0);
  const moments = parts.map(({ input, flow }) => ({ share: flow / total, ...inputMoments(input, known) }));
  const mean = moments.reduce((sum, part) => sum + part.share * part.mean, 0);
  const variance = moments.reduce(
    (sum, part) => sum + part.share * (part.variance + (part.mean - mean) ** 2),
    0,
  );
  return { kind: "number", mean, variance };
}

/** The mean and the variance of one input given the finding, of positive weight. */
function inputMoments(input: Input, known: Known): { readonly mean: number; readonly variance: number } {
  const d = input.distribution as NumericDistribution;
  if (known.kind === "interval") return momentsWithin(d, known.from, known.to);
  const family = numericFamily(d);
  if (known.kind !== "values") return { mean: family.mean(d), variance: family.variance(d) };
  const log = inputLogValue(input, known);
  const shares = known.values.map((x) => Math.exp(family.logProbability(d, x) - log));
  const mean = shares.reduce((sum, share, i) => sum + share * known.values[i], 0);
  return { mean, variance: shares.reduce((sum, share, i) => sum + share * (known.values[i] - mean) ** 2, 0) };
}
