/**
 * The components of what is left of a formula: sets of open variables that no open clause joins. They are found
 * by a search over the clauses that are not satisfied yet; binary clauses have adjacency lists of their own.
 *
 * A component is a record in one stack of integers: the numbers of its variables and of its long clauses (three
 * literals or more), then both, ascending. Binary clauses need no mention: each whose variables are both open is
 * open.
 */
import { type IntStack, intStack, push, reserve } from "./growable.ts";
import type { Solver } from "./solver.ts";

/** The formula from the point of view of its variables, and the workspace of the search for components. */
export interface Components {
  /** The literals of the long clauses. */
  readonly longOffsets: Int32Array;
  readonly longLiterals: Int32Array;
  /** Per variable: the long clauses that it occurs in. */
  readonly occurrenceOffsets: Int32Array;
  readonly occurrences: Int32Array;
  /** Per literal: the other literals of its binary clauses. */
  readonly partnerOffsets: Int32Array;
  readonly partners: Int32Array;
  /** Records of components. */
  readonly records: IntStack;
  stamp: number;
  readonly variableStamp: Int32Array;
  readonly variableOwner: Int32Array;
  readonly longStamp: Int32Array;
  readonly longOwner: Int32Array;
  readonly queue: Int32Array;
  /** Per component found: its numbers of variables and of long clauses, and its record. */
  readonly sizes: number[];
  readonly longSizes: number[];
  readonly found: number[];
}

/** Indexes clauses of at least two literals. */
export function newComponents(variables: number, clauses: readonly Int32Array[]): Components {
  const long = clauses.filter((clause) => clause.length > 2);
  const longOffsets = offsetsOf(long.length, (count) => {
    for (let c = 0; c < long.length; c++) count(c, long[c].length);
  });
  const longLiterals = new Int32Array(longOffsets[long.length]);
  for (let c = 0; c < long.length; c++) longLiterals.set(long[c], longOffsets[c]);
  const binary = clauses.filter((clause) => clause.length === 2);
  const occurrenceOffsets = offsetsOf(variables, (count) => {
    for (const code of longLiterals) count(code >> 1, 1);
  });
  const occurrences = new Int32Array(longLiterals.length);
  const next = occurrenceOffsets.slice();
  for (let c = 0; c < long.length; c++) for (const code of long[c]) occurrences[next[code >> 1]++] = c;
  const partnerOffsets = offsetsOf(2 * variables, (count) => {
    for (const clause of binary) for (const code of clause) count(code, 1);
  });
  const partners = new Int32Array(2 * binary.length);
  const nextPartner = partnerOffsets.slice();
  for (const [a, b] of binary) {
    partners[nextPartner[a]++] = b;
    partners[nextPartner[b]++] = a;
  }
  return {
    longOffsets,
    longLiterals,
    occurrenceOffsets,
    occurrences,
    partnerOffsets,
    partners,
    records: intStack(),
    stamp: 0,
    variableStamp: new Int32Array(variables),
    variableOwner: new Int32Array(variables),
    longStamp: new Int32Array(long.length),
    longOwner: new Int32Array(long.length),
    queue: new Int32Array(variables),
    sizes: [],
    longSizes: [],
    found: [],
  };
}

/** Offsets of lists whose lengths are counted by a callback. */
function offsetsOf(lists: number, each: (count: (list: number, by: number) => void) => void): Int32Array {
  const offsets = new Int32Array(lists + 1);
  each((list, by) => {
    offsets[list + 1] += by;
  });
  for (let i = 0; i < lists; i++) offsets[i + 1] += offsets[i];
  return offsets;
}

/** Puts the record of all open variables and all long clauses on the stack. */
export function wholeRecord(components: Components, variables: number): number {
  const { records } = components;
  const place = records.size;
  const long = components.longOffsets.length - 1;
  push(records, variables);
  push(records, long);
  for (let v = 0; v < variables; v++) push(records, v);
  for (let c = 0; c < long; c++) push(records, c);
  return place;
}

/**
 * Splits the component at `record` under the current assignment. Records of its parts go on the stack, and their
 * places, small parts first, into `components.found`. What the assignment has settled is reported.
 * @param settle called with the true literal of every variable of the component that has been assigned
 * @param free called with every variable that no open clause speaks of
 */
