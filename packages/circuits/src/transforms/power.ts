/**
 * Powers of circuits (A. Vergari, Y. Choi, A. Liu, S. Teso, G. Van den Broeck, "A compositional atlas of tractable
 * circuit operations for probabilistic inference", NeurIPS 2021, sections 3 and 4). In a deterministic circuit a sum
 * has at most one positive term, and
 *
 *   (Σ_c w_c c(x))^k = Σ_c w_c^k c(x)^k,   (Π_c c(x))^k = Π_c c(x)^k,
 *
 * so that the structure stays: O(edges) for any real k. Other circuits have natural powers only, by multiplying them
 * with themselves: polynomial if one vtree explains them, with edges^k nodes at worst.
 */
import { CredenceError, InvalidArgumentError } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { powerOf } from "../inputs/integrals.ts";
import { requireProperties } from "../queries/evidence.ts";
import { multiply } from "./multiply.ts";
import { rebuild } from "./rebuild.ts";

/**
 * The circuit whose value at every world is that of `circuit` to the power `exponent`; 0 stays 0, whatever the
 * exponent (so that 0 gives the support, and negative exponents the inverse on it).
 * @throws InvalidArgumentError for an exponent that is not finite
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable; for one that is not known
 *   to be deterministic and an exponent other than 1, 2, 3, …; and for inputs whose power is in no family (poisson,
 *   binomial, negativeBinomial; gamma where it has no finite integral); `PAIR_LIMIT`
 */
export function power<V extends string>(circuit: Circuit<V>, exponent: number): Circuit<V> {
  if (!Number.isFinite(exponent)) throw new InvalidArgumentError("exponent", exponent, "a finite number");
  requireProperties(circuit, "power", ["smooth", "decomposable"]);
  if (circuit.properties.deterministic) return deterministicPower(circuit, exponent);
  if (Number.isInteger(exponent) && exponent >= 1) return naturalPower(circuit, exponent);
  throw new CredenceError({
    code: "UNSUPPORTED_QUERY",
    message: `power ${exponent} needs a deterministic circuit; this one is not known to be.`,
    given: exponent,
    expected: "an exponent of 1, 2, 3, …, or a deterministic circuit",
    hint: "The root of a sum is not the sum of roots; learn a deterministic circuit (cutsetCircuit, chowLiuCircuit).",
  });
}

function deterministicPower<V extends string>(circuit: Circuit<V>, k: number): Circuit<V> {
  const made = rebuild(circuit, (node, below, builder) => {
    const input = circuit.inputOf[node];
    if (input >= 0) {
      const { variable } = circuit.inputs[input];
      const { distribution, log } = powerOf(circuit.inputs[input], k);
      return builder.sum([builder.input(variable, distribution)], [log]);
    }
    if (circuit.kinds[node] === nodeKinds.product) return builder.product(below);
    const weights = circuit.logWeights.subarray(circuit.offsets[node], circuit.offsets[node + 1]);
    return builder.sum(
      below,
      weights.map((w) => (w === Number.NEGATIVE_INFINITY ? w : k * w)),
    );
  });
  return made as Circuit<V>;
}

/** By squaring: as few products as the exponent has binary digits, and ones. */
function naturalPower<V extends string>(circuit: Circuit<V>, exponent: number): Circuit<V> {
  let result: Circuit<V> | undefined;
  let square = circuit;
  for (let rest = exponent; ; square = multiply(square, square)) {
    if (rest % 2 === 1) result = result === undefined ? square : multiply(result, square);
    rest = Math.floor(rest / 2);
    if (rest === 0) return result as Circuit<V>;
  }
}
