/** Closed forms over two inputs of one variable: ∫ p q, and ∫ p log q with ∫ p 1[q > 0]. */
import { CredenceError } from "@credence/core";
import {
  type Distribution,
  type FiniteDistribution,
  isOverStates,
  stateProbability,
} from "./distribution.ts";
import type { Input } from "./input.ts";

const logTwoPi = 1.8378770664093453;

/** log ∫ p(x) q(x) dx. @throws CredenceError `UNSUPPORTED_QUERY` where there is no closed form */
export function logInner({ distribution: p }: Input, { distribution: q }: Input): number {
  if (isOverStates(p) && isOverStates(q)) {
    return Math.log(overStates(p, q, (a, b) => a * b));
  }
  if (p.family === "gaussian" && q.family === "gaussian") {
    const variance = p.std * p.std + q.std * q.std;
    return -0.5 * (logTwoPi + Math.log(variance) + (p.mean - q.mean) ** 2 / variance);
  }
  if (p.family === "exponential" && q.family === "exponential") {
    return Math.log(p.rate) + Math.log(q.rate) - Math.log(p.rate + q.rate);
  }
  throw noClosedForm(p, q);
}

/**
 * mass = ∫ p 1[q > 0] and log = ∫ p log q over q > 0.
 * @throws CredenceError `UNSUPPORTED_QUERY` where there is no closed form
 */
export function expectedLog(
  { distribution: p }: Input,
  { distribution: q }: Input,
): { readonly mass: number; readonly log: number } {
  if (isOverStates(p) && isOverStates(q)) {
    return {
      mass: overStates(p, q, (a, b) => (b > 0 ? a : 0)),
      log: overStates(p, q, (a, b) => (b > 0 && a > 0 ? a * Math.log(b) : 0)),
    };
  }
  if (p.family === "gaussian" && q.family === "gaussian") {
    const square = (p.std * p.std + (p.mean - q.mean) ** 2) / (q.std * q.std);
    return { mass: 1, log: -0.5 * (logTwoPi + square) - Math.log(q.std) };
  }
  if (p.family === "exponential" && q.family === "exponential") {
    return { mass: 1, log: Math.log(q.rate) - q.rate / p.rate };
  }
  throw noClosedForm(p, q);
}

function statesOf(d: FiniteDistribution): number {
  if (d.family === "categorical") return d.probabilities.length;
  return d.family === "bernoulli" ? 2 : d.state + 1;
}

/** Σ f(p(s), q(s)); states beyond both tables have probability 0 under both. */
function overStates(
  p: FiniteDistribution,
  q: FiniteDistribution,
  f: (a: number, b: number) => number,
): number {
  const [ofP, ofQ] = [statesOf(p), statesOf(q)];
  let sum = 0;
  for (let s = 0; s < Math.max(ofP, ofQ); s++) {
    const a = s < ofP ? stateProbability(p, s) : 0;
    const b = s < ofQ ? stateProbability(q, s) : 0;
    sum += f(a, b);
  }
  return sum;
}

function noClosedForm(p: Distribution, q: Distribution): CredenceError {
  return new CredenceError({
    code: "UNSUPPORTED_QUERY",
    message: `There is no closed form for a ${p.family} input with a ${q.family} one.`,
    given: `${p.family}, ${q.family}`,
    expected: "inputs over states, two gaussian or two exponential ones",
    hint: "Estimate the quantity from samples of the first circuit.",
  });
}
