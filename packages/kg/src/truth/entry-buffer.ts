/** Sparse entries whose number is not known beforehand: two typed arrays that double when full. */
import { type FloatArray, floatArray, type Precision } from "@credence/core";

/** Entries of successive rows, in order. */
export interface EntryBuffer {
  readonly length: number;
  push(index: number, value: number): void;
  /** What was pushed, in arrays of just that length. */
  take(): { readonly indices: Int32Array; readonly values: FloatArray };
}

/** An empty buffer with room for `capacity` entries, at least one. */
export function entryBuffer(precision: Precision, capacity: number): EntryBuffer {
  let indices = new Int32Array(Math.max(1, capacity));
  let values = floatArray(precision, indices.length);
  let length = 0;
  const grow = (): void => {
    const [oldIndices, oldValues] = [indices, values];
    indices = new Int32Array(2 * length);
    values = floatArray(precision, 2 * length);
    indices.set(oldIndices);
    values.set(oldValues);
  };
  return {
    get length() {
      return length;
    },
    push(index, value) {
      if (length === indices.length) grow();
      indices[length] = index;
      values[length++] = value;
    },
    take: () => ({ indices: indices.slice(0, length), values: values.slice(0, length) }),
  };
}
