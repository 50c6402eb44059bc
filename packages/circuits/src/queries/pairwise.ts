/**
 * What two variables say of each other, from the posteriors of all variables in every case of each one (see
 * cases.ts):
 *
 *   P(x_i = s, x_j = t) = P(x_i = s) P(x_j = t | x_i = s)
 *   Cov(x_i, x_j) = Σ_ℓ P(ℓ) (E[x_i | ℓ] - E[x_i]) (E[x_j | ℓ] - E[x_j])
 *   I(x_i; x_j) = Σ_s P(x_i = s) KL(P(x_j | x_i = s) ‖ P(x_j))
 *
 * O(edges · (states or inputs of all variables)).
 */
import { InvalidArgumentError, type Matrix, matrix } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import { casesOf, startOf, wholeCase } from "./cases.ts";
import { type Contradiction, type Evidence, requireDomains, requireProperties } from "./evidence.ts";
import { contradictionOf } from "./likelihood.ts";
import type { Posterior } from "./posteriors.ts";

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
  const start = startOf(circuit, evidence);
  if (start.total === Number.NEGATIVE_INFINITY) return contradictionOf(circuit);
  const whole = wholeCase(circuit, start);
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
  const start = startOf(circuit, evidence);
  if (start.total === Number.NEGATIVE_INFINITY) return contradictionOf(circuit);
  const whole = wholeCase(circuit, start);
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
    if (p === 0) return sum;
    const q = overall.probabilities[s];
    // log p/q by the difference, which for nearly equal numbers is the better known one; far apart it is not.
    return sum + p * (2 * p > q ? Math.log1p((p - q) / q) : Math.log(p / q));
  }, 0);
}

/** The joint posterior of two variables. */
export interface PairMarginal<V extends string = string> {
  readonly first: V;
  readonly second: V;
  /** P(first = row, second = column), states × states; rows and columns 0 and 1 of binary variables. */
  readonly probabilities: Matrix;
}

/** The joint posteriors of pairs, in the order asked for. */
export interface PairwiseMarginals<V extends string = string> {
  readonly kind: "pairwise-marginals";
  readonly pairs: readonly PairMarginal<V>[];
  readonly logPartition: number;
}

/** Options of {@link pairwiseMarginals}. */
export interface PairwiseOptions<V extends string = string> {
  /** Default: every two variables with states, the one with the smaller column first. */
  readonly pairs?: readonly (readonly [first: V, second: V])[];
}

/**
 * P(x_i, x_j | evidence) of all pairs of variables with states, or of given ones. Variables that are numbers may
 * be there, but not in a pair. O(edges · states of the fewest variables that meet all pairs, found greedily).
 * @returns `kind: "pairwise-marginals"`, or `kind: "contradiction"` if no world is left
 * @throws UnknownNameError, InvalidArgumentError for evidence outside the domain, or a pair with a number
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable
 */
export function pairwiseMarginals<V extends string>(
  circuit: Circuit<V>,
  evidence: Evidence<V> = {},
  options: PairwiseOptions<V> = {},
): PairwiseMarginals<V> | Contradiction {
  requireProperties(circuit, "pairwiseMarginals", ["smooth", "decomposable"]);
  const pairs = options.pairs === undefined ? allPairs(circuit) : readPairs(circuit, options.pairs);
  const start = startOf(circuit, evidence);
  if (start.total === Number.NEGATIVE_INFINITY) return contradictionOf(circuit);
  const states = (v: number): number => arityOf(circuit.domains[v]);
  const tables = pairs.map(([i, j]) => matrix(states(i), states(j)));
  for (const { pivot, own } of cover(pairs, circuit.variables.size)) {
    casesOf(circuit, start, pivot).forEach((one, s) => {
      if (one === undefined) return;
      for (const pair of own) {
        const [i, j] = pairs[pair];
        const other = one.posteriors[i === pivot ? j : i];
        if (other.kind !== "states") continue;
        const { data, cols } = tables[pair];
        other.probabilities.forEach((p, t) => {
          data[i === pivot ? s * cols + t : t * cols + s] = one.probability * p;
        });
      }
    });
  }
  const name = (v: number): V => circuit.variables.name(v);
  return {
    kind: "pairwise-marginals",
    pairs: pairs.map(([i, j], k) => ({ first: name(i), second: name(j), probabilities: tables[k] })),
    logPartition: start.total,
  };
}

type Pair = readonly [first: number, second: number];

function allPairs({ domains }: Circuit): Pair[] {
  const finite = [...domains.keys()].filter((v) => Number.isFinite(arityOf(domains[v])));
  return finite.flatMap((i, at) => finite.slice(at + 1).map((j): Pair => [i, j]));
}

function readPairs<V extends string>(circuit: Circuit<V>, pairs: readonly (readonly [V, V])[]): Pair[] {
  const read = (name: V): number => {
    const v = circuit.variables.id(name);
    if (Number.isFinite(arityOf(circuit.domains[v]))) return v;
    throw new InvalidArgumentError(
      "A variable of a pair",
      name,
      "one with states",
      "Ask moments for numbers.",
    );
  };
  return pairs.map(([first, second]) => [read(first), read(second)]);
}

/**
 * Few variables that meet all pairs, each with those of its pairs that none before it has met: always the one that
 * meets the most.
 */
function* cover(
  pairs: readonly Pair[],
  variables: number,
): Generator<{ readonly pivot: number; readonly own: readonly number[] }, void, void> {
  const pairsOf: number[][] = Array.from({ length: variables }, () => []);
  pairs.forEach(([i, j], pair) => {
    pairsOf[i].push(pair);
    if (j !== i) pairsOf[j].push(pair);
  });
  const counts = pairsOf.map((list) => list.length);
  const met = new Uint8Array(pairs.length);
  for (;;) {
    const pivot = counts.reduce((best, count, v) => (count > counts[best] ? v : best), 0);
    if (!(counts[pivot] > 0)) return;
    const own = pairsOf[pivot].filter((pair) => met[pair] === 0);
    yield { pivot, own };
    for (const pair of own) {
      met[pair] = 1;
      for (const v of new Set(pairs[pair])) counts[v]--;
    }
  }
}
