/** The truth of a graph alone: its triples 1, everything else 0 (the closed world). */
import { csrGet } from "@credence/core";
import type { KnowledgeGraph } from "../graph/knowledge-graph.ts";
import type { TruthModel } from "./truth.ts";

/** The crisp truth model of a graph; under any logic its answers are exactly those that follow from it. */
export function observedTruth<E extends string, R extends string>(
  graph: KnowledgeGraph<E, R>,
): TruthModel<E, R> {
  const model: TruthModel<E, R> = {
    entities: graph.entities,
    relations: graph.relations,
    relation: (id) => {
      const { byHead, byTail } = graph.adjacency(id);
      return { rows: byHead, columns: byTail };
    },
    observed: (head, relation, tail) => csrGet(graph.adjacency(relation).byHead, head, tail) > 0,
    get crisp() {
      return model;
    },
  };
  return model;
}
