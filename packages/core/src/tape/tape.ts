/**
 * Reverse-mode differentiation. Operations compute at once and leave on the tape how a gradient travels back through
 * them; for a loss L the way back visits the tape from its end and adds up, for every value x,
 *
 *     ∂L/∂x = Σ over the operations y = f(…, x, …) of (∂f/∂x)ᵀ ∂L/∂y
 *
 * (S. Linnainmaa, BIT 16, 1976; A. Griewank, A. Walther, "Evaluating Derivatives", 2nd ed., 2008, section 3.2).
 * The way back costs about twice the way there. Everything that a step makes lies in one arena ({@link arena}) that
 * the next step uses again, so the memory of training does not grow with its length.
 */
import { CredenceError, InvalidArgumentError } from "../errors/credence-error.ts";
import type { Backend } from "../kernels/backend.ts";
import { sharedBackend } from "../kernels/choose-backend.ts";
import { type FloatArray, type Precision, precisionOf } from "../matrix/float-array.ts";
import { checkSide, type Matrix } from "../matrix/matrix.ts";
import { type Rng, rng } from "../random/rng.ts";
import { type ArenaMemory, arena } from "./arena.ts";
import { nonFiniteValue } from "./non-finite.ts";
import type { Value } from "./value.ts";

/** Options of {@link tape}. */
export interface TapeOptions {
  /** Precision of all values; default `float32`. */
  readonly precision?: Precision;
  /**
   * Who computes; default the program's shared one (`sharedBackend`). Its results are the same bits for any number of
   * threads, in every engine that has WebAssembly SIMD; where that is missing, they differ by rounding.
   */
  readonly backend?: Backend;
  /** Seed of what is random in operations (dropout); default 0. */
  readonly seed?: number | string;
}

/** An operation that has been computed. */
export interface Operation {
  /** For messages. */
  readonly name: string;
  readonly rows: number;
  readonly cols: number;
  /** The result, rows × cols: memory of {@link Tape.allocate}, or an input's data that are only seen otherwise. */
  readonly data: FloatArray;
  readonly inputs: readonly Value[];
  /**
   * Adds to the gradients of the inputs that need one what they get of the result's. Called at most once, after every
   * operation that used the result.
   */
  backward(gradient: FloatArray): void;
}

/** How a step is computed. */
export interface StepMode {
  /** False for evaluation: nothing is kept for a way back, parameters are constants and dropout does nothing. */
  readonly training?: boolean;
}

/** A record of operations, and the way back. */
export interface Tape {
  readonly precision: Precision;
  readonly backend: Backend;
  /** What operations draw from. */
  readonly rng: Rng;
  /** Whether the current step keeps a way back; true before the first {@link Tape.begin}. */
  readonly training: boolean;

  /** Begins a step: forgets all values and takes their memory back. Default mode: training. */
  begin(mode?: StepMode): void;

  /**
   * A matrix that is no parameter. Its data are not copied: leave them as they are until the step is over.
   * @throws InvalidArgumentError for data of another precision or fewer than rows · cols numbers
   */
  constant(matrix: Matrix): Value;

  /**
   * A matrix whose gradient is wanted, written to `gradient` by {@link Tape.backward} (0 if the loss does not depend
   * on it), or kept on the tape when there is none. The data are not copied.
   * @throws InvalidArgumentError for data of another precision or length, also of the gradient
   */
  parameter(matrix: Matrix, gradient?: FloatArray): Value;

  /**
   * Adds an operation; this is how all of them are made, and how others can be.
   * @throws InvalidArgumentError for inputs of another tape, or of a step that is over
   */
  record(operation: Operation): Value;

  /** Memory until the next step, with whatever is left in it. */
  allocate(length: number): FloatArray;

  /** Inside `backward`: where an input's gradient is added to; zeroed the first time. */
  accumulator(input: Value): FloatArray;

  /**
   * Inside `backward`, for kernels that can overwrite as well as add: the same, not zeroed, and whether to add.
   */
  target(input: Value): { readonly gradient: FloatArray; readonly accumulate: boolean };

  /**
   * The way back from a loss (1 × 1) to all parameters; once a step.
   * @throws InvalidArgumentError for a value that is not 1 × 1 or that no parameter has a part in, in evaluation, and
   *   the second time
   * @throws CredenceError `NON_FINITE` if the loss is NaN or infinite: names the operation where that began
   */
  backward(loss: Value): void;

  /** ∂L/∂value after {@link Tape.backward}, as long as this step lasts; 0 where the loss does not depend on it. */
  gradient(value: Value): FloatArray;

  /** Bytes held and used. */
  memory(): ArenaMemory;

  /** Gives the memory back to the backend; {@link Tape.begin} starts anew. */
  release(): void;
}

/** A value with what the tape alone knows of it. */
interface Entry extends Value {
  readonly name: string;
  readonly step: number;
  readonly index: number;
  readonly backward: ((gradient: FloatArray) => void) | undefined;
  /** Where a parameter's gradient goes. */
  readonly given: FloatArray | undefined;
  gradient: FloatArray | undefined;
}

