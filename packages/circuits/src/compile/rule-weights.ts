/**
 * Learning the weights of rules from data. For rows x_1 … x_n the weights maximize
 *
 *   L(w) = 1/n Σ_i Σ_r w_r E_i[φ_r] − log Z(w) − λ/2 Σ_r w_r²,
 *
 * where E_i[φ_r] is 0 or 1 for a complete row, and for a soft one the probability of φ_r under the row's independent
 * probabilities given the hard rules. L is concave, and its gradient is
 *
 *   ∂L/∂w_r = E_data[φ_r] − E_model[φ_r] − λ w_r
 *
 * (M. Richardson, P. Domingos, "Markov logic networks", 2006, section 6, there with pseudo-likelihood; here Z is
 * exact). The rules are compiled once; an iteration is one pass up and down the circuit, whatever the number of rows.
 */
import {
  CredenceError,
  InvalidArgumentError,
  isHard,
  type Matrix,
  matrix,
  type Rule,
  type RunOptions,
  rule,
  runAsync,
  runSync,
  type StepGenerator,
} from "@credence/core";
import { totalWeight, weightedSum } from "../learn/weights.ts";
import { batchWeightedCounts } from "../queries/batch.ts";
import { ruleExpectations, type TrackedRules, trackRules } from "../queries/rule-expectations.ts";
import { type Ascent, ascend, type Slope } from "./maximize.ts";

/** Options of {@link learnRuleWeights}. */
export interface RuleWeightOptions<V extends string = string> extends RunOptions {
  /** The columns of the rows; by default the rules' variables in order of first appearance. */
  readonly variables?: readonly V[];
  /** How often each row counts, finite and from 0; default: once. */
  readonly rowWeights?: ArrayLike<number>;
  /** λ, the strength of the pull towards 0, at least 0; default 0.001. With 0, rules without exception run away. */
  readonly l2?: number;
  /** Default 200. */
  readonly iterations?: number;
  /** Ends when no entry of the gradient is larger; default 10⁻⁷. */
  readonly tolerance?: number;
  /** Rows that the weights are not fitted to: the best weights on them are taken. */
  readonly validation?: Matrix;
  /** Iterations without gain on the validation rows before it ends; default 10. */
  readonly patience?: number;
  /** Nodes that compiling may make; default 1,000,000. */
  readonly nodeLimit?: number;
}

/** Learned weights. */
export interface LearnedRuleWeights<V extends string = string> {
  /** One per rule; Infinity for hard ones. */
  readonly weights: Float64Array;
  /** The rules with these weights. */
  readonly rules: readonly Rule<V>[];
  /** E_data[φ_r], and E_model[φ_r] under the weights. */
  readonly observed: Float64Array;
  readonly expected: Float64Array;
  /** Mean of Σ w_r E_i[φ_r] − log Z: for complete rows the mean log-likelihood. */
  readonly logLikelihood: number;
  /** The same on the validation rows, if there are any. */
  readonly validationLogLikelihood: number | undefined;
  readonly iterations: number;
  /** Why it ended: at the maximum, by the validation rows, or by the number of iterations. */
  readonly ended: "converged" | "early" | "iterations";
}

/**
 * Learns the weights of the soft rules, starting from those that they have; hard rules stay hard.
 * @param rows one row per observation and one column per variable, of probabilities from 0 to 1; complete data are
 *   zeros and ones
 * @throws InvalidArgumentError for rows of another width, none, or entries outside of [0, 1]; for row weights that are not
 *   one finite number from 0 per row, at least one above 0
 * @throws CredenceError `CONTRADICTORY_ROW` for a row, `CONTRADICTORY_RULES` for hard rules that exclude everything
 * @throws AbortedError with the weights so far; what `compileRules` throws
 */
export function learnRuleWeights<V extends string>(
  rules: readonly Rule<V>[],
  rows: Matrix,
  options: RuleWeightOptions<V> = {},
): LearnedRuleWeights<V> {
  return runSync(learnSteps(rules, rows, options), options);
}

/** {@link learnRuleWeights} that gives the event loop its turn between iterations. */
export function learnRuleWeightsAsync<V extends string>(
  rules: readonly Rule<V>[],
  rows: Matrix,
  options: RuleWeightOptions<V> = {},
): Promise<LearnedRuleWeights<V>> {
  return runAsync(learnSteps(rules, rows, options), options);
}

function* learnSteps<V extends string>(
  rules: readonly Rule<V>[],
  rows: Matrix,
  options: RuleWeightOptions<V>,
): StepGenerator<LearnedRuleWeights<V>> {
  const { l2, iterations, tolerance, patience } = checkOptions(options);
  const { variables, nodeLimit, validation } = options;
  const tracked = trackRules(rules, {
    ...(variables === undefined ? {} : { variables }),
    ...(nodeLimit === undefined ? {} : { nodeLimit }),
  });
  const soft = [...rules.keys()].filter((r) => !isHard(rules[r]));
  const start = Float64Array.from(soft, (r) => rules[r].weight);
  // Rules that exclude everything are no row's fault: their own error comes first.
  modelAt({ tracked, soft }, start);
  const observed = observedShares(tracked, rows, "rows", options.rowWeights);
  const checked = validation === undefined ? undefined : observedShares(tracked, validation, "validation");
  const problem = { tracked, soft, observed, l2 };
  let best: Ascent | undefined;
  let bestScore = Number.NEGATIVE_INFINITY;
  let since = 0;
  let step = 0;
  for (const here of ascend(start, (point) => slopeAt(problem, point))) {
    const score = checked === undefined ? here.value : likelihoodAt(problem, here.point, checked);
    since = score > bestScore ? 0 : since + 1;
    if (since === 0) [best, bestScore] = [here, score];
    const ended =
      here.steepness <= tolerance || here.stuck ? "converged" : since >= patience ? "early" : "iterations";
    const result = () => learned(problem, best!, checked, step, ended);
    if (ended === "converged" || (ended === "early" && checked !== undefined) || step >= iterations)
      return result();
    const metrics = { logLikelihood: here.value, gradient: here.steepness };
    yield { phase: "learning", step: ++step, steps: iterations, metrics, partial: result };
  }
  throw new Error("An ascent goes on until it is left.");
}

