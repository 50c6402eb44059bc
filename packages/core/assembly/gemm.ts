/**
 * out = op(A) · op(B), or out ⊕= op(A) · op(B), in a semiring, where op is the identity or the transpose; in
 * ordinary arithmetic out = (old +) row[i] + column[j] + op(A) · (alpha op(B)).
 *
 * Every element is the sum over p = 0, 1, ..., k − 1 in this order, each term multiplied, rounded, added and
 * rounded in T (fused in the build with relaxed SIMD), started from 0 or from the old value and the vectors,
 * with B multiplied by alpha before. Blocking never changes that order, so results do not depend on shapes of
 * blocks, chunks or threads.
 *
 * The shape is that of K. Goto and R. van de Geijn, "Anatomy of high-performance matrix multiplication", ACM
 * TOMS 34(3), 2008: a tile of 5 rows × 2 vectors lives in registers while p runs over a block of k; B is
 * packed into panels of a tile's width. Rows of A are read in place, five streams at once, and only a
 * transposed A is packed. Five rows because V8 then has every value in one of its 15 registers, with room for
 * a product: six spill, and four are about 8 % slower. Where multiplication and addition are fused no product
 * needs a register, and six rows are about 9 % faster. The loop over p is not unrolled, for the same reason.
 */
import {
  MAX_MIN, MAX_PRODUCT, MaxLukasiewicz, MaxMin, MaxProduct, SumProduct, fold, isSumProduct,
} from "./fold";
import { VECTOR, at } from "./lanes";

/** Rows of a tile at least: products with fewer rows are not worth packing. */
export const TILE_ROWS: i32 = 5;
/** Rows of a tile at most. */
const MOST_TILE_ROWS: i32 = 6;
/** Steps of p between two visits of a tile: a panel of B (32 bytes a step) stays in the first-level cache. */
const DEPTH: i32 = 256;
/** A block is at most 260 rows by this many panels of B; both packed blocks stay in the second level. */
const BLOCK_PANELS: i32 = 32;

/** Rows of a tile. */
@inline
function tileRows<S>(): i32 {
  return ASC_FEATURE_RELAXED_SIMD && idof<S>() == idof<SumProduct>() ? MOST_TILE_ROWS : TILE_ROWS;
}

/** Columns of a tile: two vectors. */
@inline
export function tileColumns<T>(): i32 {
  return 32 / <i32>sizeof<T>();
}

/** The most columns that `block` takes at once. */
@inline
export function blockColumns<T>(): i32 {
  return BLOCK_PANELS * tileColumns<T>();
}

/**
 * One tile: c[i][0 .. 2 vectors) = (from 0 or from c) Σ_p a_i[p] · b[p]. Row i of A begins at `a0` + i ·
 * `rowStep`; `step` is the distance in bytes from p to p + 1 in a row, `pitch` that from one row of c to the
 * next. (Choosing rows here, for tiles at the lower edge, makes V8 spill in the loop and costs a third of the
 * speed.)
 */
function tile<T, S>(
  c: usize, pitch: usize, fresh: bool,
  a0: usize, rowStep: usize, step: usize,
  b: usize, depth: i32,
): void {
  const a1 = a0 + rowStep;
  const a2 = a1 + rowStep;
  const a3 = a2 + rowStep;
  const a4 = a3 + rowStep;
  const a5 = a4 + rowStep;
  let c00 = v128.splat<T>(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
  if (!fresh) {
    let row = c;
    c00 = v128.load(row); c01 = v128.load(row, VECTOR); row += pitch;
    c10 = v128.load(row); c11 = v128.load(row, VECTOR); row += pitch;
    c20 = v128.load(row); c21 = v128.load(row, VECTOR); row += pitch;
    c30 = v128.load(row); c31 = v128.load(row, VECTOR); row += pitch;
    c40 = v128.load(row); c41 = v128.load(row, VECTOR);
    if (tileRows<S>() == 6) {
      row += pitch;
      c50 = v128.load(row); c51 = v128.load(row, VECTOR);
    }
  }
  // One offset for all rows: a pointer each would cost an addition each.
  let offset: usize = 0;
  for (const end = b + <usize>depth * (2 * VECTOR); b < end; b += 2 * VECTOR) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, VECTOR);
    let a = v128.load_splat<T>(a0 + offset);
    c00 = fold<T, S>(a, b0, c00);
    c01 = fold<T, S>(a, b1, c01);
    a = v128.load_splat<T>(a1 + offset);
    c10 = fold<T, S>(a, b0, c10);
    c11 = fold<T, S>(a, b1, c11);
    a = v128.load_splat<T>(a2 + offset);
    c20 = fold<T, S>(a, b0, c20);
    c21 = fold<T, S>(a, b1, c21);
    a = v128.load_splat<T>(a3 + offset);
    c30 = fold<T, S>(a, b0, c30);
    c31 = fold<T, S>(a, b1, c31);
    a = v128.load_splat<T>(a4 + offset);
    c40 = fold<T, S>(a, b0, c40);
    c41 = fold<T, S>(a, b1, c41);
    if (tileRows<S>() == 6) {
      a = v128.load_splat<T>(a5 + offset);
      c50 = fold<T, S>(a, b0, c50);
      c51 = fold<T, S>(a, b1, c51);
    }
    offset += step;
  }
  v128.store(c, c00); v128.store(c, c01, VECTOR); c += pitch;
  v128.store(c, c10); v128.store(c, c11, VECTOR); c += pitch;
  v128.store(c, c20); v128.store(c, c21, VECTOR); c += pitch;
  v128.store(c, c30); v128.store(c, c31, VECTOR); c += pitch;
  v128.store(c, c40); v128.store(c, c41, VECTOR);
  if (tileRows<S>() == 6) {
    c += pitch;
    v128.store(c, c50); v128.store(c, c51, VECTOR);
  }
}

