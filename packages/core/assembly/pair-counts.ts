/** Pairs of bits: out[i, j] = Σ over words of the 1 bits of a[i] & b[j]. */
import { VECTOR, address, at, int } from "./lanes";

/** Vectors whose counts a byte can hold. */
const MOST: usize = 31 * VECTOR;

/** Slots: out (m × n), a (m × words), b (n × words), m, n, words, rows of a chunk. */
export function pairCountsChunk(args: usize, chunk: i32, scratch: usize): void {
  const n = int(args, 4);
  const size = int(args, 6);
  const bytes = <usize>int(args, 5) * 4;
  const last = min(int(args, 3), (chunk + 1) * size);
  for (let i = chunk * size; i < last; i++) {
    const a = address(args, 1) + <usize>i * bytes;
    let b = address(args, 2);
    let out = address(args, 0) + <usize>i * <usize>n * 4;
    for (let j = 0; j < n; j++, b += bytes, out += 4) store<i32>(out, commonBits(a, b, bytes));
  }
}

function commonBits(a: usize, b: usize, bytes: usize): i32 {
  const whole = bytes & ~(VECTOR - 1);
  let total = i32x4.splat(0);
  for (let o: usize = 0; o < whole; ) {
    const end = min(whole, o + MOST);
    let counts = i32x4.splat(0);
    for (; o < end; o += VECTOR) {
      counts = i8x16.add(counts, i8x16.popcnt(v128.and(v128.load(a + o), v128.load(b + o))));
    }
    const pairs = i16x8.extadd_pairwise_i8x16_u(counts);
    total = i32x4.add(total, i32x4.extadd_pairwise_i16x8_u(pairs));
  }
  let sum = i32x4.extract_lane(total, 0) + i32x4.extract_lane(total, 1);
  sum += i32x4.extract_lane(total, 2) + i32x4.extract_lane(total, 3);
  for (let o = whole; o < bytes; o += 4) sum += popcnt<i32>(load<i32>(a + o) & load<i32>(b + o));
  return sum;
}
