/**
 * Vtrees by recursive bisection of a CNF's hypergraph: variables are vertices, clauses hyperedges; a set of
 * variables is cut into two halves such that few clauses reach into both, and each half is cut again. Clauses with
 * all their variables on one side do not matter to the other side, and those that are cut still count, with what
 * is left of them, inside of each.
 *
 * A cut starts from a breadth-first order (half of the variables nearest to an outermost one) or from a random one,
 * and is improved by passes of Fiduccia and Mattheyses ("A linear-time heuristic for improving network partitions",
 * DAC 1982): move the free variable of the largest gain that balance allows, even if it is negative, lock it, and at
 * the end of the pass go back to the best cut on the way. The best of several starts is taken.
 */
import { InvalidArgumentError, type Rng, rng } from "@credence/core";
import type { Cnf } from "../cnf/cnf.ts";
import { type NestedPairs, type Vtree, vtreeOf } from "./vtree.ts";

/** Options of {@link bisectionVtree}. */
export interface BisectionOptions {
  /** Seed of the random starts; default 0. */
  readonly seed?: number | string;
  /** The larger side has at most this share of the variables, from 0.5 to below 1; default 0.6. */
  readonly balance?: number;
  /** Starts per cut, of which the first is breadth-first; default 4. */
  readonly starts?: number;
}

/** Passes per start; most starts end by themselves before. */
const mostPasses = 12;

/**
 * The vtree of recursive bisection. The same seed always gives the same vtree. About
 * O(starts · literals · log variables) for sparse formulas, O(starts · n²) per cut at worst.
 * @throws InvalidArgumentError for a CNF without variables, or options out of range
 */
export function bisectionVtree(formula: Cnf, options: BisectionOptions = {}): Vtree {
  const { seed = 0, balance = 0.6, starts = 4 } = options;
  if (!(Number.isInteger(formula?.variables) && formula.variables >= 1))
    throw new InvalidArgumentError("formula.variables", formula?.variables, "an integer from 1");
  if (!(balance >= 0.5 && balance < 1))
    throw new InvalidArgumentError("balance", balance, "a number in [0.5, 1)");
  if (!(Number.isInteger(starts) && starts >= 1)) {
    throw new InvalidArgumentError("starts", starts, "an integer of at least 1");
  }
  const random = rng(seed);
  const edges = Array.from({ length: formula.clauses }, (_, c) => [
    ...new Set(
      formula.literals.subarray(formula.offsets[c], formula.offsets[c + 1]).map((l) => Math.abs(l) - 1),
    ),
  ]);
  const all = Array.from({ length: formula.variables }, (_, v) => v);
  const shapes: NestedPairs[] = [];
  // Parts to be cut, and after both halves of one the order to join them: no recursion.
  const open: ({ variables: number[]; edges: number[][] } | "join")[] = [{ variables: all, edges }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === "join") {
      const left = shapes.pop()!;
      shapes.push([left, shapes.pop()!]);
    } else if (next.variables.length === 1) shapes.push(next.variables[0] + 1);
    else {
      const sides = bisect(next.variables, next.edges, balance, starts, random);
      open.push("join", ...sides);
    }
  }
  return vtreeOf(shapes[0]);
}

/** One hypergraph with vertices from 0, and a cut of it. */
interface Hypergraph {
  readonly size: number;
  readonly edges: readonly (readonly number[])[];
  readonly edgesOf: readonly (readonly number[])[];
}

