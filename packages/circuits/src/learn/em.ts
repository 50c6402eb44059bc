/**
 * Expectation maximization for any smooth and decomposable circuit. With the flows of every row (see
 * queries/passes.ts) as expected counts, one step sets
 *
 *   sum with k children   w_i = (count_i + α / k) / (total + α)
 *   bernoulli             p = (ones + α / 2) / (flow + α)
 *   categorical           (count_s + α / arity) / (flow + α)
 *   numbers               maximum likelihood at the flow-weighted moments (a gaussian's variance at least 1e-6)
 *
 * where a missing value contributes its flow times what the input expects. Parameters of a node with several
 * parents pool their flows. With α = 0 the likelihood never decreases (Peharz et al., "On the latent variable
 * interpretation in sum-product networks", 2017). A node without any flow keeps its parameters. O(rows · edges).
 *
 * This is the plain definition, row by row in logs, for circuits of any shape; `learnCircuit` trains latent trees
 * with an engine of their own.
 */
import {
  InvalidArgumentError,
  type Matrix,
  type RunOptions,
  runAsync,
  runSync,
  type StepGenerator,
} from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import { withParameters } from "../circuit/parameters.ts";
import type { Distribution } from "../inputs/distribution.ts";
import { type Input, numericFamily } from "../inputs/input.ts";
import { inputLogValues, type Known, requireProperties } from "../queries/evidence.ts";
import { flows, logValues } from "../queries/passes.ts";
import { stateShares } from "../queries/posteriors.ts";
import { checkPseudoCount } from "./chow-liu.ts";
import { rowReader } from "./log-likelihoods.ts";
import type { StateTable } from "./states.ts";

/** Options of {@link trainEm}. */
export interface EmOptions extends RunOptions {
  /** Steps over all rows; default 20. */
  readonly steps?: number;
  /** α, added to the counts of every sum and every input over states; default 0. */
  readonly pseudoCount?: number;
  /** How often each row counts, from 0; default 1. */
  readonly weights?: ArrayLike<number>;
}

/** What training reached. */
export interface EmResult<V extends string = string> {
  readonly circuit: Circuit<V>;
  /** Mean log-likelihood before each step, and after the last: steps + 1 numbers. */
  readonly trace: readonly number[];
}

/**
 * Full-batch EM from the parameters that the circuit has.
 * @param rows a table of states, or a matrix in which NaN is missing
 * @throws InvalidArgumentError for rows outside the domains, weights or options outside their range, and rows that
 *   the circuit gives no probability
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable
 * @throws AbortedError with the circuit so far
 */
export function trainEm<V extends string>(
  circuit: Circuit<V>,
  rows: Matrix | StateTable,
  options: EmOptions = {},
): EmResult<V> {
  return runSync(emSteps(circuit, rows, options), options);
}

/** {@link trainEm} that lets the event loop run in between. */
export function trainEmAsync<V extends string>(
  circuit: Circuit<V>,
  rows: Matrix | StateTable,
  options: EmOptions = {},
): Promise<EmResult<V>> {
  return runAsync(emSteps(circuit, rows, options), options);
}

function* emSteps<V extends string>(
  start: Circuit<V>,
  rows: Matrix | StateTable,
  options: EmOptions,
): StepGenerator<EmResult<V>> {
  const { steps = 20, pseudoCount = 0, weights } = options;
  requireProperties(start, "trainEm", ["smooth", "decomposable"]);
  checkPseudoCount(pseudoCount);
  if (!(Number.isInteger(steps) && steps >= 0))
    throw new InvalidArgumentError("steps", steps, "an integer from 0");
  checkWeights(weights, rows.rows);
  let circuit = start;
  const trace: number[] = [];
  for (let step = 0; step < steps; step++) {
    const counts = expectedCounts(circuit, rows, weights);
    trace.push(counts.meanLogLikelihood);
    circuit = maximize(circuit, counts, pseudoCount);
    const done = { circuit, trace: trace.slice() };
    const metrics = { logLikelihood: counts.meanLogLikelihood };
    yield { phase: "EM", step: step + 1, steps, metrics, partial: () => done };
  }
  trace.push(expectedCounts(circuit, rows, weights).meanLogLikelihood);
  return { circuit, trace };
}

function checkWeights(weights: ArrayLike<number> | undefined, rows: number): void {
  if (weights === undefined) return;
  if (weights.length !== rows)
    throw new InvalidArgumentError("weights", weights, `${rows} numbers, one per row`);
  for (let r = 0; r < rows; r++) {
    if (!(weights[r] >= 0 && weights[r] < Number.POSITIVE_INFINITY)) {
      throw new InvalidArgumentError(`weights[${r}]`, weights[r], "a number from 0");
    }
  }
}

/** Sums over the rows. */
interface ExpectedCounts {
  readonly meanLogLikelihood: number;
  /** Flow per edge. */
  readonly edges: Float64Array;
  /** Per input: expected counts by state; or flow, Σ x and Σ x² of numbers. */
  readonly inputs: readonly Float64Array[];
}

