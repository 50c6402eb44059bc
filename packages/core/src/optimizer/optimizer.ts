/**
 * First-order optimizers as pure records: settings in the record, everything that changes in a state of plain
 * typed arrays, which can be saved with the model. A schedule is another record over the same state:
 * `adam({ learningRate: 0.01 * 0.95 ** epoch }).updateInto(parameters, gradient, state)`.
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import { type FloatArray, isFloatArray } from "../matrix/float-array.ts";

/** What an optimizer remembers between steps, by name; arrays as an artifact holds them. */
export type OptimizerState = Readonly<Record<string, FloatArray | Int32Array>>;

/** The part [from, to) of the parameters that an update touches. */
export interface UpdateRange {
  readonly from: number;
  readonly to: number;
}

/** A way to follow a gradient downhill. */
export interface Optimizer {
  readonly name: string;
  /** The state before the first step, for `length` parameters in the precision of `like`. */
  init(length: number, like: FloatArray): OptimizerState;
  /** Starts a step that will be made of range updates; an update without a range starts its own. */
  beginStep(state: OptimizerState): void;
  /**
   * Moves parameters against the gradient of a loss, in place, and updates the state. With a range only that
   * part of parameters, gradient and state is read or written: for rows that a batch did not touch. O(range).
   *
   * @throws InvalidArgumentError for arrays of different lengths, a range outside them, a state of another
   *   optimizer, or a range update before the first {@link Optimizer.beginStep}
   */
  updateInto(parameters: FloatArray, gradient: FloatArray, state: OptimizerState, range?: UpdateRange): void;
}

/** The checked range of an update; everything without one. */
export function updateRange(
  parameters: FloatArray,
  gradient: FloatArray,
  range: UpdateRange | undefined,
): UpdateRange {
  const { length } = parameters;
  if (gradient.length !== length) {
    throw new InvalidArgumentError("gradient.length", gradient.length, `that of the parameters, ${length}`);
  }
  if (range === undefined) return { from: 0, to: length };
  const { from, to } = range;
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= length)) {
    throw new InvalidArgumentError("range", `[${from}, ${to})`, `a part of [0, ${length})`);
  }
  return range;
}

/** The float array `slot` of a state, of the given length. @throws InvalidArgumentError if it is not there */
export function floatSlot(state: OptimizerState, slot: string, length: number): FloatArray {
  const array = state[slot];
  if (!isFloatArray(array) || array.length !== length) {
    const hint = "Make the state with init of the same optimizer, for as many parameters.";
    throw new InvalidArgumentError(`state.${slot}`, array, `a float array of length ${length}`, hint);
  }
  return array;
}

/** @throws InvalidArgumentError unless `value` is finite and above `low` (or equal to it, if `closed`) */
export function checkSetting(name: string, value: number, low: number, closed: boolean): void {
  if (!(Number.isFinite(value) && (closed ? value >= low : value > low))) {
    throw new InvalidArgumentError(name, value, `a finite number ${closed ? ">=" : ">"} ${low}`);
  }
}
