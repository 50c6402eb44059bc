/**
 * Region graphs: which sets of variables a circuit speaks of, and how each is divided in two (A. Dennis, D. Ventura,
 * "Learning the architecture of sum-product networks using clustering on variables", NeurIPS 2012); and the circuits
 * that they give, vector by vector, with K nodes per region,
 *
 *   leaf region      L_k = Π_v  input_{v,k}                    S_k = Σ_j W_kj L_j
 *   other regions    P_j = S_j(left) · S_j(right)              S_k = Σ_partitions Σ_j W_kj P_j
 *
 * with one sum at the root. The element-wise product after a dense sum is the "CP" layer (a canonical polyadic
 * decomposition), K² weights where all pairs of the left and right nodes would need K³ (A. Mari, G. Vessio, A. Vergari,
 * "Unifying and understanding overparameterized circuit representations via low-rank tensor decompositions", 2023).
 * Smooth and decomposable; structured-decomposable if no region is divided in two ways.
 *
 *   random   R times: the variables in two random halves, these again, to depth D (RAT-SPN: R. Peharz et al., "Random
 *            sum-product networks: a simple and effective approach to probabilistic deep learning", UAI 2019)
 *   image    pixels: rectangles halved across their longer side, again and again (a quad tree, two halvings a level)
 */
import { InvalidArgumentError, type Rng, rng } from "@credence/core";
import type { CircuitBuilder } from "../circuit/builder.ts";
import type { Distribution } from "../inputs/distribution.ts";

/** A region graph. Region 0 is all variables. */
export interface RegionGraph {
  /** The variables of each region. */
  readonly scopes: readonly (readonly number[])[];
  /** For each region: the pairs of regions that it is divided into; none for leaves. */
  readonly partitions: readonly (readonly (readonly [left: number, right: number])[])[];
}

/** Options of {@link randomRegionGraph}. */
export interface RandomRegionOptions {
  /** How often halves are halved; default: until regions have at most 2 variables. */
  readonly depth?: number;
  /** How many random divisions the root has; default 4. */
  readonly replicas?: number;
  /** Default 0. */
  readonly seed?: number | string;
}

/**
 * Random recursive halving.
 * @throws InvalidArgumentError unless variables, depth and replicas are integers from 1
 */
export function randomRegionGraph(variables: number, options: RandomRegionOptions = {}): RegionGraph {
  const { depth = Math.max(1, Math.ceil(Math.log2(variables / 2))), replicas = 4, seed = 0 } = options;
  checkCounts({ variables, depth, replicas });
  const random = rng(seed).fork("regions");
  const all = Array.from({ length: variables }, (_, v) => v);
  const graph = growing(all);
  for (let r = 0; r < (variables > 1 ? replicas : 0); r++) {
    let open = [0];
    for (let level = 0; level < depth; level++) {
      open = open.flatMap((region) => {
        const scope = graph.scopes[region];
        return scope.length < 2 ? [] : graph.divide(region, ...halves(scope, random));
      });
    }
  }
  return { scopes: graph.scopes, partitions: graph.partitions };
}

/**
 * The regions of an image, pixel (row, column) being variable row · width + column.
 * @throws InvalidArgumentError unless both sides are integers from 1
 */
export function imageRegionGraph(height: number, width: number): RegionGraph {
  checkCounts({ height, width });
  const pixels = ({ top, left, h, w }: Rectangle) =>
    Array.from({ length: h * w }, (_, i) => (top + Math.floor(i / w)) * width + left + (i % w));
  const whole = { top: 0, left: 0, h: height, w: width };
  const graph = growing(pixels(whole));
  const stack: [region: number, Rectangle][] = [[0, whole]];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const [region, rectangle] = at;
    if (rectangle.h * rectangle.w < 2) continue;
    const [first, second] = halved(rectangle);
    const [a, b] = graph.divide(region, pixels(first), pixels(second));
    stack.push([a, first], [b, second]);
  }
  return { scopes: graph.scopes, partitions: graph.partitions };
}

interface Rectangle {
  readonly top: number;
  readonly left: number;
  readonly h: number;
  readonly w: number;
}

/** Cut across the longer side. */
function halved(whole: Rectangle): [Rectangle, Rectangle] {
  const { top, left, h, w } = whole;
  const [upper, before] = [h >> 1, w >> 1];
  if (h >= w)
    return [
      { ...whole, h: upper },
      { ...whole, top: top + upper, h: h - upper },
    ];
  return [
    { ...whole, w: before },
    { ...whole, left: left + before, w: w - before },
  ];
}

function checkCounts(counts: Record<string, number>): void {
  for (const [name, value] of Object.entries(counts)) {
    if (!(Number.isInteger(value) && value >= 1))
      throw new InvalidArgumentError(name, value, "an integer from 1");
  }
}

/** A graph of one region that grows. */
function growing(all: readonly number[]) {
  const scopes: (readonly number[])[] = [all];
  const partitions: (readonly [number, number])[][] = [[]];
  const add = (scope: readonly number[]): number => {
    partitions.push([]);
    return scopes.push(scope) - 1;
  };
  return {
    scopes,
    partitions,
    divide(region: number, left: readonly number[], right: readonly number[]): [number, number] {
      const pair: [number, number] = [add(left), add(right)];
      partitions[region].push(pair);
      return pair;
    },
  };
}

function halves(scope: readonly number[], random: Rng): [number[], number[]] {
  const order = random.shuffle([...scope]);
  const ascending = (part: number[]) => part.sort((a, b) => a - b);
  const cut = order.length >> 1;
  return [ascending(order.slice(0, cut)), ascending(order.slice(cut))];
}

/** What fills a region graph. */
export interface RegionContents {
  /** K. */
  readonly sums: number;
  /** The distribution of input k of a variable. Every call may give another one: inputs are not shared. */
  readonly input: (variable: number, k: number) => Distribution;
  /** A positive number for the weight of term j of sum k of a region, before they are normalized. */
  readonly weight: (k: number, j: number) => number;
}

/** Adds the circuit of a region graph to a builder that does not share nodes; returns its root. */
export function addRegionGraph(
  builder: CircuitBuilder,
  graph: RegionGraph,
  contents: RegionContents,
): number {
  const { sums, input, weight } = contents;
  const vectors: number[][] = graph.scopes.map(() => []);
  // Regions come before their parts, so the other way round parts are ready.
  for (let region = graph.scopes.length - 1; region >= 0; region--) {
    const parts = graph.partitions[region];
    const products =
      parts.length === 0
        ? Array.from({ length: sums }, (_, k) =>
            builder.product(graph.scopes[region].map((v) => builder.input(v, input(v, k)))),
          )
        : parts.flatMap(([left, right]) => {
            return vectors[left].map((node, k) => builder.product([node, vectors[right][k]]));
          });
    vectors[region] = Array.from({ length: region === 0 ? 1 : sums }, (_, k) => {
      const raw = products.map((_, j) => weight(k, j));
      const total = raw.reduce((a, b) => a + b, 0);
      return builder.sum(
        products,
        raw.map((w) => Math.log(w / total)),
      );
    });
  }
  return vectors[0][0];
}
