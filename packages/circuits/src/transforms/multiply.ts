/**
 * The product of two circuits as a circuit: at every world the product of their values. The recursion over pairs of
 * nodes (see queries/pairs.ts) makes a node for every pair that it meets; pairs that are 0 are left out. Keeps
 * decomposability, smoothness and, if both have it, determinism. Compatible circuits of E_p and E_q edges give at most
 * E_p · E_q of them. Ties are dropped.
 */
import { InvalidArgumentError } from "@credence/core";
import { circuitBuilder } from "../circuit/builder.ts";
import type { Circuit } from "../circuit/circuit.ts";
import { logInner, productOf } from "../inputs/integrals.ts";
import { requireProperties } from "../queries/evidence.ts";
import { foldPairs, requireVariablesOf } from "../queries/pairs.ts";
import { logValues } from "../queries/passes.ts";
import { copier } from "./rebuild.ts";

/** A node of the product with the log of a factor; undefined is 0. */
type Scaled = { readonly node: number; readonly log: number } | undefined;

/**
 * p · q, over the variables of p. The second circuit may speak of fewer: what it leaves out it is constant in.
 * @throws InvalidArgumentError for a second circuit with other variables, or without a world in common
 * @throws CredenceError `UNSUPPORTED_QUERY` for circuits that are not smooth and decomposable, and for inputs whose
 *   product is in no family; `PAIR_LIMIT` for circuits that are too far from compatible
 */
export function multiply<V extends string, W extends V = V>(p: Circuit<V>, q: Circuit<W>): Circuit<V> {
  const product = productOrZero(p, q);
  if (product !== undefined) return product;
  throw new InvalidArgumentError("The second circuit", "0 wherever the first is not", "positive somewhere");
}

/** {@link multiply} that gives undefined where no world has a positive value under both. */
export function productOrZero<V extends string, W extends V = V>(
  p: Circuit<V>,
  q: Circuit<W>,
): Circuit<V> | undefined {
  for (const circuit of [p, q] as Circuit[])
    requireProperties(circuit, "multiply", ["smooth", "decomposable"]);
  requireVariablesOf(p, q);
  const builder = circuitBuilder<V>(p.variables, { domains: p.domains });
  const copy = copier(builder, p);
  const values = logValues(p, new Float64Array(p.inputs.length));
  const whole = foldPairs<Scaled>(p, q, {
    input(a, b) {
      const log = logInner(a, b);
      if (log === Number.NEGATIVE_INFINITY) return undefined;
      return { node: builder.input(a.variable, productOf(a, b, log)), log };
    },
    absorbs: (group) => group === undefined,
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
    alone: (node) => (values[node] === Number.NEGATIVE_INFINITY ? undefined : { node: copy(node), log: 0 }),
  });
  return whole && builder.build(builder.sum([whole.node], [whole.log]));
}
