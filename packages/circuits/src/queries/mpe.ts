/**
 * The most probable explanation: the world of the largest weight, argmax_x Π_v θ_v(x_v) · C(x).
 *
 * In a deterministic and decomposable circuit the sums may be replaced by maxima, and one walk down from the
 * root along the largest children reads off the world: exact, O(edges). Otherwise the problem is NP-hard. The
 * same walk then gives a world, a lower bound once that world is evaluated, and the root's value with every
 * input at its largest weight is an upper bound; branch and bound over the values of the finite variables (see
 * map-search.ts) closes the gap, or stops when its effort is spent and says what it has reached.
 */
import { type RunOptions, runAsync, runSync, type StepGenerator } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { byName, writtenValue } from "./by-name.ts";
import { type Contradiction, type Evidence, knownOf, requireProperties } from "./evidence.ts";
import { contradictionOf, logPartition } from "./likelihood.ts";
import { mapProblem } from "./map-problem.ts";
import { answering, checkBudget, type Found, type SearchBudget, searchSteps } from "./map-search.ts";

/** A most probable world. */
export interface MostProbableWorld<V extends string = string> {
  readonly kind: "world";
  /** Values: booleans of binary variables, numbers (states, counts, reals) of others. */
  readonly assignment: { readonly [K in V]: boolean | number };
  /** Log of the world's weight, input weights included; a density where variables are real. */
  readonly logWeight: number;
  /** Log of its posterior probability given the evidence. */
  readonly logProbability: number;
  /** Whether no world has a larger weight, for certain (up to rounding). */
  readonly exact: boolean;
  /** No world's log weight is above this. */
  readonly upperBound: number;
}

/** Options of {@link mpe}; the budget is that of the search in circuits that are not known to be deterministic. */
export interface MpeOptions extends SearchBudget, RunOptions {}

/**
 * A world of the largest posterior probability; of several, one.
 * @returns `kind: "world"`, or `kind: "contradiction"` if no world is left
 * @throws UnknownNameError, InvalidArgumentError for evidence outside the domain or a negative effort
 * @throws CredenceError `UNSUPPORTED_QUERY` unless the circuit is smooth and decomposable; AbortedError
 */
export function mpe<V extends string>(
  circuit: Circuit<V>,
  evidence: Evidence<V> = {},
  options: MpeOptions = {},
): MostProbableWorld<V> | Contradiction {
  return runSync(mpeSteps(circuit, evidence, options), options);
}

/** {@link mpe} that gives the event loop its turn; an abort keeps the best world so far. */
export function mpeAsync<V extends string>(
  circuit: Circuit<V>,
  evidence: Evidence<V> = {},
  options: MpeOptions = {},
): Promise<MostProbableWorld<V> | Contradiction> {
  return runAsync(mpeSteps(circuit, evidence, options), options);
}

function* mpeSteps<V extends string>(
  circuit: Circuit<V>,
  evidence: Evidence<V>,
  options: MpeOptions,
): StepGenerator<MostProbableWorld<V> | Contradiction> {
  checkBudget(options);
  requireProperties(circuit, "mpe", ["smooth", "decomposable"]);
  const known = knownOf(circuit, evidence);
  const total = logPartition(circuit, evidence);
  if (total === Number.NEGATIVE_INFINITY) return contradictionOf(circuit);
  const problem = mapProblem(circuit, known, new Uint8Array(circuit.variables.size).fill(1));
  const answer = ({ best: [best], others, exact }: Found): MostProbableWorld<V> => ({
    kind: "world",
    assignment: byName(circuit, (v) => writtenValue(circuit, v, best.world[v])),
    logWeight: best.logWeight,
    logProbability: best.logWeight - total,
    exact,
    upperBound: exact ? best.logWeight : Math.max(others, best.logWeight),
  });
  return answer(yield* answering(searchSteps(problem, 1, options), answer));
}
