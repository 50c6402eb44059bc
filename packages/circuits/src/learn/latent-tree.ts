/**
 * Latent trees: a tree over the observed variables, each with a latent variable z_v of H states beside it,
 *
 *   P(x) = Σ_z  π(z_root) · Π_v E_v[z_v, x_v] · Π_{v ≠ root} W_v[z_parent(v), z_v].
 *
 * Hidden Chow-Liu trees, hidden Markov models and mixtures are latent trees. As circuits they are smooth and
 * structured-decomposable, with n·H sums of H children; here are their shape and their parameters, the latter in
 * one flat array, as the learning engine has them.
 */
import { type FloatArray, InvalidArgumentError } from "@credence/core";

/** The shape of a latent tree. */
export interface LatentTree {
  /** H, the states of each latent variable. */
  readonly latents: number;
  readonly arities: readonly number[];
  /** The parent of each variable, -1 for the root. */
  readonly parents: Int32Array;
  /** Variables, parents before children. */
  readonly order: Int32Array;
  /**
   * Where W_v (H × H, rows by the parent's state; of the root π, 1 × H) starts in the parameters, and E_v (H × arity)
   * after it.
   */
  readonly transitions: Int32Array;
  readonly emissions: Int32Array;
  /** How many numbers the parameters are; each row of W and E adds up to 1. */
  readonly parameterCount: number;
}

/** The shape of a latent tree. @throws InvalidArgumentError unless `latents` is an integer from 1 to 1024 */
export function latentTree(
  arities: readonly number[],
  shape: { readonly parents: Int32Array; readonly order: Int32Array },
  latents: number,
): LatentTree {
  if (!(Number.isInteger(latents) && latents >= 1 && latents <= 1024)) {
    throw new InvalidArgumentError("latents", latents, "an integer from 1 to 1024");
  }
  const transitions = new Int32Array(arities.length);
  const emissions = new Int32Array(arities.length);
  let at = 0;
  arities.forEach((arity, v) => {
    transitions[v] = at;
    at += latents * (shape.parents[v] < 0 ? 1 : latents);
    emissions[v] = at;
    at += latents * arity;
  });
  return {
    latents,
    arities,
    parents: shape.parents,
    order: shape.order,
    transitions,
    emissions,
    parameterCount: at,
  };
}

/** The rows of the parameters: stretches that add up to 1. */
export function parameterRows(tree: LatentTree): { readonly from: number; readonly length: number }[] {
  const { latents } = tree;
  return tree.arities.flatMap((arity, v) => {
    const rows = tree.parents[v] < 0 ? 1 : latents;
    const transitions = Array.from({ length: rows }, (_, z) => ({
      from: tree.transitions[v] + z * latents,
      length: latents,
    }));
    const emissions = Array.from({ length: latents }, (_, z) => ({
      from: tree.emissions[v] + z * arity,
      length: arity,
    }));
    return [...transitions, ...emissions];
  });
}

/** Makes every row add up to 1; a row of zeros becomes uniform. In place. */
export function normalizeRows(tree: LatentTree, parameters: FloatArray): void {
  for (const { from, length } of parameterRows(tree)) {
    let total = 0;
    for (let i = from; i < from + length; i++) total += parameters[i];
    for (let i = from; i < from + length; i++) parameters[i] = total > 0 ? parameters[i] / total : 1 / length;
  }
}
