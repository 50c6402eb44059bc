/**
 * Comparing two circuits over the same variables:
 *
 *   inner product     <p, q> = Σ_x p(x) q(x)
 *   cross-entropy     H(p, q) = -Σ_x P(x) log Q(x)
 *   KL divergence     KL(p ‖ q) = H(p, q) - H(p)
 *   Cauchy-Schwarz    D = -log ( <p, q> / √(<p, p> <q, q>) )
 *   L2 distance       √ Σ_x (p(x) - q(x))²
 *
 * by recursion over pairs of nodes (see pairs.ts). The logarithm in the cross-entropy goes through the sums of q
 * only if they are deterministic: with S = Σ p 1[q > 0], kept as its log, and M = Σ p log q / S,
 *
 *   products   S = S₁ S₂,           M = M₁ + M₂
 *   sums of p  S = Σ_i w_i S_i,     M = Σ_i (w_i S_i / S) M_i
 *   sums of q  S = Σ_j S_j,         M = Σ_j (S_j / S) (M_j + log w_j)
 *
 * Powers go through the sums of deterministic circuits, too, so that Rényi's divergence and Hellinger's distance of two
 * of them are an inner product, of p^α and q^(1-α). Divergences that no structure makes tractable go through all worlds
 * if these are few, and are refused otherwise.
 */
import { CredenceError, InvalidArgumentError, logAddExp, logSumExp } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { expectedLog, logInner, powerOf } from "../inputs/integrals.ts";
import { entropy } from "./entropy.ts";
import { knownOf, requireProperties } from "./evidence.ts";
import { logPartition } from "./likelihood.ts";
import { foldPairs, requireSameVariables } from "./pairs.ts";
import { countWorlds, eachWorld, worldLimit } from "./worlds.ts";

function prepare(query: string, p: Circuit, q: Circuit): void {
  requireProperties(p, query, ["smooth", "decomposable"]);
  requireProperties(q, query, ["smooth", "decomposable"]);
  requireSameVariables(p, q);
}

/**
 * log Σ_x p(x) q(x), an integral where variables are real: also the log of the expectation of q under p.
 * -Infinity if p and q have no world in common.
 * @throws InvalidArgumentError for circuits over other variables
 * @throws CredenceError `UNSUPPORTED_QUERY` for circuits that are not smooth and decomposable, and for inputs
 *   whose product has no integral in closed form; `PAIR_LIMIT` for circuits that are too far from compatible
 */
export function logInnerProduct(p: Circuit, q: Circuit): number {
  prepare("logInnerProduct", p, q);
  return foldPairs<number>(p, q, {
    input: logInner,
    product: (groups) => groups.reduce((sum, log) => sum + log, 0),
    sum: (_, terms, logWeights) => logSumExp(terms.map((term, i) => term + logWeights[i])),
    absorbs: isZero,
  });
}

/** Whether a log is that of 0, as is that of any product with it. */
const isZero = (log: number): boolean => log === Number.NEGATIVE_INFINITY;

/** `logInnerProduct` of p and q divided by their total weights: log E_p[Q(x)]. */
function normalizedInner(p: Circuit, q: Circuit): number {
  return logInnerProduct(p, q) - mass(p) - mass(q);
}

/** Log of the total weight. @throws CredenceError `CONTRADICTION` if it is that of 0 */
function mass(circuit: Circuit): number {
  const log = logPartition(circuit);
  if (log > Number.NEGATIVE_INFINITY) return log;
  throw new CredenceError({
    code: "CONTRADICTION",
    message: "One of the circuits is 0 everywhere, so nothing has a probability under it.",
    expected: "circuits under which at least one world has a weight",
    hint: "logInnerProduct takes such circuits: it is -Infinity.",
  });
}

/**
 * -log of the cosine of p and q, from 0 (proportional) to Infinity (no world in common).
 * @throws what {@link logInnerProduct} throws
 */
export function cauchySchwarzDivergence(p: Circuit, q: Circuit): number {
  prepare("cauchySchwarzDivergence", p, q);
  for (const circuit of [p, q]) mass(circuit);
  const own = logInnerProduct(p, p) + logInnerProduct(q, q);
  return Math.max(0, 0.5 * own - logInnerProduct(p, q));
}

