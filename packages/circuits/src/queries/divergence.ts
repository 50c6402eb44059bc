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
 * only if they are deterministic: with S = Σ p 1[q > 0] and L = Σ p log q,
 *
 *   products   S = S₁ S₂,  L = L₁ S₂ + S₁ L₂
 *   sums of p  both linear
 *   sums of q  S = Σ_j S_j,  L = Σ_j (L_j + w_j S_j)
 *
 * Divergences that no structure makes tractable, and the above where q is not deterministic, go through all
 * worlds if these are few, and are refused otherwise.
 */
import { CredenceError, InvalidArgumentError, logAddExp, logSumExp } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { expectedLog, logInner } from "../inputs/integrals.ts";
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
  });
}

/** `logInnerProduct` of p and q divided by their total weights: log E_p[Q(x)]. */
function normalizedInner(p: Circuit, q: Circuit): number {
  return logInnerProduct(p, q) - mass(p) - mass(q);
}

/** Log of the total weight. @throws InvalidArgumentError if it is that of 0 */
function mass(circuit: Circuit): number {
  const log = logPartition(circuit);
  if (log > Number.NEGATIVE_INFINITY) return log;
  const expected = "one that at least one world has a weight under";
  throw new InvalidArgumentError("The circuit", "0 everywhere", expected);
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

/** S and L of a pair; see the head of this file. */
interface Share {
  readonly mass: number;
  readonly log: number;
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
    return overWorlds("crossEntropy", p, q, (a, b) => (a === 0 ? 0 : -a * Math.log(b)));
  }
  const { mass: shared, log } = foldPairs<Share>(p, q, {
    input: expectedLog,
    product: (groups) =>
      groups.reduce(
        (all, one) => ({ mass: all.mass * one.mass, log: all.log * one.mass + all.mass * one.log }),
        {
          mass: 1,
          log: 0,
        },
      ),
    sum(side, terms, logWeights) {
      const weigh = (f: (term: Share, i: number) => number) =>
        terms.reduce((sum, term, i) => sum + f(term, i), 0);
      if (side === "q")
        return { mass: weigh((t) => t.mass), log: weigh((t, i) => t.log + logWeights[i] * t.mass) };
      return {
        mass: weigh((t, i) => Math.exp(logWeights[i]) * t.mass),
        log: weigh((t, i) => Math.exp(logWeights[i]) * t.log),
      };
    },
  });
  const total = Math.exp(massP);
  if (shared < total * (1 - UNSEEN)) return Number.POSITIVE_INFINITY;
  return massQ - log / total;
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
  return overWorlds("totalVariation", p, q, (a, b) => Math.abs(a - b) / 2);
}

/** 1 - Σ √(P(x) Q(x)), from 0 to 1. Goes through all worlds. @throws as {@link renyiDivergence} */
export function hellingerSquared(p: Circuit, q: Circuit): number {
  return overWorlds("hellingerSquared", p, q, (a, b) => (Math.sqrt(a) - Math.sqrt(b)) ** 2 / 2);
}

/**
 * Rényi's divergence log(Σ P(x)^α Q(x)^(1-α)) / (α - 1). Goes through all worlds.
 * @param order α, positive and not 1
 * @throws InvalidArgumentError for another order, or circuits over other variables
 * @throws CredenceError `UNSUPPORTED_QUERY` beyond 2^20 worlds
 */
export function renyiDivergence(p: Circuit, q: Circuit, order: number): number {
  if (!(order > 0 && order !== 1 && order < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError(
      "order",
      order,
      "a positive number other than 1",
      "Order 1 is klDivergence.",
    );
  }
  const sum = overWorlds("renyiDivergence", p, q, (a, b) => (a === 0 ? 0 : a ** order * b ** (1 - order)));
  return Math.log(sum) / (order - 1);
}

/** Σ_x f(P(x), Q(x)) of the normalized circuits. */
function overWorlds(query: string, p: Circuit, q: Circuit, f: (p: number, q: number) => number): number {
  prepare(query, p, q);
  const known = knownOf(p, {});
  const count = countWorlds(p, known);
  if (count > worldLimit) {
    throw new CredenceError({
      code: "UNSUPPORTED_QUERY",
      message: `${query} has to go through all worlds of these circuits, and there are ${count}.`,
      given: count,
      expected: `at most ${worldLimit} worlds, or for cross-entropies a second circuit known to be deterministic`,
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
    sum += f(Math.exp(logs[at++] - massP), Math.exp(logWeight - massQ));
  });
  return sum;
}
