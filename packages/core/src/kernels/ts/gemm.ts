/**
 * The dense matrix product in TypeScript, after K. Goto and R. van de Geijn, "Anatomy of high-performance matrix
 * multiplication" (ACM TOMS 34(3), 2008): blocks of both operands are packed into strips of four rows or
 * columns, contiguous in the order in which a 4 × 4 tile of the result, held in local variables, consumes them.
 *
 * Packing always widens to double precision. So the inner loop only ever sees Float64Arrays, and stays fast
 * when an application mixes precisions (V8 slows down functions that meet several kinds of typed array); and
 * sums are made in double precision whatever the result's. Products with fewer than four rows or columns, where
 * packing would cost as much as multiplying, take a path of their own.
 */
import type { FloatArray } from "../../matrix/float-array.ts";
import type { GemmShape } from "../shapes.ts";

/** Rows and columns of a tile. */
const TILE = 4;
/** Block sides: a strip of KC terms fits the first cache, the packed blocks (0.5 MB, 0.25 MB) the second. */
const KC = 256;
const NC = 256;
const MC = 128;

/** An operand: element (i, p) of m × k, or (p, i) of k × n, is `data[i·outer + p·inner]`; p is the summed index. */
interface Operand {
  readonly data: FloatArray;
  readonly outer: number;
  readonly inner: number;
}

/** Multiplications below which the products of a batch are not worth packing. */
const SMALL = 8192;

/** out = op(a) · op(b), or += , for each of the batch; arguments already checked. */
export function tsGemm(out: FloatArray, a: FloatArray, b: FloatArray, shape: GemmShape): void {
  const { m, n, k, batch = 1 } = shape;
  if (batch === 1) {
    multiply(out, a, b, shape);
    return;
  }
  for (let i = 0; i < batch; i++) {
    const part = (data: FloatArray, size: number) => data.subarray(i * size, (i + 1) * size);
    if (m * n * k < SMALL) multiplySmall(out, i * m * n, a, i * m * k, b, i * k * n, shape);
    else multiply(part(out, m * n), part(a, m * k), part(b, k * n), shape);
  }
}

function multiply(out: FloatArray, a: FloatArray, b: FloatArray, shape: GemmShape): void {
  const { m, n, k, alpha = 1 } = shape;
  beginInto(out, 0, shape);
  if (k === 0) return;
  const left = shape.transposeA === true ? operand(a, 1, m) : operand(a, k, 1);
  const right = shape.transposeB === true ? operand(b, k, 1) : operand(b, 1, n);
  if (m < TILE) thin(out, n, 1, left, m, right, n, k, alpha);
  else if (n < TILE) thin(out, 1, n, right, n, left, m, k, alpha);
  else blocked(out, left, right, m, n, k, alpha);
}

/** What the sums begin with: 0 or what is there, and the vectors. */
function beginInto(out: FloatArray, at: number, shape: GemmShape): void {
  const { m, n, accumulate = false, rowVector, columnVector } = shape;
  if (!accumulate) out.fill(0, at, at + m * n);
  if (rowVector === undefined && columnVector === undefined) return;
  for (let i = 0; i < m; i++) {
    const row = rowVector === undefined ? 0 : rowVector[i];
    for (let j = 0; j < n; j++, at++) out[at] += row + (columnVector === undefined ? 0 : columnVector[j]);
  }
}

function multiplySmall(
  out: FloatArray,
  outAt: number,
  a: FloatArray,
  aAt: number,
  b: FloatArray,
  bAt: number,
  shape: GemmShape,
): void {
  const { m, n, k, transposeA = false, transposeB = false, alpha = 1 } = shape;
  const [aRow, aStep] = transposeA ? [1, m] : [k, 1];
  const [bCol, bStep] = transposeB ? [k, 1] : [1, n];
  beginInto(out, outAt, shape);
  for (let i = 0, to = outAt; i < m; i++) {
    for (let j = 0; j < n; j++, to++) {
      let sum = 0;
      let left = aAt + i * aRow;
      let right = bAt + j * bCol;
      for (let p = 0; p < k; p++, left += aStep, right += bStep) sum += a[left] * b[right];
      out[to] += alpha * sum;
    }
  }
}

function operand(data: FloatArray, outer: number, inner: number): Operand {
  return { data, outer, inner };
}

function blocked(
  out: FloatArray,
  a: Operand,
  b: Operand,
  m: number,
  n: number,
  k: number,
  alpha: number,
): void {
  const depth = Math.min(KC, k);
  const packedA = new Float64Array(depth * padded(Math.min(MC, m)));
  const packedB = new Float64Array(depth * padded(Math.min(NC, n)));
  const tile = new Float64Array(TILE * TILE);
  for (let j0 = 0; j0 < n; j0 += NC) {
    const nc = Math.min(NC, n - j0);
    for (let p0 = 0; p0 < k; p0 += KC) {
      const kc = Math.min(KC, k - p0);
      pack(packedB, b, j0, nc, p0, kc, alpha);
      for (let i0 = 0; i0 < m; i0 += MC) {
        const mc = Math.min(MC, m - i0);
        pack(packedA, a, i0, mc, p0, kc, 1);
        for (let j = 0; j < nc; j += TILE) {
          for (let i = 0; i < mc; i += TILE) {
            multiplyTile(tile, packedA, i * kc, packedB, j * kc, kc);
            addTile(out, n, tile, i0 + i, j0 + j, Math.min(TILE, mc - i), Math.min(TILE, nc - j));
          }
        }
      }
    }
  }
}

