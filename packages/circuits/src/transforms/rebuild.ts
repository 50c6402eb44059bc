/** What transforms share: making a circuit's nodes anew, children before parents, and copying parts of one. */
import { type CircuitBuilder, circuitBuilder } from "../circuit/builder.ts";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";

/** A tie of the circuit as a tie of a builder; nothing is tied where there are no groups. */
function tieOf(groups: Int32Array | undefined, place: number): number | undefined {
  const group = groups?.[place] ?? -1;
  return group < 0 ? undefined : group;
}

/**
 * The node with other children (ids of the builder, as many as it has); its weights, distribution and ties are kept.
 */
export function copyNode(
  builder: CircuitBuilder,
  circuit: Circuit,
  node: number,
  children: readonly number[],
): number {
  const input = circuit.inputOf[node];
  if (input >= 0) {
    const { variable, distribution } = circuit.inputs[input];
    return builder.input(variable, distribution, tieOf(circuit.inputGroups, input));
  }
  if (circuit.kinds[node] === nodeKinds.product) return builder.product(children);
  const logWeights = circuit.logWeights.subarray(circuit.offsets[node], circuit.offsets[node + 1]);
  return builder.sum(children, logWeights, tieOf(circuit.sumGroups, node));
}

/**
 * A circuit over the same variables made node by node: `visit` gets a node and the ids of its children in the new
 * circuit (-1 for those that it left out), and returns the id of its own, or -1 to leave it out.
 * @returns undefined if the root is left out
 */
export function rebuild<V extends string>(
  circuit: Circuit<V>,
  visit: (node: number, children: readonly number[], builder: CircuitBuilder<V>) => number,
): Circuit<V> | undefined {
  const { variables, domains, offsets, children } = circuit;
  const builder = circuitBuilder<V>(variables, { domains });
  const made = new Int32Array(circuit.size);
  for (let node = 0; node < circuit.size; node++) {
    const below = Array.from(children.subarray(offsets[node], offsets[node + 1]), (child) => made[child]);
    made[node] = visit(node, below, builder);
  }
  const root = made[circuit.size - 1];
  return root < 0 ? undefined : builder.build(root);
}

/** Copies sub-circuits into a builder, each node once, when they are asked for. */
export function copier(builder: CircuitBuilder, circuit: Circuit): (node: number) => number {
  const made = new Int32Array(circuit.size).fill(-1);
  return (root) => {
    const stack = [root];
    while (stack.length > 0) {
      const node = stack[stack.length - 1];
      const below = circuit.children.subarray(circuit.offsets[node], circuit.offsets[node + 1]);
      const missing = made[node] >= 0 ? [] : below.filter((child) => made[child] < 0);
      stack.push(...missing);
      if (missing.length > 0) continue;
      if (made[node] < 0) {
        made[node] = copyNode(
          builder,
          circuit,
          node,
          Array.from(below, (child) => made[child]),
        );
      }
      stack.pop();
    }
    return made[root];
  };
}