/**
 * The Euclidean distance of the normalized p and q.
 * @throws what {@link logInnerProduct} throws
 */
export function l2Distance(p: Circuit, q: Circuit): number {
  prepare("l2Distance", p, q);
  const squares = logAddExp(normalizedInner(p, p), normalizedInner(q, q));
  return Math.sqrt(Math.max(0, Math.exp(squares) - 2 * Math.exp(normalizedInner(p, q))));
}

/** log S and M of a pair; see the head of this file. */
interface Share {
  readonly logMass: number;
  readonly mean: number;
}

/** The mixture of shares whose masses are scaled by exp(logWeights[i]). */
function mixed(terms: readonly Share[], logWeights: readonly number[], mean: (i: number) => number): Share {
  const logs = terms.map((term, i) => term.logMass + logWeights[i]);
  const logMass = logSumExp(logs);
  if (logMass === Number.NEGATIVE_INFINITY) return { logMass, mean: 0 };
  const sum = logs.reduce((total, log, i) => {
    const share = Math.exp(log - logMass);
    return share === 0 ? total : total + share * mean(i);
  }, 0);
  return { logMass, mean: sum };
}

/** The share of p's weight outside q that rounding hides. */
const UNSEEN = 1e-12;

/**
 * H(p, q) of the normalized circuits in nats; Infinity if p gives weight to worlds that q excludes. A share of it
 * below 1e-12 is lost in rounding and counts as none.
 * @throws InvalidArgumentError for circuits over other variables
 * @throws CredenceError `UNSUPPORTED_QUERY` unless both circuits are smooth and decomposable and q is known to be
 *   deterministic, or has at most 2^20 worlds; `PAIR_LIMIT`
 */
export function crossEntropy(p: Circuit, q: Circuit): number {
  prepare("crossEntropy", p, q);
  const [massP, massQ] = [mass(p), mass(q)];
  if (!q.properties.deterministic) {
    let lost = 0;
    const nats = overWorlds("crossEntropy", p, q, (a, b) => {
      if (b > Number.NEGATIVE_INFINITY) return a === Number.NEGATIVE_INFINITY ? 0 : -Math.exp(a) * b;
      lost += Math.exp(a);
      return 0;
    });
    return lost > UNSEEN ? Number.POSITIVE_INFINITY : nats;
  }
  const { logMass, mean } = foldPairs<Share>(p, q, {
    input(a, b) {
      const { mass, log } = expectedLog(a, b);
      return { logMass: Math.log(mass), mean: mass === 0 ? 0 : log / mass };
    },
    product: (groups) => ({
      logMass: groups.reduce((sum, one) => sum + one.logMass, 0),
      mean: groups.reduce((sum, one) => sum + one.mean, 0),
    }),
    sum: (side, terms, logWeights) =>
      side === "p"
        ? mixed(terms, logWeights, (i) => terms[i].mean)
        : mixed(terms, new Array<number>(terms.length).fill(0), (i) => terms[i].mean + logWeights[i]),
    absorbs: ({ logMass }) => isZero(logMass),
  });
  if (logMass - massP < Math.log1p(-UNSEEN)) return Number.POSITIVE_INFINITY;
  return massQ - mean;
}

/**
 * KL(p ‖ q) of the normalized circuits in nats, at least 0; Infinity if p gives weight to worlds that q excludes (as
 * {@link crossEntropy} sees it).
 * @throws what {@link crossEntropy} and `entropy` throw
 */
export function klDivergence(p: Circuit, q: Circuit): number {
  const cross = crossEntropy(p, q);
  const own = entropy(p);
  // A p that is 0 everywhere has no cross-entropy either.
  return own.kind === "entropy" ? Math.max(0, cross - own.nats) : cross;
}

/** Half of Σ |P(x) - Q(x)|, from 0 to 1. Goes through all worlds. @throws as {@link renyiDivergence} */
export function totalVariation(p: Circuit, q: Circuit): number {
  return overWorlds("totalVariation", p, q, (a, b) => Math.abs(Math.exp(a) - Math.exp(b)) / 2);
}

