/** Numbers by pairs of numbers: open addressing with linear probing in flat arrays, at most half full. */

/** A growing table; both operations take O(1) on average. */
export interface PairTable {
  /** The number of a pair, -1 if it has none. */
  get(a: number, b: number): number;
  /** Gives a pair that has none a number. */
  set(a: number, b: number, value: number): void;
}

/** An empty table for integers from 0 to 2^31 - 1. */
export function pairTable(): PairTable {
  let first = new Int32Array(1024);
  let second = new Int32Array(1024);
  let values = new Int32Array(1024).fill(-1);
  let size = 0;
  /** Where the pair is, or should be. */
  const find = (a: number, b: number): number => {
    const mask = values.length - 1;
    const mixed = Math.imul(a, 0x9e3779b1) + b;
    const hash = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
    let at = (hash ^ (hash >>> 13)) & mask;
    while (values[at] >= 0 && (first[at] !== a || second[at] !== b)) at = (at + 1) & mask;
    return at;
  };
  const put = (a: number, b: number, value: number): void => {
    const at = find(a, b);
    first[at] = a;
    second[at] = b;
    values[at] = value;
  };
  const grow = (): void => {
    const before = { first, second, values };
    first = new Int32Array(2 * values.length);
    second = new Int32Array(2 * values.length);
    values = new Int32Array(first.length).fill(-1);
    for (let at = 0; at < before.values.length; at++) {
      if (before.values[at] >= 0) put(before.first[at], before.second[at], before.values[at]);
    }
  };
  return {
    get: (a, b) => values[find(a, b)],
    set(a, b, value) {
      if (2 * ++size > values.length) grow();
      put(a, b, value);
    },
  };
}
