/** How calls are cut into chunks: by their shapes alone, so that no result depends on the number of threads. */
import type { FloatArray } from "../../matrix/float-array.ts";

/** Elements of a chunk of an elementwise kernel. */
export const CHUNK_ELEMENTS = 16384;

/** The kind of a float array. */
export function floatKind(array: FloatArray): "single" | "double" {
  return array instanceof Float32Array ? "single" : "double";
}

/** Rows of a chunk of a kernel that works row by row. */
export function chunkRows(cols: number): number {
  return Math.max(1, Math.floor(CHUNK_ELEMENTS / Math.max(1, cols)));
}
