/** Dense products, and sparse matrices by vectors. */
import type { FloatArray } from "../../matrix/float-array.ts";
import type { Csr } from "../../sparse/csr.ts";
import { checkCsr, checkGemm } from "../checks.ts";
import type { CsrProduct, GemmShape, Semiring } from "../shapes.ts";
import { elementBytes } from "./arena.ts";
import type { Engine } from "./engine.ts";
import { kernelName, type SemiringTag } from "./kernel-names.ts";
import { withOperands } from "./operands.ts";
import { floatKind } from "./partition.ts";

/** The semirings' names in `assembly/fold.ts`. */
const semiringTags: Readonly<Record<Semiring, SemiringTag>> = {
  "sum-product": "SumProduct",
  "max-product": "MaxProduct",
  "max-min": "MaxMin",
  "max-lukasiewicz": "MaxLukasiewicz",
};

/** The semirings' numbers there. */
const semiringNumbers: Readonly<Record<Semiring, number>> = {
  "sum-product": 0,
  "max-product": 1,
  "max-min": 2,
  "max-lukasiewicz": 3,
};

/** Dense and sparse products by maxima share their code, and look at the number of the semiring. */
export function semiringKernel(semiring: Semiring): { tag: "SumProduct" | "Maximum"; number: number } {
  return { tag: semiring === "sum-product" ? "SumProduct" : "Maximum", number: semiringNumbers[semiring] };
}

/** Rows of a cell of a product: a multiple of the tile's 5, and what `block` in `assembly/gemm.ts` takes at most. */
const CELL_ROWS = 260;
/** Bytes of a row of a cell of a product, likewise; more where B is not packed. */
const CELL_ROW_BYTES = 1024;
const THIN_ROW_BYTES = 8192;
/** Products with fewer rows than a tile do not pack B. */
const TILE_ROWS = 5;
/** Multiplications that are worth a chunk: the small products of a batch share one. */
const CHUNK_PRODUCTS = 1 << 17;
/** Stored entries of a chunk of a sparse product. */
const CHUNK_ENTRIES = 32768;

/** {@link Backend.gemmInto} */
export function gemm(engine: Engine, out: FloatArray, a: FloatArray, b: FloatArray, shape: GemmShape): void {
  checkGemm(out, a, b, shape);
  if (shape.n === 1 && shape.m > 1) multiply(engine, out, b, a, transposed(shape));
  else multiply(engine, out, a, b, shape);
}

/** A column is stored like a row, and products with few rows are the ones that have a fast way. */
function transposed(shape: GemmShape): GemmShape {
  const { m, transposeA = false, rowVector, columnVector } = shape;
  const turned = { m: 1, n: m, transposeA: false, transposeB: !transposeA };
  return { ...shape, ...turned, rowVector: columnVector, columnVector: rowVector };
}

function multiply(engine: Engine, out: FloatArray, a: FloatArray, b: FloatArray, shape: GemmShape): void {
  const { m, n, k, batch = 1, transposeA = false, transposeB = false, accumulate = false } = shape;
  const { alpha = 1, rowVector, columnVector, semiring = "sum-product" } = shape;
  if (batch * m * n === 0) return;
  const kind = floatKind(out);
  const rowBytes = m < TILE_ROWS && !transposeB ? THIN_ROW_BYTES : CELL_ROW_BYTES;
  const columns = rowBytes / elementBytes(kind);
  const cells = batch * Math.ceil(m / CELL_ROWS) * Math.ceil(n / columns);
  const share =
    cells === batch ? Math.max(1, Math.min(batch, Math.floor(CHUNK_PRODUCTS / (m * n * (k + 1))))) : 1;
  withOperands(engine.arena, (operands) => {
    const { tag, number } = semiringKernel(semiring);
    const integers = [
      operands.output(out, batch * m * n, kind, accumulate),
      operands.input(a, batch * m * k, kind),
      operands.input(b, batch * k * n, kind),
      ...[m, n, k, Number(transposeA), Number(transposeB), Number(accumulate)],
      ...[CELL_ROWS, columns, batch, share],
      rowVector === undefined ? 0 : operands.input(rowVector, m, kind),
      columnVector === undefined ? 0 : operands.input(columnVector, n, kind),
      number,
    ];
    engine.call(kernelName(`gemm${tag}`, kind), Math.ceil(cells / share), integers, [alpha]);
  });
}

/** {@link Backend.multiplyCsrInto} */
export function multiplyCsr(
  engine: Engine,
  out: FloatArray,
  matrix: Csr,
  x: FloatArray,
  options: CsrProduct,
): void {
  checkCsr(out, matrix, x, options.semiring);
  const { semiring = "sum-product", accumulate = false } = options;
  const { rows, cols } = matrix;
  if (rows === 0) return;
  const kind = floatKind(out);
  const entries = matrix.offsets[rows];
  withOperands(engine.arena, (operands) => {
    const integers = [
      operands.output(out, rows, kind, accumulate),
      operands.input(matrix.offsets, rows + 1, "integer"),
      operands.input(matrix.indices, entries, "integer"),
      operands.input(matrix.values, entries, kind),
      operands.input(x, cols, kind),
      ...[rows, Number(accumulate), CHUNK_ENTRIES],
    ];
    // One more than full ones: empty rows after the last entry begin at its end.
    const chunks = Math.floor(entries / CHUNK_ENTRIES) + 1;
    engine.call(kernelName(`csr${semiringTags[semiring]}`, kind), chunks, integers);
  });
}
