/**
 * Binarization: products of more than two factors become products of two, nested. If one vtree explains the circuit,
 * factors are joined in the order in which they meet in it, the deepest first, so that the result is explained by a
 * binary vtree; otherwise halves of the factors are taken, in the order of their first variables. Values, smoothness,
 * decomposability, determinism and ties stay. Sums may be split, too: Σ w_i c_i as (w_1 c_1 + w_2 c_2) + (…), which
 * needs no new parameters. O(edges), and what finding the vtree takes.
 */
import type { CircuitBuilder } from "../circuit/builder.ts";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { vtreeOfCircuit } from "../io/circuit-vtree.ts";
import { copyNode, rebuild } from "./rebuild.ts";

/** Options of {@link binarize}. */
export interface BinarizeOptions {
  /** Also split sums of more than two terms; those whose weights are tied stay whole. Default false. */
  readonly sums?: boolean;
}

/**
 * A circuit of the same values whose products have two factors. Structured decomposability is kept.
 * @throws CredenceError `UNUSED_VARIABLE` for a circuit that does not speak of all of its variables
 */
export function binarize<V extends string>(circuit: Circuit<V>, options: BinarizeOptions = {}): Circuit<V> {
  const { kinds, offsets, children, logWeights, sumGroups } = circuit;
  const order = joiningOrder(circuit);
  const made = rebuild(circuit, (node, below, builder) => {
    if (below.length <= 2) return copyNode(builder, circuit, node, below);
    const [from, to] = [offsets[node], offsets[node + 1]];
    if (kinds[node] === nodeKinds.product) {
      const own = children.subarray(from, to);
      return joined(builder, order(own, below));
    }
    if (!(options.sums ?? false) || (sumGroups?.[node] ?? -1) >= 0) {
      return copyNode(builder, circuit, node, below);
    }
    return sumInHalves(builder, below, logWeights.subarray(from, to));
  });
  // A circuit has a root, and nothing was left out.
  return made as Circuit<V>;
}

/** Factors, and for each but the first how deep the vtree node is at which it meets the one before. */
interface Factors {
  readonly ids: readonly number[];
  readonly depths: readonly number[];
}

/** How to order and join the factors of products. */
function joiningOrder(circuit: Circuit): (children: Int32Array, ids: readonly number[]) => Factors {
  const structure = circuit.properties.decomposable ? vtreeOfCircuit(circuit) : { witness: -1 };
  if ("witness" in structure) {
    const first = firstVariables(circuit);
    return (children, ids) => {
      const sorted = Array.from(children, (child, i) => ({ id: ids[i], at: first[child] }));
      sorted.sort((a, b) => a.at - b.at);
      // Halving: where blocks of 2^k factors meet, the blocks are larger the higher.
      const depths = sorted.map((_, i) => (i === 0 ? 0 : -trailingZeros(i)));
      return { ids: sorted.map(({ id }) => id), depths };
    };
  }
  const { vtree, places } = structure;
  return (children, ids) => {
    const sorted = Array.from(children, (child, i) => ({ id: ids[i], place: places[child] }));
    sorted.sort((a, b) => a.place - b.place);
    const depths = sorted.map(({ place }, i) => {
      return i === 0 ? 0 : vtree.depth[vtree.meet(sorted[i - 1].place, place)];
    });
    return { ids: sorted.map(({ id }) => id), depths };
  };
}

function trailingZeros(i: number): number {
  return 31 - Math.clz32(i & -i);
}

/** Joins neighbors, those that meet deepest first: the tree whose inner nodes are the depths, by a stack. O(n). */
function joined(builder: CircuitBuilder, { ids, depths }: Factors): number {
  const stack = [{ id: ids[0], depth: Number.NEGATIVE_INFINITY }];
  const join = (): void => {
    const right = stack.pop() as { id: number; depth: number };
    const left = stack[stack.length - 1];
    left.id = builder.product([left.id, right.id]);
  };
  for (let i = 1; i < ids.length; i++) {
    while (stack.length > 1 && stack[stack.length - 1].depth > depths[i]) join();
    stack.push({ id: ids[i], depth: depths[i] });
  }
  while (stack.length > 1) join();
  return stack[0].id;
}

/** The smallest variable under each node. */
function firstVariables(circuit: Circuit): Float64Array {
  const first = new Float64Array(circuit.size).fill(Number.POSITIVE_INFINITY);
  for (let node = 0; node < circuit.size; node++) {
    const input = circuit.inputOf[node];
    if (input >= 0) first[node] = circuit.inputs[input].variable;
    for (let edge = circuit.offsets[node]; edge < circuit.offsets[node + 1]; edge++) {
      first[node] = Math.min(first[node], first[circuit.children[edge]]);
    }
  }
  return first;
}

/** Halves of halves: pairs of terms first, then pairs of pairs. */
function sumInHalves(builder: CircuitBuilder, ids: readonly number[], logWeights: ArrayLike<number>): number {
  let level: readonly { readonly id: number; readonly log: number }[] = ids.map((id, i) => {
    return { id, log: logWeights[i] };
  });
  while (level.length > 2) {
    const next: { id: number; log: number }[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const pair = level.slice(i, i + 2);
      if (pair.length === 1) next.push(pair[0]);
      else {
        const id = builder.sum(
          pair.map((term) => term.id),
          pair.map((term) => term.log),
        );
        next.push({ id, log: 0 });
      }
    }
    level = next;
  }
  return builder.sum(
    level.map((term) => term.id),
    level.map((term) => term.log),
  );
}
