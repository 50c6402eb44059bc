/**
 * Learning by gradients, for the likelihood of all variables or of some given the others. The parameters are
 * unconstrained numbers: logits of the weights of every sum, and those of the inputs (see estimates.ts). With the
 * expected counts of rows (see flow-engine.ts),
 *
 *   ∂ log C / ∂ logit_e = count_e - w_e · Σ_siblings count       (log-softmax, sums whose weights add up to 1)
 *   ∂ log C / ∂ θ       = Σ flow · T(x) - flow · E_θ[T]          (inputs)
 *
 * exact, for missing values too. The conditional log-likelihood log C(x) - log C(others) has the difference of two
 * such gradients, that of the whole row less that of the row whose targets are hidden (R. Gens, P. Domingos,
 * "Discriminative learning of sum-product networks", NeurIPS 2012). An optimizer of core follows the mean gradient of
 * a batch. Weights of 0 stay 0, as their logits are infinite. O(rows · edges) per epoch, twice that with targets.
 */
import {
  adam,
  CredenceError,
  InvalidArgumentError,
  logSumExp,
  type Matrix,
  type Optimizer,
  type OptimizerState,
  runAsync,
  runSync,
  type StepGenerator,
} from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { withParameters } from "../circuit/parameters.ts";
import { checkNormalized } from "../properties/normalized.ts";
import { statisticsOf, sumOf } from "./em.ts";
import { edgeOfSupport, estimatorOf } from "./estimates.ts";
import { checkBatch, type FitMethod, type FitResult, fitSteps, type RowFitOptions } from "./fit.ts";
import type { ExpectedCounts } from "./flow-engine.ts";
import { readyRows } from "./rows.ts";
import type { StateTable } from "./states.ts";

/** Options of {@link trainGradient}. */
export interface GradientOptions<V extends string = string> extends RowFitOptions<V> {
  /** Follows the gradient of the mean negative log-likelihood of a batch; default adam({ learningRate: 0.01 }). */
  readonly optimizer?: Optimizer;
  /** Maximize the probability of these variables given the others; default: that of all. */
  readonly targets?: readonly V[];
}

/**
 * Gradient ascent from the parameters that the circuit has.
 * @param rows a table of states, or a matrix in which NaN is missing
 * @throws InvalidArgumentError for rows outside the domains, options outside their range, and rows that the circuit
 *   gives no probability
 * @throws UnknownNameError for a target that is no variable
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable, `NOT_NORMALIZED` for
 *   one whose weights do not add up to 1
 * @throws AbortedError with what training reached so far
 */
export function trainGradient<V extends string>(
  circuit: Circuit<V>,
  rows: Matrix | StateTable,
  options: GradientOptions<V> = {},
): FitResult<V> {
  return runSync(gradientSteps(circuit, rows, options), options);
}

/** {@link trainGradient} that lets the event loop run in between. */
export function trainGradientAsync<V extends string>(
  circuit: Circuit<V>,
  rows: Matrix | StateTable,
  options: GradientOptions<V> = {},
): Promise<FitResult<V>> {
  return runAsync(gradientSteps(circuit, rows, options), options);
}

/** The steps of {@link trainGradient}. */
export function* gradientSteps<V extends string>(
  circuit: Circuit<V>,
  rows: Matrix | StateTable,
  options: GradientOptions<V>,
): StepGenerator<FitResult<V>> {
  const { batch = 256, optimizer = adam({ learningRate: 0.01 }) } = options;
  checkBatch(batch);
  const method = gradientAscent(circuit, optimizer, options.targets);
  return yield* fitSteps(circuit, readyRows(circuit, rows, options.weights), method, batch, options);
}

/** Gradient ascent as a way of training. */
export function gradientAscent<V extends string>(
  start: Circuit<V>,
  optimizer: Optimizer,
  targets: readonly V[] | undefined,
): FitMethod<V> {
  requireNormalized(start);
  return {
    phase: "gradient",
    targets: targets === undefined ? undefined : targetsOf(start, targets),
    update({ statisticOffsets }, memory) {
      const layout = parameterLayout(start);
      const gradient = new Float64Array(layout.length);
      const parameters =
        memory === undefined ? finiteParameters(start, layout) : Float64Array.from(memory["parameters"]);
      const state = memory === undefined ? optimizer.init(layout.length, parameters) : copiedState(memory);
      return {
        memory: { ...state, parameters },
        step(circuit, counts, { weight }) {
          slopesInto(gradient, circuit, counts, statisticOffsets, layout);
          for (let i = 0; i < gradient.length; i++) gradient[i] /= -weight;
          optimizer.updateInto(parameters, gradient, state);
          return atParameters(circuit, parameters, layout);
        },
      };
    },
  };
}

