/**
 * What training makes small, in nats:
 *
 *     cross-entropy          L = −Σ w_i log softmax(z_i)_{y_i} / Σ w_i
 *     binary cross-entropy   L = Σ w (softplus z − t z) / Σ w,   ∂L/∂z = w (sigmoid z − t) / Σ w
 *
 * both from logits, so that no probability is rounded to 0. O(rows · cols).
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import type { FloatArray } from "../matrix/float-array.ts";
import { mul, scale } from "./arithmetic.ts";
import { pick } from "./indices.ts";
import { sum } from "./reductions.ts";
import { logSoftmax } from "./rows.ts";
import { requireIndices, shapeOf } from "./shapes.ts";
import type { Value } from "./value.ts";

/** Options of the losses. */
export interface LossOptions {
  /**
   * Finite numbers of at least 0, not all 0: one a row for {@link crossEntropy}, one an entry for
   * {@link binaryCrossEntropy}; 0 leaves it out. Default all 1. Not copied.
   */
  readonly weights?: ArrayLike<number>;
}

/**
 * The mean cross-entropy of rows of logits, 1 × 1.
 *
 * @param classes one a row, from 0 to the columns − 1; not copied
 * @throws InvalidArgumentError for no rows, classes or weights that do not fit
 * @throws CredenceError `NON_FINITE` if, without weights, the loss of a row is NaN or infinite
 */
export function crossEntropy(logits: Value, classes: Int32Array, options: LossOptions = {}): Value {
  const { tape, rows, cols } = logits;
  requireEntries(logits);
  requireIndices("classes", classes, rows, cols);
  const { weights } = options;
  if (weights !== undefined) {
    const { column, total } = checkedWeights(logits, weights, rows, 1);
    return scale(sum(mul(pick(logSoftmax(logits), classes), column)), -1 / total);
  }
  // The kernel gives loss and gradient at once; it writes the gradient over the logits.
  const slope = tape.allocate(rows * cols);
  slope.set(logits.data);
  const data = tape.allocate(1);
  const shape = { rows, cols, scale: 1 / rows };
  data[0] = tape.backend.softmaxCrossEntropyInto(slope, classes, shape) / rows;
  return loss("cross-entropy", logits, data, slope);
}

/**
 * The mean binary cross-entropy of logits, 1 × 1.
 *
 * @param targets one an entry, each in [0, 1]; not copied
 * @throws InvalidArgumentError for no entries, targets or weights that do not fit
 */
export function binaryCrossEntropy(
  logits: Value,
  targets: ArrayLike<number>,
  options: LossOptions = {},
): Value {
  const { tape, rows, cols } = logits;
  requireEntries(logits);
  requireTargets(targets, rows * cols);
  const { weights } = options;
  const checked = weights && checkedWeights(logits, weights, rows, cols);
  const total = checked?.total ?? rows * cols;
  const losses = tape.allocate(rows * cols);
  tape.backend.mapInto(losses, logits.data, "softplus");
  const slope = tape.allocate(rows * cols);
  tape.backend.mapInto(slope, logits.data, "sigmoid");
  let sumOfLosses = 0;
  for (let i = 0; i < losses.length; i++) {
    const weight = checked === undefined ? 1 : checked.column.data[i];
    sumOfLosses += weight * (losses[i] - targets[i] * logits.data[i]);
    slope[i] = (weight * (slope[i] - targets[i])) / total;
  }
  const data = tape.allocate(1);
  data[0] = sumOfLosses / total;
  return loss("binary cross-entropy", logits, data, slope);
}

/** Records a loss whose gradient is known. */
function loss(name: string, logits: Value, data: FloatArray, slope: FloatArray): Value {
  const { tape } = logits;
  return tape.record({
    name,
    rows: 1,
    cols: 1,
    data,
    inputs: [logits],
    backward(g) {
      const into = tape.accumulator(logits);
      for (let i = 0; i < into.length; i++) into[i] += g[0] * slope[i];
    },
  });
}

function requireEntries(logits: Value): void {
  if (logits.rows * logits.cols > 0) return;
  throw new InvalidArgumentError("logits", shapeOf(logits), "at least one entry");
}

function requireTargets(targets: ArrayLike<number>, count: number): void {
  if (targets.length !== count) {
    throw new InvalidArgumentError("targets.length", targets.length, `${count}, one an entry`);
  }
  for (let i = 0; i < count; i++) {
    if (!(targets[i] >= 0 && targets[i] <= 1)) {
      throw new InvalidArgumentError(`targets[${i}]`, targets[i], "a number in [0, 1]");
    }
  }
}

/** Weights as a constant, and their sum. */
function checkedWeights(logits: Value, weights: ArrayLike<number>, rows: number, cols: number) {
  const count = rows * cols;
  if (weights.length !== count) {
    throw new InvalidArgumentError("weights.length", weights.length, `${count}`);
  }
  let total = 0;
  const data = logits.tape.allocate(count);
  for (let i = 0; i < count; i++) {
    const weight = weights[i];
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
      throw new InvalidArgumentError(`weights[${i}]`, weight, "a finite number of at least 0");
    }
    data[i] = weight;
    total += weight;
  }
  if (!(total > 0)) {
    const hint = "Nothing counts in this batch: leave the step out.";
    throw new InvalidArgumentError("the sum of weights", total, "above 0", hint);
  }
  return { column: logits.tape.constant({ rows, cols, data }), total };
}
