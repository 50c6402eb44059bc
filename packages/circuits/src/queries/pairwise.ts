/**
 * What two variables say of each other. One run of the passes for every way in which the first variable can be
 * settled gives the posteriors of all others in that case:
 *
 *   P(x_i = s, x_j)  from one run with x_i = s known            (finite variables)
 *   E[x_i x_j] = Σ_ℓ P(ℓ) E[x_i | ℓ] E[x_j | ℓ]                  (numbers)
 *
 * where ℓ runs over the inputs of x_i: given the input that its value comes from, x_i is independent of the
 * rest. O(edges · (states or inputs of all variables)).
 */
import { type Matrix, matrix } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import {
  type Contradiction,
  type Evidence,
  inputLogValues,
  type Known,
  knownOf,
  requireDomains,
  requireProperties,
} from "./evidence.ts";
import { contradictionOf } from "./likelihood.ts";
import { logValues } from "./passes.ts";
import { inputFlows, type Posterior, posteriorsByVariable } from "./posteriors.ts";

/** One way to settle a variable: its probability, and the posteriors in that case. */
interface Case {
  readonly probability: number;
  readonly posteriors: readonly Posterior[];
}

interface Start {
  readonly known: readonly Known[];
  readonly inputValues: Float64Array;
  readonly total: number;
}

function prepare<V extends string>(circuit: Circuit<V>, evidence: Evidence<V>): Start {
  const known = knownOf(circuit, evidence);
  const inputValues = inputLogValues(circuit, known);
  return { known, inputValues, total: logValues(circuit, inputValues)[circuit.size - 1] };
}

/** The cases of one variable by state (`states`) or by input, those of probability 0 included as undefined. */
function casesOf(circuit: Circuit, start: Start, variable: number): (Case | undefined)[] {
  const arity = arityOf(circuit.domains[variable]);
  if (!Number.isFinite(arity)) return casesByInput(circuit, start, variable);
  return Array.from({ length: arity }, (_, state) => {
    const known = start.known.slice();
    const own = known[variable];
    const logWeights = new Float64Array(arity).fill(Number.NEGATIVE_INFINITY);
    logWeights[state] = own.kind === "weights" ? own.logWeights[state] : 0;
    known[variable] = { kind: "weights", logWeights };
    return runCase(circuit, known, inputLogValues(circuit, known), start.total);
  });
}

function casesByInput(circuit: Circuit, start: Start, variable: number): (Case | undefined)[] {
  const own = circuit.inputs.flatMap((input, i) => (input.variable === variable ? [i] : []));
  return own.map((chosen) => {
    const inputValues = start.inputValues.slice();
    for (const input of own) if (input !== chosen) inputValues[input] = Number.NEGATIVE_INFINITY;
    return runCase(circuit, start.known, inputValues, start.total);
  });
}

function runCase(
  circuit: Circuit,
  known: readonly Known[],
  inputValues: Float64Array,
  total: number,
): Case | undefined {
  const values = logValues(circuit, inputValues);
  const root = values[circuit.size - 1];
  if (root === Number.NEGATIVE_INFINITY) return undefined;
  const posteriors = posteriorsByVariable(circuit, known, inputFlows(circuit, values));
  return { probability: Math.exp(root - total), posteriors };
}

/** Means and covariances. */
export interface Moments {
  readonly kind: "moments";
  /** By variable, in the circuit's order; of states their numbers count, of binary variables 0 and 1. */
  readonly mean: Float64Array;
  readonly covariance: Matrix;
}

/**
 * Means and covariances of all variables under P(world | evidence).
 * @returns `kind: "moments"`, or `kind: "contradiction"` if no world is left
 * @throws UnknownNameError, InvalidArgumentError for evidence outside the domain (intervals and sets of
 *   numbers included: they have no moments in closed form)
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable
 */
export function moments<V extends string>(
  circuit: Circuit<V>,
  evidence: Evidence<V> = {},
): Moments | Contradiction {
  requireProperties(circuit, "moments", ["smooth", "decomposable"]);
  const start = prepare(circuit, evidence);
  if (start.total === Number.NEGATIVE_INFINITY) return contradictionOf(circuit);
  const whole = runCase(circuit, start.known, start.inputValues, start.total) as Case;
  const n = circuit.variables.size;
  const mean = Float64Array.from(whole.posteriors, (one) => momentsOf(one).mean);
  const covariance = matrix(n, n);
  for (let i = 0; i < n; i++) {
    covariance.data[i * n + i] = momentsOf(whole.posteriors[i]).variance;
    for (const one of casesOf(circuit, start, i)) {
      if (one === undefined) continue;
      const own = momentsOf(one.posteriors[i]).mean - mean[i];
      for (let j = 0; j < i; j++) {
        const share = one.probability * own * (momentsOf(one.posteriors[j]).mean - mean[j]);
        covariance.data[i * n + j] += share;
        covariance.data[j * n + i] += share;
      }
    }
  }
  return { kind: "moments", mean, covariance };
}

function momentsOf(posterior: Posterior): { mean: number; variance: number } {
  if (posterior.kind === "number") return posterior;
  const probabilities = posterior.kind === "states" ? posterior.probabilities : [];
  const mean = probabilities.reduce((sum, p, state) => sum + p * state, 0);
  return { mean, variance: probabilities.reduce((sum, p, state) => sum + p * (state - mean) ** 2, 0) };
}

/** Mutual information of all pairs. */
export interface MutualInformation {
  readonly kind: "mutual-information";
  /** In nats, variables × variables, 0 on the diagonal. */
  readonly nats: Matrix;
}

/**
 * I(x_i; x_j | evidence) of all pairs of finite variables, in nats.
 * @returns `kind: "mutual-information"`, or `kind: "contradiction"` if no world is left
 * @throws UnknownNameError, InvalidArgumentError for evidence outside the domain
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable, or has variables
 *   that are numbers
 */
export function mutualInformation<V extends string>(
  circuit: Circuit<V>,
  evidence: Evidence<V> = {},
): MutualInformation | Contradiction {
  requireProperties(circuit, "mutualInformation", ["smooth", "decomposable"]);
  requireDomains(circuit, "mutualInformation", ["binary", "categorical"], "Ask moments for numbers.");
  const start = prepare(circuit, evidence);
  if (start.total === Number.NEGATIVE_INFINITY) return contradictionOf(circuit);
  const whole = runCase(circuit, start.known, start.inputValues, start.total) as Case;
  const n = circuit.variables.size;
  const nats = matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (const one of casesOf(circuit, start, i)) {
      if (one === undefined) continue;
      for (let j = 0; j < i; j++) {
        const gain = one.probability * divergence(one.posteriors[j], whole.posteriors[j]);
        nats.data[i * n + j] += gain;
        nats.data[j * n + i] += gain;
      }
    }
  }
  return { kind: "mutual-information", nats: { ...nats, data: nats.data.map((x) => Math.max(0, x)) } };
}

/** KL(given ‖ overall) of two posteriors over states. */
function divergence(given: Posterior, overall: Posterior): number {
  if (given.kind !== "states" || overall.kind !== "states") return 0;
  return given.probabilities.reduce((sum, p, s) => {
    // log p/q by the difference, which for nearly equal numbers is the better known one.
    return p === 0 ? sum : sum + p * Math.log1p((p - overall.probabilities[s]) / overall.probabilities[s]);
  }, 0);
}
