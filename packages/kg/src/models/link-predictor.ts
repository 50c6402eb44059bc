/** What every link predictor can do, whatever is inside: fill a row of scores for an open triple. */
import type { FloatArray, Precision } from "@credence/core";

/**
 * Scores candidates by id. A higher score means a more plausible triple; scores are any real numbers, not
 * probabilities, and only comparable within one row. `out` has `entityCount` entries or more.
 */
export interface LinkPredictor {
  readonly name: string;
  readonly entityCount: number;
  /** Relations of the graph, reciprocal ones not counted. */
  readonly relationCount: number;
  /** The score of (head, relation, t) for every entity t. */
  scoreTails(head: number, relation: number, out: FloatArray): void;
  /** The score of (h, relation, tail) for every entity h. */
  scoreHeads(relation: number, tail: number, out: FloatArray): void;
}

/** A predictor that scores many open triples at once, which for embeddings is one matrix product. */
export interface BatchLinkPredictor extends LinkPredictor {
  /** The precision in which it computes; rows of that type are filled fastest. */
  readonly precision: Precision;
  /** Row i of `out` (row-major, `entityCount` columns) gets the tail scores of (heads[i], relations[i], ?). */
  scoreTailsBatch(heads: ArrayLike<number>, relations: ArrayLike<number>, out: FloatArray): void;
  /** Row i of `out` gets the head scores of (?, relations[i], tails[i]). */
  scoreHeadsBatch(relations: ArrayLike<number>, tails: ArrayLike<number>, out: FloatArray): void;
}

/** Whether a predictor has the batch form. */
export function scoresBatches(model: LinkPredictor): model is BatchLinkPredictor {
  return "scoreTailsBatch" in model && "scoreHeadsBatch" in model;
}