function checkOptions<V extends string>({
  l2 = 0.001,
  iterations = 200,
  tolerance = 1e-7,
  patience = 10,
}: RuleWeightOptions<V>) {
  if (!(l2 >= 0 && l2 < Number.POSITIVE_INFINITY))
    throw new InvalidArgumentError("l2", l2, "a number from 0");
  for (const [name, value] of Object.entries({ iterations, patience })) {
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new InvalidArgumentError(name, value, "an integer of at least 1");
    }
  }
  if (!(tolerance > 0)) throw new InvalidArgumentError("tolerance", tolerance, "a number above 0");
  return { l2, iterations, tolerance, patience };
}

/** The rules, and which of them have weights. */
interface Model<V extends string> {
  readonly tracked: TrackedRules<V>;
  readonly soft: readonly number[];
}

/** The problem: the rules, and how often they hold in the data. */
interface Problem<V extends string> extends Model<V> {
  readonly observed: Float64Array;
  readonly l2: number;
}

/** The weights of all rules. */
function weightsAt<V extends string>({ tracked, soft }: Model<V>, point: Float64Array): Float64Array {
  const weights = new Float64Array(tracked.rules.length).fill(Number.POSITIVE_INFINITY);
  soft.forEach((r, i) => {
    weights[r] = point[i];
  });
  return weights;
}

function modelAt<V extends string>(model: Model<V>, point: Float64Array) {
  const answer = ruleExpectations(model.tracked, {}, { weights: weightsAt(model, point) });
  if (answer.kind === "expectations") return answer;
  throw new CredenceError({
    code: "CONTRADICTORY_RULES",
    message: "The hard rules exclude every world.",
    expected: "hard rules that hold together in some world",
    hint: "Give one of them a weight.",
  });
}

function slopeAt<V extends string>(problem: Problem<V>, point: Float64Array): Slope {
  const { soft, observed, l2 } = problem;
  const { values, logPartition } = modelAt(problem, point);
  let value = -logPartition;
  const gradient = Float64Array.from(soft, (r, i) => {
    value += point[i] * observed[r] - (l2 / 2) * point[i] ** 2;
    return observed[r] - values[r] - l2 * point[i];
  });
  return { value, gradient };
}

function likelihoodAt<V extends string>(
  problem: Problem<V>,
  point: Float64Array,
  observed: Float64Array,
): number {
  const { logPartition } = modelAt(problem, point);
  return problem.soft.reduce((sum, r, i) => sum + point[i] * observed[r], -logPartition);
}

function learned<V extends string>(
  problem: Problem<V>,
  { point }: Ascent,
  validation: Float64Array | undefined,
  iterations: number,
  ended: LearnedRuleWeights["ended"],
): LearnedRuleWeights<V> {
  const weights = weightsAt(problem, point);
  return {
    weights,
    rules: problem.tracked.rules.map((each, r) => rule(each.formula, weights[r])),
    observed: problem.observed,
    expected: modelAt(problem, point).values,
    logLikelihood: likelihoodAt(problem, point, problem.observed),
    validationLogLikelihood: validation && likelihoodAt(problem, point, validation),
    iterations,
    ended,
  };
}

/** Per rule the mean over the rows of the probability that it holds; 1 for hard rules. */
function observedShares<V extends string>(
  tracked: TrackedRules<V>,
  rows: Matrix,
  name: string,
  rowWeights?: ArrayLike<number>,
): Float64Array {
  const { circuit, columns, variables } = tracked;
  if (rows.cols !== variables.length || rows.rows === 0) {
    const expected = `at least one row of ${variables.length} columns, one per variable`;
    throw new InvalidArgumentError(name, `${rows.rows} × ${rows.cols}`, expected);
  }
  const total = totalWeight(rowWeights, rows.rows);
  const width = 2 * circuit.variables.size;
  const weights = matrix(rows.rows, width);
  weights.data.fill(1);
  for (let row = 0; row < rows.rows; row++) {
    for (let v = 0; v < variables.length; v++) {
      const p = rows.data[row * rows.cols + v];
      if (!(p >= 0 && p <= 1)) {
        throw new InvalidArgumentError(`Entry (${row}, ${v}) of ${name}`, p, "a probability from 0 to 1");
      }
      weights.data[row * width + 2 * v] = 1 - p;
      weights.data[row * width + 2 * v + 1] = p;
    }
  }
  const { logCounts, gradients } = batchWeightedCounts(circuit, weights, { gradients: true });
  const impossible = logCounts.findIndex(
    (log, row) => log === Number.NEGATIVE_INFINITY && rowWeights?.[row] !== 0,
  );
  if (impossible >= 0) throw contradictoryRow(impossible, name);
  return Float64Array.from(columns, (column) => {
    if (column < 0) return 1;
    const held = Float64Array.from(logCounts, (_, row) => gradients!.data[row * width + 2 * column + 1]);
    return weightedSum(held, rowWeights) / total;
  });
}

function contradictoryRow(row: number, name: string): CredenceError {
  return new CredenceError({
    code: "CONTRADICTORY_ROW",
    message: `Row ${row} of ${name} violates the hard rules.`,
    given: row,
    expected: "rows in which the hard rules hold",
    hint: "Leave the row out, or give the rule that it violates a weight.",
  });
}
