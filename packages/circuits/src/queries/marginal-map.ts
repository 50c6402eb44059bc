/**
 * Marginal MAP: the best assignment of some variables with all others summed out,
 *
 *   argmax_q Σ_s C(q, s) θ(q, s)        q the query variables, s the others
 *
 * NP^PP-hard in general even where the circuit is deterministic; polynomial where the sums are deterministic on
 * the query variables alone (Q-determinism). Branch and bound (see map-search.ts) covers both: its bound is exact
 * in the second case, so that the first walk is the answer, and otherwise the answer comes with bounds from both
 * sides whenever the search ends.
 */
import { InvalidArgumentError, type RunOptions, runAsync, runSync, type StepGenerator } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { writtenValue } from "./by-name.ts";
import { type Contradiction, type Evidence, knownOf, requireProperties } from "./evidence.ts";
import { requireListed } from "./k-best.ts";
import { contradictionOf, logPartition } from "./likelihood.ts";
import { mapProblem } from "./map-problem.ts";
import { answering, checkBudget, type Found, type SearchBudget, searchSteps } from "./map-search.ts";

/** A most probable assignment of the query variables. */
export interface MarginalMap<V extends string = string> {
  readonly kind: "assignment";
  /** Values of the query variables: booleans of binary ones, numbers of others. */
  readonly assignment: { readonly [K in V]: boolean | number };
  /** log P(assignment | evidence) in nats: the lower bound. */
  readonly logProbability: number;
  /** Log of the total weight of the worlds that agree with assignment and evidence. */
  readonly logWeight: number;
  /** Whether no assignment is more probable, for certain (up to rounding). */
  readonly exact: boolean;
  /** log P(q | evidence) of no assignment q is above this; equal to `logProbability` if exact. */
  readonly upperBound: number;
}

/** Options of {@link marginalMap}. */
export interface MarginalMapOptions extends SearchBudget, RunOptions {}

/**
 * The most probable assignment of the variables in `query`, the others summed out, given the evidence.
 * @param query variables with states, or numbers that the evidence gives a set of values
 * @returns `kind: "assignment"`, or `kind: "contradiction"` if no world is left
 * @throws UnknownNameError, InvalidArgumentError for evidence outside the domain, a variable twice, a negative
 *   effort
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable, or query variables
 *   whose values cannot be listed; AbortedError
 */
export function marginalMap<V extends string, Q extends V>(
  circuit: Circuit<V>,
  query: readonly Q[],
  evidence: Evidence<V> = {},
  options: MarginalMapOptions = {},
): MarginalMap<Q> | Contradiction {
  return runSync(marginalMapSteps(circuit, query, evidence, options), options);
}

/** {@link marginalMap} that gives the event loop its turn; an abort keeps the best assignment so far. */
export function marginalMapAsync<V extends string, Q extends V>(
  circuit: Circuit<V>,
  query: readonly Q[],
  evidence: Evidence<V> = {},
  options: MarginalMapOptions = {},
): Promise<MarginalMap<Q> | Contradiction> {
  return runAsync(marginalMapSteps(circuit, query, evidence, options), options);
}

function* marginalMapSteps<V extends string, Q extends V>(
  circuit: Circuit<V>,
  query: readonly Q[],
  evidence: Evidence<V>,
  options: MarginalMapOptions,
): StepGenerator<MarginalMap<Q> | Contradiction> {
  checkBudget(options);
  requireProperties(circuit, "marginalMap", ["smooth", "decomposable"]);
  const known = knownOf(circuit, evidence);
  if (!Array.isArray(query)) throw new InvalidArgumentError("query", query, "a list of variables");
  const chosen = new Uint8Array(circuit.variables.size);
  for (const name of query) {
    const v = circuit.variables.id(name);
    if (chosen[v] === 1) throw new InvalidArgumentError("query", name, "every variable once");
    chosen[v] = 1;
  }
  requireListed(
    circuit,
    "marginalMap",
    known.map((one, v) => (chosen[v] === 1 ? one : { kind: "values", values: [] })),
  );
  const total = logPartition(circuit, evidence);
  if (total === Number.NEGATIVE_INFINITY) return contradictionOf(circuit);
  const answer = ({ best: [best], others, exact }: Found): MarginalMap<Q> => {
    const values = query.map((name) => {
      const v = circuit.variables.id(name);
      return [name, writtenValue(circuit, v, best.world[v])];
    });
    const logProbability = Math.min(0, best.logWeight - total);
    return {
      kind: "assignment",
      assignment: Object.fromEntries(values),
      logProbability,
      logWeight: best.logWeight,
      exact,
      upperBound: exact ? logProbability : Math.min(0, Math.max(others - total, logProbability)),
    };
  };
  return answer(yield* answering(searchSteps(mapProblem(circuit, known, chosen), 1, options), answer));
}
