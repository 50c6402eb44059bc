/**
 * What the passes over a latent tree work on (what they compute and why is in `latent-plan.ts`). Three passes:
 *
 *   load    parameters → tables, packed matrices, places of rescaling
 *   values  rows → log P(row)
 *   counts  rows → log P(row), and the sums N, F by state over the rows
 *
 * Values are linear numbers. Where bounds from the smallest parameters say that they could become too small, rows
 * are multiplied by powers of two, which are taken into the logarithm, one a row. A row whose total still is no
 * normal number has the log -Infinity and no counts: passes in logs must tell whether it is impossible.
 *
 * Rows are cut into shares, and these into tiles, in a way that depends on nothing but the plan and the number of
 * rows. A share has counts of its own; they are added in the order of the shares.
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import type { FloatArray, Precision } from "../matrix/float-array.ts";
import type { Backend } from "./backend.ts";
import { blockRows, type LatentPlan, planWords } from "./latent-plan.ts";

/** The arrays of one plan in one precision; made by {@link latentArrays}. */
export interface LatentArrays {
  readonly plan: LatentPlan;
  readonly words: Int32Array;
  /** The codes of the plan's rows, 16 bits each, row by row, packed into integers. */
  readonly codes: Int32Array;
  /** Per node: rescale its tables; rescale its parent after it. */
  readonly flags: Int32Array;
  /** π, W and E, where the plan has them: filled by the caller. E of a missing value is 1. */
  readonly parameters: FloatArray;
  readonly tables: FloatArray;
  /** Counts of the shares; those of all rows are in the first after a pass of counts. */
  readonly counts: FloatArray;
  readonly work: FloatArray;
  readonly tileRows: number;
  /** The most shares that rows are cut into. */
  readonly shares: number;
}

/** The rows of a pass. */
export interface LatentRows {
  /** Which rows of the plan's table: `rows[from]` to `rows[to - 1]`. */
  readonly rows: Int32Array;
  readonly from: number;
  readonly to: number;
  /** log P(row) of row `rows[from + i]` at i. */
  readonly logs: Float64Array;
  /** By row of the table: what it counts; default 1. */
  readonly weights?: Float64Array;
}

/** One call. */
export type LatentPass =
  | { readonly pass: "load"; readonly arrays: LatentArrays }
  | { readonly pass: "values" | "counts"; readonly arrays: LatentArrays; readonly rows: LatentRows };

/** The most shares of a pass, the numbers that all their counts may be, and the rows that one has at least. */
const mostShares = 16;
const mostCounts = 1 << 24;
const leastRows = 120;
/** About how much memory the values and messages of a tile take: they are to stay in a second-level cache. */
const tileBytes = 320 << 10;
const mostTileRows = 60;

/** The arrays of a plan, in the memory of a backend. */
export function latentArrays(backend: Backend, plan: LatentPlan, precision: Precision): LatentArrays {
  const size = precision === "float32" ? 4 : 8;
  const { width, nodes, lengths } = plan;
  const affordable = Math.floor(tileBytes / (2 * nodes * width * size * blockRows));
  const tileRows = blockRows * Math.max(1, Math.min(mostTileRows / blockRows, affordable));
  const shares = Math.max(1, Math.min(mostShares, Math.floor(mostCounts / lengths.counts)));
  const words = backend.allocate("int32", plan.words.length);
  words.set(plan.words);
  const codes = backend.allocate("int32", Math.ceil((plan.rows * plan.stride) / 2));
  const packed = new Uint16Array(codes.buffer, codes.byteOffset, 2 * codes.length);
  plan.codes.forEach((column, c) => {
    for (let r = 0; r < plan.rows; r++) packed[r * plan.stride + c] = column[r];
  });
  return {
    plan,
    shares,
    words,
    codes,
    flags: backend.allocate("int32", 2 * nodes),
    parameters: backend.allocate(precision, lengths.parameters),
    tables: backend.allocate(precision, lengths.tables),
    counts: backend.allocate(precision, shares * lengths.counts),
    work: backend.allocate(precision, shares * workLength(plan, tileRows, size)),
    tileRows,
  };
}

/** Gives the arrays back. */
export function releaseLatentArrays(backend: Backend, arrays: LatentArrays): void {
  const { words, codes, flags, parameters, tables, counts, work } = arrays;
  for (const array of [words, codes, flags, parameters, tables, counts, work]) backend.release(array);
}

/** Numbers that a share works in: a few a row, and a block of values and one of messages for every node. */
function workLength({ width, nodes, largest }: LatentPlan, tileRows: number, size: number): number {
  const head = (16 * tileRows + 64) / size;
  // `load` needs a bound for every node, and the end of a pass of counts one table.
  const length = Math.max(head + 2 * nodes * tileRows * width, largest * width, nodes * width);
  return Math.ceil(length / 16) * 16;
}

/** How the rows of a pass are shared out. */
export function latentShares(arrays: LatentArrays, rows: number): { shareRows: number; shares: number } {
  const { tileRows } = arrays;
  const wanted = Math.max(leastRows, Math.ceil(rows / arrays.shares));
  const shareRows = Math.ceil(wanted / tileRows) * tileRows;
  return { shareRows, shares: Math.ceil(rows / shareRows) };
}

/** Numbers of `work` that one share has. */
export function shareWork(arrays: LatentArrays): number {
  return arrays.work.length / arrays.shares;
}

/** Numbers of `counts` that one share has. */
export function shareCounts({ plan }: LatentArrays): number {
  return plan.lengths.counts;
}

/** @throws InvalidArgumentError for rows outside their table, or arrays too short */
export function checkLatentRows({ plan }: LatentArrays, { rows, from, to, logs, weights }: LatentRows): void {
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= rows.length)) {
    throw new InvalidArgumentError("from and to", [from, to], `a part of ${rows.length} rows`);
  }
  if (logs.length < to - from) throw new InvalidArgumentError("logs", logs, `${to - from} numbers`);
  const most = Math.min(plan.rows, weights?.length ?? Number.POSITIVE_INFINITY);
  for (let i = from; i < to; i++) {
    if (!(rows[i] >= 0 && rows[i] < most)) {
      throw new InvalidArgumentError(`rows[${i}]`, rows[i], `a row of the table, from 0 to ${most - 1}`);
    }
  }
}

/** A record of a plan by the names of its words. */
export function planRecord<K extends Exclude<keyof typeof planWords, "head">>(
  words: Int32Array,
  kind: K,
  number: number,
): Record<(typeof planWords)[K][number], number> {
  const head = planWords.head.indexOf(`${kind}sAt` as "groupsAt");
  const names: readonly string[] = planWords[kind];
  const at = words[head] + number * names.length;
  return Object.fromEntries(names.map((name, i) => [name, words[at + i]])) as Record<
    (typeof planWords)[K][number],
    number
  >;
}
