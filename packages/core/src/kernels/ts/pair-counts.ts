/** Pairs of bits: counts[i, j] = Σ over words of the 1 bits of a[i] & b[j]. */
import type { PairCountShape } from "../shapes.ts";

/** Arguments already checked. */
export function tsPairCounts(out: Int32Array, a: Int32Array, b: Int32Array, shape: PairCountShape): void {
  const { m, n, words } = shape;
  for (let i = 0, to = 0; i < m; i++) {
    for (let j = 0; j < n; j++, to++) {
      let count = 0;
      for (let w = 0, x = i * words, y = j * words; w < words; w++) count += bitCount(a[x + w] & b[y + w]);
      out[to] = count;
    }
  }
}

/** The number of 1 bits of a 32-bit integer: pairs, nibbles and bytes side by side. */
function bitCount(x: number): number {
  let n = x - ((x >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
