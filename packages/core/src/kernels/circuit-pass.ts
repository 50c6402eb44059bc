/**
 * The passes over a circuit of any shape, many rows at once, in linear numbers and double precision. Slots hold one
 * number a row; operations fill them in their order:
 *
 *   look up   slot = numbers[table + state]            (a state of a column of the batch)
 *   take      slot = given[column]                     (a number of the batch)
 *   product   slot = Π_c slot_c                        (of nothing: 1)
 *   sums      slot_i = Σ_c numbers[w_i + c] · left_c · right_c      i = 1 ... m over the same children; right may
 *                                                      be absent, and may be there only if m is 1
 *
 * and down, with the slope of the root seed / root (0 where the root is not trusted),
 *
 *   slope_c = Σ over the places where slot c is used: slope · ∂ slot / ∂ slot_c,
 *   counts[j] = Σ_rows ∂ / ∂ numbers[j]
 *
 * so that numbers[j] · counts[j] are expected counts, and slope · slot is a flow. Products hand slopes down by partial
 * products from both sides: nothing is ever divided, and a factor of 0 has its right slope. Sums over the same
 * children are one matrix product.
 *
 * Rows come in tiles of `width`; a tile is what one thread does at a time, and has counts of its own, for the caller to
 * add up in the order of the tiles.
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import type { Backend } from "./backend.ts";

/** One operation; slots and columns are numbers from 0. */
export type CircuitOperation =
  | { readonly kind: "lookUp"; readonly out: number; readonly table: number; readonly column: number }
  | { readonly kind: "take"; readonly out: number; readonly column: number }
  | { readonly kind: "product"; readonly out: number; readonly children: readonly number[] }
  | {
      readonly kind: "sums";
      readonly outs: readonly number[];
      /** Where the weights of each sum start in `numbers`, one per child. */
      readonly weights: readonly number[];
      readonly left: readonly number[];
      readonly right?: readonly number[];
    };

/** What is done to rows. */
export interface CircuitOperations {
  readonly slots: number;
  readonly root: number;
  /** Columns of states and of given numbers that a batch has. */
  readonly columns: number;
  readonly givens: number;
  readonly operations: readonly CircuitOperation[];
  /** How many numbers there are. */
  readonly numbers: number;
}

/** The arrays of one circuit; made by {@link circuitArrays}. */
export interface CircuitArrays {
  readonly shape: CircuitOperations;
  /** The operations as the kernels read them. */
  readonly words: Int32Array;
  /** Weights and tables: filled by the caller. */
  readonly numbers: Float64Array;
  /** Rows of a tile, and tiles of a call. */
  readonly width: number;
  readonly tiles: number;
  /** Whether there are as many tiles as there may be. */
  readonly full: boolean;
  /** By tile: states (column · width + row), given numbers (likewise), and seeds; all filled by the caller. */
  readonly states: Int32Array;
  readonly given: Float64Array;
  readonly seeds: Float64Array;
  /** By tile: the values of the root, and the slopes of given numbers. */
  readonly roots: Float64Array;
  readonly slopes: Float64Array;
  /** By tile: one per number. */
  readonly counts: Float64Array;
  /** Per operation: 0 where the way down need not go (what is below it must be 0, too). */
  readonly wanted: Int32Array;
  readonly work: Float64Array;
  /** Numbers of `work` that a tile has. */
  readonly tileWork: number;
}

/** One call over the first tiles of the arrays. */
export interface CircuitPass {
  readonly arrays: CircuitArrays;
  /** How many tiles are filled. */
  readonly tiles: number;
  /** What is wanted beside the roots: slopes of given numbers; and counts. */
  readonly down: "none" | "slopes" | "counts";
  /** Roots below this (or not finite) are not trusted: their rows have slopes of 0. */
  readonly floor: number;
}

/** About how many numbers a tile holds, a second-level cache; and the most that all tiles of a call hold. */
const tileNumbers = 1 << 16;
const mostNumbers = 1 << 23;
const mostTiles = 16;

