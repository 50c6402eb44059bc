/**
 * How often two variables have two states in the same row, for all pairs: what Chow-Liu trees are made of.
 *
 * Rows that all count once: binary columns are packed 32 rows to a word, and a kernel counts the bits of x ∧ y of all
 * pairs, all else following from the totals: O(variables² · rows / 128). Other columns take O(rows) a pair, when asked.
 *
 * Weighted rows: a row adds its weight to the pairs of its *unusual* states, those that are not the most frequent ones
 * of their column; counts of usual states follow from the totals. O(Σ_rows unusual²), little where rows are sparse.
 */
import { sharedBackend } from "@credence/core/kernels";
import { missing, type StateTable } from "./states.ts";

/**
 * The (weighted) number of rows with each pair of states in which both are known: entry s · arity(w) + t. Written into
 * `out`, if that is given.
 */
export type PairCounts = (v: number, w: number, out?: Float64Array) => Float64Array;

/** The pair counts of a table; if no row is weighted, those of all pairs of binary columns are made at once. */
export function pairCounts(table: StateTable): PairCounts {
  const { rows, arities, weights } = table;
  if (weights !== undefined) return weightedPairCounts(table, weights);
  const { ones, known, places, count, words } = pack(table);
  const shape = { m: count, n: count, words };
  const pairs = (a: Int32Array, b: Int32Array): Int32Array => {
    const out = new Int32Array(count * count);
    sharedBackend().pairCountsInto(out, a, b, shape);
    return out;
  };
  const both = pairs(ones, ones);
  // Without missing values the ones of a column are on the diagonal, and all rows are known.
  const left = known === undefined ? undefined : pairs(ones, known);
  const all = known === undefined ? undefined : pairs(known, known);
  return (v, w, out = new Float64Array(arities[v] * arities[w])) => {
    const [a, b] = [places[v], places[w]];
    if (a < 0 || b < 0) return countStatesInto(out.fill(0), table, v, w);
    const joint = both[a * count + b];
    const onesOfV = left === undefined ? both[a * count + a] : left[a * count + b];
    const onesOfW = left === undefined ? both[b * count + b] : left[b * count + a];
    const total = all === undefined ? rows : all[a * count + b];
    out[0] = total - onesOfV - onesOfW + joint;
    out[1] = onesOfW - joint;
    out[2] = onesOfV - joint;
    out[3] = joint;
    return out;
  };
}

/** The binary columns in bits, 32 rows to a word, one column after another. */
function pack({ rows, columns, arities }: StateTable) {
  const words = (rows + 31) >> 5;
  let count = 0;
  const places = Int32Array.from(arities, (arity) => (arity === 2 ? count++ : -1));
  const [ones, known] = [new Int32Array(count * words), new Int32Array(count * words)];
  let complete = true;
  places.forEach((place, v) => {
    if (place < 0) return;
    const at = place * words;
    for (let r = 0; r < rows; r++) {
      const state = columns[v * rows + r];
      if (state === missing) complete = false;
      else known[at + (r >> 5)] |= 1 << (r & 31);
      if (state === 1) ones[at + (r >> 5)] |= 1 << (r & 31);
    }
  });
  return { ones, known: complete ? undefined : known, places, count, words };
}

function countStatesInto(
  out: Float64Array,
  { rows, columns, arities }: StateTable,
  v: number,
  w: number,
): Float64Array {
  for (let r = 0; r < rows; r++) {
    const [s, t] = [columns[v * rows + r], columns[w * rows + r]];
    if (s !== missing && t !== missing) out[s * arities[w] + t]++;
  }
  return out;
}

/** Where the unusual states of the columns stand in a list of all; a missing value is always one. */
interface UnusualStates {
  /** By column: by state (the last one: missing), the place, or -1 for the usual one. */
  readonly places: readonly Int32Array[];
  readonly count: number;
}

