/**
 * The logistic function and its relatives, each in the form that keeps its digits:
 *
 *   sigmoid x = 1 / (1 + exp −x),  logit p = log(p / (1 − p)) = 2 artanh(2p − 1),
 *   softplus x = log(1 + exp x) = −log sigmoid(−x)
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";

/** 1 / (1 + exp(−x)), in [0, 1]; 0 and 1 at the infinities. @throws InvalidArgumentError for NaN */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const small = Math.exp(x);
  return known(small / (1 + small), x);
}

/** log(1 + exp x), at least 0 and at least x. @throws InvalidArgumentError for NaN */
export function softplus(x: number): number {
  return known(Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), x);
}

/** log(p / (1 − p)); −Infinity at 0, +Infinity at 1. @throws InvalidArgumentError outside [0, 1] */
export function logit(p: number): number {
  if (!(p >= 0 && p <= 1)) throw new InvalidArgumentError("p", p, "a probability in [0, 1]");
  // Between the quarters 2p − 1 is exact, and the difference of the logs would cancel.
  return p > 0.25 && p < 0.75 ? 2 * Math.atanh(2 * p - 1) : Math.log(p) - Math.log1p(-p);
}

function known(result: number, x: number): number {
  if (Number.isNaN(result)) throw new InvalidArgumentError("x", x, "a number other than NaN");
  return result;
}
