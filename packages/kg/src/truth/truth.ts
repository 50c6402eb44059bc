/** What the query package knows of truth: nothing but sparse matrices in [0, 1], one per relation. */
import type { Csr, Vocabulary } from "@credence/core";

/** The truth values of one relation, entities × entities, in both orientations. Absent entries are 0. */
export interface RelationTruth {
  /** Row = head, column = tail. */
  readonly rows: Csr;
  /** The transpose: row = tail, column = head. */
  readonly columns: Csr;
}

/** Truth values for every triple, and which of them are known. */
export interface TruthModel<E extends string = string, R extends string = string> {
  readonly entities: Vocabulary<E>;
  readonly relations: Vocabulary<R>;
  /**
   * The truth values of a relation, made when first asked for and kept from then on.
   * @throws InvalidArgumentError for an id outside the relations
   */
  relation(id: number): RelationTruth;
  /** Whether the triple of ids is known rather than predicted. O(log row). */
  observed(head: number, relation: number, tail: number): boolean;
  /** The known triples alone, with truth 1, everything else 0: the crisp closed world. Its own `crisp` is itself. */
  readonly crisp: TruthModel<E, R>;
}
