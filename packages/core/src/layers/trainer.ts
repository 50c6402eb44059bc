/**
 * Training of a model, one step at a time: the loss of a batch on a tape, the way back, and an optimizer's step along
 * the gradient g, scaled down where it is longer than it may be (R. Pascanu, T. Mikolov, Y. Bengio, ICML 2013,
 * algorithm 1),
 *
 *     g ← g · min(1, clip / ‖g‖).
 *
 * What comes in batches, in which order and how long is the caller's: a step is a function of the model.
 */
import { CredenceError, InvalidArgumentError } from "../errors/credence-error.ts";
import type { Backend } from "../kernels/backend.ts";
import { sharedBackend } from "../kernels/choose-backend.ts";
import type { FloatArray } from "../matrix/float-array.ts";
import { adam } from "../optimizer/adam.ts";
import type { Optimizer, OptimizerState } from "../optimizer/optimizer.ts";
import type { ArenaMemory } from "../tape/arena.ts";
import { type Tape, tape } from "../tape/tape.ts";
import type { Value } from "../tape/value.ts";
import { gradientOf, type Model, onTape } from "./model.ts";

/** Options of {@link trainer}. */
export interface TrainerOptions {
  /** Default Adam with learning rate 0.001. */
  readonly optimizer?: Optimizer;
  /** Longest gradient, in Euclidean norm; default none is too long. */
  readonly clip?: number;
  /** Seed of dropout; default 0. */
  readonly seed?: number | string;
  /** Who computes; default the program's shared one, as for `tape`. */
  readonly backend?: Backend;
}

/** What a step did. */
export interface TrainStepReport {
  /** Before the step. */
  readonly loss: number;
  /** Euclidean norm of the gradient, before it was scaled. */
  readonly gradientNorm: number;
}

/** A model in training. */
export interface Trainer<F> {
  readonly model: Model<F>;
  /** What the optimizer remembers. */
  readonly state: OptimizerState;

  /**
   * One step: `lossOf` gets the model's function and the tape, and returns the loss, a value of 1 × 1. The model's
   * parameters are changed in place, unless the step fails.
   *
   * @param optimizer another one over the same state, for a schedule of the learning rate; default the trainer's
   * @throws CredenceError `NON_FINITE` if loss or gradient are NaN or infinite; the parameters are then as before
   */
  trainStep(lossOf: (run: F, tape: Tape) => Value, optimizer?: Optimizer): TrainStepReport;

  /**
   * The model as it is, without a way back and without dropout. Values live until the next step or evaluation: return
   * copies of what is to be kept.
   */
  evaluate<T>(use: (run: F, tape: Tape) => T): T;

  /** Bytes that the tape holds. */
  memory(): ArenaMemory;

  /** Gives the tape's memory and the gradient's back to the backend, when training is over. */
  release(): void;
}

/**
 * A trainer of a model, with a tape of its own.
 * @throws InvalidArgumentError for a clip that is not above 0
 */
export function trainer<F>(model: Model<F>, options: TrainerOptions = {}): Trainer<F> {
  const { optimizer = adam({ learningRate: 1e-3 }), clip, seed = 0, backend = sharedBackend() } = options;
  if (clip !== undefined && !(clip > 0)) throw new InvalidArgumentError("clip", clip, "a number above 0");
  const { precision, parameters } = model;
  const own = tape({ precision, backend, seed });
  const gradient = gradientOf(model, backend);
  const state = optimizer.init(parameters.length, parameters);
  return {
    model,
    state,
    trainStep(lossOf, by = optimizer) {
      own.begin();
      const loss = lossOf(onTape(own, model, gradient), own);
      own.backward(loss);
      const gradientNorm = normOf(gradient.flat);
      if (clip !== undefined && gradientNorm > clip) scaleBy(gradient.flat, clip / gradientNorm);
      by.updateInto(parameters, gradient.flat, state);
      return { loss: loss.data[0], gradientNorm };
    },
    evaluate(use) {
      own.begin({ training: false });
      return use(onTape(own, model), own);
    },
    memory: () => own.memory(),
    release() {
      own.release();
      backend.release(gradient.flat);
    },
  };
}

/** Options of {@link predictor}. */
export type PredictorOptions = Pick<TrainerOptions, "backend">;

/** A model in use: calls `use` with its function; see {@link Trainer.evaluate}. */
export type Predictor<F> = <T>(use: (run: F, tape: Tape) => T) => T;

/** A model in use, with a tape of its own and nothing for training. */
export function predictor<F>(model: Model<F>, options: PredictorOptions = {}): Predictor<F> {
  const own = tape({ ...options, precision: model.precision });
  return (use) => {
    own.begin({ training: false });
    return use(onTape(own, model), own);
  };
}

/** @throws CredenceError `NON_FINITE` */
function normOf(gradient: FloatArray): number {
  let squares = 0;
  for (let i = 0; i < gradient.length; i++) squares += gradient[i] * gradient[i];
  const norm = Math.sqrt(squares);
  if (Number.isFinite(norm)) return norm;
  throw new CredenceError({
    code: "NON_FINITE",
    message: `The loss is finite, but the length of its gradient is ${norm}.`,
    given: String(norm),
    expected: "a finite gradient",
    hint: "Training has diverged: lower the learning rate, or begin with smaller parameters.",
  });
}

function scaleBy(gradient: FloatArray, factor: number): void {
  for (let i = 0; i < gradient.length; i++) gradient[i] *= factor;
}
