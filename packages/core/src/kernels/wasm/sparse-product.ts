/**
 * Sparse by sparse matrices: the places of every row are counted, then room is made for them and filled, then what
 * came out as 0 is left behind. Rows are cut into at most 16 shares, fewer where the columns are so many that the
 * shares' rows of sums would take more than 32 MB.
 */
import { InvalidArgumentError } from "../../errors/credence-error.ts";
import { floatArray, precisionOf } from "../../matrix/float-array.ts";
import { type Csr, countsToOffsets } from "../../sparse/csr.ts";
import { checkCsrCsr } from "../checks.ts";
import type { Semiring } from "../shapes.ts";
import { elementBytes } from "./arena.ts";
import type { Engine } from "./engine.ts";
import { kernelName } from "./kernel-names.ts";
import { type Operands, withOperands } from "./operands.ts";
import { floatKind } from "./partition.ts";
import { semiringKernel } from "./products.ts";

const MOST_SHARES = 16;
const WORK_BYTES = 32 << 20;
/** Rows that are worth a share. */
const LEAST_ROWS = 32;

/** {@link Backend.multiplyCsrCsr} */
export function multiplyCsrCsr(engine: Engine, a: Csr, b: Csr, semiring: Semiring): Csr {
  checkCsrCsr(a, b, semiring);
  const kind = floatKind(a.values);
  const { rows } = a;
  return withOperands(engine.arena, (operands) => {
    // Two bitmaps and a row of sums, each a multiple of 8 bytes.
    const bits = Math.ceil(b.cols / 64);
    const bytes = 8 * (bits + Math.ceil(bits / 64) + Math.ceil((b.cols * elementBytes(kind)) / 8));
    const affordable = Math.max(1, Math.min(MOST_SHARES, Math.floor(WORK_BYTES / Math.max(1, bytes))));
    const height = Math.max(1, Math.ceil(rows / affordable), Math.min(LEAST_ROWS, rows));
    const shares = Math.ceil(rows / height);
    const counts = operands.work(rows, "integer");
    const common = [
      ...matrixOf(operands, a, kind),
      ...matrixOf(operands, b, kind),
      ...[rows, b.cols, height, operands.work((shares * bytes) / 8, "double"), bytes, counts],
    ];
    engine.call("sparseCount", shares, common);
    const places = new Int32Array(rows + 1);
    const countsOf = () => engine.arena.view("integer", counts, rows) as Int32Array;
    places.set(countsOf(), 1);
    checkPlaces(places);
    countsToOffsets(places);
    const room = places[rows];
    const indices = operands.work(room, "integer");
    const values = operands.work(room, kind);
    const at = operands.input(places, rows + 1, "integer");
    const { tag, number } = semiringKernel(semiring);
    const integers = [...common, at, indices, values, number];
    engine.call(kernelName(`sparse${tag}`, kind), shares, integers);

    const offsets = new Int32Array(rows + 1);
    offsets.set(countsOf(), 1);
    countsToOffsets(offsets);
    const result: Csr = {
      ...{ rows, cols: b.cols, offsets },
      indices: new Int32Array(offsets[rows]),
      values: floatArray(precisionOf(a.values), offsets[rows]),
    };
    const [from, data] = [engine.arena.view("integer", indices, room), engine.arena.view(kind, values, room)];
    for (let i = 0; i < rows; i++) {
      const [begin, end] = [places[i], places[i] + offsets[i + 1] - offsets[i]];
      if (begin === end) continue;
      result.indices.set(from.subarray(begin, end), offsets[i]);
      result.values.set(data.subarray(begin, end), offsets[i]);
    }
    return result;
  });
}

/** The three arrays of a matrix. */
function matrixOf(operands: Operands, m: Csr, kind: "single" | "double"): number[] {
  const entries = m.offsets[m.rows];
  return [
    operands.input(m.offsets, m.rows + 1, "integer"),
    operands.input(m.indices, entries, "integer"),
    operands.input(m.values, entries, kind),
  ];
}

/** @throws InvalidArgumentError */
function checkPlaces(counts: Int32Array): void {
  const places = counts.reduce((sum, count) => sum + count, 0);
  if (places < 2 ** 31) return;
  const hint = "Multiply a part of the rows at a time.";
  throw new InvalidArgumentError("the places of the product", places, "at most 2^31 - 1", hint);
}
