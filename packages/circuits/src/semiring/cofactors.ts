/** What each factor of a product is multiplied with: the product of the others, from both sides and without division. */
import type { Semiring } from "./semiring.ts";

/**
 * Calls `visit(i, scale · Π_{j ≠ i} factor(j))` for i = 0 … count − 1. O(count) products; right where factors are zero.
 */
export function eachCofactor<T>(
  { one, times }: Semiring<T>,
  scale: T,
  count: number,
  factor: (i: number) => T,
  visit: (i: number, cofactor: T) => void,
): void {
  const after: T[] = [];
  let product = one;
  for (let i = count - 1; i >= 0; i--) {
    after.push(product);
    product = times(product, factor(i));
  }
  let before = scale;
  for (let i = 0; i < count; i++) {
    visit(i, times(before, after[count - 1 - i]));
    before = times(before, factor(i));
  }
}
