/**
 * One step of a sum in a semiring, c ⊕ (a ⊗ b), on vectors. The semiring is a type, so that every kernel is
 * compiled once for each:
 *
 *   SumProduct      c + a · b
 *   MaxProduct      max(c, a · b)
 *   MaxMin          max(c, min(a, b))                                     Gödel's t-norm
 *   MaxLukasiewicz  max(c, min(a, b) − (1 − max(a, b)))                   Łukasiewicz's t-norm
 *
 * Sums begin at 0, which is neutral for + and, among truth values, for max; hence Łukasiewicz's t-norm needs
 * no clamp of its own. A NaN never wins a maximum.
 */
import { multiplyAdd } from "./lanes";

export class SumProduct {}
export class MaxProduct {}
export class MaxMin {}
export class MaxLukasiewicz {}

// The semirings by number, for code that is not worth compiling once for each.
export const SUM_PRODUCT: i32 = 0;
export const MAX_PRODUCT: i32 = 1;
export const MAX_MIN: i32 = 2;

/** Whether a product is an ordinary one. The build with relaxed SIMD has no others (`fused.ts`). */
@inline
export function isSumProduct(semiring: i32): bool {
  return ASC_FEATURE_RELAXED_SIMD || semiring == SUM_PRODUCT;
}

@inline
export function fold<T, S>(a: v128, b: v128, c: v128): v128 {
  if (idof<S>() == idof<SumProduct>()) return multiplyAdd<T>(a, b, c);
  if (idof<S>() == idof<MaxProduct>()) return v128.pmax<T>(c, v128.mul<T>(a, b));
  const least = v128.pmin<T>(a, b);
  if (idof<S>() == idof<MaxMin>()) return v128.pmax<T>(c, least);
  const missing = v128.sub<T>(v128.splat<T>(1), v128.pmax<T>(a, b));
  return v128.pmax<T>(c, v128.sub<T>(least, missing));
}
