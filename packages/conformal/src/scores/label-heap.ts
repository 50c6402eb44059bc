/**
 * Labels in descending order of probability, ties by the smaller label, as far as wanted: a binary heap, O(n)
 * to fill and O(log n) a label. Prediction sets need the first few of many labels, and a full sort costs
 * several times more.
 */

/** A heap over the labels of one row at a time. */
export interface LabelHeap {
  /** Starts over with the labels of `row` whose probability exceeds `floor`; returns how many there are. */
  fill(row: Float64Array, floor: number): number;
  /** The next label; at most as often as there are. */
  pop(): number;
}

/** A heap with workspace of its own. */
export function labelHeap(): LabelHeap {
  let labels = new Int32Array(0);
  let keys = new Float64Array(0);
  let size = 0;
  return {
    fill(row, floor) {
      if (labels.length !== row.length) {
        labels = new Int32Array(row.length);
        keys = new Float64Array(row.length);
      }
      size = 0;
      for (let j = 0; j < row.length; j++) {
        if (row[j] > floor) {
          labels[size] = j;
          keys[size++] = row[j];
        }
      }
      for (let at = (size >> 1) - 1; at >= 0; at--) siftDown(keys, labels, at, size);
      return size;
    },
    pop() {
      const top = labels[0];
      size--;
      labels[0] = labels[size];
      keys[0] = keys[size];
      siftDown(keys, labels, 0, size);
      return top;
    },
  };
}

/** Moves the entry at `start` down to its place among the first `size`. */
function siftDown(keys: Float64Array, labels: Int32Array, start: number, size: number): void {
  const key = keys[start];
  const label = labels[start];
  let at = start;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    const right = child + 1;
    if (right < size && isBefore(keys[right], labels[right], keys[child], labels[child])) child = right;
    if (!isBefore(keys[child], labels[child], key, label)) break;
    keys[at] = keys[child];
    labels[at] = labels[child];
    at = child;
  }
  keys[at] = key;
  labels[at] = label;
}

function isBefore(key: number, label: number, otherKey: number, otherLabel: number): boolean {
  return key > otherKey || (key === otherKey && label < otherLabel);
}
