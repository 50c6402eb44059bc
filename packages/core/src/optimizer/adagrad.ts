/**
 * Adagrad (J. Duchi, E. Hazan, Y. Singer, JMLR 12, 2011, figure 1 with diagonal matrices):
 *
 *   s ← s + g²,  p ← p − learningRate · g / (√s + epsilon)
 *
 * as PyTorch has it: epsilon outside the root. A zero gradient changes nothing, so updating only the touched
 * ranges is the same as updating everything. Computed in double precision and rounded to that of the arrays.
 */
import { floatArray, precisionOf } from "../matrix/float-array.ts";
import { checkSetting, floatSlot, type Optimizer, updateRange } from "./optimizer.ts";

/** Options of {@link adagrad}. */
export interface AdagradOptions {
  /** Above 0. */
  readonly learningRate: number;
  /** At least 0; default 1e-10. */
  readonly epsilon?: number;
  /** The sums of squares before the first step, at least 0; default 0. */
  readonly initialAccumulator?: number;
}

/** Adagrad. Its state is `sumOfSquares`. @throws InvalidArgumentError for settings outside their ranges */
export function adagrad(options: AdagradOptions): Optimizer {
  const { learningRate, epsilon = 1e-10, initialAccumulator = 0 } = options;
  checkSetting("learningRate", learningRate, 0, false);
  checkSetting("epsilon", epsilon, 0, true);
  checkSetting("initialAccumulator", initialAccumulator, 0, true);
  return {
    name: "adagrad",
    init(length, like) {
      return { sumOfSquares: floatArray(precisionOf(like), length).fill(initialAccumulator) };
    },
    beginStep() {},
    updateInto(parameters, gradient, state, range) {
      const { from, to } = updateRange(parameters, gradient, range);
      const sums = floatSlot(state, "sumOfSquares", parameters.length);
      for (let i = from; i < to; i++) {
        const g = gradient[i];
        // Without this a parameter that never had a gradient would be 0 / 0 when epsilon is 0.
        if (g === 0) continue;
        const sum = sums[i] + g * g;
        sums[i] = sum;
        parameters[i] -= (learningRate * g) / (Math.sqrt(sum) + epsilon);
      }
    },
  };
}
