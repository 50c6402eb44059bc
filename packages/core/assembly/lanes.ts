/**
 * What all kernels share: how they find their arguments, and the few vector idioms that differ between
 * single precision (T = f32, four lanes in a v128) and double precision (T = f64, two lanes).
 *
 * Every exported kernel has the signature (args, chunk, scratch): `args` points at a record of 8-byte slots
 * written by the host (integers and addresses as i32, numbers as f64), `chunk` is which part of a partition
 * to do, and `scratch` is memory that nobody else uses meanwhile. The partition depends on the arguments
 * alone, never on how many threads there are, so neither does any result.
 */

/** Bytes of a vector. */
@inline
export const VECTOR: usize = 16;

/** An integer argument. */
@inline
export function int(args: usize, slot: i32): i32 {
  return load<i32>(args + ((<usize>slot) << 3));
}

/** An address argument. */
@inline
export function address(args: usize, slot: i32): usize {
  return load<usize>(args + ((<usize>slot) << 3));
}

/** A floating-point argument, rounded to the kernel's precision. */
@inline
export function real<T>(args: usize, slot: i32): T {
  return <T>load<f64>(args + ((<usize>slot) << 3));
}

/** How many T fit into a vector. */
@inline
export function lanes<T>(): i32 {
  return 16 / <i32>sizeof<T>();
}

/** a × b + c: rounded twice, or once in the build with relaxed SIMD where the engine fuses. */
@inline
export function multiplyAdd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c);
  return v128.add<T>(c, v128.mul<T>(a, b));
}

/** The address of element `index` of an array of T. */
@inline
export function at<T>(base: usize, index: i32): usize {
  return base + <usize>index * sizeof<T>();
}

/** Copies a last part of a vector to where a whole one has room; returns the place. */
export function moved(to: usize, from: usize, bytes: usize): usize {
  memory.copy(to, from, bytes);
  return to;
}
