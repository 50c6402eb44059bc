/**
 * Log-likelihoods and expected counts of latent trees, tile of rows by tile of rows. Values are node-major with the
 * rows of the tile inner, in linear numbers: columns are divided by their sums often enough that nothing
 * underflows, and one logarithm a row is all that is taken. Up, for the children c of v,
 *
 *   M_v[z, r] = E_v[z, x_r] · Π_c U_c[z, r],    U_c = W_c · M_c
 *
 * and down, with F_root = π · M / P and C_c = F_parent / U_c,
 *
 *   N_c += C_c · M_cᵀ,    F_c = M_c ∘ (W_cᵀ · C_c).
 *
 * Both are matrix products of the kernels' backend. Where a variable has no children, M_v has only as many
 * different columns as the variable has states: U_v is a table W_v · E_v that is looked up by state, no product at
 * all, and its counts need only the sums of the parent's flow by state. Those sums, for a node and all of its
 * childless children, are one product of F with the tile's indicator rows.
 */
import { type FloatArray, floatArray, type Precision } from "@credence/core";
import type { Backend } from "@credence/core/kernels";
import { divideInto, lookInto, multiplyInto, multiplyLookup, normalizeColumns } from "./latent-kernels.ts";
import type { LatentTree } from "./latent-tree.ts";
import { missing, type StateTable } from "./states.ts";

/** The passes over one latent tree, with their memory. */
export interface LatentEngine {
  /** Takes the parameters (as in `LatentTree`) over. */
  load(parameters: FloatArray): void;
  /** log P(row) of the rows `rows[from]` to `rows[to - 1]` of a table, into `out` from 0 on. */
  logLikelihoodsInto(out: Float64Array, table: StateTable, rows: Int32Array, from: number, to: number): void;
  /**
   * The expected counts of these rows, laid out as the parameters, into `counts` (overwritten). Rows of probability
   * 0 count nothing.
   * @returns the sum of the log-likelihoods
   */
  countInto(counts: Float64Array, table: StateTable, rows: Int32Array, from: number, to: number): number;
}

/** Rows of a tile: enough for the products to pay, few enough for the second-level cache. */
const tileRows = 64;

/** How many factors of a node are multiplied before its columns are made to add up to 1 again. */
const factorsAtOnce = { float32: 6, float64: 48 } as const;

/** What the passes know of one variable. */
interface Node {
  readonly variable: number;
  readonly arity: number;
  readonly leaf: boolean;
  readonly childless: readonly Node[];
  readonly inner: readonly Node[];
  /** W, E, and tables with one more column for a missing value. */
  readonly weights: FloatArray;
  readonly emission: FloatArray;
  readonly table: FloatArray;
  /** M, U and F of a node with children. */
  readonly values: FloatArray;
  readonly messages: FloatArray;
  readonly flow: FloatArray;
  readonly pairs: FloatArray;
  /** Sums of F by the indicator rows of the node and its childless children. */
  readonly sums: FloatArray;
  readonly indicators: FloatArray;
  /** Where the indicator rows of this variable start among its owner's. */
  readonly firstIndicator: number;
}