/** An empty tape. */
export function tape(options: TapeOptions = {}): Tape {
  const { precision = "float32", backend = sharedBackend(), seed = 0 } = options;
  const memory = arena(backend, precision);
  /** Those of the current step come first; an array that is emptied and filled again would be made anew each time. */
  const entries: Entry[] = [];
  let count = 0;
  let step = 0;
  let training = true;
  let returned = false;

  const push = (
    { rows, cols, data }: Matrix,
    name: string,
    needsGradient: boolean,
    backward?: Entry["backward"],
    given?: FloatArray,
  ): Value => {
    const index = count++;
    const gradient = undefined;
    // Written out in full: values are made by the hundred in every step, and copying records is slow.
    const entry: Entry = {
      rows,
      cols,
      data,
      tape: self,
      name,
      needsGradient,
      backward,
      given,
      step,
      index,
      gradient,
    };
    entries[index] = entry;
    return entry;
  };
  const own = (value: Value): Entry => {
    const entry = value as Entry;
    if (entry.tape === self && entry.step === step) return entry;
    throw new InvalidArgumentError(
      "value",
      value,
      "a value of the current step of this tape",
      "A tape's begin forgets its values: make them again in each step, constants and parameters included.",
    );
  };
  const target = (input: Value) => {
    const entry = input as Entry;
    const accumulate = entry.gradient !== undefined;
    const gradient = entry.gradient ?? entry.given ?? memory.take(entry.rows * entry.cols);
    entry.gradient = gradient;
    return { gradient, accumulate };
  };
  const accumulator = (input: Value) => {
    const { gradient, accumulate } = target(input);
    if (!accumulate) gradient.fill(0);
    return gradient;
  };
  /** What has been added up; zeros for a value that the loss does not depend on. */
  const gradientOf = (entry: Entry) => entry.gradient ?? accumulator(entry);

  const self: Tape = {
    precision,
    backend,
    rng: rng(seed),
    get training() {
      return training;
    },
    begin(mode = {}) {
      memory.reset();
      count = 0;
      step++;
      training = mode.training ?? true;
      returned = false;
    },
    constant(matrix) {
      checkLeaf(matrix, precision);
      return push(matrix, "constant", false);
    },
    parameter(matrix, gradient) {
      checkLeaf(matrix, precision);
      if (gradient !== undefined) checkData("gradient", gradient, matrix, precision);
      return push(matrix, "parameter", training, undefined, gradient);
    },
    record(operation) {
      let needsGradient = false;
      for (const input of operation.inputs) needsGradient = own(input).needsGradient || needsGradient;
      return push(operation, operation.name, needsGradient, needsGradient ? operation.backward : undefined);
    },
    allocate: (length) => memory.take(length),
    accumulator,
    target,
    backward(loss) {
      const last = own(loss);
      checkLoss(last, training, returned);
      if (!Number.isFinite(last.data[0])) throw nonFiniteValue(entries.slice(0, count), last.data[0]);
      returned = true;
      accumulator(last)[0] = 1;
      for (let i = last.index; i >= 0; i--) {
        const { backward, gradient } = entries[i];
        if (backward !== undefined && gradient !== undefined) backward(gradient);
      }
      for (let i = 0; i < count; i++) if (entries[i].given !== undefined) gradientOf(entries[i]);
    },
    gradient(value) {
      return gradientOf(own(value));
    },
    memory: () => memory.memory(),
    release() {
      memory.release();
      entries.length = 0;
      count = 0;
      step++;
    },
  };
  return self;
}

function checkLoss(loss: Entry, training: boolean, returned: boolean): void {
  if (loss.rows !== 1 || loss.cols !== 1) {
    const hint = "Take the sum or the mean of what is to be made small.";
    throw new InvalidArgumentError("loss", `${loss.rows} x ${loss.cols}`, "a single number, 1 x 1", hint);
  }
  const why = !training
    ? "The step was begun for evaluation: begin it for training."
    : returned
      ? "Call begin and compute the loss again before going back once more."
      : loss.needsGradient
        ? undefined
        : "Put the parameters on the tape with parameter, not constant.";
  if (why === undefined) return;
  throw new CredenceError({
    code: "NO_WAY_BACK",
    message: "This tape keeps no way back from the loss to a parameter.",
    hint: why,
  });
}

function checkLeaf(matrix: Matrix, precision: Precision): void {
  checkSide("rows", matrix.rows);
  checkSide("cols", matrix.cols);
  checkData("data", matrix.data, matrix, precision);
}

function checkData(name: string, data: FloatArray, { rows, cols }: Matrix, precision: Precision): void {
  if (precisionOf(data) !== precision) {
    throw new InvalidArgumentError(name, data, `a ${precision} array, as all values of this tape`);
  }
  if (data.length !== rows * cols) {
    throw new InvalidArgumentError(`${name}.length`, data.length, `rows · cols = ${rows} · ${cols}`);
  }
}