function padded(side: number): number {
  return Math.ceil(side / TILE) * TILE;
}

/** Packs `count` outer indices from `first` and `depth` inner ones from `p0`, times a factor, into strips, the last padded by 0. */
function pack(
  packed: Float64Array,
  source: Operand,
  first: number,
  count: number,
  p0: number,
  depth: number,
  factor: number,
): void {
  const { data, outer, inner } = source;
  let at = 0;
  for (let strip = 0; strip < count; strip += TILE) {
    const width = Math.min(TILE, count - strip);
    let from = (first + strip) * outer + p0 * inner;
    for (let p = 0; p < depth; p++, from += inner, at += TILE) {
      for (let r = 0; r < width; r++) packed[at + r] = factor * data[from + r * outer];
      for (let r = width; r < TILE; r++) packed[at + r] = 0;
    }
  }
}

/** tile = (strip of a) · (strip of b), sixteen sums in registers. */
function multiplyTile(
  tile: Float64Array,
  a: Float64Array,
  atA: number,
  b: Float64Array,
  atB: number,
  depth: number,
): void {
  let [c00, c01, c02, c03] = [0, 0, 0, 0];
  let [c10, c11, c12, c13] = [0, 0, 0, 0];
  let [c20, c21, c22, c23] = [0, 0, 0, 0];
  let [c30, c31, c32, c33] = [0, 0, 0, 0];
  let i = atA;
  let j = atB;
  for (const end = atA + depth * TILE; i < end; i += TILE, j += TILE) {
    const b0 = b[j];
    const b1 = b[j + 1];
    const b2 = b[j + 2];
    const b3 = b[j + 3];
    const a0 = a[i];
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    const a1 = a[i + 1];
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    const a2 = a[i + 2];
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    const a3 = a[i + 3];
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
  }
  tile[0] = c00;
  tile[1] = c01;
  tile[2] = c02;
  tile[3] = c03;
  tile[4] = c10;
  tile[5] = c11;
  tile[6] = c12;
  tile[7] = c13;
  tile[8] = c20;
  tile[9] = c21;
  tile[10] = c22;
  tile[11] = c23;
  tile[12] = c30;
  tile[13] = c31;
  tile[14] = c32;
  tile[15] = c33;
}

function addTile(
  out: FloatArray,
  stride: number,
  tile: Float64Array,
  row: number,
  col: number,
  height: number,
  width: number,
): void {
  for (let r = 0; r < height; r++) {
    const at = (row + r) * stride + col;
    for (let c = 0; c < width; c++) out[at + c] += tile[r * TILE + c];
  }
}

/**
 * Products with few rows: out[i·outOuter + j·outInner] += Σ few[i, p] · many[j, p], row by row in double
 * precision, reading `many` in the order of its memory.
 */
function thin(
  out: FloatArray,
  outOuter: number,
  outInner: number,
  few: Operand,
  fewCount: number,
  many: Operand,
  manyCount: number,
  k: number,
  alpha: number,
): void {
  const row = new Float64Array(k);
  const sums = new Float64Array(manyCount);
  for (let i = 0; i < fewCount; i++) {
    for (let p = 0; p < k; p++) row[p] = alpha * few.data[i * few.outer + p * few.inner];
    if (many.inner === 1) dotsInto(sums, row, many.data, many.outer);
    else weightedSumInto(sums, row, many.data, many.inner);
    for (let j = 0; j < manyCount; j++) out[i * outOuter + j * outInner] += sums[j];
  }
}

/** sums[j] = row · (row j of a matrix with that stride), in four interleaved sums. */
function dotsInto(sums: Float64Array, row: Float64Array, data: FloatArray, stride: number): void {
  const k = row.length;
  for (let j = 0; j < sums.length; j++) {
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    const at = j * stride;
    let p = 0;
    for (; p + 3 < k; p += 4) {
      s0 += row[p] * data[at + p];
      s1 += row[p + 1] * data[at + p + 1];
      s2 += row[p + 2] * data[at + p + 2];
      s3 += row[p + 3] * data[at + p + 3];
    }
    for (; p < k; p++) s0 += row[p] * data[at + p];
    sums[j] = s0 + s1 + (s2 + s3);
  }
}

/** sums = Σ row[p] · (row p of a matrix with that stride). */
function weightedSumInto(sums: Float64Array, row: Float64Array, data: FloatArray, stride: number): void {
  sums.fill(0);
  for (let p = 0; p < row.length; p++) {
    const weight = row[p];
    const at = p * stride;
    for (let j = 0; j < sums.length; j++) sums[j] += weight * data[at + j];
  }
}
