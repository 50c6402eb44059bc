/**
 * Derivatives of the total weight Z(e), or of its logarithm, by everything that it depends on, in one pass up
 * and one down. With v the values and d(n) = ∂Z/∂v(n) (see passes.ts),
 *
 *   weights           ∂Z/∂w_c = d(n) · v(c)             for the edge from the sum n to its child c
 *   inputs            ∂Z/∂v(i) = d(i),  ∂Z/∂(parameter) = d(i) · ∂v(i)/∂(parameter)
 *   leaf weights      ∂Z/∂θ_v(s) = Σ_inputs i of v  d(i) · P_i(s)
 *   leaf probability  ∂Z/∂p_v = ∂Z/∂θ_v(1) - ∂Z/∂θ_v(0)  with θ_v = (1 - p_v, p_v)
 *
 * (Darwiche, "A differential approach to inference in Bayesian networks", JACM 50, 2003, section 3.) All of it
 * is exact where weights, leaf probabilities or whole sub-circuits are 0. O(edges + parameters).
 */
import { InvalidArgumentError, logSumExp } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import { poolEdgesInto } from "../circuit/tying.ts";
import { isOverStates, stateProbability } from "../inputs/distribution.ts";
import { byName } from "./by-name.ts";
import {
  type Contradiction,
  type Evidence,
  inputLogValues,
  type Known,
  knownOf,
  requireProperties,
} from "./evidence.ts";
import { contradictionOf } from "./likelihood.ts";
import { evaluateSum, parameterSlopes, type SignedSum } from "./parameter-slopes.ts";
import { logDerivatives, logValues } from "./passes.ts";

/** Options of {@link gradients}. */
export interface GradientsOptions {
  /**
   * What is derived: `log-partition` (the default), log Z(e), which has no derivative where Z(e) is 0; or
   * `partition`, Z(e) itself, which always has.
   */
  readonly of?: "log-partition" | "partition";
}

/** Derivatives; no entry is NaN. An entry is Infinity where the true derivative is beyond 1.8e308. */
export interface Gradients<V extends string = string> {
  readonly kind: "gradients";
  readonly of: "log-partition" | "partition";
  readonly logPartition: number;
  /** By the weight of every edge of a sum (the weight, not its log), weights of 0 included; 0 for products. */
  readonly weights: Float64Array;
  /** By the log weight of every edge; of log Z this is the flow of the edge, from 0 to 1. */
  readonly logWeights: Float64Array;
  /** By the log value of every input; of log Z this is the flow of the input, from 0 to 1. */
  readonly inputs: Float64Array;
  /**
   * Per input, by the parameters of its distribution, each on its own (probabilities that have to add up to 1
   * are not kept on their simplex). Parameters without a closed form, and those that are whole numbers or
   * places, are absent, as are all of a number of which nothing is known. Tied parameters, here and in the weights,
   * get the sum over their places.
   */
  readonly parameters: readonly ParameterGradient[];
  /** By the leaf weight θ(state) of every state of a variable; empty for variables that are numbers. */
  readonly leafWeights: { readonly [K in V]: readonly number[] };
  /**
   * By the log of the same, 0 for θ(state) = 0; of log Z these are the posteriors. Empty for numbers.
   */
  readonly logLeafWeights: { readonly [K in V]: readonly number[] };
  /** Of binary variables: by the leaf probability p in θ = (1 - p, p). 0 for other variables. */
  readonly leafProbabilities: { readonly [K in V]: number };
}

/** By name of the parameter; lists for lists. */
export type ParameterGradient = { readonly [parameter: string]: number | readonly number[] };

/**
 * The gradient of log Z(evidence) or of Z(evidence).
 * @returns `kind: "gradients"`, or `kind: "contradiction"` if log Z is asked for and no world is left
 * @throws UnknownNameError, InvalidArgumentError for evidence outside the domain
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable
 */