function copiedState(memory: OptimizerState): OptimizerState {
  const entries = Object.entries(memory).filter(([name]) => name !== "parameters");
  return Object.fromEntries(entries.map(([name, array]) => [name, array.slice()]));
}

function requireNormalized(circuit: Circuit): void {
  const check = checkNormalized(circuit);
  if (check.holds) return;
  throw new CredenceError({
    code: "NOT_NORMALIZED",
    message: "Gradient learning needs a circuit whose weights add up to 1 at every sum.",
    given: `node ${check.node}`,
    expected: "a normalized circuit",
    hint: "normalize(circuit) makes one.",
  });
}

function targetsOf<V extends string>(circuit: Circuit<V>, targets: readonly V[]): Uint8Array {
  if (targets.length === 0) throw new InvalidArgumentError("targets", targets, "at least one variable");
  const hidden = new Uint8Array(circuit.variables.size);
  for (const name of targets) hidden[circuit.variables.id(name)] = 1;
  return hidden;
}

/** Where parameters stand: those of edges first (those of products stay 0), then those of the inputs. */
interface ParameterLayout {
  readonly inputs: Int32Array;
  readonly length: number;
}

function parameterLayout({ inputs, edges }: Circuit): ParameterLayout {
  const starts = new Int32Array(inputs.length + 1).fill(edges);
  inputs.forEach(({ distribution: d }, i) => {
    starts[i + 1] = starts[i] + (estimatorOf(d)?.parameters(d).length ?? 0);
  });
  return { inputs: starts, length: starts[inputs.length] };
}

/** The parameters of a circuit; infinite ones are 0 here, and do not move. */
function finiteParameters(circuit: Circuit, layout: ParameterLayout): Float64Array {
  const out = new Float64Array(layout.length);
  out.set(circuit.logWeights);
  circuit.inputs.forEach(({ distribution: d }, i) => {
    out.set(estimatorOf(d)?.parameters(d) ?? [], layout.inputs[i]);
  });
  return out.map((parameter) => (Number.isFinite(parameter) ? parameter : 0));
}

/** The gradient of the log-likelihood that the counts are of. */
function slopesInto(
  out: Float64Array,
  circuit: Circuit,
  counts: ExpectedCounts,
  starts: Int32Array,
  layout: ParameterLayout,
): void {
  const { kinds, offsets, logWeights, inputs, size } = circuit;
  for (let node = 0; node < size; node++) {
    if (kinds[node] !== nodeKinds.sum) continue;
    const flow = sumOf(counts.edges, offsets[node], offsets[node + 1]);
    for (let e = offsets[node]; e < offsets[node + 1]; e++) {
      const finite = logWeights[e] > Number.NEGATIVE_INFINITY;
      out[e] = finite ? counts.edges[e] - Math.exp(logWeights[e]) * flow : 0;
    }
  }
  inputs.forEach((input, i) => {
    const { distribution: d } = input;
    const { flow, at } = statisticsOf(d, counts.inputs, starts[i], starts[i + 1]);
    estimatorOf(d)
      ?.slope(d, counts.inputs.subarray(at, starts[i + 1]), flow)
      .forEach((slope, k) => {
        if (!Number.isFinite(slope)) throw edgeOfSupport(circuit, input);
        out[layout.inputs[i] + k] = slope;
      });
  });
}

/** The circuit at these parameters. */
function atParameters<V extends string>(
  circuit: Circuit<V>,
  parameters: ArrayLike<number>,
  layout: ParameterLayout,
): Circuit<V> {
  const { kinds, offsets, size } = circuit;
  const logWeights = circuit.logWeights.slice();
  for (let node = 0; node < size; node++) {
    if (kinds[node] !== nodeKinds.sum) continue;
    const [from, to] = [offsets[node], offsets[node + 1]];
    const kept = Array.from({ length: to - from }, (_, i) => from + i).filter(
      (e) => logWeights[e] > Number.NEGATIVE_INFINITY,
    );
    const total = logSumExp(kept.map((e) => parameters[e]));
    for (const e of kept) logWeights[e] = parameters[e] - total;
  }
  const inputs = circuit.inputs.map((input, i) => {
    const { variable, distribution: d } = input;
    const estimator = estimatorOf(d);
    if (estimator === undefined) return input;
    const own = estimator
      .parameters(d)
      .map((old, k) => (Number.isFinite(old) ? parameters[layout.inputs[i] + k] : old));
    return { variable, distribution: estimator.withParameters(d, own) };
  });
  return withParameters(circuit, { logWeights, inputs });
}
