/**
 * Expectation maximization for any smooth and decomposable circuit, in full and in mini-batches. With the expected
 * counts of a batch (see flow-engine.ts),
 *
 *   s ← (1 - η) s + η · counts · (weight of all rows / weight of the batch)
 *
 *   sum with k children   w_i = (s_i + α / k) / (Σ s + α)
 *   states                (s_state + α / arity) / (Σ s + α)
 *   numbers               maximum likelihood at the mean statistics (a gaussian's variance at least 1e-6)
 *
 * which is the incremental EM of O. Cappé and E. Moulines ("On-line expectation-maximization algorithm for latent data
 * models", J. R. Statist. Soc. B 71, 2009): what is averaged are statistics, not parameters, so that a node that few
 * rows of a batch reach moves little. At the start s is what the parameters at the start expect of the first batch.
 *
 *   pseudo-count  α counts once against all rows, whatever the size of the batches: s is scaled to all rows.
 *   batches       have equal numbers of rows, up to one (see fit.ts), and are scaled by their weights.
 *   rates         η falls geometrically from the first to the last of `rates` over the run.
 *
 * In one batch at η = 1 the likelihood never decreases where α = 0 (Peharz et al., "On the latent variable
 * interpretation in sum-product networks", 2017). A node without any flow keeps its parameters; so does a weight of 0,
 * which has none. Weights that do not add up to 1 at the start are divided, from the leaves to the root, by what the sums
 * weigh, so that likelihoods are those of probabilities. Missing values count as their expectation. If the circuit is deterministic and the rows complete,
 * flows are 0 or 1 whatever the parameters: the first full step is the maximum, and the only one unless more are asked
 * for. O(rows · edges) per epoch.
 */
import { type Matrix, type OptimizerState, runAsync, runSync, type StepGenerator } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { withParameters } from "../circuit/parameters.ts";
import { type Distribution, isOverStates } from "../inputs/distribution.ts";
import { checkNormalized } from "../properties/normalized.ts";
import { logValues } from "../queries/passes.ts";
import { checkPseudoCount } from "./chow-liu.ts";
import { edgeOfSupport, estimatorOf } from "./estimates.ts";
import {
  checkBatch,
  checkRates,
  type FitMethod,
  type FitResult,
  fitSteps,
  type RowFitOptions,
} from "./fit.ts";
import type { ExpectedCounts } from "./flow-engine.ts";
import { meanUnder } from "./log-likelihoods.ts";
import { isComplete, readyRows } from "./rows.ts";
import type { StateTable } from "./states.ts";
import { mapSteps } from "./steps.ts";

/** Options of {@link trainEm}. */
export interface EmOptions<V extends string = string> extends RowFitOptions<V> {
  /** η at the first and at the last batch, above 0 and at most 1; default [1, 1] in full batches, else [0.7, 0.02]. */
  readonly rates?: readonly [first: number, last: number];
  /** α, added to the counts of every sum and every input over states, once for all rows; default 0. */
  readonly pseudoCount?: number;
}

/** What training reached. */
export interface EmResult<V extends string = string> extends FitResult<V> {
  /**
   * Mean log-likelihood of the rows as each epoch met them (in full batches: before its step), and at the end that
   * under the last parameters.
   */
  readonly trace: readonly number[];
  /** Whether these parameters are those of the largest likelihood: determinism, complete rows, one full step. */
  readonly exact: boolean;
}

/**
 * EM from the parameters that the circuit has.
 * @param rows a table of states, or a matrix in which NaN is missing
 * @throws InvalidArgumentError for rows outside the domains, weights or options outside their range, and rows that
 *   the circuit gives no probability
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable
 * @throws AbortedError with what training reached so far
 */
export function trainEm<V extends string>(
  circuit: Circuit<V>,
  rows: Matrix | StateTable,
  options: EmOptions<V> = {},
): EmResult<V> {
  return runSync(emSteps(circuit, rows, options), options);
}

/** {@link trainEm} that lets the event loop run in between. */
export function trainEmAsync<V extends string>(
  circuit: Circuit<V>,
  rows: Matrix | StateTable,
  options: EmOptions<V> = {},
): Promise<EmResult<V>> {
  return runAsync(emSteps(circuit, rows, options), options);
}

/** The steps of {@link trainEm}. */
export function* emSteps<V extends string>(
  start: Circuit<V>,
  rows: Matrix | StateTable,
  options: EmOptions<V>,
): StepGenerator<EmResult<V>> {
  const ready = readyRows(start, rows, options.weights);
  const circuit = normalizedStart(start);
  const { batch = ready.rows, pseudoCount = 0 } = options;
  checkBatch(batch);
  const rates = options.rates ?? (batch >= ready.rows ? [1, 1] : [0.7, 0.02]);
  const full = batch >= ready.rows && rates[0] === 1;
  const exact = full && circuit.properties.deterministic && isPositive(circuit) && isComplete(circuit, ready);
  const epochs = options.epochs ?? (exact ? 1 : 20);
  const method = em<V>({ rates, pseudoCount });
  return yield* mapSteps(fitSteps(circuit, ready, method, batch, { ...options, epochs }), (result) => {
    const { trace, checkpoint } = result;
    const last = meanUnder(checkpoint.circuit, ready);
    return { ...result, trace: [...trace, last], exact: exact && result.epochs > 0 };
  });
}

