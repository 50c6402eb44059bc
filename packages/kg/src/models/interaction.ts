/**
 * How a head, a relation and a tail meet in a score, for models whose score is an inner product with the
 * candidate's row:
 *
 *   score(h, r, t) = ⟨query(h, r), t⟩ = ⟨headQuery(r, t), h⟩.
 *
 * Scoring all candidates of a batch of queries is then one matrix product, and so is its gradient; the
 * interaction itself only makes queries and takes their gradients back to the rows they came from. (The
 * three-method contract of github.com/facebookresearch/kbc, models.py, with the gradient written by hand.)
 *
 * All rows are addressed as (array, offset), so that nothing is allocated in a training step.
 */
import type { FloatArray } from "@credence/core";

/** See the file's head. Every method reads or writes `rowLength(rank)` numbers from each offset. */
export interface Interaction {
  readonly name: string;
  /** Real numbers in a row of `rank` coordinates. */
  rowLength(rank: number): number;
  /** out = query(head, relation). */
  queryInto(
    out: FloatArray,
    at: number,
    rank: number,
    head: FloatArray,
    h: number,
    relation: FloatArray,
    r: number,
  ): void;
  /** out = headQuery(relation, tail). */
  headQueryInto(
    out: FloatArray,
    at: number,
    rank: number,
    relation: FloatArray,
    r: number,
    tail: FloatArray,
    t: number,
  ): void;
  /** Adds to the gradients of head and relation what the gradient `query` of query(head, relation) implies. */
  backwardInto(
    gradients: { readonly entities: FloatArray; readonly relations: FloatArray },
    parameters: { readonly entities: FloatArray; readonly relations: FloatArray },
    h: number,
    r: number,
    rank: number,
    query: FloatArray,
    q: number,
  ): void;
  /**
   * Adds scale · ∂/∂row Σ|z|^power to `gradient` and returns scale · Σ|z|^power, where z runs over the
   * coordinates of the row (complex ones count by their modulus).
   */
  penaltyInto(
    gradient: FloatArray,
    row: FloatArray,
    at: number,
    rank: number,
    power: 2 | 3,
    scale: number,
  ): number;
  /** The |z| of a row's coordinates, `rank` of them. */
  modulusInto(out: FloatArray, row: FloatArray, at: number, rank: number): void;
}
