/**
 * The product of two circuits as a circuit: at every world the product of their values. The recursion over pairs of
 * nodes (see queries/pairs.ts) makes a node for every pair that it meets; pairs that are 0 are left out, and parts
 * without common variables are copied beside each other. Keeps decomposability, smoothness and, if both have it,
 * determinism. Circuits of E_p and E_q edges that are compatible on their common variables give at most E_p · E_q of
 * them, and E_p + E_q if they have none in common. Ties are dropped.
 */
import { InvalidArgumentError, vocabulary } from "@credence/core";
import { type CircuitBuilder, circuitBuilder } from "../circuit/builder.ts";
import type { Circuit } from "../circuit/circuit.ts";
import { logInner, productOf } from "../inputs/integrals.ts";
import { requireProperties } from "../queries/evidence.ts";
import { foldPairs } from "../queries/pairs.ts";
import { logValues } from "../queries/passes.ts";
import { copier } from "./rebuild.ts";

/** A node of the product with the log of a factor; undefined is 0. */
type Scaled = { readonly node: number; readonly log: number } | undefined;

/**
 * p · q, over the variables of p and then those of q that p does not have. In what it leaves out a circuit is constant.
 * @throws InvalidArgumentError for a second circuit in which a common variable has another domain, or that has no world
 *   in common
 * @throws CredenceError `UNSUPPORTED_QUERY` for circuits that are not smooth and decomposable, and for inputs whose
 *   product is in no family; `PAIR_LIMIT` for circuits that are too far from compatible
 */
export function multiply<V extends string, W extends string = V>(
  p: Circuit<V>,
  q: Circuit<W>,
): Circuit<V | W> {
  const product = productOrZero(p, q);
  if (product !== undefined) return product;
  throw new InvalidArgumentError("The second circuit", "0 wherever the first is not", "positive somewhere");
}

/** {@link multiply} that gives undefined where no world has a positive value under both. */
export function productOrZero<V extends string, W extends string = V>(
  p: Circuit<V>,
  q: Circuit<W>,
): Circuit<V | W> | undefined {
  for (const circuit of [p, q] as Circuit[])
    requireProperties(circuit, "multiply", ["smooth", "decomposable"]);
  const [left, right] = overBoth<V | W>(p as Circuit<V | W>, q as Circuit<V | W>);
  const builder = circuitBuilder(left.variables, { domains: left.domains });
  const sides = { p: copyOf(builder, left), q: copyOf(builder, right) };
  if (left.variables.size === p.variables.size + q.variables.size) {
    const [a, b] = [sides.p(p.size - 1), sides.q(q.size - 1)];
    return a && b && builder.build(builder.product([a.node, b.node]));
  }
  // Without variables of its own the second circuit is asked by name: sets of its variables are smaller.
  const whole = foldPairs<Scaled>(left, left === p ? (q as Circuit<V | W>) : right, {
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
    alone: sides.p,
    aloneInQ: sides.q,
  });
  return whole && builder.build(builder.sum([whole.node], [whole.log]));
}

/** Copies of nodes that are not 0. */
function copyOf(builder: CircuitBuilder, circuit: Circuit): (node: number) => Scaled {
  const { sumGroups: _sums, inputGroups: _inputs, ...untied } = circuit;
  const copy = copier(builder, untied);
  let values: Float64Array | undefined;
  return (node) => {
    values ??= logValues(circuit, new Float64Array(circuit.inputs.length));
    return values[node] === Number.NEGATIVE_INFINITY ? undefined : { node: copy(node), log: 0 };
  };
}

/** The same two circuits over the variables of p and then the others of q. */
function overBoth<V extends string>(p: Circuit<V>, q: Circuit<V>): readonly [Circuit<V>, Circuit<V>] {
  const others: number[] = [];
  q.variables.names.forEach((name, v) => {
    if (!p.variables.has(name)) others.push(v);
    else if (JSON.stringify(p.domains[p.variables.id(name)]) !== JSON.stringify(q.domains[v])) {
      throw new InvalidArgumentError(
        "A variable of both circuits",
        name,
        "one with the same domain in both",
        "Rename it in one of them if it is another variable.",
      );
    }
  });
  const names = [...p.variables.names, ...others.map((v) => q.variables.name(v))];
  const variables = others.length === 0 ? p.variables : vocabulary<V>("variable", names);
  const domains = [...p.domains, ...others.map((v) => q.domains[v])];
  const inputs = q.inputs.map(({ variable, distribution }) => ({
    variable: variables.id(q.variables.name(variable)),
    distribution,
  }));
  return [others.length === 0 ? p : { ...p, variables, domains }, { ...q, variables, domains, inputs }];
}
