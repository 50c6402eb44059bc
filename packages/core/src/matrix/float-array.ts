/** Flat real arrays in one of two precisions: the only numeric container of the library. */

/** A flat array of reals in single or double precision. */
export type FloatArray = Float32Array | Float64Array;

/** The two precisions by name. */
export type Precision = "float32" | "float64";

/** A zeroed array of `length` reals. */
export function floatArray(precision: Precision, length: number): FloatArray {
  return precision === "float32" ? new Float32Array(length) : new Float64Array(length);
}

/** The precision of an array-like of numbers: `float32` for a Float32Array, `float64` for everything else. */
export function precisionOf(values: ArrayLike<number>): Precision {
  return values instanceof Float32Array ? "float32" : "float64";
}

/** Whether a value is one of the two float arrays. */
export function isFloatArray(value: unknown): value is FloatArray {
  return value instanceof Float32Array || value instanceof Float64Array;
}
