/** Random latent trees for the tests of their passes, and what the passes should say, by enumeration. */
import { type Rng, rng } from "@credence/core";
import {
  type Backend,
  type LatentArrays,
  type LatentPlanOptions,
  type LatentShape,
  latentArrays,
  latentPlan,
} from "@credence/core/kernels";

/** A tree with parameters by variable: W[z][y] (π for the root, one row) and E[z][x]. */
export interface RandomTree extends LatentShape {
  readonly w: readonly (readonly number[][])[];
  readonly e: readonly (readonly number[][])[];
}

const unit = (numbers: readonly number[]): number[] => {
  const total = numbers.reduce((a, b) => a + b, 0);
  return numbers.map((x) => x / total);
};

/** @param zeros the share of parameters that are 0 */
export function randomTree(seed: number, latents: number, arities: readonly number[], zeros = 0): RandomTree {
  const random = rng(`latent tree ${seed}`);
  const parents = Int32Array.from(arities, (_, v) => (v === 0 ? -1 : Math.floor(random() * v)));
  const row = (length: number): number[] =>
    unit(Array.from({ length }, (_, i) => (i > 0 && random() < zeros ? 0 : random() + 0.01)));
  const rows = (count: number, length: number) => Array.from({ length: count }, () => row(length));
  return {
    latents,
    arities,
    parents,
    order: Int32Array.from(arities, (_, v) => v),
    w: arities.map((_, v) => rows(v === 0 ? 1 : latents, latents)),
    e: arities.map((arity) => rows(latents, arity)),
  };
}

/** Rows of states; `arity` is a missing one. */
export function randomRows(
  random: Rng,
  arities: readonly number[],
  count: number,
  missing: number,
): number[][] {
  return Array.from({ length: count }, () =>
    arities.map((arity) => (random() < missing ? arity : Math.floor(random() * arity))),
  );
}

/** Rows by column, as plans take them; `none` is what they have for a missing value. */
export function tableOf(
  tree: RandomTree,
  rows: readonly (readonly number[])[],
  none = 255,
): { readonly rows: number; readonly columns: Uint8Array } {
  const columns = tree.arities.flatMap((arity, v) => rows.map((row) => (row[v] < arity ? row[v] : none)));
  return { rows: rows.length, columns: Uint8Array.from(columns) };
}

/** The arrays of a tree for rows, loaded. */
export function prepared(
  backend: Backend,
  tree: RandomTree,
  precision: "float32" | "float64",
  rows: readonly (readonly number[])[],
  options: LatentPlanOptions = {},
): LatentArrays {
  const plan = latentPlan(tree, tableOf(tree, rows), options);
  const arrays = latentArrays(backend, plan, precision);
  const { width } = plan;
  tree.arities.forEach((arity, v) => {
    tree.w[v].forEach((row, z) => {
      arrays.parameters.set(row, plan.weights[v] + z * width);
    });
    for (let z = 0; z < tree.latents; z++) {
      for (let x = 0; x <= arity; x++) {
        arrays.parameters[plan.emissions[v] + x * width + z] = x < arity ? tree.e[v][z][x] : 1;
      }
    }
  });
  backend.latentTree({ pass: "load", arrays });
  return arrays;
}

/** P(row), and the joint posteriors of z_parent and z_v times P, by going through all latent states. */
export function enumerated(tree: RandomTree, row: readonly number[]) {
  const { latents: h, arities, parents } = tree;
  const n = arities.length;
  const pairs = arities.map(() => new Float64Array(h * h));
  const flows = arities.map(() => new Float64Array(h));
  let total = 0;
  const z = new Array<number>(n).fill(0);
  for (let world = 0; world < h ** n; world++) {
    for (let v = 0, rest = world; v < n; v++, rest = Math.floor(rest / h)) z[v] = rest % h;
    let p = 1;
    for (let v = 0; v < n; v++) {
      p *= tree.w[v][v === 0 ? 0 : z[parents[v]]][z[v]];
      p *= row[v] < arities[v] ? tree.e[v][z[v]][row[v]] : 1;
    }
    total += p;
    for (let v = 0; v < n; v++) {
      flows[v][z[v]] += p;
      if (v > 0) pairs[v][z[parents[v]] * h + z[v]] += p;
    }
  }
  return { total, pairs, flows };
}