function bisect(
  variables: readonly number[],
  edges: readonly number[][],
  balance: number,
  starts: number,
  random: Rng,
): { variables: number[]; edges: number[][] }[] {
  const size = variables.length;
  const places = new Map(variables.map((v, i) => [v, i]));
  const local = edges.map((edge) => edge.map((v) => places.get(v)!));
  const edgesOf: number[][] = Array.from({ length: size }, () => []);
  local.forEach((edge, e) => {
    for (const v of edge) edgesOf[v].push(e);
  });
  const graph: Hypergraph = { size, edges: local, edgesOf };
  const largest = Math.min(size - 1, Math.max(Math.ceil(size / 2), Math.floor(balance * size)));
  let best: Uint8Array | undefined;
  let bestCut = Number.POSITIVE_INFINITY;
  for (let start = 0; start < starts && bestCut > 0; start++) {
    const order = start === 0 ? breadthFirst(graph) : random.shuffle([...variables.keys()]);
    const sides = new Uint8Array(size);
    for (const v of order.slice(size >> 1)) sides[v] = 1;
    const cut = improve(graph, sides, largest);
    if (cut < bestCut) [best, bestCut] = [sides, cut];
  }
  return [0, 1].map((side) => ({
    variables: variables.filter((_, i) => best![i] === side),
    edges: edges
      .map((edge) => edge.filter((v) => best![places.get(v)!] === side))
      .filter((edge) => edge.length > 1),
  }));
}

/** Vertices by their distance from one that is far from the first, component after component. */
function breadthFirst(graph: Hypergraph): number[] {
  const from = (start: number, seen: Uint8Array): number[] => {
    const queue = [start];
    seen[start] = 1;
    for (let head = 0; head < queue.length; head++) {
      for (const e of graph.edgesOf[queue[head]]) {
        for (const v of graph.edges[e]) {
          if (seen[v] === 1) continue;
          seen[v] = 1;
          queue.push(v);
        }
      }
    }
    return queue;
  };
  const seen = new Uint8Array(graph.size);
  const order: number[] = [];
  for (let v = 0; v < graph.size; v++) {
    if (seen[v] === 1) continue;
    const reached = from(v, Uint8Array.from(seen));
    order.push(...from(reached[reached.length - 1], seen));
  }
  return order;
}

/** Improves a cut in place; the number of edges that it cuts. */
function improve(graph: Hypergraph, sides: Uint8Array, largest: number): number {
  const counts = graph.edges.map((edge) => {
    const count = [0, 0];
    for (const v of edge) count[sides[v]]++;
    return count;
  });
  let cut = counts.filter(([a, b]) => a > 0 && b > 0).length;
  for (let pass = 0; pass < mostPasses; pass++) {
    const after = movePass(graph, sides, counts, cut, largest);
    if (after === cut) break;
    cut = after;
  }
  return cut;
}

/** One pass over all vertices, each moved at most once; the cut that is left at the best moment. */
function movePass(
  graph: Hypergraph,
  sides: Uint8Array,
  counts: readonly number[][],
  start: number,
  largest: number,
): number {
  const { size, edges, edgesOf } = graph;
  const locked = new Uint8Array(size);
  const gains = Int32Array.from(sides, (_, v) => gainOf(graph, sides, counts, v));
  const weights = [0, 0];
  for (const side of sides) weights[side]++;
  const moved: number[] = [];
  let [cut, best, bestAt] = [start, start, 0];
  const move = (v: number): void => {
    const side = sides[v];
    for (const e of edgesOf[v]) {
      counts[e][side]--;
      counts[e][1 - side]++;
    }
    weights[side]--;
    weights[1 - side]++;
    sides[v] = 1 - side;
  };
  for (;;) {
    let next = -1;
    for (let v = 0; v < size; v++) {
      if (locked[v] === 1 || weights[1 - sides[v]] + 1 > largest) continue;
      if (next < 0 || gains[v] > gains[next]) next = v;
    }
    if (next < 0) break;
    cut -= gains[next];
    move(next);
    locked[next] = 1;
    moved.push(next);
    for (const e of edgesOf[next]) {
      for (const v of edges[e]) if (locked[v] === 0) gains[v] = gainOf(graph, sides, counts, v);
    }
    if (cut < best) [best, bestAt] = [cut, moved.length];
  }
  for (const v of moved.slice(bestAt).reverse()) move(v);
  return best;
}

/** By how many edges the cut shrinks if a vertex changes its side. */
function gainOf(graph: Hypergraph, sides: Uint8Array, counts: readonly number[][], v: number): number {
  let gain = 0;
  for (const e of graph.edgesOf[v]) {
    if (graph.edges[e].length < 2) continue;
    const [own, other] = [counts[e][sides[v]], counts[e][1 - sides[v]]];
    if (own === 1) gain++;
    else if (other === 0) gain--;
  }
  return gain;
}
