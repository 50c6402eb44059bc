/**
 * Samples from a smooth and decomposable circuit, given evidence or not: one pass up with the evidence, then
 * for every sample a walk down that takes one child of each sum, with probability proportional to
 * exp(w_c + v(c)), and draws the inputs it ends at. Conditional samples are exact, not rejected ones. O(edges)
 * once, and per sample the size of the tree that the walk takes.
 */
import { InvalidArgumentError, type Matrix, matrix, rng } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import { draw, sampleInput } from "../inputs/restricted.ts";
import { type Contradiction, type Evidence, inputLogValues, knownOf, requireProperties } from "./evidence.ts";
import { contradictionOf } from "./likelihood.ts";
import { logValues } from "./passes.ts";

/** Options of {@link sample}. */
export interface SampleOptions<V extends string = string> {
  /** What the samples have to agree with; default nothing. */
  readonly evidence?: Evidence<V>;
  /** Default 0. */
  readonly seed?: number | string;
}

/** Samples, one row each, columns in the order of the circuit's variables. */
export interface Samples {
  readonly kind: "samples";
  readonly rows: Matrix;
}

/**
 * `count` independent worlds from P(world | evidence).
 * @returns `kind: "samples"`, or `kind: "contradiction"` if no world is left
 * @throws UnknownNameError, InvalidArgumentError for evidence outside the domain or a count below 0
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable
 */
export function sample<V extends string>(
  circuit: Circuit<V>,
  count: number,
  options: SampleOptions<V> = {},
): Samples | Contradiction {
  if (!(Number.isInteger(count) && count >= 0)) {
    throw new InvalidArgumentError("count", count, "an integer from 0");
  }
  requireProperties(circuit, "sample", ["smooth", "decomposable"]);
  const known = knownOf(circuit, options.evidence ?? {});
  const values = logValues(circuit, inputLogValues(circuit, known));
  if (values[circuit.size - 1] === Number.NEGATIVE_INFINITY) return contradictionOf(circuit);
  const random = rng(options.seed ?? 0);
  const rows = matrix(count, circuit.variables.size);
  const { kinds, offsets, children, logWeights } = circuit;
  const stack: number[] = [];
  for (let row = 0; row < count; row++) {
    stack.push(circuit.size - 1);
    while (stack.length > 0) {
      const node = stack.pop() as number;
      const [from, to] = [offsets[node], offsets[node + 1]];
      if (kinds[node] === nodeKinds.input) {
        const input = circuit.inputs[circuit.inputOf[node]];
        const arity = arityOf(circuit.domains[input.variable]);
        const value = sampleInput(input, known[input.variable], arity, random);
        rows.data[row * rows.cols + input.variable] = value;
      } else if (kinds[node] === nodeKinds.product) {
        for (let edge = to - 1; edge >= from; edge--) stack.push(children[edge]);
      } else {
        const terms = Float64Array.from(
          { length: to - from },
          (_, i) => logWeights[from + i] + values[children[from + i]],
        );
        stack.push(children[from + draw(terms, random)]);
      }
    }
  }
  return { kind: "samples", rows };
}
