/**
 * The shape of a squared circuit: a tree of steps, each a vector of K numbers for a row x,
 *
 *   table     f_v(x_v)        a real vector per state of a variable, free in every entry
 *   product   a ∘ b           element by element, of vectors over other variables
 *   dense     W a             K × K; at the root R × K
 *
 * so that no variable is met twice and every product has one way to divide its variables: smooth and
 * structured-decomposable, which is what makes a circuit compatible with itself. A dense step over a single variable
 * would say nothing that its table cannot say, and stands nowhere but at the root.
 *
 *   of a tree over the variables   m_v = f_v ∘ Π_children c  W_c m_c   (leaves without W): a hidden Chow-Liu tree
 *   of a region graph or a vtree   m = W (m_left ∘ m_right)
 */
import { InvalidArgumentError } from "@credence/core";
import type { RegionGraph } from "../structures/region-graph.ts";
import type { Vtree } from "../vtree/vtree.ts";

/** One step; those that it reads come before it, and each is read once. */
export type SquaredStep =
  /** K × arity numbers from `at` on, one row per unit. */
  | { readonly kind: "table"; readonly variable: number; readonly at: number }
  | { readonly kind: "product"; readonly left: number; readonly right: number }
  /** A matrix of `rows` × K numbers from `at` on. */
  | { readonly kind: "dense"; readonly input: number; readonly rows: number; readonly at: number };

/** The steps of a squared circuit; the last is the root, a dense one with R rows. */
export interface SquaredShape {
  readonly arities: readonly number[];
  /** K, the length of the vectors. */
  readonly units: number;
  /** R, how many outputs there are, whose squares add up. */
  readonly squares: number;
  readonly steps: readonly SquaredStep[];
  readonly parameterCount: number;
}

/** How wide a shape is. */
export interface SquaredWidth {
  /** K; default 8. */
  readonly units?: number;
  /** R, at most K: more would say nothing more. Default 1. */
  readonly squares?: number;
}

/**
 * The shape over a tree (or forest) whose nodes are the variables.
 * @param tree the parent of each variable, -1 at roots, and the variables with parents first: a `ChowLiuTree` is one
 * @throws InvalidArgumentError for a width out of range, and a tree over other variables
 */
export function squaredTreeShape(
  arities: readonly number[],
  tree: { readonly parents: Int32Array; readonly order: Int32Array },
  width: SquaredWidth = {},
): SquaredShape {
  const { parents, order } = tree;
  checkTree(arities.length, parents, order);
  const growing = growingShape(arities, width);
  const open = new Int32Array(arities.length).fill(-1);
  let forest = -1;
  for (let i = order.length - 1; i >= 0; i--) {
    const v = order[i];
    const table = growing.table(v);
    const whole = growing.join(table, open[v]);
    const parent = parents[v];
    if (parent < 0) forest = growing.join(whole, forest);
    else open[parent] = growing.join(whole === table ? table : growing.dense(whole), open[parent]);
  }
  return growing.end(forest);
}

/**
 * The shape over a region graph in which no region is divided in two ways, such as that of an image, or a random one
 * of a single replica.
 * @throws InvalidArgumentError for a width out of range, a region divided in two ways, and regions that
 *   do not have each variable once
 */
export function squaredRegionShape(
  arities: readonly number[],
  { scopes, partitions }: RegionGraph,
  width: SquaredWidth = {},
): SquaredShape {
  const growing = growingShape(arities, width);
  const made = new Int32Array(scopes.length);
  // Regions come before their parts, so the other way round parts are ready.
  for (let region = scopes.length - 1; region >= 0; region--) {
    const parts = partitions[region];
    if (parts.length > 1) {
      const expected = "one division: a circuit is compatible with itself if each region has a single one";
      throw new InvalidArgumentError(`The divisions of region ${region}`, parts.length, expected);
    }
    const ends = parts.length === 0 ? scopes[region].map(growing.table) : parts[0].map((part) => made[part]);
    const whole = ends.reduce((joined, next) => growing.join(next, joined), -1);
    made[region] = region === 0 || ends.length === 1 ? whole : growing.dense(whole);
  }
  return growing.end(made[0]);
}

