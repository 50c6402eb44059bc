/**
 * Memory for one step of a computation, taken piece by piece and given back all at once: a pointer moves through
 * one large array, and beginning anew sets it to the start. A step that does what the last one did gets the very
 * same views, so that it allocates nothing at all.
 *
 * When a step needs more, further arrays are added, each as large as all before it; the next step finds one array of
 * the size that this one needed. So between steps memory is what the largest step so far needed, within a step at most
 * about four times that, and it never grows with the number of steps.
 */
import type { Backend } from "../kernels/backend.ts";
import type { FloatArray, Precision } from "../matrix/float-array.ts";

/** Pieces begin at multiples of so many numbers: 16 bytes or more, as vector instructions like it. */
const ALIGNMENT = 4;
const SMALLEST = 1024;

/** How much memory an arena holds, in bytes. */
export interface ArenaMemory {
  /** What it keeps between steps. */
  readonly reserved: number;
  /** What the current step has taken. */
  readonly used: number;
}

/** Memory that is given back all at once. */
export interface Arena {
  /** A piece with whatever was left in it; it is the caller's until the next {@link Arena.reset}. */
  take(length: number): FloatArray;
  /** Takes everything back. */
  reset(): void;
  memory(): ArenaMemory;
  /** Gives the memory to the backend. The arena can be used again afterwards. */
  release(): void;
}

/** An arena of a backend's memory. */
export function arena(backend: Backend, precision: Precision): Arena {
  let chunks: FloatArray[] = [];
  /** The views of the current step, in the order in which they were taken, and maybe more from the last one. */
  let views: FloatArray[] = [];
  let taken = 0;
  let chunk = 0;
  let position = 0;
  let used = 0;

  const capacity = () => chunks.reduce((sum, each) => sum + each.length, 0);
  const grow = (length: number) => {
    chunks.push(backend.allocate(precision, Math.max(length, capacity(), SMALLEST)));
    chunk = chunks.length - 1;
    position = 0;
  };
  const release = () => {
    for (const each of chunks) backend.release(each);
    chunks = [];
    views = [];
  };
  const rewind = () => {
    taken = 0;
    chunk = 0;
    position = 0;
    used = 0;
  };

  return {
    take(length) {
      // A chunk that is passed over stays empty until the next step, which finds all of them joined.
      if (chunks.length === 0 || position + length > chunks[chunk].length) grow(length);
      const from = chunks[chunk];
      const known = views[taken];
      const start = from.byteOffset + position * from.BYTES_PER_ELEMENT;
      const same =
        known !== undefined &&
        known.length === length &&
        known.byteOffset === start &&
        known.buffer === from.buffer;
      const view = same ? known : from.subarray(position, position + length);
      if (!same) views[taken] = view;
      taken++;
      const size = Math.ceil(length / ALIGNMENT) * ALIGNMENT;
      position += size;
      used += size;
      return view;
    },
    reset() {
      if (chunks.length > 1) {
        const needed = used;
        release();
        grow(needed);
      }
      // Views beyond those of the last step belong to an older, larger one.
      views.length = taken;
      rewind();
    },
    memory() {
      const bytes = precision === "float32" ? 4 : 8;
      return { reserved: capacity() * bytes, used: used * bytes };
    },
    release() {
      release();
      rewind();
    },
  };
}
