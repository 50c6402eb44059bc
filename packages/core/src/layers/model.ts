/**
 * A block with its parameters: one flat array, which is what optimizers want, and each matrix in it by name, which is
 * what files want. Every matrix draws its first values from a fork of the seed that has its name, so that adding a
 * part to a model changes none of the others.
 */
import { CredenceError, InvalidArgumentError } from "../errors/credence-error.ts";
import { UnknownNameError } from "../errors/unknown-name-error.ts";
import type { Backend } from "../kernels/backend.ts";
import { tsBackend } from "../kernels/ts-backend.ts";
import type { FloatArray, Precision } from "../matrix/float-array.ts";
import type { Matrix } from "../matrix/matrix.ts";
import { rng } from "../random/rng.ts";
import type { Tape } from "../tape/tape.ts";
import type { Value } from "../tape/value.ts";
import type { Block } from "./block.ts";
import { requireFinite } from "./checks.ts";

/** A block and its parameters. */
export interface Model<F> {
  readonly block: Block<F>;
  readonly precision: Precision;
  /** All parameters, in the order of the block's specs. */
  readonly parameters: FloatArray;
  /** Each matrix of parameters by name, as a view. */
  readonly arrays: Readonly<Record<string, Matrix>>;
}

/** Options of {@link model}. */
export interface ModelOptions {
  /** Seed of the first values; default 0. */
  readonly seed?: number | string;
  /** Default `float32`. */
  readonly precision?: Precision;
  /** Whose memory the parameters lie in: that of the backend they will be used with; default ordinary arrays. */
  readonly backend?: Backend;
  /** Parameters by name instead of first values, in either precision: copied. All names, and no others. */
  readonly arrays?: Readonly<Record<string, Matrix>>;
}

/**
 * A model that begins from a seed, or from arrays. O(parameters).
 * @throws UnknownNameError for an array that is no parameter
 * @throws CredenceError `MISSING_PARAMETER` for a parameter without an array
 * @throws InvalidArgumentError for arrays of other shapes, or with numbers that are not finite
 */
export function model<F>(of: Block<F>, options: ModelOptions = {}): Model<F> {
  const { seed = 0, precision = "float32", backend = tsBackend, arrays: given } = options;
  const specs = Object.entries(of.specs);
  const count = specs.reduce((sum, [, { rows, cols }]) => sum + rows * cols, 0);
  const parameters = backend.allocate(precision, count);
  const arrays = views(of, parameters);
  if (given === undefined) {
    const root = rng(seed);
    for (const [name, { initialize }] of specs) initialize(arrays[name].data, root.fork(name));
  } else copyInto(arrays, given);
  return { block: of, precision, parameters, arrays };
}

/** Room for the gradient of a model, laid out like its parameters. */
export interface ModelGradient {
  readonly flat: FloatArray;
  /** Views of `flat` by name. */
  readonly arrays: Readonly<Record<string, Matrix>>;
}

/** Room for the gradient of a model, of zeros, in this backend's memory; default ordinary arrays. */
export function gradientOf(of: Model<unknown>, backend: Backend = tsBackend): ModelGradient {
  const flat = backend.allocate(of.precision, of.parameters.length);
  return { flat, arrays: views(of.block, flat) };
}

/**
 * The model's function on a tape, for its current step. With room for the gradient the way back writes there.
 * @throws InvalidArgumentError for a tape of the other precision, or room for another model
 */
export function onTape<F>(tape: Tape, of: Model<F>, gradient?: ModelGradient): F {
  if (gradient !== undefined && gradient.flat.length !== of.parameters.length) {
    throw new InvalidArgumentError("gradient.flat.length", gradient.flat.length, `${of.parameters.length}`);
  }
  const values: Record<string, Value> = {};
  for (const [name, matrix] of Object.entries(of.arrays)) {
    values[name] = tape.parameter(matrix, gradient?.arrays[name].data);
  }
  return of.block.on(values);
}

/** The matrices within a flat array. */
function views(of: Block<unknown>, flat: FloatArray): Record<string, Matrix> {
  let from = 0;
  const found: Record<string, Matrix> = {};
  for (const [name, { rows, cols }] of Object.entries(of.specs)) {
    found[name] = { rows, cols, data: flat.subarray(from, from + rows * cols) };
    from += rows * cols;
  }
  return found;
}

function copyInto(arrays: Readonly<Record<string, Matrix>>, given: Readonly<Record<string, Matrix>>): void {
  const names = Object.keys(arrays);
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(arrays, name)) throw new UnknownNameError("parameter", name, names);
  }
  for (const [name, { rows, cols, data }] of Object.entries(arrays)) {
    if (!Object.hasOwn(given, name)) {
      throw new CredenceError({
        code: "MISSING_PARAMETER",
        message: `There is no array for the parameter ${name}.`,
        given: Object.keys(given).join(", "),
        expected: `an array of ${rows} x ${cols} for each of ${names.length} parameters`,
        hint: "The arrays were saved by a model made of other blocks, or of another version.",
      });
    }
    const from = given[name];
    if (from.rows !== rows || from.cols !== cols || from.data.length !== rows * cols) {
      throw new InvalidArgumentError(`arrays.${name}`, `${from.rows} x ${from.cols}`, `${rows} x ${cols}`);
    }
    requireFinite(`arrays.${name}`, from.data, from.data.length);
    data.set(from.data);
  }
}
