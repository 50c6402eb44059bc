/**
 * Fuzzy sets of entities: how true it is so far that a variable has each value. Kept dense, with the ascending
 * list of the entities that may be above 0 as long as that list is worth having. A variable without any condition
 * yet has no vector at all; it stands for 1 everywhere.
 */
import type { Csr, Logic } from "@credence/core";

/** A fuzzy set; `undefined` where a `Candidates | undefined` is asked for means 1 everywhere. */
export interface Candidates {
  /** One truth value per entity. */
  readonly values: Float64Array;
  /** Ascending ids outside of which all values are 0; undefined: any value may be above 0. */
  readonly support: Int32Array | undefined;
}

/** The entities above 0 of a dense vector, given that only those in `within` can be. O(n) or O(within). */
export function withSupport(values: Float64Array, within: Int32Array | undefined): Candidates {
  const support = new Int32Array(within?.length ?? values.length);
  let size = 0;
  if (within === undefined) {
    for (let i = 0; i < values.length; i++) if (values[i] > 0) support[size++] = i;
  } else {
    for (const i of within) if (values[i] > 0) support[size++] = i;
  }
  return { values, support: support.subarray(0, size) };
}

/** set AND row `row` of a sparse matrix over `n` entities. O(row + support), plus O(n) for a new vector. */
export function andRow(set: Candidates | undefined, matrix: Csr, row: number, logic: Logic): Candidates {
  const { indices, offsets, values: truths } = matrix;
  const values = new Float64Array(matrix.cols);
  const end = offsets[row + 1];
  if (set?.support === undefined) {
    for (let p = offsets[row]; p < end; p++) {
      const i = indices[p];
      values[i] = set === undefined ? truths[p] : logic.and(set.values[i], truths[p]);
    }
    return withSupport(values, indices.subarray(offsets[row], end));
  }
  let p = offsets[row];
  for (const i of set.support) {
    while (p < end && indices[p] < i) p++;
    if (p < end && indices[p] === i) values[i] = logic.and(set.values[i], truths[p]);
  }
  return withSupport(values, set.support);
}

/** set AND NOT row `row` of a sparse matrix: only the entries of the row change. O(row), plus O(n) for a copy. */
export function andNotRow(set: Candidates | undefined, matrix: Csr, row: number, logic: Logic): Candidates {
  const values = set?.values.slice() ?? new Float64Array(matrix.cols).fill(1);
  for (let p = matrix.offsets[row]; p < matrix.offsets[row + 1]; p++) {
    const i = matrix.indices[p];
    if (values[i] > 0) values[i] = logic.and(values[i], logic.not(matrix.values[p]));
  }
  return { values, support: set?.support };
}

/** set AND vector, where the vector holds `vectorOf(i)` at i; it is asked only where the set is above 0. */
export function andVector(
  set: Candidates | undefined,
  size: number,
  vectorOf: (entity: number) => number,
  logic: Logic,
): Candidates {
  const values = new Float64Array(size);
  const put = (i: number, before: number): void => {
    if (before > 0) values[i] = logic.and(before, vectorOf(i));
  };
  if (set === undefined) for (let i = 0; i < size; i++) values[i] = vectorOf(i);
  else if (set.support === undefined) for (let i = 0; i < size; i++) put(i, set.values[i]);
  else for (const i of set.support) put(i, set.values[i]);
  return withSupport(values, set?.support);
}

/** The entity with the largest value, the smallest id among equals, and the value; 0 at entity 0 if all are 0. */
export function best(set: Candidates | undefined): { readonly entity: number; readonly value: number } {
  if (set === undefined) return { entity: 0, value: 1 };
  const { values, support } = set;
  const count = support?.length ?? values.length;
  let entity = 0;
  let value = 0;
  for (let k = 0; k < count; k++) {
    const i = support === undefined ? k : support[k];
    if (values[i] > value) {
      entity = i;
      value = values[i];
    }
  }
  return { entity, value };
}
