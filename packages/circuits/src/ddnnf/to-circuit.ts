/** Smooth d-DNNFs as circuits: conjunctions become products, disjunctions sums with weights of 1. */
import { InvalidArgumentError, type Vocabulary, vocabulary } from "@credence/core";
import { circuitBuilder } from "../circuit/builder.ts";
import type { Circuit } from "../circuit/circuit.ts";
import { type Nnf, nnfKinds } from "./nnf.ts";

/**
 * The circuit whose value is 1 at the models of a smooth NNF and 0 elsewhere. O(edges).
 * @param variables names of the variables, by default their numbers from 1
 * @throws InvalidArgumentError if the names are not as many as the variables
 */
export function nnfToCircuit(nnf: Nnf, variables?: Vocabulary): Circuit {
  const names =
    variables ??
    vocabulary(
      "variable",
      Array.from({ length: nnf.variables }, (_, v) => String(v + 1)),
    );
  if (names.size !== nnf.variables) {
    throw new InvalidArgumentError("variables", names.size, `${nnf.variables} names`);
  }
  const builder = circuitBuilder(names);
  const places = new Int32Array(nnf.size);
  for (let node = 0; node < nnf.size; node++) {
    const label = nnf.labels[node];
    const kind = nnf.kinds[node];
    const parts = Array.from(
      nnf.children.subarray(nnf.offsets[node], nnf.offsets[node + 1]),
      (id) => places[id],
    );
    if (kind === nnfKinds.literal) places[node] = builder.literal(label >> 1, (label & 1) === 1);
    else if (kind === nnfKinds.free) {
      places[node] = builder.sum([builder.literal(label, true), builder.literal(label, false)]);
    } else places[node] = kind === nnfKinds.and ? builder.product(parts) : builder.sum(parts);
  }
  return builder.build(places[nnf.size - 1]);
}