/** The engine of a tree. Memory: about 3 · inner nodes · latents · 64 numbers, and the parameters. */
export function latentEngine(tree: LatentTree, backend: Backend, precision: Precision): LatentEngine {
  const { latents: h, order, parents } = tree;
  const nodes = makeNodes(tree, backend, precision);
  const inner = Array.from(order, (v) => nodes[v]).filter((node) => !node.leaf);
  const root = nodes[order[0]];
  const states = new Uint8Array(tree.arities.length * tileRows);
  const [scales, logs, scratch] = [0, 1, 2].map(() => new Float64Array(tileRows));
  const often = factorsAtOnce[precision];

  const up = (count: number): void => {
    scales.fill(1, 0, count);
    logs.fill(0, 0, count);
    for (let i = inner.length - 1; i >= 0; i--) {
      const node = inner[i];
      const { values } = node;
      lookInto(values, node.emission, node.arity + 1, states, node.variable * tileRows, h, count);
      let factors = 1;
      const next = (): void => {
        if (++factors % often === 0) normalizeColumns(values, scales, logs, scratch, h, count);
      };
      for (const child of node.childless) {
        multiplyLookup(values, child.table, child.arity + 1, states, child.variable * tileRows, h, count);
        next();
      }
      for (const child of node.inner) {
        backend.gemmInto(child.messages, child.weights, child.values, { m: h, n: count, k: h });
        multiplyInto(values, child.messages, h * count);
        next();
      }
      normalizeColumns(values, scales, logs, scratch, h, count);
    }
  };

  /** P of the scaled root, into `scratch`; log P(row) into `logs`. */
  const finish = (count: number): void => {
    scratch.fill(0, 0, count);
    for (let z = 0; z < h; z++) {
      const prior = root.weights[z];
      for (let r = 0; r < count; r++) scratch[r] += prior * root.values[z * count + r];
    }
    for (let r = 0; r < count; r++) logs[r] += Math.log(scales[r]) + Math.log(scratch[r]);
  };

  const down = (count: number): void => {
    for (let z = 0; z < h; z++) {
      const prior = root.weights[z];
      for (let r = 0; r < count; r++) {
        const p = scratch[r];
        root.flow[z * count + r] = p > 0 ? (prior * root.values[z * count + r]) / p : 0;
      }
    }
    for (const node of inner) {
      const rows = node.sums.length / h;
      backend.gemmInto(node.sums, node.flow, node.indicators, {
        m: h,
        n: rows,
        k: count,
        transposeB: true,
        accumulate: true,
      });
      for (const child of node.inner) {
        divideInto(child.messages, node.flow, h * count);
        backend.gemmInto(child.pairs, child.messages, child.values, {
          m: h,
          n: h,
          k: count,
          transposeB: true,
          accumulate: true,
        });
        backend.gemmInto(child.flow, child.weights, child.messages, {
          m: h,
          n: count,
          k: h,
          transposeA: true,
        });
        multiplyInto(child.flow, child.values, h * count);
      }
    }
  };

  const loadTile = (
    table: StateTable,
    rows: Int32Array,
    from: number,
    count: number,
    count2: boolean,
  ): void => {
    for (const node of nodes) {
      const [at, column] = [node.variable * tileRows, node.variable * table.rows];
      for (let r = 0; r < count; r++) {
        const state = table.columns[column + rows[from + r]];
        states[at + r] = state === missing ? node.arity : state;
      }
    }
    if (!count2) return;
    for (const node of inner) {
      node.indicators.fill(0, 0, (node.sums.length / h) * count);
      node.indicators.fill(1, 0, count);
      for (const one of [node, ...node.childless]) {
        const at = one.variable * tileRows;
        for (let r = 0; r < count; r++) {
          const state = states[at + r];
          if (state > 0) node.indicators[(one.firstIndicator + state - 1) * count + r] = 1;
        }
      }
    }
  };

  return {
    load(parameters) {
      for (const node of nodes) {
        const v = node.variable;
        const rows = parents[v] < 0 ? 1 : h;
        node.weights.set(parameters.subarray(tree.transitions[v], tree.transitions[v] + rows * h));
        fillTables(node, parameters.subarray(tree.emissions[v], tree.emissions[v] + h * node.arity), h);
      }
    },
    logLikelihoodsInto(out, table, rows, from, to) {
      for (let start = from; start < to; start += tileRows) {
        const count = Math.min(tileRows, to - start);
        loadTile(table, rows, start, count, false);
        up(count);
        finish(count);
        for (let r = 0; r < count; r++) out[start - from + r] = logs[r];
      }
    },
    countInto(counts, table, rows, from, to) {
      for (const node of inner) {
        node.sums.fill(0);
        node.pairs.fill(0);
      }
      let total = 0;
      for (let start = from; start < to; start += tileRows) {
        const count = Math.min(tileRows, to - start);
        loadTile(table, rows, start, count, true);
        up(count);
        finish(count);
        for (let r = 0; r < count; r++) if (scratch[r] > 0) total += logs[r];
        down(count);
      }
      for (const node of inner) collect(tree, node, counts);
      return total;
    },
  };
}

