/**
 * Adam (D. Kingma, J. Ba, ICLR 2015, algorithm 1), at step t = 1, 2, ...:
 *
 *   m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²
 *   p ← p − learningRate · m̂ / (√v̂ + epsilon),  m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)
 *
 * and AdamW (I. Loshchilov, F. Hutter, ICLR 2019, algorithm 2), which first lets every parameter decay by itself,
 *
 *   p ← (1 − learningRate · weightDecay) · p
 *
 * as PyTorch has it: epsilon outside the root, after the correction. Unlike Adagrad's, a zero gradient still
 * moves a parameter by its momentum; so range updates are "lazy Adam": what a step leaves out neither moves nor
 * forgets. The step count t is one for the whole state: call `beginStep` once, then update any ranges.
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import { floatArray, precisionOf } from "../matrix/float-array.ts";
import { checkSetting, floatSlot, type Optimizer, type OptimizerState, updateRange } from "./optimizer.ts";

/** Options of {@link adam}. */
export interface AdamOptions {
  /** Above 0. */
  readonly learningRate: number;
  /** Decay of the mean, in [0, 1); default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean square, in [0, 1); default 0.999. */
  readonly beta2?: number;
  /** Above 0; default 1e-8. */
  readonly epsilon?: number;
}

/** Options of {@link adamW}. */
export interface AdamWOptions extends AdamOptions {
  /** λ, at least 0, below 1 / learningRate; default 0.01. */
  readonly weightDecay?: number;
}

/**
 * Adam. Its state is `mean`, `meanSquare` and the count of `steps` (one entry).
 *
 * @throws InvalidArgumentError for settings outside their ranges
 */
export function adam(options: AdamOptions): Optimizer {
  return adamWithDecay("adam", options, 0);
}

/**
 * Adam with decoupled weight decay; its state is that of {@link adam}. A range update decays what it touches only.
 *
 * @throws InvalidArgumentError for settings outside their ranges
 */
export function adamW(options: AdamWOptions): Optimizer {
  const { learningRate, weightDecay = 0.01 } = options;
  checkSetting("weightDecay", weightDecay, 0, true);
  if (learningRate * weightDecay >= 1) {
    throw new InvalidArgumentError(
      "weightDecay",
      weightDecay,
      `below 1 / learningRate = ${1 / learningRate}`,
    );
  }
  return adamWithDecay("adamw", options, weightDecay);
}

function adamWithDecay(name: string, options: AdamOptions, weightDecay: number): Optimizer {
  const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  checkSetting("learningRate", learningRate, 0, false);
  checkSetting("epsilon", epsilon, 0, false);
  checkDecay("beta1", beta1);
  checkDecay("beta2", beta2);
  return {
    name,
    init(length, like) {
      const precision = precisionOf(like);
      return {
        mean: floatArray(precision, length),
        meanSquare: floatArray(precision, length),
        steps: new Int32Array(1),
      };
    },
    beginStep(state) {
      stepCount(state)[0]++;
    },
    updateInto(parameters, gradient, state, range) {
      const { from, to } = updateRange(parameters, gradient, range);
      const means = floatSlot(state, "mean", parameters.length);
      const squares = floatSlot(state, "meanSquare", parameters.length);
      const steps = stepCount(state);
      if (range === undefined) steps[0]++;
      const step = steps[0];
      if (step === 0) throw new InvalidArgumentError("state.steps", 0, "at least 1", "Call beginStep first.");
      const rate = learningRate / (1 - beta1 ** step);
      const root = Math.sqrt(1 - beta2 ** step);
      const kept = 1 - learningRate * weightDecay;
      for (let i = from; i < to; i++) {
        const g = gradient[i];
        const mean = beta1 * means[i] + (1 - beta1) * g;
        const square = beta2 * squares[i] + (1 - beta2) * g * g;
        means[i] = mean;
        squares[i] = square;
        parameters[i] = kept * parameters[i] - (rate * mean) / (Math.sqrt(square) / root + epsilon);
      }
    },
  };
}

function checkDecay(name: string, value: number): void {
  if (!(value >= 0 && value < 1)) throw new InvalidArgumentError(name, value, "a number in [0, 1)");
}

function stepCount(state: OptimizerState): Int32Array {
  const { steps } = state as { readonly steps?: unknown };
  if (!(steps instanceof Int32Array) || steps.length !== 1 || steps[0] < 0) {
    const hint = "Make the state with init of the same optimizer.";
    throw new InvalidArgumentError("state.steps", steps, "an Int32Array of one count", hint);
  }
  return steps;
}