export function split(
  components: Components,
  solver: Solver,
  record: number,
  settle: (code: number) => void,
  free: (variable: number) => void,
): void {
  const { records, variableStamp, variableOwner, sizes, longSizes, found } = components;
  const { values } = solver;
  const stamp = ++components.stamp;
  sizes.length = 0;
  longSizes.length = 0;
  const variables = records.data[record];
  for (let i = record + 2; i < record + 2 + variables; i++) {
    const variable = records.data[i];
    const value = values[2 * variable + 1];
    if (value !== 0) {
      settle(value > 0 ? 2 * variable + 1 : 2 * variable);
    } else if (variableStamp[variable] !== stamp) {
      explore(components, values, variable);
      const last = sizes.length - 1;
      if (sizes[last] > 1) continue;
      variableOwner[variable] = -1;
      sizes.length = last;
      longSizes.length = last;
      free(variable);
    }
  }
  found.length = 0;
  if (sizes.length > 0) writeRecords(components, values, record);
}

/** Visits the component of an open variable and notes its sizes; everything visited gets its number. */
function explore(components: Components, values: Int8Array, from: number): void {
  const { variableStamp, variableOwner, queue, stamp, sizes, longSizes } = components;
  const { partnerOffsets, partners, occurrenceOffsets, occurrences, longStamp, longOwner } = components;
  const { longOffsets, longLiterals } = components;
  const owner = sizes.length;
  let long = 0;
  let tail = 0;
  queue[tail++] = from;
  variableStamp[from] = stamp;
  variableOwner[from] = owner;
  for (let head = 0; head < tail; head++) {
    const variable = queue[head];
    for (let at = partnerOffsets[2 * variable]; at < partnerOffsets[2 * variable + 2]; at++) {
      const other = partners[at] >> 1;
      if (values[partners[at]] !== 0 || variableStamp[other] === stamp) continue;
      variableStamp[other] = stamp;
      variableOwner[other] = owner;
      queue[tail++] = other;
    }
    for (let at = occurrenceOffsets[variable]; at < occurrenceOffsets[variable + 1]; at++) {
      const clause = occurrences[at];
      if (longStamp[clause] === stamp) continue;
      longStamp[clause] = stamp;
      longOwner[clause] = -1;
      const end = longOffsets[clause + 1];
      let i = longOffsets[clause];
      while (i < end && values[longLiterals[i]] !== 1) i++;
      if (i < end) continue;
      longOwner[clause] = owner;
      long++;
      for (i = longOffsets[clause]; i < end; i++) {
        const other = longLiterals[i] >> 1;
        if (values[longLiterals[i]] !== 0 || variableStamp[other] === stamp) continue;
        variableStamp[other] = stamp;
        variableOwner[other] = owner;
        queue[tail++] = other;
      }
    }
  }
  sizes.push(tail);
  longSizes.push(long);
}

function writeRecords(components: Components, values: Int8Array, record: number): void {
  const { records, stamp, variableOwner, longStamp, longOwner, sizes, longSizes, found } = components;
  let need = 0;
  for (let k = 0; k < sizes.length; k++) need += 2 + sizes[k] + longSizes[k];
  reserve(records, need);
  const { data } = records;
  const variables = data[record];
  const long = data[record + 1];
  const order = sizes.map((_, k) => k).sort((a, b) => sizes[a] - sizes[b] || a - b);
  const places: number[] = [];
  for (const k of order) {
    found.push(records.size);
    places[k] = records.size;
    data[records.size] = sizes[k];
    data[records.size + 1] = longSizes[k];
    records.size += 2 + sizes[k] + longSizes[k];
  }
  const next = places.map((place) => place + 2);
  const start = record + 2;
  for (let i = start; i < start + variables; i++) {
    const variable = data[i];
    if (values[2 * variable] === 0 && variableOwner[variable] >= 0)
      data[next[variableOwner[variable]]++] = variable;
  }
  for (let i = start + variables; i < start + variables + long; i++) {
    const clause = data[i];
    if (longStamp[clause] === stamp && longOwner[clause] >= 0) data[next[longOwner[clause]]++] = clause;
  }
}
