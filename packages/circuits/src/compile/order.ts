/**
 * The order in which variables are decided. Deciding the separators of a rule set first lets the rest fall
 * apart: with caching, a compiler that decides in the reverse of an elimination order meets at most about
 * n · 2^w residual components, w being the order's width (Darwiche, "Recursive conditioning", 2001).
 *
 * The elimination order is min-fill: always the variable next whose neighbours lack the fewest edges among
 * themselves. Ties go to the one with the lowest subtree so far (balanced trees split sooner), then to the
 * last one as written, so that a rule set without structure is decided as written. The variables of a hard
 * cardinality rule count as one: they are decided together.
 */

/** Above this degree the fill is taken at its upper bound instead of being counted. */
const countedDegree = 64;

/**
 * Ranks of the variables: smaller is decided earlier. About O((variables + edges · degree) log variables).
 * @param count number of variables
 * @param scopes the variables of each rule
 * @param groups variables to be kept together; of overlapping groups the first wins
 */
export function minFillRanks(
  count: number,
  scopes: readonly (readonly number[])[],
  groups: readonly (readonly number[])[],
): Int32Array {
  const groupOf = new Int32Array(count).fill(-1);
  const members: number[][] = [];
  const claim = (variables: readonly number[]): void => {
    if (variables.some((variable) => groupOf[variable] >= 0)) return;
    for (const variable of variables) groupOf[variable] = members.length;
    members.push([...variables].sort((a, b) => a - b));
  };
  for (const group of groups) claim(group);
  for (let variable = 0; variable < count; variable++) claim([variable]);
  const neighbours = members.map(() => new Set<number>());
  for (const scope of scopes) {
    const units = [...new Set(scope.map((variable) => groupOf[variable]))];
    for (const a of units) for (const b of units) if (a !== b) neighbours[a].add(b);
  }
  const first = members.map((group) => group[0]);
  const ranks = new Int32Array(count);
  let rank = count;
  for (const unit of eliminationOrder(neighbours, first)) {
    for (let i = members[unit].length - 1; i >= 0; i--) ranks[members[unit][i]] = --rank;
  }
  return ranks;
}

/** Eliminates every vertex of a graph, which is used up. */
function eliminationOrder(neighbours: Set<number>[], first: readonly number[]): number[] {
  const order: number[] = [];
  const height = new Int32Array(neighbours.length);
  const fills = neighbours.map((_, v) => fillOf(neighbours, v));
  const queue = vertexQueue(neighbours.length, (a, b) => {
    if (fills[a] !== fills[b]) return fills[a] < fills[b];
    return height[a] !== height[b] ? height[a] < height[b] : first[a] > first[b];
  });
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    order.push(next);
    const around = [...neighbours[next]];
    const further = new Set<number>();
    for (const u of around) neighbours[u].delete(next);
    if (fills[next] > 0) {
      for (const u of around) for (const w of around) if (u !== w) neighbours[u].add(w);
      for (const u of around) for (const w of neighbours[u]) further.add(w);
      for (const u of around) further.delete(u);
    }
    // One after the other: the queue is in order but for the vertex that moves.
    const update = (u: number, least: number): void => {
      height[u] = Math.max(height[u], least);
      fills[u] = fillOf(neighbours, u);
      queue.moved(u);
    };
    for (const u of around) update(u, height[next] + 1);
    for (const u of further) update(u, 0);
  }
  return order;
}

/** The vertices 0, 1, … in a binary heap; `moved` puts one in place whose order has changed. O(log count) each. */
function vertexQueue(count: number, before: (a: number, b: number) => boolean) {
  const heap: number[] = [];
  const places = new Int32Array(count);
  const put = (vertex: number, place: number): void => {
    heap[place] = vertex;
    places[vertex] = place;
  };
  const moved = (vertex: number): void => {
    let at = places[vertex];
    for (let up = (at - 1) >> 1; at > 0 && before(vertex, heap[up]); up = (at - 1) >> 1) {
      put(heap[up], at);
      at = up;
    }
    for (;;) {
      let down = 2 * at + 1;
      if (down + 1 < heap.length && before(heap[down + 1], heap[down])) down++;
      if (down >= heap.length || !before(heap[down], vertex)) break;
      put(heap[down], at);
      at = down;
    }
    put(vertex, at);
  };
  for (let vertex = 0; vertex < count; vertex++) {
    put(vertex, heap.length);
    moved(vertex);
  }
  return {
    moved,
    pop(): number | undefined {
      const best = heap[0];
      const last = heap.pop();
      if (last !== undefined && last !== best) {
        places[last] = 0;
        moved(last);
      }
      return best;
    },
  };
}

/** How many edges the neighbours of `v` lack among themselves. */
function fillOf(neighbours: readonly Set<number>[], v: number): number {
  const around = [...neighbours[v]];
  if (around.length > countedDegree) return (around.length * (around.length - 1)) / 2;
  let missing = 0;
  for (let i = 0; i < around.length; i++) {
    for (let j = i + 1; j < around.length; j++) if (!neighbours[around[i]].has(around[j])) missing++;
  }
  return missing;
}
