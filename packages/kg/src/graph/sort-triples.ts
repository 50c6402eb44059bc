/**
 * Sorts triples by (relation, head, tail) and drops repeated ones: a least-significant-digit radix sort whose
 * three digits are the ids themselves, each pass a stable counting sort. O(triples + entities + relations).
 */
import type { TripleColumns } from "./knowledge-graph.ts";

/** Distinct triples in order, and each relation's range in them. */
export interface SortedTriples {
  readonly headIds: Int32Array;
  readonly relationIds: Int32Array;
  readonly tailIds: Int32Array;
  readonly offsets: Int32Array;
}

/** Sorts columns of ids that are known to lie in their ranges. */
export function sortTriples(columns: TripleColumns, entities: number, relations: number): SortedTriples {
  const { headIds, relationIds, tailIds } = columns;
  let order = Int32Array.from({ length: headIds.length }, (_, i) => i);
  order = countingSort(order, tailIds, entities);
  order = countingSort(order, headIds, entities);
  order = countingSort(order, relationIds, relations);
  const distinct = order.filter((at, i) => {
    if (i === 0) return true;
    const before = order[i - 1];
    return (
      headIds[at] !== headIds[before] ||
      tailIds[at] !== tailIds[before] ||
      relationIds[at] !== relationIds[before]
    );
  });
  const sortedRelations = distinct.map((at) => relationIds[at]);
  return {
    headIds: distinct.map((at) => headIds[at]),
    relationIds: sortedRelations,
    tailIds: distinct.map((at) => tailIds[at]),
    offsets: rangeOffsets(sortedRelations, relations),
  };
}

/** `order` rearranged by ascending `key[order[i]]`, equal keys as they were. */
function countingSort(order: Int32Array, key: ArrayLike<number>, keys: number): Int32Array<ArrayBuffer> {
  const next = rangeOffsets(key, keys);
  const sorted = new Int32Array(order.length);
  for (const at of order) sorted[next[key[at]]++] = at;
  return sorted;
}

/** How many keys lie below each value: `offsets[k]` is the number of entries of `key` less than k. */
function rangeOffsets(key: ArrayLike<number>, keys: number): Int32Array {
  const offsets = new Int32Array(keys + 1);
  for (let i = 0; i < key.length; i++) offsets[key[i] + 1]++;
  for (let k = 0; k < keys; k++) offsets[k + 1] += offsets[k];
  return offsets;
}
