/**
 * The components that have been solved. A component's key is its variables and long clauses, written as
 * differences, mostly one byte each. Entries are kept in the order of their making, in chains per hash value with
 * the newest first, so that everything made since some moment can be forgotten at once.
 *
 * Forgetting is needed for correctness: under a partial assignment that turns out to contradict the formula,
 * learned clauses may carry the contradiction of one component into a count of another (T. Sang et al.,
 * "Combining component caching and clause learning for effective model counting", SAT 2004, section 4).
 */
import type { IntStack } from "./growable.ts";

/** A table from components to nodes; entries are numbered in the order of their making. */
export interface ComponentCache {
  /** Number of entries ever made and not forgotten. */
  readonly size: number;
  readonly hits: number;
  readonly lookups: number;
  /** The node of the component at `record`, or -1; in that case an open entry is made. */
  find(records: IntStack, record: number): number;
  /** The entry that the last `find` made. */
  readonly made: number;
  settle(entry: number, node: number): void;
  /** Forgets all entries from the number `size` on. */
  forget(size: number): void;
}

/** An empty cache that keeps at most about `byteLimit` bytes of keys: beyond, the older half is dropped. */
export function componentCache(byteLimit: number): ComponentCache {
  let heads = new Int32Array(1 << 12).fill(-1);
  let capacity = 1 << 12;
  let next = new Int32Array(capacity);
  let hashes = new Int32Array(capacity);
  let nodes = new Int32Array(capacity);
  let starts = new Float64Array(capacity);
  let lengths = new Int32Array(capacity);
  let bytes = new Uint8Array(1 << 16);
  let used = 0;
  let size = 0;
  let hits = 0;
  let lookups = 0;

  const rechain = (): void => {
    heads.fill(-1);
    for (let entry = 0; entry < size; entry++) {
      if (lengths[entry] === 0) continue;
      const slot = hashes[entry] & (heads.length - 1);
      next[entry] = heads[slot];
      heads[slot] = entry;
    }
  };
  const grow = (): void => {
    capacity *= 2;
    const copy = (from: Int32Array): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(capacity);
      to.set(from);
      return to;
    };
    [next, hashes, nodes, lengths] = [copy(next), copy(hashes), copy(nodes), copy(lengths)];
    const moved = new Float64Array(capacity);
    moved.set(starts);
    starts = moved;
    heads = new Int32Array(capacity);
    rechain();
  };
  /** Drops the older half of the keys; the entries' numbers stay. Open entries are needed no more than others. */
  const dropHalf = (): void => {
    let kept = 0;
    const from = used / 2;
    for (let entry = 0; entry < size; entry++) {
      if (lengths[entry] === 0) continue;
      if (starts[entry] < from) lengths[entry] = 0;
      else {
        bytes.copyWithin(kept, starts[entry], starts[entry] + lengths[entry]);
        starts[entry] = kept;
        kept += lengths[entry];
      }
    }
    used = kept;
    rechain();
  };
  const room = (need: number): void => {
    if (used + need > byteLimit) dropHalf();
    if (used + need <= bytes.length) return;
    const grown = new Uint8Array(Math.max(used + need, 2 * bytes.length));
    grown.set(bytes.subarray(0, used));
    bytes = grown;
  };
  /** Writes a key at `used`; returns its length. Five bytes per number suffice, one mostly. */
  const write = (data: Int32Array, record: number): number => {
    const count = data[record] + data[record + 1];
    room(5 * (count + 1));
    let at = writeNumber(bytes, used, data[record]);
    let before = -1;
    for (let i = 0; i < count; i++) {
      if (i === data[record]) before = -1;
      const value = data[record + 2 + i];
      at = writeNumber(bytes, at, value - before - 1);
      before = value;
    }
    return at - used;
  };
  const same = (entry: number, length: number): boolean => {
    if (lengths[entry] !== length) return false;
    const start = starts[entry];
    for (let i = 0; i < length; i++) if (bytes[start + i] !== bytes[used + i]) return false;
    return true;
  };

  return {
    get size() {
      return size;
    },
    get hits() {
      return hits;
    },
    get lookups() {
      return lookups;
    },
    get made() {
      return size - 1;
    },
    find(records, record) {
      lookups++;
      const length = write(records.data, record);
      const hash = hashOf(bytes, used, length);
      for (let entry = heads[hash & (heads.length - 1)]; entry >= 0; entry = next[entry]) {
        if (hashes[entry] === hash && nodes[entry] >= 0 && same(entry, length)) {
          hits++;
          return nodes[entry];
        }
      }
      if (size === capacity) grow();
      const entry = size++;
      hashes[entry] = hash;
      nodes[entry] = -1;
      starts[entry] = used;
      lengths[entry] = length;
      used += length;
      const slot = hash & (heads.length - 1);
      next[entry] = heads[slot];
      heads[slot] = entry;
      return -1;
    },
    settle(entry, node) {
      nodes[entry] = node;
    },
    forget(to) {
      for (; size > to; size--) {
        const entry = size - 1;
        if (lengths[entry] === 0) continue;
        heads[hashes[entry] & (heads.length - 1)] = next[entry];
        used = starts[entry];
      }
    },
  };
}

function writeNumber(bytes: Uint8Array, at: number, value: number): number {
  if (value < 255) {
    bytes[at] = value;
    return at + 1;
  }
  bytes[at] = 255;
  for (let i = 1; i <= 4; i++) bytes[at + i] = value >>> (8 * (i - 1));
  return at + 5;
}

function hashOf(bytes: Uint8Array, from: number, length: number): number {
  let hash = length;
  for (let i = from; i < from + length; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