/** The circuit with weights that add up to 1, unless sums are tied that would take different ones. */
export function normalizedStart<V extends string>(circuit: Circuit<V>): Circuit<V> {
  const { smooth, decomposable } = circuit.properties;
  if (!(smooth && decomposable) || circuit.sumGroups !== undefined || checkNormalized(circuit).holds)
    return circuit;
  const values = logValues(circuit, new Float64Array(circuit.inputs.length));
  const logWeights = circuit.logWeights.slice();
  for (let node = 0; node < circuit.size; node++) {
    if (circuit.kinds[node] !== nodeKinds.sum || values[node] === Number.NEGATIVE_INFINITY) continue;
    for (let e = circuit.offsets[node]; e < circuit.offsets[node + 1]; e++)
      logWeights[e] += values[circuit.children[e]] - values[node];
  }
  return withParameters(circuit, { logWeights });
}

/** A weight of 0 may hide the child that a row needs. */
function isPositive({ logWeights }: Circuit): boolean {
  return logWeights.every((weight) => weight > Number.NEGATIVE_INFINITY);
}

/** EM as a way of training. @throws InvalidArgumentError */
export function em<V extends string = string>(options: {
  readonly rates: readonly [first: number, last: number];
  readonly pseudoCount: number;
}): FitMethod<V> {
  const { rates, pseudoCount: alpha } = options;
  checkRates(rates, 1);
  const [first, last] = rates;
  checkPseudoCount(alpha);
  return {
    phase: "EM",
    targets: undefined,
    update({ statisticOffsets, emptyCounts }, memory) {
      const sums = memory === undefined ? emptyCounts() : sumsOf(memory);
      const started = (memory?.["started"] as Int32Array | undefined)?.slice() ?? new Int32Array(1);
      return {
        memory: { edges: sums.edges, inputs: sums.inputs, started },
        step(circuit, counts, { weight, total, progress }) {
          if (started[0] === 0) expectInto(sums, circuit, counts, statisticOffsets, total / weight);
          started[0] = 1;
          const rate = first * (last / first) ** progress;
          blendInto(sums.edges, counts.edges, rate, total / weight);
          blendInto(sums.inputs, counts.inputs, rate, total / weight);
          return maximize(circuit, sums, statisticOffsets, alpha);
        },
      };
    },
  };
}

function sumsOf(memory: OptimizerState): ExpectedCounts {
  return { edges: Float64Array.from(memory["edges"]), inputs: Float64Array.from(memory["inputs"]) };
}

/** sums ← (1 - rate) · sums + rate · scale · counts */
function blendInto(sums: Float64Array, counts: Float64Array, rate: number, scale: number): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (1 - rate) * sums[i] + rate * scale * counts[i];
}

/** What the parameters expect where the flow is that of the counts. */
function expectInto(
  sums: ExpectedCounts,
  { kinds, offsets, logWeights, inputs, size }: Circuit,
  counts: ExpectedCounts,
  starts: Int32Array,
  scale: number,
): void {
  for (let node = 0; node < size; node++) {
    if (kinds[node] !== nodeKinds.sum) continue;
    const flow = scale * sumOf(counts.edges, offsets[node], offsets[node + 1]);
    for (let e = offsets[node]; e < offsets[node + 1]; e++) sums.edges[e] = flow * Math.exp(logWeights[e]);
  }
  inputs.forEach(({ distribution: d }, i) => {
    const { flow, at } = statisticsOf(d, counts.inputs, starts[i], starts[i + 1]);
    if (at > starts[i]) sums.inputs[starts[i]] = scale * flow;
    estimatorOf(d)
      ?.expected(d)
      .forEach((statistic, k) => {
        sums.inputs[at + k] = scale * flow * statistic;
      });
  });
}

/** The flow of an input, and where its statistics are. */
export function statisticsOf(
  d: Distribution,
  sums: Float64Array,
  from: number,
  to: number,
): { readonly flow: number; readonly at: number } {
  return isOverStates(d) ? { flow: sumOf(sums, from, to), at: from } : { flow: sums[from], at: from + 1 };
}

/** The sum of a stretch of values. */
export function sumOf(values: Float64Array, from: number, to: number): number {
  let total = 0;
  for (let i = from; i < to; i++) total += values[i];
  return total;
}

/** The parameters of the largest likelihood at these counts. */
function maximize<V extends string>(
  circuit: Circuit<V>,
  sums: ExpectedCounts,
  starts: Int32Array,
  alpha: number,
): Circuit<V> {
  const { kinds, offsets, size } = circuit;
  const logWeights = circuit.logWeights.slice();
  for (let node = 0; node < size; node++) {
    if (kinds[node] !== nodeKinds.sum) continue;
    const [from, to] = [offsets[node], offsets[node + 1]];
    const total = alpha + sumOf(sums.edges, from, to);
    if (!(total > 0)) continue;
    for (let e = from; e < to; e++) logWeights[e] = Math.log((sums.edges[e] + alpha / (to - from)) / total);
  }
  const inputs = circuit.inputs.map((input, i) => {
    const { variable, distribution: d } = input;
    const estimator = estimatorOf(d);
    if (estimator === undefined) return input;
    const { flow, at } = statisticsOf(d, sums.inputs, starts[i], starts[i + 1]);
    if (!(flow + (isOverStates(d) ? alpha : 0) > 0)) return input;
    const means = sums.inputs.slice(at, starts[i + 1]);
    if (flow > 0) for (let k = 0; k < means.length; k++) means[k] /= flow;
    if (!means.every(Number.isFinite)) throw edgeOfSupport(circuit, input);
    return { variable, distribution: estimator.estimate(d, means, flow, alpha) };
  });
  return withParameters(circuit, { logWeights, inputs });
}