/** 1 - Σ √(P(x) Q(x)), from 0 to 1. As {@link renyiDivergence} of order ½. @throws as it does */
export function hellingerSquared(p: Circuit, q: Circuit): number {
  return Math.max(0, -Math.expm1(logAffinity("hellingerSquared", p, q, 0.5)));
}

/**
 * Rényi's divergence log(Σ P(x)^α Q(x)^(1-α)) / (α - 1), at least 0; Infinity where P and Q have no world in common,
 * and for α > 1 where P gives weight to worlds that Q excludes. Goes through all worlds if there are at most 2^20, and
 * otherwise through pairs of nodes, if both circuits are deterministic.
 * @param order α, positive and not 1
 * @throws InvalidArgumentError for another order, or circuits over other variables
 * @throws CredenceError `UNSUPPORTED_QUERY` beyond 2^20 worlds for circuits that are not known to be deterministic, and
 *   for inputs whose powers are in no family; `PAIR_LIMIT`
 */
export function renyiDivergence(p: Circuit, q: Circuit, order: number): number {
  if (!(Number.isFinite(order) && order > 0 && order !== 1)) {
    throw new InvalidArgumentError(
      "order",
      order,
      "a positive number other than 1",
      "Order 1 is klDivergence.",
    );
  }
  return Math.max(0, logAffinity("renyiDivergence", p, q, order) / (order - 1));
}

/** log Σ P^α Q^(1-α) of the normalized circuits. */
function logAffinity(query: string, p: Circuit, q: Circuit, order: number): number {
  prepare(query, p, q);
  const few = countWorlds(p, knownOf(p, {})) <= worldLimit;
  if (few || !(p.properties.deterministic && q.properties.deterministic)) {
    const logs: number[] = [];
    overWorlds(query, p, q, (a, b) => {
      // 0^α is 0 whatever it is multiplied with.
      if (a > Number.NEGATIVE_INFINITY) logs.push(order * a + (1 - order) * b);
      return 0;
    });
    return logs.includes(Number.POSITIVE_INFINITY) ? Number.POSITIVE_INFINITY : logSumExp(logs);
  }
  const [massP, massQ] = [mass(p), mass(q)];
  // Negative powers of what q excludes would count as 0.
  if (order > 1 && crossEntropy(p, q) === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  const exponent = { p: order, q: 1 - order };
  const log = foldPairs<number>(p, q, {
    input(a, b) {
      const [ofP, ofQ] = [powerOf(a, exponent.p), powerOf(b, exponent.q)];
      const inner = logInner(
        { variable: a.variable, distribution: ofP.distribution },
        { variable: b.variable, distribution: ofQ.distribution },
      );
      return ofP.log + ofQ.log + inner;
    },
    product: (groups) => groups.reduce((sum, one) => sum + one, 0),
    sum: (side, terms, logWeights) =>
      logSumExp(terms.map((term, i) => term + exponent[side] * logWeights[i])),
    absorbs: isZero,
  });
  return log - order * massP - (1 - order) * massQ;
}

/** Σ_x f(log P(x), log Q(x)) of the normalized circuits. */
function overWorlds(query: string, p: Circuit, q: Circuit, f: (p: number, q: number) => number): number {
  prepare(query, p, q);
  const known = knownOf(p, {});
  const count = countWorlds(p, known);
  if (count > worldLimit) {
    throw new CredenceError({
      code: "UNSUPPORTED_QUERY",
      message: `${query} has to go through all worlds of these circuits, and there are ${count}.`,
      given: count,
      expected: `at most ${worldLimit} worlds, or (but for totalVariation) circuits known to be deterministic`,
      hint: "cauchySchwarzDivergence and l2Distance need compatible circuits only.",
    });
  }
  const [massP, massQ] = [mass(p), mass(q)];
  const logs = new Float64Array(count);
  let at = 0;
  eachWorld(p, known, (_, logWeight) => {
    logs[at++] = logWeight;
  });
  let sum = 0;
  at = 0;
  eachWorld(q, known, (_, logWeight) => {
    sum += f(logs[at++] - massP, logWeight - massQ);
  });
  return sum;
}
