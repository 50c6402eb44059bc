/**
 * Algebraic model counting on smooth d-DNNFs: with a weight per literal,
 *
 *   value(or) = plus of the children, value(and) = times of the children,
 *   value(literal) = its weight, value(free x) = weight(x) plus weight(¬x),
 *
 * and the root's value is the sum over all models of the product of their literals' weights.
 */
import { InvalidArgumentError } from "@credence/core";
import { eachCofactor } from "../semiring/cofactors.ts";
import { counting, real, type Semiring } from "../semiring/semiring.ts";
import { type Nnf, nnfKinds } from "./nnf.ts";

/** From here on a count may not be an exact double. */
const exactBits = 53;

/**
 * The value of a smooth d-DNNF in a semiring, one per node of `nnf`; the root's is the last. O(edges).
 * @param weight the weight of a literal, by its code 2 · variable + value
 */
export function evaluateNodes<T>(nnf: Nnf, semiring: Semiring<T>, weight: (code: number) => T): T[] {
  const { kinds, labels, offsets, children } = nnf;
  const values: T[] = [];
  for (let node = 0; node < nnf.size; node++) {
    const kind = kinds[node];
    if (kind === nnfKinds.literal) values.push(weight(labels[node]));
    else if (kind === nnfKinds.free) {
      values.push(semiring.plus(weight(2 * labels[node]), weight(2 * labels[node] + 1)));
    } else {
      const isAnd = kind === nnfKinds.and;
      let value = isAnd ? semiring.one : semiring.zero;
      for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
        const child = values[children[edge]];
        value = isAnd ? semiring.times(value, child) : semiring.plus(value, child);
      }
      values.push(value);
    }
  }
  return values;
}

/**
 * The value of a smooth d-DNNF in a semiring. O(edges).
 * @param weight the weight of a literal, by its code 2 · variable + value
 */
export function evaluateNnf<T>(nnf: Nnf, semiring: Semiring<T>, weight: (code: number) => T): T {
  return evaluateNodes(nnf, semiring, weight)[nnf.size - 1];
}

/** The number of models, exactly. O(edges) operations on integers of up to `variables` bits. */
export function modelCount(nnf: Nnf): bigint {
  // Up to 2^53 doubles are exact, and much faster.
  if (nnf.variables <= exactBits) return BigInt(evaluateNnf(nnf, real, () => 1));
  return evaluateNnf(nnf, counting, () => 1n);
}

/**
 * Per node, the derivative of the root with respect to the node's value: what its value is multiplied with,
 * summed over all ways down from the root. No division: products of siblings come from both sides. O(edges).
 */
export function derivatives<T>(nnf: Nnf, semiring: Semiring<T>, values: readonly T[]): T[] {
  if (values.length !== nnf.size) throw new InvalidArgumentError("values", values, `${nnf.size} values`);
  const { kinds, offsets, children } = nnf;
  const slopes = new Array<T>(nnf.size).fill(semiring.zero);
  const add = (child: number, slope: T): void => {
    slopes[child] = semiring.plus(slopes[child], slope);
  };
  slopes[nnf.size - 1] = semiring.one;
  for (let node = nnf.size - 1; node >= 0; node--) {
    const from = offsets[node];
    const to = offsets[node + 1];
    const slope = slopes[node];
    if (kinds[node] === nnfKinds.or) {
      for (let edge = from; edge < to; edge++) add(children[edge], slope);
      continue;
    }
    const factor = (i: number): T => values[children[from + i]];
    eachCofactor(semiring, slope, to - from, factor, (i, others) => add(children[from + i], others));
  }
  return slopes;
}
