/** How full the matrix of a relation is: the first thing to look at when answers look too true. */
import type { TruthModel } from "./truth.ts";

/** The fill of one relation's matrix. */
export interface RelationDensity {
  readonly relation: string;
  /** Entries above 0. */
  readonly entries: number;
  /** Entries as a share of entities². */
  readonly share: number;
  /** Rows of which more than half is above 0. */
  readonly rowsOverHalf: number;
  /** The head with the most entries, and how many; undefined if there is no entry at all. */
  readonly fullestRow: { readonly head: string; readonly entries: number } | undefined;
  /** What to do, if rows are over half full. */
  readonly warning: string | undefined;
}

/**
 * The fill of a relation's matrix, which is made if it has not been. O(entries).
 * @throws UnknownNameError
 */
export function relationDensity(model: TruthModel, relation: string): RelationDensity {
  const { rows } = model.relation(model.relations.id(relation));
  const n = rows.rows;
  let entries = 0;
  let rowsOverHalf = 0;
  let fullest = { head: -1, entries: 0 };
  for (let head = 0; head < n; head++) {
    let count = 0;
    for (let p = rows.offsets[head]; p < rows.offsets[head + 1]; p++) if (rows.values[p] > 0) count++;
    entries += count;
    if (count > n / 2) rowsOverHalf++;
    if (count > fullest.entries) fullest = { head, entries: count };
  }
  return {
    relation,
    entries,
    share: n === 0 ? 0 : entries / n ** 2,
    rowsOverHalf,
    fullestRow:
      fullest.entries === 0
        ? undefined
        : { head: model.entities.name(fullest.head), entries: fullest.entries },
    warning:
      rowsOverHalf === 0
        ? undefined
        : `${rowsOverHalf} of ${n} rows of ${relation} are more than half full: the predictor is unsure of ` +
          "observed tails there. Cap the scaling with maxFactor, or raise the threshold.",
  };
}
