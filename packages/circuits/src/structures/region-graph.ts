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
 * Smooth and decomposable; structured-decomposable if no region is divided in two ways. A region may be a part of several
 * others, and its vector is then theirs together.
 *
 *   random   R times: the variables in two random halves, these again, to depth D (RAT-SPN: R. Peharz et al., "Random
 *            sum-product networks: a simple and effective approach to probabilistic deep learning", UAI 2019)
 *   image    pixels: rectangles halved across their longer side, again and again (a quad tree, two halvings a level)
 *   all cuts pixels: every rectangle of blocks, cut in every way (H. Poon, P. Domingos, "Sum-product networks: a new deep
 *            architecture", UAI 2011, section 4). The pixels of a block are independent at its leaves, as in EiNets; the
 *            authors go on to cut blocks pixel by pixel, which `block: 1` does from the start
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

/** Options of {@link poonDomingosRegionGraph}. */
export interface PoonDomingosOptions {
  /** The side of the blocks that are not cut, in pixels; default 1. Those at the end may be smaller. */
  readonly block?: number;
}

/** More divisions than this make a circuit that is too large to be of use. */
const mostDivisions = 1_000_000;

/**
 * All rectangles of an image's blocks, pixel (row, column) being variable row · width + column; each is a region once,
 * and divided by every cut between its blocks. With R × C blocks these are R (R + 1) C (C + 1) / 4 regions, of which the
 * whole has R + C - 2 divisions. O(regions · pixels + divisions).
 * @throws InvalidArgumentError unless sides and block are integers from 1, and for more than a million divisions
 */
export function poonDomingosRegionGraph(
  height: number,
  width: number,
  options: PoonDomingosOptions = {},
): RegionGraph {
  const { block = 1 } = options;
  checkCounts({ height, width, block });
  const [rows, cols] = [Math.ceil(height / block), Math.ceil(width / block)];
  const divisions = intervals(cols) * intervalCuts(rows) + intervals(rows) * intervalCuts(cols);
  if (divisions > mostDivisions) {
    const expected = `one with at most ${mostDivisions} divisions; this one has ${divisions}`;
    throw new InvalidArgumentError("The image", `${rows} x ${cols} blocks`, expected, "Take larger blocks.");
  }
  const key = ({ top, left, h, w }: Rectangle) => ((top * cols + left) * (rows + 1) + h) * (cols + 1) + w;
  const rectangles: Rectangle[] = [];
  for (let top = 0; top < rows; top++) {
    for (let left = 0; left < cols; left++) {
      for (let h = 1; top + h <= rows; h++) {
        for (let w = 1; left + w <= cols; w++) rectangles.push({ top, left, h, w });
      }
    }
  }
  // Parts have fewer blocks, so they come after the regions that they are parts of.
  rectangles.sort((a, b) => b.h * b.w - a.h * a.w);
  const places = new Map(rectangles.map((rectangle, region) => [key(rectangle), region]));
  const place = (rectangle: Rectangle) => places.get(key(rectangle)) as number;
  const sides = { height, width, block };
  return {
    scopes: rectangles.map((rectangle) => pixelsOfBlocks(rectangle, sides)),
    partitions: rectangles.map((rectangle) =>
      cutsOf(rectangle).map(([first, second]): [number, number] => [place(first), place(second)]),
    ),
  };
}

/** How many intervals of whole units there are in n units, and how many cuts between units all of them have. */
const intervals = (n: number): number => (n * (n + 1)) / 2;
const intervalCuts = (n: number): number => (n ** 3 - n) / 6;

/** The pixels of a rectangle of blocks. */
function pixelsOfBlocks(
  { top, left, h, w }: Rectangle,
  { height, width, block }: { readonly height: number; readonly width: number; readonly block: number },
): number[] {
  const pixels: number[] = [];
  for (let row = top * block; row < Math.min(height, (top + h) * block); row++) {
    for (let col = left * block; col < Math.min(width, (left + w) * block); col++)
      pixels.push(row * width + col);
  }
  return pixels;
}

/** Every cut of a rectangle in two. */
function cutsOf(whole: Rectangle): [Rectangle, Rectangle][] {
  const { h, w } = whole;
  return [
    ...Array.from({ length: h - 1 }, (_, i) => cutAcross(whole, i + 1)),
    ...Array.from({ length: w - 1 }, (_, i) => cutDown(whole, i + 1)),
  ];
}

interface Rectangle {
  readonly top: number;
  readonly left: number;
  readonly h: number;
  readonly w: number;
}

/** Cut across the longer side. */
function halved(whole: Rectangle): [Rectangle, Rectangle] {
  return whole.h >= whole.w ? cutAcross(whole, whole.h >> 1) : cutDown(whole, whole.w >> 1);
}

/** The first rows, and the others. */
function cutAcross(whole: Rectangle, rows: number): [Rectangle, Rectangle] {
  return [
    { ...whole, h: rows },
    { ...whole, top: whole.top + rows, h: whole.h - rows },
  ];
}

/** The first columns, and the others. */
function cutDown(whole: Rectangle, columns: number): [Rectangle, Rectangle] {
  return [
    { ...whole, w: columns },
    { ...whole, left: whole.left + columns, w: whole.w - columns },
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
