/**
 * Gradient descent with momentum (B. Polyak, USSR Comp. Math. and Math. Phys. 4(5), 1964), or with Nesterov's look
 * ahead (Y. Nesterov, 1983; I. Sutskever et al., ICML 2013, equations 3 and 4):
 *
 *   v ← momentum · v + g,  p ← p − learningRate · v,   or   p ← p − learningRate · (g + momentum · v)
 *
 * as PyTorch has it: the learning rate outside the velocity, so that a schedule acts at once. Without momentum there is
 * no velocity. Computed in double precision and rounded to that of the arrays. A range update leaves the velocity of
 * everything else as it is.
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import { floatArray, precisionOf } from "../matrix/float-array.ts";
import { checkSetting, floatSlot, type Optimizer, updateRange } from "./optimizer.ts";

/** Options of {@link sgd}. */
export interface SgdOptions {
  /** Above 0. */
  readonly learningRate: number;
  /** In [0, 1); default 0. */
  readonly momentum?: number;
  /** Look ahead; default false. Without momentum it changes nothing. */
  readonly nesterov?: boolean;
}

/** Gradient descent. Its state is `velocity`, if there is momentum. @throws InvalidArgumentError for settings outside their ranges */
export function sgd(options: SgdOptions): Optimizer {
  const { learningRate, momentum = 0, nesterov = false } = options;
  checkSetting("learningRate", learningRate, 0, false);
  if (!(momentum >= 0 && momentum < 1)) {
    throw new InvalidArgumentError("momentum", momentum, "a number in [0, 1)");
  }
  return {
    name: "sgd",
    init(length, like) {
      return momentum === 0 ? {} : { velocity: floatArray(precisionOf(like), length) };
    },
    beginStep() {},
    updateInto(parameters, gradient, state, range) {
      const { from, to } = updateRange(parameters, gradient, range);
      if (momentum === 0) {
        for (let i = from; i < to; i++) parameters[i] -= learningRate * gradient[i];
        return;
      }
      const velocity = floatSlot(state, "velocity", parameters.length);
      for (let i = from; i < to; i++) {
        const v = momentum * velocity[i] + gradient[i];
        velocity[i] = v;
        parameters[i] -= learningRate * (nesterov ? gradient[i] + momentum * v : v);
      }
    },
  };
}