function makeNodes(tree: LatentTree, backend: Backend, precision: Precision): Node[] {
  const { latents: h, order, parents, arities } = tree;
  const n = arities.length;
  const children: number[][] = arities.map(() => []);
  for (const v of order) if (parents[v] >= 0) children[parents[v]].push(v);
  const room = (length: number): FloatArray => backend.allocate(precision, length);
  const nothing = floatArray(precision, 0);
  const nodes = new Array<Node>(n);
  const firstIndicator = new Int32Array(n);
  for (let i = n - 1; i >= 0; i--) {
    const v = order[i];
    // A root without children is still a node of its own.
    const leaf = children[v].length === 0 && parents[v] >= 0;
    const below = children[v].map((c) => nodes[c]);
    const childless = below.filter((child) => child.leaf);
    let rows = arities[v] + 1;
    for (const child of childless) {
      firstIndicator[child.variable] = rows;
      rows += child.arity;
    }
    firstIndicator[v] = 1;
    nodes[v] = {
      variable: v,
      arity: arities[v],
      leaf,
      childless: childless.map((child) => ({ ...child, firstIndicator: firstIndicator[child.variable] })),
      inner: below.filter((child) => !child.leaf),
      weights: room(h * (parents[v] < 0 ? 1 : h)),
      emission: floatArray(precision, h * (arities[v] + 1)),
      table: floatArray(precision, h * (arities[v] + 1)),
      values: leaf ? nothing : room(h * tileRows),
      messages: leaf ? nothing : room(h * tileRows),
      flow: leaf ? nothing : room(h * tileRows),
      pairs: leaf ? nothing : room(h * h),
      sums: leaf ? nothing : room(h * rows),
      indicators: leaf ? nothing : room(rows * tileRows),
      firstIndicator: 1,
    };
  }
  return nodes;
}

/** E with a column of ones for missing values; and for leaves the table W · E, whose last column is 1 as well. */
function fillTables(node: Node, emission: FloatArray, h: number): void {
  const { arity, weights, table } = node;
  const stride = arity + 1;
  for (let z = 0; z < h; z++) {
    for (let x = 0; x < arity; x++) node.emission[z * stride + x] = emission[z * arity + x];
    node.emission[z * stride + arity] = 1;
  }
  if (!node.leaf) return;
  for (let z = 0; z < h; z++) {
    for (let x = 0; x < arity; x++) {
      let sum = 0;
      for (let y = 0; y < h; y++) sum += weights[z * h + y] * emission[y * arity + x];
      table[z * stride + x] = sum;
    }
    table[z * stride + arity] = 1;
  }
}

/** Adds what a node's sums say of it and of its children to the counts. */
function collect(tree: LatentTree, node: Node, counts: Float64Array): void {
  const { latents: h, transitions, emissions } = tree;
  const rows = node.sums.length / h;
  /** Flow by latent state and observed state, the missing one last; from 1 on as counted, 0 is the rest. */
  const flowOf = (one: Node, z: number, state: number): number => {
    if (state > 0) return node.sums[z * rows + one.firstIndicator + state - 1];
    let rest = node.sums[z * rows];
    for (let s = 1; s <= one.arity; s++) rest -= node.sums[z * rows + one.firstIndicator + s - 1];
    return Math.max(0, rest);
  };
  const own = emissions[node.variable];
  for (let z = 0; z < h; z++) {
    const unseen = flowOf(node, z, node.arity);
    for (let x = 0; x < node.arity; x++) {
      counts[own + z * node.arity + x] =
        flowOf(node, z, x) + unseen * node.emission[z * (node.arity + 1) + x];
    }
    if (tree.parents[node.variable] < 0) counts[transitions[node.variable] + z] = node.sums[z * rows];
  }
  for (const child of node.inner) {
    const at = transitions[child.variable];
    for (let i = 0; i < h * h; i++) counts[at + i] = child.pairs[i] * child.weights[i];
  }
  for (const child of node.childless) {
    const { arity, weights, emission, table } = child;
    const stride = arity + 1;
    const [toWeights, toEmission] = [transitions[child.variable], emissions[child.variable]];
    counts.fill(0, toWeights, toWeights + h * h);
    counts.fill(0, toEmission, toEmission + h * arity);
    for (let z = 0; z < h; z++) {
      for (let x = 0; x <= arity; x++) {
        const flow = flowOf(child, z, x);
        if (flow === 0) continue;
        const context = flow / table[z * stride + x];
        for (let y = 0; y < h; y++) {
          const share = context * weights[z * h + y] * emission[y * stride + x];
          counts[toWeights + z * h + y] += share;
          if (x < arity) counts[toEmission + y * arity + x] += share;
          // What is missing counts as the input expects it.
          else
            for (let s = 0; s < arity; s++)
              counts[toEmission + y * arity + s] += share * emission[y * stride + s];
        }
      }
    }
  }
}
