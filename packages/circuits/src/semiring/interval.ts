/**
 * Intervals of non-negative numbers, rounded outwards:
 *
 *   [a, b] + [c, d] = [a + c, b + d]      [a, b] · [c, d] = [a c, b d]
 *
 * with lower ends moved down and upper ends up to the next double wherever an operation may have rounded, so that the
 * true value is inside whatever the order of operations. Every occurrence of a number counts as a number of its own:
 * sound, one pass, and wider than `conditionalBounds`, which knows better.
 */
import type { Semiring } from "./semiring.ts";

/** The numbers from low to high, 0 <= low <= high; high may be Infinity. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

const zero: Interval = Object.freeze({ low: 0, high: 0 });
const one: Interval = Object.freeze({ low: 1, high: 1 });

/** Sums and products of non-negative intervals, rounded outwards. */
export const interval: Semiring<Interval> = {
  name: "interval",
  zero,
  one,
  plus: (a, b) => {
    if (isPoint(a, 0)) return b;
    if (isPoint(b, 0)) return a;
    return { low: below(a.low + b.low), high: above(a.high + b.high) };
  },
  times: (a, b) => {
    if (isPoint(a, 1)) return b;
    if (isPoint(b, 1)) return a;
    if (a.high === 0 || b.high === 0) return zero;
    return { low: below(product(a.low, b.low)), high: above(a.high * b.high) };
  },
};

function isPoint({ low, high }: Interval, x: number): boolean {
  return low === x && high === x;
}

/** 0 times anything is 0, also times Infinity. */
function product(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a * b;
}

const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);

/** The next smaller double of a positive one: the true result of what was rounded to x is not below it. */
function below(x: number): number {
  if (x === 0) return 0;
  // An overflow is a large number, not an infinite one.
  if (x === Number.POSITIVE_INFINITY) return Number.MAX_VALUE;
  double[0] = x;
  bits[0] -= 1n;
  return double[0];
}

/** The next larger double: also of 0, to which a product of positive numbers may have been rounded. */
function above(x: number): number {
  if (x === Number.POSITIVE_INFINITY) return x;
  double[0] = x;
  bits[0] += 1n;
  return double[0];
}
