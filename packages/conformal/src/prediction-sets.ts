/**
 * Sets of labels: many of them packed (offsets and labels, like a sparse matrix), or one with its p-values.
 */
import { InvalidArgumentError } from "@credence/core";

/** Prediction sets of many rows; set i is `labels[offsets[i] .. offsets[i + 1]]`, ascending. */
export interface PredictionSets extends Iterable<Int32Array> {
  readonly count: number;
  readonly classes: number;
  readonly offsets: Int32Array;
  readonly labels: Int32Array;
  /** The labels of row `i`, ascending: a view. @throws InvalidArgumentError */
  at(i: number): Int32Array;
}

/** The prediction set of one row. Iterating yields its labels, ascending. */
export interface PredictionSet extends Iterable<number> {
  readonly size: number;
  /** The labels, ascending. */
  readonly labels: Int32Array;
  has(label: number): boolean;
  /** The plain p-value of every label, made when first asked for. */
  readonly pValues: Float64Array;
}

/**
 * Packs sets row by row.
 * @param labelsInto writes the labels of row i, ascending, to `out` (length `classes`) and returns how many
 */
export function packSets(
  count: number,
  classes: number,
  labelsInto: (i: number, out: Int32Array) => number,
): PredictionSets {
  const offsets = new Int32Array(count + 1);
  const row = new Int32Array(classes);
  let labels = new Int32Array(Math.max(16, 2 * count));
  for (let i = 0; i < count; i++) {
    const size = labelsInto(i, row);
    const end = offsets[i] + size;
    if (end > labels.length) {
      const larger = new Int32Array(Math.max(end, 2 * labels.length));
      larger.set(labels);
      labels = larger;
    }
    for (let j = 0; j < size; j++) labels[offsets[i] + j] = row[j];
    offsets[i + 1] = end;
  }
  return setsOf(classes, offsets, labels.slice(0, offsets[count]));
}

function setsOf(classes: number, offsets: Int32Array, labels: Int32Array): PredictionSets {
  const count = offsets.length - 1;
  const view = (i: number) => labels.subarray(offsets[i], offsets[i + 1]);
  return {
    count,
    classes,
    offsets,
    labels,
    at(i) {
      if (!(Number.isInteger(i) && i >= 0 && i < count)) {
        throw new InvalidArgumentError("i", i, `an integer from 0 to ${count - 1}`);
      }
      return view(i);
    },
    *[Symbol.iterator]() {
      for (let i = 0; i < count; i++) yield view(i);
    },
  };
}

/** One set over its labels (ascending), with p-values on demand. */
export function predictionSet(labels: Int32Array, pValues: () => Float64Array): PredictionSet {
  let values: Float64Array | undefined;
  return {
    size: labels.length,
    labels,
    has: (label) => labels.includes(label),
    get pValues() {
      values ??= pValues();
      return values;
    },
    [Symbol.iterator]: () => labels[Symbol.iterator](),
  };
}
