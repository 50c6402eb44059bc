/**
 * The product of two circuits as a circuit: at every world the product of their values. The recursion over pairs of
 * nodes (see queries/pairs.ts) makes a node for every pair that it meets; pairs that are 0 are left out. Keeps
 * decomposability, smoothness and, if both have it, determinism. Compatible circuits of E_p and E_q edges give at most
 * E_p · E_q of them.
 */
import { InvalidArgumentError } from "@credence/core";
import { circuitBuilder } from "../circuit/builder.ts";
import type { Circuit } from "../circuit/circuit.ts";
import { arityOf, type Domain } from "../circuit/domain.ts";
import { type Distribution, isOverStates, stateProbability } from "../inputs/distribution.ts";
import type { Input } from "../inputs/input.ts";
import { logInner } from "../inputs/integrals.ts";
import { requireProperties } from "../queries/evidence.ts";
import { foldPairs, requireSameVariables } from "../queries/pairs.ts";

/** A node of the product with the log of a factor; undefined is 0. */
type Scaled = { readonly node: number; readonly log: number } | undefined;

/**
 * p · q.
 * @throws InvalidArgumentError for circuits over other variables, or without a common world
 * @throws CredenceError `UNSUPPORTED_QUERY` for circuits that are not smooth and decomposable, and for inputs whose
 *   product is in no family; `PAIR_LIMIT` for circuits that are too far from compatible
 */
export function multiply<V extends string>(p: Circuit<V>, q: Circuit<V>): Circuit<V> {
  for (const circuit of [p, q]) requireProperties(circuit, "multiply", ["smooth", "decomposable"]);
  requireSameVariables(p, q);
  const builder = circuitBuilder<V>(p.variables, { domains: p.domains });
  const whole = foldPairs<Scaled>(p, q, {
    input(a, b) {
      const log = logInner(a, b);
      if (log === Number.NEGATIVE_INFINITY) return undefined;
      return { node: builder.input(a.variable, productOf(a, b, p.domains[a.variable], log)), log };
    },
    product(groups) {
      const parts = groups.filter((group) => group !== undefined);
      if (parts.length < groups.length) return undefined;
      const node = builder.product(parts.map((part) => part.node));
      return { node, log: parts.reduce((sum, part) => sum + part.log, 0) };
    },
    sum(_, terms, logWeights) {
      const parts = terms.flatMap((term, i) => {
        return term === undefined ? [] : [{ node: term.node, log: term.log + logWeights[i] }];
      });
      if (parts.length === 0) return undefined;
      // The largest weight moves up, so that nothing overflows on the way.
      const log = parts.reduce((max, part) => Math.max(max, part.log), Number.NEGATIVE_INFINITY);
      const node = builder.sum(
        parts.map((part) => part.node),
        parts.map((part) => part.log - log),
      );
      return { node, log };
    },
  });
  if (whole === undefined) {
    throw new InvalidArgumentError("The second circuit", "0 wherever the first is not", "positive somewhere");
  }
  return builder.build(builder.sum([whole.node], [whole.log]));
}

/** The normalized product of two inputs, whose integral is exp(log). */
function productOf(
  { distribution: p }: Input,
  { distribution: q }: Input,
  domain: Domain,
  log: number,
): Distribution {
  if (isOverStates(p) && isOverStates(q)) {
    const raw = Array.from(
      { length: arityOf(domain) },
      (_, s) => stateProbability(p, s) * stateProbability(q, s),
    );
    const total = Math.exp(log);
    const only = raw.findIndex((x) => x > 0 && x >= total);
    if (only >= 0) return { family: "indicator", state: only };
    return { family: "categorical", probabilities: raw.map((x) => x / total) };
  }
  if (p.family === "gaussian" && q.family === "gaussian") {
    const [a, b] = [1 / (p.std * p.std), 1 / (q.std * q.std)];
    return { family: "gaussian", mean: (a * p.mean + b * q.mean) / (a + b), std: Math.sqrt(1 / (a + b)) };
  }
  // logInner has refused all other pairs but two exponential distributions.
  const rate = (p as { readonly rate: number }).rate + (q as { readonly rate: number }).rate;
  return { family: "exponential", rate };
}
