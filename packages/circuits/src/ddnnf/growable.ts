/** A stack of integers in a typed array that grows by doubling. */
export interface IntStack {
  data: Int32Array;
  size: number;
}

/** An empty stack. */
export function intStack(): IntStack {
  return { data: new Int32Array(1024), size: 0 };
}

/** Makes room for `count` more. */
export function reserve(stack: IntStack, count: number): void {
  const need = stack.size + count;
  if (need <= stack.data.length) return;
  const grown = new Int32Array(Math.max(need, 2 * stack.data.length));
  grown.set(stack.data.subarray(0, stack.size));
  stack.data = grown;
}

/** Puts one integer on top. */
export function push(stack: IntStack, value: number): void {
  if (stack.size === stack.data.length) reserve(stack, 1);
  stack.data[stack.size++] = value;
}
