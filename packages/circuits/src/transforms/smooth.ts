/**
 * Smoothing: a sum whose children speak of different variables is given children that speak of all, each multiplied
 * by the constant 1 over what it leaves out, Σ_s [x_v = s]. Values at worlds stay what they are, and marginals become
 * right. Each product is made once per child and set of missing variables. Ties are kept. O(edges · variables).
 */
import { CredenceError } from "@credence/core";
import type { CircuitBuilder } from "../circuit/builder.ts";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import { scopesOf } from "../properties/scopes.ts";
import { copyNode, rebuild } from "./rebuild.ts";

/**
 * A smooth circuit with the same value at every world; the circuit itself if it is smooth already.
 * @throws CredenceError `UNSUPPORTED_QUERY` if a variable that is left out is a number: nothing is 1 on all numbers
 *   and still a distribution
 */
export function smooth<V extends string>(circuit: Circuit<V>): Circuit<V> {
  if (circuit.properties.smooth) return circuit;
  const { kinds, offsets, children, domains, variables } = circuit;
  const { words, bits } = scopesOf(circuit);
  const free = (builder: CircuitBuilder, variable: number): number => {
    const arity = arityOf(domains[variable]);
    if (!Number.isFinite(arity)) throw notFinite(variables.name(variable));
    return builder.sum(
      Array.from({ length: arity }, (_, state) => builder.input(variable, { family: "indicator", state })),
    );
  };
  const made = rebuild(circuit, (node, below, builder) => {
    if (kinds[node] !== nodeKinds.sum) return copyNode(builder, circuit, node, below);
    const parts = below.map((id, i) => {
      const child = children[offsets[node] + i];
      const factors = [id];
      for (let w = 0; w < words; w++) {
        for (let rest = bits[node * words + w] & ~bits[child * words + w]; rest !== 0; rest &= rest - 1) {
          factors.push(free(builder, 32 * w + 31 - Math.clz32(rest & -rest)));
        }
      }
      return builder.product(factors);
    });
    return copyNode(builder, circuit, node, parts);
  });
  return made as Circuit<V>;
}

function notFinite(name: string): CredenceError {
  return new CredenceError({
    code: "UNSUPPORTED_QUERY",
    message: `A sum leaves out ${JSON.stringify(name)}, which is a number, under some of its children.`,
    given: name,
    expected: "children that leave out variables with states only",
    hint: "Multiply those children by a distribution of the variable.",
  });
}
