/**
 * The baseline to beat: a candidate's score is how often training has it in that place of that relation,
 *
 *   score(h, r, t) = #{x : (x, r, t) in train} for tails,  #{x : (h, r, x) in train} for heads,
 *
 * whatever the given entity is. A model that does not beat it has learnt no more than the marginals.
 */
import type { Csr } from "@credence/core";
import type { KnowledgeGraph } from "../graph/knowledge-graph.ts";
import type { LinkPredictor } from "../models/link-predictor.ts";

/** The frequency baseline of a training graph. A row of scores is O(entities). */
export function frequencyBaseline(train: KnowledgeGraph): LinkPredictor {
  const degreesInto = (out: { [i: number]: number }, matrix: Csr): void => {
    for (let row = 0; row < train.entities.size; row++)
      out[row] = matrix.offsets[row + 1] - matrix.offsets[row];
  };
  return {
    name: "frequency",
    entityCount: train.entities.size,
    relationCount: train.relations.size,
    scoreTails: (_head, relation, out) => degreesInto(out, train.adjacency(relation).byTail),
    scoreHeads: (relation, _tail, out) => degreesInto(out, train.adjacency(relation).byHead),
  };
}
