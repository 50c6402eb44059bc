/**
 * Circuits in any commutative semiring: with a value per input and per weight,
 *
 *   value(product) = times of the children,    value(sum) = plus over the children of weight times child,
 *
 * and, for every node, the derivative of the root: what its value is multiplied by, over all ways down from the root.
 * Products of siblings come from both sides, so that no division and no inverse is needed. NNFs have the same two
 * functions, `evaluateNnf` and `derivatives`.
 */
import { InvalidArgumentError } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import type { Input } from "../inputs/input.ts";
import { requireProperties } from "../queries/evidence.ts";
import { eachCofactor } from "./cofactors.ts";
import type { Semiring } from "./semiring.ts";

/** Where the values of a circuit's inputs and weights come from. */
export interface SemiringLabels<T> {
  /** The value of input number `index`, its variable summed out or settled. */
  input(input: Input, index: number): T;
  /** The value of a sum's weight. May be left out if all weights are 1, as those of compiled formulas are. */
  weight?(weight: number, edge: number): T;
}

/**
 * The value of the root. O(edges) operations of the semiring.
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable: its value would not be
 *   a sum over worlds; InvalidArgumentError for weights other than 1 if the labels have none
 */
export function evaluateCircuit<T>(circuit: Circuit, semiring: Semiring<T>, labels: SemiringLabels<T>): T {
  return evaluateCircuitNodes(circuit, semiring, labels)[circuit.size - 1];
}

/** The values of all nodes. @throws what {@link evaluateCircuit} throws */
export function evaluateCircuitNodes<T>(
  circuit: Circuit,
  semiring: Semiring<T>,
  labels: SemiringLabels<T>,
): T[] {
  requireProperties(circuit, "evaluateCircuit", ["smooth", "decomposable"]);
  const { kinds, inputs, inputOf, offsets, children } = circuit;
  const values: T[] = [];
  for (let node = 0; node < circuit.size; node++) {
    if (kinds[node] === nodeKinds.input) {
      values.push(labels.input(inputs[inputOf[node]], inputOf[node]));
      continue;
    }
    const product = kinds[node] === nodeKinds.product;
    let value = product ? semiring.one : semiring.zero;
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      const child = values[children[edge]];
      value = product
        ? semiring.times(value, child)
        : semiring.plus(value, weighted(circuit, semiring, labels, edge, child));
    }
    values.push(value);
  }
  return values;
}

/**
 * Per node, the derivative of the root with respect to its value. O(edges) operations of the semiring.
 * @param values those of {@link evaluateCircuitNodes} with the same labels
 */
export function circuitDerivatives<T>(
  circuit: Circuit,
  semiring: Semiring<T>,
  labels: SemiringLabels<T>,
  values: readonly T[],
): T[] {
  const { kinds, offsets, children } = circuit;
  const slopes = new Array<T>(circuit.size).fill(semiring.zero);
  const add = (child: number, slope: T): void => {
    slopes[child] = semiring.plus(slopes[child], slope);
  };
  slopes[circuit.size - 1] = semiring.one;
  for (let node = circuit.size - 1; node >= 0; node--) {
    const [from, to] = [offsets[node], offsets[node + 1]];
    const slope = slopes[node];
    if (kinds[node] === nodeKinds.sum) {
      for (let edge = from; edge < to; edge++) {
        add(children[edge], weighted(circuit, semiring, labels, edge, slope));
      }
      continue;
    }
    const factor = (i: number): T => values[children[from + i]];
    eachCofactor(semiring, slope, to - from, factor, (i, others) => add(children[from + i], others));
  }
  return slopes;
}

function weighted<T>(
  { logWeights }: Circuit,
  semiring: Semiring<T>,
  labels: SemiringLabels<T>,
  edge: number,
  value: T,
): T {
  const log = logWeights[edge];
  if (labels.weight !== undefined) return semiring.times(labels.weight(Math.exp(log), edge), value);
  if (log === 0) return value;
  const hint = "Give `weight` in the labels.";
  throw new InvalidArgumentError("A weight", Math.exp(log), "1 where the labels have no weights", hint);
}
