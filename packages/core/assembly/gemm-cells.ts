/**
 * Which part of a product, or of a batch of products, a chunk is, and what its sums begin with. See `gemm.ts`.
 */
import { TILE_ROWS, block } from "./gemm";
import { thin } from "./gemm-thin";
import { VECTOR, address, at, int, real } from "./lanes";

/** What the sums begin with where there are vectors: 0 or the old value, and one of each. */
function begin<T>(
  out: usize, pitch: usize, rows: i32, columns: i32, accumulate: bool, rowVector: usize, columnVector: usize,
): void {
  const bytes = <usize>columns * sizeof<T>();
  const whole = bytes & ~(VECTOR - 1);
  for (let i = 0; i < rows; i++, out += pitch) {
    const value = rowVector == 0 ? <T>0 : load<T>(at<T>(rowVector, i));
    if (!accumulate) memory.fill(out, 0, bytes);
    const values = v128.splat<T>(value);
    let o: usize = 0;
    for (; o < whole; o += VECTOR) {
      let sum = v128.add<T>(v128.load(out + o), values);
      if (columnVector != 0) sum = v128.add<T>(sum, v128.load(columnVector + o));
      v128.store(out + o, sum);
    }
    for (; o < bytes; o += sizeof<T>()) {
      let sum = <T>(load<T>(out + o) + value);
      if (columnVector != 0) sum = <T>(sum + load<T>(columnVector + o));
      store<T>(out + o, sum);
    }
  }
}

// Slots of a product.
const OUT = 0;
const A = 1;
const B = 2;
const M = 3;
const N = 4;
const K = 5;
const TRANSPOSE_A = 6;
const TRANSPOSE_B = 7;
const ACCUMULATE = 8;
/** Rows and columns of a cell: the cells of a product form a grid, columns fastest. */
const CELL_ROWS = 9;
const CELL_COLUMNS = 10;
const BATCH = 11;
/** Cells of a chunk. */
const CELLS = 12;
/** Addresses, 0 if there is no such vector. */
const ROW_VECTOR = 13;
const COLUMN_VECTOR = 14;
const SEMIRING = 15;
const ALPHA = 16;

/** A chunk is a number of cells, over all the products of the batch. */
export function gemmChunk<T>(args: usize, chunk: i32, scratch: usize): void {
  const across = (int(args, N) + int(args, CELL_COLUMNS) - 1) / int(args, CELL_COLUMNS);
  const grid = across * ((int(args, M) + int(args, CELL_ROWS) - 1) / int(args, CELL_ROWS));
  const first = chunk * int(args, CELLS);
  const last = min(first + int(args, CELLS), int(args, BATCH) * grid);
  for (let cell = first; cell < last; cell++) {
    const place = cell % grid;
    gemmCell<T>(args, cell / grid, place / across, place % across, scratch);
  }
}

function gemmCell<T>(args: usize, item: i32, down: i32, right: i32, scratch: usize): void {
  const m = int(args, M);
  const n = int(args, N);
  const k = int(args, K);
  const transposeA = int(args, TRANSPOSE_A) != 0;
  const transposeB = int(args, TRANSPOSE_B) != 0;
  let accumulate = int(args, ACCUMULATE) != 0;
  const alpha = real<T>(args, ALPHA);
  const i = down * int(args, CELL_ROWS);
  const j = right * int(args, CELL_COLUMNS);
  const rows = min(int(args, CELL_ROWS), m - i);
  const columns = min(int(args, CELL_COLUMNS), n - j);
  const aPitch = <usize>(transposeA ? m : k) * sizeof<T>();
  const bPitch = <usize>(transposeB ? k : n) * sizeof<T>();
  const outPitch = <usize>n * sizeof<T>();
  const a = address(args, A) + <usize>item * <usize>m * <usize>k * sizeof<T>();
  const b = address(args, B) + <usize>item * <usize>k * outPitch;
  const out = at<T>(address(args, OUT) + (<usize>item * <usize>m + <usize>i) * outPitch, j);
  const bFrom = transposeB ? b + <usize>j * bPitch : at<T>(b, j);
  const rowVector = address(args, ROW_VECTOR);
  const columnVector = address(args, COLUMN_VECTOR);
  if (rowVector != 0 || columnVector != 0) {
    const rowFrom = rowVector == 0 ? <usize>0 : at<T>(rowVector, i);
    const columnFrom = columnVector == 0 ? <usize>0 : at<T>(columnVector, j);
    begin<T>(out, outPitch, rows, columns, accumulate, rowFrom, columnFrom);
    accumulate = true;
  }
  if (m < TILE_ROWS) {
    const rowStep = transposeA ? sizeof<T>() : aPitch;
    const step = transposeA ? aPitch : sizeof<T>();
    thin<T>(
      int(args, SEMIRING), out, outPitch, accumulate, a, rowStep, step,
      bFrom, bPitch, transposeB, m, columns, k, alpha,
    );
    return;
  }
  block<T>(
    out, outPitch, accumulate,
    transposeA ? at<T>(a, i) : a + <usize>i * aPitch, aPitch, transposeA,
    bFrom, bPitch, transposeB,
    rows, columns, k,
    alpha, int(args, SEMIRING), scratch,
  );
}
