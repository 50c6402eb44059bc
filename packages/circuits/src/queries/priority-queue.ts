/** A priority queue: a binary heap that hands out the entry of the highest priority, of equal ones the oldest. */

/** The queue; `push` and `pop` take O(log size). */
export interface PriorityQueue<T> {
  readonly size: number;
  /** The highest priority in the queue; -Infinity if it is empty. */
  readonly top: number;
  push(value: T, priority: number): void;
  pop(): T | undefined;
}

interface Entry<T> {
  readonly value: T;
  readonly priority: number;
  readonly age: number;
}

/** An empty queue. */
export function priorityQueue<T>(): PriorityQueue<T> {
  const heap: Entry<T>[] = [];
  let pushed = 0;
  const before = (a: Entry<T>, b: Entry<T>): boolean =>
    a.priority > b.priority || (a.priority === b.priority && a.age < b.age);
  const sink = (entry: Entry<T>): void => {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child++;
      if (!before(heap[child], entry)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = entry;
  };
  return {
    get size() {
      return heap.length;
    },
    get top() {
      return heap.length === 0 ? Number.NEGATIVE_INFINITY : heap[0].priority;
    },
    push(value, priority) {
      const entry = { value, priority, age: pushed++ };
      let at = heap.length;
      heap.push(entry);
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (!before(entry, heap[parent])) break;
        heap[at] = heap[parent];
        at = parent;
      }
      heap[at] = entry;
    },
    pop() {
      const first = heap[0];
      const last = heap.pop();
      if (heap.length > 0) sink(last as Entry<T>);
      return first?.value;
    },
  };
}