/** The pair counts of rows with these weights, from 0; those of the table do not count. */
export function weightedPairCounts(table: StateTable, weights: ArrayLike<number>): PairCounts {
  const { arities } = table;
  const { places, count } = unusualStates(table);
  const sums = sumPairs(table, weights, places, count);
  let total = 0;
  for (let r = 0; r < table.rows; r++) total += weights[r];
  // Places are in the order of the columns: the pair of two columns stands at their smaller place first.
  const at = (a: number, b: number): number =>
    a < 0 || b < 0 ? 0 : sums[Math.min(a, b) * count + Math.max(a, b)];
  return (v, w, out = new Float64Array(arities[v] * arities[w])) => {
    const [left, right] = [places[v], places[w]];
    const [r, c] = [arities[v], arities[w]];
    if (v === w) return diagonalInto(out, left, r, total, at);
    const [goneLeft, goneRight] = [left[r], right[c]];
    let rest = total - at(goneLeft, goneLeft) - at(goneRight, goneRight) + at(goneLeft, goneRight);
    let [usualLeft, usualRight] = [0, 0];
    for (let s = 0; s < r; s++) {
      if (left[s] < 0) usualLeft = s;
      for (let t = 0; t < c; t++) out[s * c + t] = at(left[s], right[t]);
    }
    for (let t = 0; t < c; t++) {
      if (right[t] < 0) usualRight = t;
      else {
        let own = at(right[t], right[t]) - at(goneLeft, right[t]);
        rest -= own;
        for (let s = 0; s < r; s++) if (s !== usualLeft) own -= out[s * c + t];
        out[usualLeft * c + t] = Math.max(0, own);
      }
    }
    for (let s = 0; s < r; s++) {
      if (s === usualLeft) continue;
      let own = at(left[s], left[s]) - at(left[s], goneRight);
      for (let t = 0; t < c; t++) if (t !== usualRight) own -= out[s * c + t];
      out[s * c + usualRight] = Math.max(0, own);
      rest -= out[s * c + usualRight];
    }
    out[usualLeft * c + usualRight] = Math.max(0, rest);
    return out;
  };
}

/** The counts of single states, on the diagonal. */
function diagonalInto(
  out: Float64Array,
  places: Int32Array,
  arity: number,
  total: number,
  at: (a: number, b: number) => number,
): Float64Array {
  out.fill(0);
  let rest = total - at(places[arity], places[arity]);
  for (let s = 0; s < arity; s++) {
    if (places[s] < 0) continue;
    out[s * arity + s] = at(places[s], places[s]);
    rest -= out[s * arity + s];
  }
  const usual = places.subarray(0, arity).indexOf(-1);
  out[usual * arity + usual] = Math.max(0, rest);
  return out;
}

function unusualStates({ rows, columns, arities }: StateTable): UnusualStates {
  let count = 0;
  const places = arities.map((arity, v) => {
    const found = new Int32Array(arity + 1);
    for (let r = 0; r < rows; r++) found[Math.min(arity, columns[v * rows + r])]++;
    let usual = 0;
    for (let s = 1; s < arity; s++) if (found[s] > found[usual]) usual = s;
    return found.map((rowsOfState, s) => {
      // A column without missing values needs no place for them.
      return s === usual || (s === arity && rowsOfState === 0) ? -1 : count++;
    });
  });
  return { places, count };
}

/** Σ weight over the rows that have both unusual states, at smaller place · count + larger place. */
function sumPairs(
  { rows, cols, columns, arities }: StateTable,
  weights: ArrayLike<number>,
  places: readonly Int32Array[],
  count: number,
): Float64Array {
  const sums = new Float64Array(count * count);
  const own = new Int32Array(cols);
  for (let r = 0; r < rows; r++) {
    const weight = weights[r];
    if (weight === 0) continue;
    let length = 0;
    for (let v = 0; v < cols; v++) {
      const place = places[v][Math.min(arities[v], columns[v * rows + r])];
      if (place >= 0) own[length++] = place;
    }
    for (let i = 0; i < length; i++) {
      const row = own[i] * count;
      for (let j = i; j < length; j++) sums[row + own[j]] += weight;
    }
  }
  return sums;
}