function expectedCounts(
  circuit: Circuit,
  rows: Matrix | StateTable,
  weights: ArrayLike<number> | undefined,
): ExpectedCounts {
  const { kinds, offsets, children, logWeights, inputOf } = circuit;
  const known = rowReader(circuit, rows);
  const edges = new Float64Array(circuit.edges);
  const inputs = circuit.inputs.map((input) => {
    const arity = arityOf(circuit.domains[input.variable]);
    return new Float64Array(Number.isFinite(arity) ? arity : 3);
  });
  let [total, rowsInAll] = [0, 0];
  for (let r = 0; r < rows.rows; r++) {
    const weight = weights?.[r] ?? 1;
    if (weight === 0) continue;
    const row = known(r);
    const values = logValues(circuit, inputLogValues(circuit, row));
    const root = values[circuit.size - 1];
    if (root === Number.NEGATIVE_INFINITY) {
      throw new InvalidArgumentError(`Row ${r}`, "excluded by the circuit", "a row of positive probability");
    }
    total += weight * root;
    rowsInAll += weight;
    const flow = flows(circuit, values);
    for (let node = 0; node < circuit.size; node++) {
      if (flow[node] === 0) continue;
      const own = weight * flow[node];
      if (kinds[node] === nodeKinds.sum) {
        for (let e = offsets[node]; e < offsets[node + 1]; e++) {
          edges[e] += own * Math.exp(logWeights[e] + values[children[e]] - values[node]);
        }
      } else if (kinds[node] === nodeKinds.input) {
        const input = circuit.inputs[inputOf[node]];
        addStatistics(inputs[inputOf[node]], input, row[input.variable], own);
      }
    }
  }
  return { meanLogLikelihood: total / rowsInAll, edges, inputs };
}

function addStatistics(counts: Float64Array, input: Input, known: Known, flow: number): void {
  if (known.kind === "values") {
    const x = known.values[0];
    counts[0] += flow;
    counts[1] += flow * x;
    counts[2] += flow * x * x;
    return;
  }
  const d = input.distribution;
  if (d.family === "bernoulli" || d.family === "categorical" || d.family === "indicator") {
    stateShares(input, known, counts.length).forEach((share, s) => {
      counts[s] += flow * share;
    });
    return;
  }
  const family = numericFamily(d);
  const mean = family.mean(d);
  counts[0] += flow;
  counts[1] += flow * mean;
  counts[2] += flow * (family.variance(d) + mean * mean);
}

function maximize<V extends string>(circuit: Circuit<V>, counts: ExpectedCounts, alpha: number): Circuit<V> {
  const logWeights = circuit.logWeights.slice();
  for (let node = 0; node < circuit.size; node++) {
    if (circuit.kinds[node] !== nodeKinds.sum) continue;
    const [from, to] = [circuit.offsets[node], circuit.offsets[node + 1]];
    const total = counts.edges.subarray(from, to).reduce((a, b) => a + b, alpha);
    if (total === 0) continue;
    for (let e = from; e < to; e++) logWeights[e] = Math.log((counts.edges[e] + alpha / (to - from)) / total);
  }
  const inputs = circuit.inputs.map((input, i) => {
    const distribution = updated(input.distribution, counts.inputs[i], alpha);
    return distribution === input.distribution ? input : { variable: input.variable, distribution };
  });
  return withParameters(circuit, { logWeights, inputs });
}

const varianceFloor = 1e-6;

/** The distribution at the statistics; itself where there are none, or nothing to estimate. */
function updated(d: Distribution, counts: Float64Array, alpha: number): Distribution {
  const states = d.family === "bernoulli" || d.family === "categorical";
  const flow = states ? counts.reduce((a, b) => a + b, alpha) : counts[0];
  if (flow === 0) return d;
  const mean = counts[1] / flow;
  switch (d.family) {
    case "bernoulli":
      return { family: "bernoulli", p: Math.min(1, (counts[1] + alpha / 2) / flow) };
    case "categorical": {
      const probabilities = Array.from(counts, (count) => (count + alpha / counts.length) / flow);
      return { family: "categorical", probabilities };
    }
    case "gaussian": {
      const variance = Math.max(varianceFloor, counts[2] / flow - mean * mean);
      return { family: "gaussian", mean, std: Math.sqrt(variance) };
    }
    case "poisson":
      // A rate of 0 is no distribution of the family; the smallest rates are as good.
      return { family: "poisson", rate: Math.max(1e-9, mean) };
    case "binomial":
      return { family: "binomial", trials: d.trials, p: Math.min(1, mean / d.trials || 0) };
    case "geometric":
      return { family: "geometric", p: 1 / (1 + mean) };
    case "exponential":
      return { family: "exponential", rate: 1 / Math.max(1e-9, mean) };
    default:
      return d;
  }
}
