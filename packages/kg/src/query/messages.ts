/**
 * The one costly step of answering: the message that a variable x sends to its neighbor y when it is eliminated,
 *
 *     message[b] = max over a of T(C[a], K[a, b]),     K[a, b] = T of all literals between x = a and y = b,
 *
 * where C is the fuzzy set of x. K is never made. If some literal is positive, K is as sparse as it: the rows (or
 * columns) of the shortest positive matrix are walked and the other literals looked up, O(entries walked · log
 * row). If all literals are negative, K is 1 except where one of the matrices has an entry. Then candidates are
 * taken in descending order of C: the first one, a1, gives every b outside of its exceptions the value C[a1],
 * which no other can exceed, so those b are done; only the exceptions go on to the next candidate. An exception
 * is visited at most once per entry of the matrices: O(n + entries + candidates · log candidates).
 * (FIT, Yin et al. 2024, makes both K and 1 − M dense: O(n²) per edge.)
 */
import { type Csr, csrGet, type Logic } from "@credence/core";
import type { RelationTruth } from "../truth/truth.ts";
import type { Candidates } from "./candidates.ts";
import { descending } from "./descending.ts";

/** A literal between two variables, turned so that it leads from x to y. */
export interface PairFactor {
  readonly negated: boolean;
  /** Row = value of x. */
  readonly forward: Csr;
  /** Row = value of y. */
  readonly backward: Csr;
}

/** Turns a literal: from head to tail, or, if x is the tail, the other way. */
export function pairFactor(truth: RelationTruth, fromHead: boolean, negated: boolean): PairFactor {
  const { rows, columns } = truth;
  return fromHead
    ? { negated, forward: rows, backward: columns }
    : { negated, forward: columns, backward: rows };
}

/** K[a, b]. O(literals · log row). */
export function pairTruth(factors: readonly PairFactor[], a: number, b: number, logic: Logic): number {
  let truth = 1;
  for (const factor of factors) truth = logic.and(truth, literalTruth(factor, a, b, logic));
  return truth;
}

/**
 * The message from x to y through the literals between them.
 * @param set the candidates of x
 * @param targets ascending: the only entities of y whose values are wanted (the others may come out as 0);
 *   undefined for all
 */
export function message(
  set: Candidates | undefined,
  factors: readonly PairFactor[],
  targets: Int32Array | undefined,
  logic: Logic,
): Float64Array {
  const size = factors[0].forward.rows;
  const positive = factors.filter((factor) => !factor.negated);
  if (positive.length === 0) return throughExceptions(set, factors, targets, size, logic);
  const pivot = positive.reduce((a, b) => (entries(b.forward) < entries(a.forward) ? b : a));
  const others = factors.filter((factor) => factor !== pivot);
  const pushed = entriesOfRows(pivot.forward, set?.support);
  const pulled = entriesOfRows(pivot.backward, targets);
  const out = new Float64Array(size);
  if (pulled < pushed) pull(out, set, pivot, others, targets, logic);
  else push(out, set, pivot, others, logic);
  return out;
}

/** Row by row from x: every candidate improves what it reaches. */
function push(
  out: Float64Array,
  set: Candidates | undefined,
  pivot: PairFactor,
  others: readonly PairFactor[],
  logic: Logic,
): void {
  const { offsets, indices, values } = pivot.forward;
  const count = set?.support?.length ?? out.length;
  for (let k = 0; k < count; k++) {
    const a = set?.support === undefined ? k : set.support[k];
    const candidate = set === undefined ? 1 : set.values[a];
    if (candidate === 0) continue;
    for (let p = offsets[a]; p < offsets[a + 1]; p++) {
      const b = indices[p];
      let truth = logic.and(candidate, values[p]);
      if (truth <= out[b]) continue;
      for (const factor of others) truth = logic.and(truth, literalTruth(factor, a, b, logic));
      if (truth > out[b]) out[b] = truth;
    }
  }
}

/** Column by column into y: for when few values of y are wanted. */
function pull(
  out: Float64Array,
  set: Candidates | undefined,
  pivot: PairFactor,
  others: readonly PairFactor[],
  targets: Int32Array | undefined,
  logic: Logic,
): void {
  const { offsets, indices, values } = pivot.backward;
  const count = targets?.length ?? out.length;
  for (let k = 0; k < count; k++) {
    const b = targets === undefined ? k : targets[k];
    let most = 0;
    for (let p = offsets[b]; p < offsets[b + 1]; p++) {
      const a = indices[p];
      let truth = logic.and(set === undefined ? 1 : set.values[a], values[p]);
      if (truth <= most) continue;
      for (const factor of others) truth = logic.and(truth, literalTruth(factor, a, b, logic));
      if (truth > most) most = truth;
    }
    out[b] = most;
  }
}

/** All literals negative: from the best candidate down, as long as a target could still gain. */
function throughExceptions(
  set: Candidates | undefined,
  factors: readonly PairFactor[],
  targets: Int32Array | undefined,
  size: number,
  logic: Logic,
): Float64Array {
  const out = new Float64Array(size);
  const order = descending(set, size);
  const open = targets?.slice() ?? Int32Array.from({ length: size }, (_, i) => i);
  const truths = new Float64Array(size).fill(1);
  let count = open.length;
  while (count > 0 && order.peek() > 0) {
    const candidate = order.peek();
    const a = order.next();
    for (const { forward } of factors) weakenExceptions(truths, forward, a, logic);
    const bound = order.peek();
    let left = 0;
    for (let k = 0; k < count; k++) {
      const b = open[k];
      const truth = truths[b] === 1 ? candidate : logic.and(candidate, truths[b]);
      if (truth > out[b]) out[b] = truth;
      if (out[b] < bound) open[left++] = b;
    }
    count = left;
    for (const { forward } of factors) resetExceptions(truths, forward, a);
  }
  return out;
}

function weakenExceptions(truths: Float64Array, matrix: Csr, row: number, logic: Logic): void {
  for (let p = matrix.offsets[row]; p < matrix.offsets[row + 1]; p++) {
    const b = matrix.indices[p];
    truths[b] = logic.and(truths[b], logic.not(matrix.values[p]));
  }
}

function resetExceptions(truths: Float64Array, matrix: Csr, row: number): void {
  for (let p = matrix.offsets[row]; p < matrix.offsets[row + 1]; p++) truths[matrix.indices[p]] = 1;
}

function literalTruth({ forward, negated }: PairFactor, a: number, b: number, logic: Logic): number {
  const truth = csrGet(forward, a, b);
  return negated ? logic.not(truth) : truth;
}

function entries(matrix: Csr): number {
  return matrix.indices.length;
}

/** How many entries the given rows have; all rows if undefined. */
function entriesOfRows({ offsets, indices }: Csr, rows: Int32Array | undefined): number {
  if (rows === undefined) return indices.length;
  let sum = 0;
  for (const row of rows) sum += offsets[row + 1] - offsets[row];
  return sum;
}
