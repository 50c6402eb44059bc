/** Rows by number, orders of rows, and pairs of bits. */
import type { FloatArray } from "../../matrix/float-array.ts";
import { checkIndexedRows, checkOrder, checkPairCounts, nanInRow, refuseNaNs } from "../checks.ts";
import type { ArgsortRows, IndexedRows, PairCountShape, TopKRows } from "../shapes.ts";
import { tsGatherRows, tsScatterAddRows } from "../ts/indices.ts";
import { elementBytes, kindOf } from "./arena.ts";
import type { Engine } from "./engine.ts";
import { kernelName } from "./kernel-names.ts";
import { withOperands } from "./operands.ts";
import { CHUNK_ELEMENTS, chunkRows, floatKind } from "./partition.ts";

/** The most shares of the rows that are added to, each of which looks at all ids. */
const SCATTER_SHARES = 16;
/** The most shares of the rows that are sorted, each of which has room for one. */
const SORT_SHARES = 8;

/** Whether both arrays are in the arena already, in one precision: copying them whole would cost more than the rows. */
function inPlace({ arena }: Engine, out: FloatArray, x: FloatArray): boolean {
  return kindOf(out) === kindOf(x) && arena.owns(out) && arena.owns(x);
}

/** {@link Backend.gatherRowsInto} and {@link Backend.scatterAddRowsInto} */
export function indexedRows(
  engine: Engine,
  out: FloatArray,
  x: FloatArray,
  ids: Int32Array,
  shape: IndexedRows,
  add: boolean,
): void {
  checkIndexedRows(out, x, ids, shape, add);
  const { rows, cols } = shape;
  const { length } = ids;
  if (!inPlace(engine, out, x)) {
    (add ? tsScatterAddRows : tsGatherRows)(out, x, ids, cols);
    return;
  }
  const kind = floatKind(out);
  const shares = Math.max(1, Math.min(SCATTER_SHARES, Math.ceil((length * cols) / CHUNK_ELEMENTS)));
  const [all, height] = add ? [rows, Math.max(1, Math.ceil(rows / shares))] : [length, chunkRows(cols)];
  withOperands(engine.arena, (operands) => {
    const at = [out.byteOffset, x.byteOffset, operands.input(ids, length, "integer"), length, cols];
    const integers = add ? [...at, rows, height] : [...at, height];
    engine.call(kernelName(add ? "scatterAdd" : "gather", kind), Math.ceil(all / height), integers);
  });
}

/** {@link Backend.topKRowsInto} */
export function topKRows(engine: Engine, out: Int32Array, x: FloatArray, shape: TopKRows): void {
  const { rows, cols, k } = shape;
  checkOrder(out, x, shape, k);
  if (k === 0) {
    refuseNaNs(x, shape);
    return;
  }
  const kind = floatKind(x);
  withOperands(engine.arena, (operands) => {
    const height = chunkRows(cols);
    const nans = operands.work(rows, "integer");
    const integers = [
      operands.output(out, rows * k, "integer", false),
      operands.input(x, rows * cols, kind),
      ...[rows, cols, k, height, nans],
    ];
    engine.call(kernelName("topK", kind), Math.ceil(rows / height), integers);
    refuseMarked(engine.arena.view("integer", nans, rows));
  });
}

/** {@link Backend.argsortRowsInto} */
export function argsortRows(engine: Engine, out: Int32Array, x: FloatArray, shape: ArgsortRows): void {
  const { rows, cols, descending = false } = shape;
  checkOrder(out, x, shape, cols);
  if (rows * cols === 0) return;
  const kind = floatKind(x);
  withOperands(engine.arena, (operands) => {
    const shares = Math.min(SORT_SHARES, rows);
    const bytes = Math.ceil((cols * (2 * elementBytes(kind) + 4)) / 8) * 8;
    const nans = operands.work(rows, "integer");
    const integers = [
      operands.output(out, rows * cols, "integer", false),
      operands.input(x, rows * cols, kind),
      ...[rows, cols, Number(descending), shares, operands.work((shares * bytes) / 8, "double"), bytes, nans],
    ];
    engine.call(kernelName("argsort", kind), shares, integers);
    refuseMarked(engine.arena.view("integer", nans, rows));
  });
}

/** @throws InvalidArgumentError for the first row in which a kernel has found a NaN */
function refuseMarked(columns: ArrayLike<number>): void {
  for (let i = 0; i < columns.length; i++) if (columns[i] >= 0) throw nanInRow(i, columns[i]);
}

/** {@link Backend.pairCountsInto} */
export function pairCounts(
  engine: Engine,
  out: Int32Array,
  a: Int32Array,
  b: Int32Array,
  shape: PairCountShape,
): void {
  checkPairCounts(out, a, b, shape);
  const { m, n, words } = shape;
  withOperands(engine.arena, (operands) => {
    const height = chunkRows(n * Math.max(1, words));
    const integers = [
      operands.output(out, m * n, "integer", false),
      operands.input(a, m * words, "integer"),
      operands.input(b, n * words, "integer"),
      ...[m, n, words, height],
    ];
    engine.call("pairCounts", Math.ceil(m / height), integers);
  });
}