/**
 * The shape over a vtree, whose variable i is column i - 1.
 * @throws InvalidArgumentError for a width out of range, and a vtree over other variables
 */
export function squaredVtreeShape(
  arities: readonly number[],
  vtree: Vtree,
  width: SquaredWidth = {},
): SquaredShape {
  const growing = growingShape(arities, width);
  const made = new Int32Array(vtree.size);
  const upward = Array.from({ length: vtree.size }, (_, node) => node).sort(
    (a, b) => vtree.depth[b] - vtree.depth[a],
  );
  for (const node of upward) {
    if (vtree.variable[node] > 0) made[node] = growing.table(vtree.variable[node] - 1);
    else {
      const whole = growing.join(made[vtree.left[node]], made[vtree.right[node]]);
      made[node] = node === vtree.root ? whole : growing.dense(whole);
    }
  }
  return growing.end(made[vtree.root]);
}

/** The shape of these steps, whose places among the parameters follow from their order. */
export function shapeOfSteps(
  arities: readonly number[],
  width: Required<SquaredWidth>,
  steps: readonly SquaredStep[],
): SquaredShape {
  const { units, squares } = width;
  checkWidth(units, squares);
  let at = 0;
  const placed = steps.map((step): SquaredStep => {
    const from = at;
    if (step.kind === "table") at += units * arities[step.variable];
    else if (step.kind === "dense") at += units * step.rows;
    return step.kind === "product" ? step : { ...step, at: from };
  });
  return { arities, units, squares, steps: placed, parameterCount: at };
}

function checkWidth(units: number, squares: number): void {
  for (const [name, value] of Object.entries({ units, squares })) {
    if (!(Number.isInteger(value) && value >= 1 && value <= 1024))
      throw new InvalidArgumentError(name, value, "an integer from 1 to 1024");
  }
  if (squares > units) throw new InvalidArgumentError("squares", squares, `at most units = ${units}`);
}

function checkTree(variables: number, parents: Int32Array, order: Int32Array): void {
  const seen = new Uint8Array(variables);
  const good =
    variables > 0 &&
    parents.length === variables &&
    order.length === variables &&
    order.every((v) => {
      const first = v >= 0 && v < variables && seen[v] === 0 && (parents[v] < 0 || seen[parents[v]] === 1);
      seen[v] = 1;
      return first;
    });
  if (!good)
    throw new InvalidArgumentError(
      "tree",
      { parents, order },
      `a tree over ${variables} variables, parents first`,
    );
}

/** Steps as they are added. Places among the parameters come at the end. */
function growingShape(arities: readonly number[], { units = 8, squares = 1 }: SquaredWidth) {
  const steps: SquaredStep[] = [];
  const left = new Set(arities.keys());
  const add = (step: SquaredStep): number => steps.push(step) - 1;
  return {
    table: (variable: number): number => {
      if (!left.delete(variable)) {
        throw new InvalidArgumentError("A variable", variable, `each of 0 to ${arities.length - 1} once`);
      }
      return add({ kind: "table", variable, at: 0 });
    },
    /** The product of two steps; `other` may be -1 for none. */
    join: (step: number, other: number): number =>
      other < 0 ? step : add({ kind: "product", left: step, right: other }),
    dense: (input: number): number => add({ kind: "dense", input, rows: units, at: 0 }),
    end(top: number): SquaredShape {
      if (top < 0 || left.size > 0) {
        const given = [...left].slice(0, 5);
        throw new InvalidArgumentError(
          "Variables without a place",
          given,
          "at least one variable, none left out",
        );
      }
      add({ kind: "dense", input: top, rows: squares, at: 0 });
      return shapeOfSteps(arities, { units, squares }, steps);
    },
  };
}
