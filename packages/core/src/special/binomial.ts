/**
 * The binomial law through the incomplete beta function, K ~ Bin(n, p):
 *
 *   P(K ≤ k) = I_{1−p}(n − k, k + 1),    P(K > k) = I_p(k + 1, n − k)          (Abramowitz & Stegun 26.5.24)
 *
 * Quantiles are exact integers: a guess from the normal law is corrected by bisection on the tail itself.
 * Only where a tail equals the level to about 1e-13 may rounding decide between two neighbors.
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import { betaCdf, betaUpperTail } from "./beta.ts";
import { normalQuantile } from "./normal.ts";

/**
 * P(K ≤ k). O(√n).
 * @param k any integer; below 0 the result is 0, from n on it is 1
 * @param n a nonnegative integer
 * @param p in [0, 1]
 * @throws InvalidArgumentError
 */
export function binomialCdf(k: number, n: number, p: number): number {
  checkLaw(k, n, p);
  if (k < 0) return 0;
  return k >= n ? 1 : betaUpperTail(p, k + 1, n - k);
}

/**
 * P(K > k), exact where that is tiny. O(√n). Arguments as for {@link binomialCdf}. @throws
 * InvalidArgumentError
 */
export function binomialUpperTail(k: number, n: number, p: number): number {
  checkLaw(k, n, p);
  if (k < 0) return 1;
  return k >= n ? 0 : betaCdf(p, k + 1, n - k);
}

/** The smallest k with P(K ≤ k) ≥ `level`. O(√n log n). @throws InvalidArgumentError */
export function binomialQuantile(level: number, n: number, p: number): number {
  checkLevel("level", level);
  checkLaw(0, n, p);
  return smallestCount(n, p, normalQuantile(level), (k) => binomialCdf(k, n, p) >= level);
}

/**
 * The smallest k with P(K > k) ≤ `tail`: K exceeds it with at most that probability. @throws
 * InvalidArgumentError
 */
export function binomialUpperQuantile(tail: number, n: number, p: number): number {
  checkLevel("tail", tail);
  checkLaw(0, n, p);
  return smallestCount(n, p, -normalQuantile(tail), (k) => binomialUpperTail(k, n, p) <= tail);
}

/** The smallest k of 0..n that is `enough`, which is monotone and true of n; `z` says where to look first. */
function smallestCount(n: number, p: number, z: number, enough: (k: number) => boolean): number {
  const guess = Math.floor(n * p + z * Math.sqrt(n * p * (1 - p)));
  let high = Number.isFinite(z) ? Math.max(0, Math.min(n, guess)) : n;
  // Gallop away from the guess until it is bracketed: enough(high) and not enough(low).
  let stride = 1;
  let low: number;
  if (enough(high)) {
    low = high - stride;
    while (low >= 0 && enough(low)) {
      high = low;
      stride *= 2;
      low = high - stride;
    }
    low = Math.max(-1, low);
  } else {
    low = high;
    high = Math.min(n, low + stride);
    while (!enough(high)) {
      low = high;
      stride *= 2;
      high = Math.min(n, low + stride);
    }
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function checkLaw(k: number, n: number, p: number): void {
  if (!Number.isInteger(k)) throw new InvalidArgumentError("k", k, "an integer");
  if (!(Number.isSafeInteger(n) && n >= 0)) throw new InvalidArgumentError("n", n, "a nonnegative integer");
  if (!(p >= 0 && p <= 1)) throw new InvalidArgumentError("p", p, "a probability in [0, 1]");
}

function checkLevel(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError(name, value, "a probability in [0, 1]");
}