/**
 * A panel of tiles: `rows` rows of A (the last ones from `edge`, see {@link packEdge}) against one panel of
 * B. Tiles that reach over an edge of out are made in `spare` (one tile); columns that do not exist are 0 in
 * B.
 */
function panel<T, S>(
  out: usize, pitch: usize, fresh: bool,
  a: usize, rowStep: usize, step: usize, rows: i32, edge: usize,
  b: usize, columns: i32, depth: i32,
  spare: usize,
): void {
  const whole = columns == tileColumns<T>();
  const bytes = <usize>columns * sizeof<T>();
  const height = tileRows<S>();
  for (let i = 0; i < rows; i += height) {
    const count = min(height, rows - i);
    const c = out + <usize>i * pitch;
    if (whole && count == height) {
      tile<T, S>(c, pitch, fresh, a + <usize>i * rowStep, rowStep, step, b, depth);
      continue;
    }
    if (!fresh) {
      for (let r = 0; r < count; r++) memory.copy(spare + <usize>r * 2 * VECTOR, c + <usize>r * pitch, bytes);
    }
    const from = a + <usize>i * rowStep;
    if (count == height) tile<T, S>(spare, 2 * VECTOR, fresh, from, rowStep, step, b, depth);
    else tile<T, S>(spare, 2 * VECTOR, fresh, edge, sizeof<T>(), height * sizeof<T>(), b, depth);
    for (let r = 0; r < count; r++) memory.copy(c + <usize>r * pitch, spare + <usize>r * 2 * VECTOR, bytes);
  }
}

/** A panel in the semiring of a number: packing is the same in all of them. */
function panelIn<T>(
  semiring: i32,
  out: usize, pitch: usize, fresh: bool,
  a: usize, rowStep: usize, step: usize, rows: i32, edge: usize,
  b: usize, columns: i32, depth: i32,
  spare: usize,
): void {
  if (isSumProduct(semiring)) {
    panel<T, SumProduct>(out, pitch, fresh, a, rowStep, step, rows, edge, b, columns, depth, spare);
  } else if (semiring == MAX_PRODUCT) {
    panel<T, MaxProduct>(out, pitch, fresh, a, rowStep, step, rows, edge, b, columns, depth, spare);
  } else if (semiring == MAX_MIN) {
    panel<T, MaxMin>(out, pitch, fresh, a, rowStep, step, rows, edge, b, columns, depth, spare);
  } else {
    panel<T, MaxLukasiewicz>(out, pitch, fresh, a, rowStep, step, rows, edge, b, columns, depth, spare);
  }
}

/**
 * Copies the rows that do not fill a tile, interleaved and filled up with zeros: `edge` is depth × rows of a
 * tile.
 */
function packEdge<T>(
  edge: usize, a: usize, rowStep: usize, step: usize, rows: i32, depth: i32, height: i32,
): void {
  const count = rows % height;
  if (count == 0) return;
  a += <usize>(rows - count) * rowStep;
  for (let p = 0; p < depth; p++, a += step) {
    for (let r = 0; r < height; r++, edge += sizeof<T>()) {
      store<T>(edge, r < count ? load<T>(a + <usize>r * rowStep) : <T>0);
    }
  }
}

/** Packs `depth` rows of `columns` contiguous elements each, zero-filled to a tile's width: a panel of B. */
function packRows<T>(to: usize, from: usize, pitch: usize, columns: i32, depth: i32): void {
  const width: usize = 2 * VECTOR;
  if (columns == tileColumns<T>()) {
    for (let p = 0; p < depth; p++, from += pitch, to += width) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, VECTOR), VECTOR);
    }
    return;
  }
  const bytes = <usize>columns * sizeof<T>();
  for (let p = 0; p < depth; p++, from += pitch, to += width) {
    memory.fill(to, 0, width);
    memory.copy(to, from, bytes);
  }
}

/**
 * The transposed twin: `columns` rows of `depth` contiguous elements become a panel. One vector of columns at
 * a time is turned in registers.
 */
