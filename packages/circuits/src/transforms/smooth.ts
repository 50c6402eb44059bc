/**
 * Smoothing: a sum whose children speak of different variables is given children that speak of all, each multiplied
 * by the constant 1 over what it leaves out, Σ_s [x_v = s]. Values at worlds stay what they are, and marginals become
 * right. Each product is made once per child and set of missing variables. O(edges · variables).
 */
import { CredenceError } from "@credence/core";
import { circuitBuilder } from "../circuit/builder.ts";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import { scopesOf } from "../properties/scopes.ts";

/**
 * A smooth circuit with the same value at every world; the circuit itself if it is smooth already.
 * @throws CredenceError `UNSUPPORTED_QUERY` if a variable that is left out is a number: nothing is 1 on all numbers
 *   and still a distribution
 */
export function smooth<V extends string>(circuit: Circuit<V>): Circuit<V> {
  if (circuit.properties.smooth) return circuit;
  const { kinds, offsets, children, logWeights, inputOf, domains, variables } = circuit;
  const builder = circuitBuilder<V>(variables, { domains });
  const { words, bits } = scopesOf(circuit);
  const made = new Int32Array(circuit.size);
  const free = (variable: number): number => {
    const arity = arityOf(domains[variable]);
    if (!Number.isFinite(arity)) throw notFinite(variables.name(variable));
    return builder.sum(
      Array.from({ length: arity }, (_, state) => builder.input(variable, { family: "indicator", state })),
    );
  };
  for (let node = 0; node < circuit.size; node++) {
    if (kinds[node] === nodeKinds.input) {
      const { variable, distribution } = circuit.inputs[inputOf[node]];
      made[node] = builder.input(variable, distribution);
      continue;
    }
    const [from, to] = [offsets[node], offsets[node + 1]];
    const parts = Array.from(children.subarray(from, to), (child) => {
      if (kinds[node] === nodeKinds.product) return made[child];
      const factors = [made[child]];
      for (let w = 0; w < words; w++) {
        for (let rest = bits[node * words + w] & ~bits[child * words + w]; rest !== 0; rest &= rest - 1) {
          factors.push(free(32 * w + 31 - Math.clz32(rest & -rest)));
        }
      }
      return builder.product(factors);
    });
    made[node] =
      kinds[node] === nodeKinds.product
        ? builder.product(parts)
        : builder.sum(parts, logWeights.subarray(from, to));
  }
  return builder.build(made[circuit.size - 1]);
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