export function gradients<V extends string>(
  circuit: Circuit<V>,
  evidence: Evidence<V> = {},
  options: GradientsOptions = {},
): Gradients<V> | Contradiction {
  const { of = "log-partition" } = options;
  if (of !== "log-partition" && of !== "partition")
    throw new InvalidArgumentError("of", of, "log-partition or partition");
  requireProperties(circuit, "gradients", ["smooth", "decomposable"]);
  const known = knownOf(circuit, evidence);
  const values = logValues(circuit, inputLogValues(circuit, known));
  const total = values[circuit.size - 1];
  if (total === Number.NEGATIVE_INFINITY && of === "log-partition") return contradictionOf(circuit);
  const scale = of === "log-partition" ? total : 0;
  const slopes = logDerivatives(circuit, values);
  const ofInput = new Float64Array(circuit.inputs.length);
  circuit.inputOf.forEach((input, node) => {
    if (input >= 0) ofInput[input] = slopes[node];
  });
  const inputValues = inputLogValues(circuit, known);
  const leaves = leafSlopes(circuit, ofInput, scale);
  const named = <T>(value: (v: number, slopes: readonly number[]) => T) =>
    byName(circuit, (v) => value(v, leaves[v]));
  return {
    kind: "gradients",
    of,
    logPartition: total,
    ...edgeSlopes(circuit, values, slopes, scale),
    inputs: ofInput.map((slope, i) => Math.exp(slope + inputValues[i] - scale)),
    parameters: inputParameters(circuit, known, ofInput, scale),
    leafWeights: named((_, own) => own.map((log) => Math.exp(log))),
    logLeafWeights: named((v, own) => {
      const one = known[v];
      return own.map((log, s) => Math.exp(log + (one.kind === "weights" ? one.logWeights[s] : 0)));
    }),
    leafProbabilities: named((v, own) => {
      if (circuit.domains[v].kind !== "binary") return 0;
      return evaluateSum(
        [
          [1, own[1]],
          [-1, own[0]],
        ],
        0,
      );
    }),
  };
}

function isList(sum: SignedSum | readonly SignedSum[]): sum is readonly SignedSum[] {
  return sum.length > 0 && (sum[0].length === 0 || Array.isArray(sum[0][0]));
}

function edgeSlopes(
  circuit: Circuit,
  values: Float64Array,
  slopes: Float64Array,
  scale: number,
): { readonly weights: Float64Array; readonly logWeights: Float64Array } {
  const { kinds, offsets, children } = circuit;
  const weights = new Float64Array(circuit.edges);
  const logWeights = new Float64Array(circuit.edges);
  for (let node = 0; node < circuit.size; node++) {
    if (kinds[node] !== nodeKinds.sum) continue;
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      const log = slopes[node] + values[children[edge]] - scale;
      weights[edge] = Math.exp(log);
      logWeights[edge] = Math.exp(log + circuit.logWeights[edge]);
    }
  }
  poolEdgesInto(circuit, weights);
  poolEdgesInto(circuit, logWeights);
  return { weights, logWeights };
}

/** By the parameters of every input; those of tied inputs are added up. */
function inputParameters(
  circuit: Circuit,
  known: readonly Known[],
  ofInput: Float64Array,
  scale: number,
): ParameterGradient[] {
  const own = circuit.inputs.map(({ distribution, variable }, i) => {
    const evaluate = (sum: SignedSum): number => evaluateSum(sum, ofInput[i] - scale);
    const slopes = Object.entries(parameterSlopes(distribution, known[variable]));
    return Object.fromEntries(
      slopes.map(([name, sum]) => [name, isList(sum) ? sum.map(evaluate) : evaluate(sum)]),
    );
  });
  const { inputGroups } = circuit;
  if (inputGroups === undefined) return own;
  const totals = new Map<number, ParameterGradient>();
  own.forEach((one, i) => {
    if (inputGroups[i] >= 0) totals.set(inputGroups[i], added(totals.get(inputGroups[i]) ?? {}, one));
  });
  return own.map((one, i) => totals.get(inputGroups[i]) ?? one);
}

/** Parameters that one of the two leaves out (nothing is known of its variable) count as 0 there. */
function added(a: ParameterGradient, b: ParameterGradient): ParameterGradient {
  const sum = { ...a };
  for (const [name, slope] of Object.entries(b)) {
    const before = a[name] ?? 0;
    if (typeof slope !== "number") {
      sum[name] = slope.map((one, i) => one + (typeof before === "number" ? before : before[i]));
    } else sum[name] = typeof before === "number" ? before + slope : slope;
  }
  return sum;
}

/** log ∂/∂θ_v(s), by variable and state. */
function leafSlopes(circuit: Circuit, ofInput: Float64Array, scale: number): readonly (readonly number[])[] {
  const terms: number[][][] = circuit.domains.map((domain) => {
    const arity = arityOf(domain);
    return Array.from({ length: Number.isFinite(arity) ? arity : 0 }, () => []);
  });
  circuit.inputs.forEach(({ distribution, variable }, i) => {
    if (!isOverStates(distribution) || ofInput[i] === Number.NEGATIVE_INFINITY) return;
    for (let s = 0; s < terms[variable].length; s++) {
      const p = stateProbability(distribution, s);
      if (p > 0) terms[variable][s].push(ofInput[i] + Math.log(p) - scale);
    }
  });
  return terms.map((states) => states.map((logs) => logSumExp(logs)));
}