function packColumns<T>(to: usize, from: usize, pitch: usize, columns: i32, depth: i32): void {
  const width = tileColumns<T>();
  const lanes = width >> 1;
  const turned = columns == width ? depth & ~(lanes - 1) : 0;
  for (let half: usize = 0; half < 2; half++) {
    let source = from + half * <usize>lanes * pitch;
    let target = to + half * VECTOR;
    for (let p = 0; p < turned; p += lanes, source += VECTOR, target += VECTOR * 2 * <usize>lanes) {
      turn<T>(target, source, pitch);
    }
  }
  for (let p = turned; p < depth; p++) {
    for (let j = 0; j < width; j++) {
      const value = j < columns ? load<T>(at<T>(from + <usize>j * pitch, p)) : <T>0;
      store<T>(at<T>(to, p * width + j), value);
    }
  }
}

/** Transposes a square of one vector a side: rows at `pitch` in the source, at two vectors in the target. */
@inline
function turn<T>(target: usize, source: usize, pitch: usize): void {
  const x0 = v128.load(source);
  const x1 = v128.load(source + pitch);
  if (sizeof<T>() == 8) {
    v128.store(target, v128.shuffle<f64>(x0, x1, 0, 2));
    v128.store(target, v128.shuffle<f64>(x0, x1, 1, 3), 2 * VECTOR);
    return;
  }
  const x2 = v128.load(source + 2 * pitch);
  const x3 = v128.load(source + 3 * pitch);
  const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<f64>(low01, low23, 0, 2));
  v128.store(target, v128.shuffle<f64>(low01, low23, 1, 3), 2 * VECTOR);
  v128.store(target, v128.shuffle<f64>(high01, high23, 0, 2), 4 * VECTOR);
  v128.store(target, v128.shuffle<f64>(high01, high23, 1, 3), 6 * VECTOR);
}

/** Packs columns [0, columns) of `depth` rows of op(B) into panels. `b` points at the first element. */
export function packB<T>(
  to: usize, b: usize, pitch: usize, transposed: bool, columns: i32, depth: i32,
): void {
  const width = tileColumns<T>();
  for (let j = 0; j < columns; j += width, to += <usize>depth * 2 * VECTOR) {
    const count = min(width, columns - j);
    if (transposed) packColumns<T>(to, b + <usize>j * pitch, pitch, count, depth);
    else packRows<T>(to, at<T>(b, j), pitch, count, depth);
  }
}

/**
 * Copies a transposed block of A (depth × rows) row by row into consecutive memory, `rows` elements a row.
 */
export function packA<T>(to: usize, a: usize, pitch: usize, rows: i32, depth: i32): void {
  const bytes = <usize>rows * sizeof<T>();
  for (let p = 0; p < depth; p++, a += pitch, to += bytes) memory.copy(to, a, bytes);
}

/** Multiplies whole vectors in place. */
function scaleAll<T>(from: usize, bytes: usize, alpha: T): void {
  const factor = v128.splat<T>(alpha);
  for (const end = from + bytes; from < end; from += VECTOR) {
    v128.store(from, v128.mul<T>(v128.load(from), factor));
  }
}

/**
 * At most 260 rows × `blockColumns` columns of the product. `scratch` holds the packed blocks: 800 kB in
 * double precision, which is less than the megabyte that the host gives everybody.
 */
export function block<T>(
  out: usize, outPitch: usize, accumulate: bool,
  a: usize, aPitch: usize, transposeA: bool,
  b: usize, bPitch: usize, transposeB: bool,
  rows: i32, columns: i32, k: i32,
  alpha: T, semiring: i32, scratch: usize,
): void {
  const spare = scratch;
  const edge = scratch + <usize>MOST_TILE_ROWS * 2 * VECTOR;
  const packedB = edge + <usize>(DEPTH * MOST_TILE_ROWS) * sizeof<f64>();
  const packedA = packedB + <usize>(DEPTH * BLOCK_PANELS) * 2 * VECTOR;
  const width = tileColumns<T>();
  // At least once: a product over nothing is 0.
  let p = 0;
  do {
    const depth = min(DEPTH, k - p);
    const fresh = !accumulate && p == 0;
    packB<T>(packedB, transposeB ? at<T>(b, p) : b + <usize>p * bPitch, bPitch, transposeB, columns, depth);
    const panels = <usize>((columns + width - 1) / width);
    if (alpha != 1) scaleAll<T>(packedB, <usize>depth * panels * 2 * VECTOR, alpha);
    let rowsOfA = a + <usize>p * sizeof<T>();
    let rowStep = aPitch;
    let step = sizeof<T>();
    if (transposeA) {
      packA<T>(packedA, a + <usize>p * aPitch, aPitch, rows, depth);
      rowsOfA = packedA;
      rowStep = sizeof<T>();
      step = <usize>rows * sizeof<T>();
    }
    const height = isSumProduct(semiring) ? tileRows<SumProduct>() : TILE_ROWS;
    packEdge<T>(edge, rowsOfA, rowStep, step, rows, depth, height);
    let packed = packedB;
    for (let j = 0; j < columns; j += width, packed += <usize>depth * 2 * VECTOR) {
      panelIn<T>(
        semiring, at<T>(out, j), outPitch, fresh, rowsOfA, rowStep, step, rows, edge,
        packed, min(width, columns - j), depth, spare,
      );
    }
    p += DEPTH;
  } while (p < k);
}