/** What arrays are for. */
export interface CircuitArraysOptions {
  /** Whether there is to be room for counts. */
  readonly counting: boolean;
  /** How many rows a call has at most; the arrays may be for fewer, never for many more. */
  readonly rows: number;
}

/** The arrays for a circuit, in the memory of a backend. */
export function circuitArrays(
  backend: Backend,
  shape: CircuitOperations,
  { counting, rows }: CircuitArraysOptions,
): CircuitArrays {
  const { slots, columns, givens, operations } = shape;
  const width = Math.max(8, Math.min(128, Math.floor(tileNumbers / (2 * slots)) & ~7));
  const widest = operations.reduce(
    (most, op) => Math.max(most, op.kind === "product" ? op.children.length : 0),
    0,
  );
  const tileWork = 2 * slots * width + 2 * widest;
  const perTile = tileWork + (counting ? shape.numbers : 0);
  const most = Math.max(1, Math.min(mostTiles, Math.floor(mostNumbers / perTile)));
  const tiles = Math.max(1, Math.min(most, Math.ceil(rows / width)));
  const words = wordsOf(shape);
  const held = backend.allocate("int32", words.length);
  held.set(words);
  const wanted = backend.allocate("int32", operations.length);
  wanted.fill(1);
  const doubles = (length: number): Float64Array => backend.allocate("float64", length);
  return {
    shape,
    words: held,
    numbers: doubles(shape.numbers),
    width,
    tiles,
    full: tiles === most,
    states: backend.allocate("int32", tiles * columns * width),
    given: doubles(tiles * givens * width),
    seeds: doubles(tiles * width),
    roots: doubles(tiles * width),
    slopes: doubles(tiles * givens * width),
    counts: doubles(counting ? tiles * shape.numbers : 0),
    wanted,
    work: doubles(tiles * tileWork),
    tileWork,
  };
}

/** Gives the arrays back. */
export function releaseCircuitArrays(backend: Backend, arrays: CircuitArrays): void {
  const { words, numbers, states, given, seeds, roots, slopes, counts, wanted, work } = arrays;
  for (const array of [words, numbers, states, given, seeds, roots, slopes, counts, wanted, work]) {
    backend.release(array);
  }
}

/** @throws InvalidArgumentError for more tiles than there are, or counts that the arrays have no room for */
export function checkCircuitPass({ arrays, tiles, down }: CircuitPass): void {
  if (!(Number.isInteger(tiles) && tiles >= 0 && tiles <= arrays.tiles)) {
    throw new InvalidArgumentError("tiles", tiles, `an integer from 0 to ${arrays.tiles}`);
  }
  if (down === "counts" && arrays.counts.length < arrays.shape.numbers) {
    throw new InvalidArgumentError("down", down, "none or slopes, as the arrays were made without counts");
  }
}

/**
 * Head: slots, operations, root, columns, givens, then where the record of each operation is. Records: 0, out, table,
 * 0, column · 1, out, column · 2, out, n, children · 3, m, k, paired, m outs, m weights, k left, k right.
 */
function wordsOf({ slots, root, columns, givens, operations }: CircuitOperations): Int32Array {
  const words = [slots, operations.length, root, columns, givens];
  const first = words.length;
  let at = first + operations.length;
  const records = operations.map((op) => {
    words.push(at);
    const record = recordOf(op);
    at += record.length;
    return record;
  });
  const all = new Int32Array(at);
  all.set(words);
  let to = first + operations.length;
  for (const record of records) {
    all.set(record, to);
    to += record.length;
  }
  return all;
}

function recordOf(op: CircuitOperation): number[] {
  if (op.kind === "lookUp") return [0, op.out, op.table, 0, op.column];
  if (op.kind === "take") return [1, op.out, op.column];
  if (op.kind === "product") return [2, op.out, op.children.length, ...op.children];
  const { outs, weights, left, right } = op;
  return [
    3,
    outs.length,
    left.length,
    Number(right !== undefined),
    ...outs,
    ...weights,
    ...left,
    ...(right ?? []),
  ];
}
