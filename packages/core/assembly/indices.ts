/** Rows by number: gathered, and added up where they belong. */
import { VECTOR, address, at, int } from "./lanes";

/** out[i] = x[ids[i]]. Slots: out, x, ids, how many, cols, ids of a chunk. */
export function gatherChunk<T>(args: usize, chunk: i32, scratch: usize): void {
  const bytes = <usize>int(args, 4) * sizeof<T>();
  const size = int(args, 5);
  const last = min(int(args, 3), (chunk + 1) * size);
  for (let i = chunk * size; i < last; i++) {
    const id = load<i32>(at<i32>(address(args, 2), i));
    memory.copy(address(args, 0) + <usize>i * bytes, address(args, 1) + <usize>id * bytes, bytes);
  }
}

/**
 * out[ids[i]] += x[i], in the order of i. Slots: out, x, ids, how many, cols, rows of out, of which a chunk has so
 * many: every chunk looks at all ids and adds those that are its own.
 */
export function scatterAddChunk<T>(args: usize, chunk: i32, scratch: usize): void {
  const bytes = <usize>int(args, 4) * sizeof<T>();
  const size = int(args, 6);
  const first = chunk * size;
  const own = <u32>min(size, int(args, 5) - first);
  const count = int(args, 3);
  let x = address(args, 1);
  for (let i = 0; i < count; i++, x += bytes) {
    const id = load<i32>(at<i32>(address(args, 2), i));
    if (<u32>(id - first) < own) addRow<T>(address(args, 0) + <usize>id * bytes, x, bytes);
  }
}

function addRow<T>(out: usize, x: usize, bytes: usize): void {
  const whole = bytes & ~(VECTOR - 1);
  for (let o: usize = 0; o < whole; o += VECTOR) {
    v128.store(out + o, v128.add<T>(v128.load(out + o), v128.load(x + o)));
  }
  for (let o = whole; o < bytes; o += sizeof<T>()) store<T>(out + o, <T>(load<T>(out + o) + load<T>(x + o)));
}
