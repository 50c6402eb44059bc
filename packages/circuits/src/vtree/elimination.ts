/**
 * Min-fill elimination orders of graphs: always the vertex next whose neighbours lack the fewest edges among
 * themselves; its neighbours are then joined. Of equals, the one on top of the lowest tree so far goes first
 * (balanced trees split sooner), then the last one as numbered. The width of the order is the largest number of
 * neighbours at an elimination: an upper bound of the graph's treewidth.
 */

/** Above this many vertices the adjacency matrix would take too much memory. */
export const eliminationLimit = 8192;

/** An elimination order. */
export interface Elimination {
  /** The vertices in the order of their elimination. */
  readonly order: Int32Array;
  readonly width: number;
  /** Per vertex: those of its neighbours that were eliminated later, at its elimination. */
  readonly later: readonly Int32Array[];
}

/**
 * The min-fill order of the graph in which the vertices of each scope are neighbours. With n vertices of degree
 * up to d, about n · d² · n / 32 steps in the worst case, far fewer for sparse graphs.
 * @param count number of vertices, at most {@link eliminationLimit}
 */
export function minFillElimination(count: number, scopes: Iterable<ArrayLike<number>>): Elimination {
  const words = (count + 31) >> 5;
  const rows = new Uint32Array(count * words);
  const join = (a: number, b: number): void => {
    if (a === b) return;
    rows[a * words + (b >> 5)] |= 1 << (b & 31);
    rows[b * words + (a >> 5)] |= 1 << (a & 31);
  };
  for (const scope of scopes) {
    for (let i = 1; i < scope.length; i++) for (let j = 0; j < i; j++) join(scope[i], scope[j]);
  }
  const fills = Float64Array.from({ length: count }, (_, v) => fillOf(rows, words, v));
  const height = new Int32Array(count);
  const alive = new Uint8Array(count).fill(1);
  const later: Int32Array[] = new Array(count);
  const order = new Int32Array(count);
  let width = 0;
  for (let step = 0; step < count; step++) {
    let next = -1;
    for (let v = count - 1; v >= 0; v--) {
      if (alive[v] === 0) continue;
      if (next < 0 || fills[v] < fills[next] || (fills[v] === fills[next] && height[v] < height[next]))
        next = v;
    }
    alive[next] = 0;
    order[step] = next;
    const around = membersOf(rows, words, next);
    later[next] = around;
    width = Math.max(width, around.length);
    const changed = new Set<number>(around);
    for (const u of around) {
      rows[u * words + (next >> 5)] &= ~(1 << (next & 31));
      height[u] = Math.max(height[u], height[next] + 1);
    }
    if (fills[next] > 0) {
      for (const u of around) for (const w of around) join(u, w);
      for (const u of around) for (const w of membersOf(rows, words, u)) changed.add(w);
    }
    for (const u of changed) fills[u] = fillOf(rows, words, u);
  }
  return { order, width, later };
}

function membersOf(rows: Uint32Array, words: number, v: number): Int32Array {
  const members: number[] = [];
  for (let w = 0; w < words; w++) {
    for (let bits = rows[v * words + w]; bits !== 0; bits &= bits - 1) {
      members.push(32 * w + 31 - Math.clz32(bits & -bits));
    }
  }
  return Int32Array.from(members);
}

/** How many edges the neighbours of `v` lack among themselves: half of what each of them lacks. */
function fillOf(rows: Uint32Array, words: number, v: number): number {
  const around = membersOf(rows, words, v);
  let missing = 0;
  for (const u of around) {
    missing += around.length - 1;
    for (let w = 0; w < words; w++) missing -= popCount(rows[v * words + w] & rows[u * words + w]);
  }
  return missing / 2;
}

function popCount(bits: number): number {
  let x = bits - ((bits >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
