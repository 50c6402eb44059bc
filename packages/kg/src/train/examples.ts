/**
 * What 1-vs-all training is shown: every triple (h, r, t) and its reciprocal (t, r + R, h), both with the tail
 * to be predicted, in batches of a shuffled order.
 */
import type { Rng } from "@credence/core";
import type { KnowledgeGraph } from "../graph/knowledge-graph.ts";
import type { BatchBuffer } from "./training-step.ts";

/** Examples of a graph, in an order that can be shuffled. */
export interface Examples {
  /** Twice the number of triples. */
  readonly size: number;
  shuffle(random: Rng): void;
  /** Copies examples `from`, `from` + 1, ... into the batch, as many as fit; returns how many. */
  fill(batch: BatchBuffer, from: number): number;
}

/** The examples of a graph: triple i is example 2i, its reciprocal example 2i + 1. */
export function reciprocalExamples(graph: KnowledgeGraph): Examples {
  const { headIds, relationIds, tailIds } = graph;
  const size = 2 * graph.size;
  const order = Int32Array.from({ length: size }, (_, i) => i);
  return {
    size,
    shuffle: (random) => void random.shuffle(order),
    fill(batch, from) {
      const count = Math.min(batch.heads.length, size - from);
      for (let i = 0; i < count; i++) {
        const triple = order[from + i] >> 1;
        const reciprocal = (order[from + i] & 1) === 1;
        batch.heads[i] = reciprocal ? tailIds[triple] : headIds[triple];
        batch.relations[i] = relationIds[triple] + (reciprocal ? graph.relations.size : 0);
        batch.tails[i] = reciprocal ? headIds[triple] : tailIds[triple];
      }
      return count;
    },
  };
}
