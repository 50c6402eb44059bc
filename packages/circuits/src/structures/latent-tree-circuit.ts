/**
 * A latent tree as a circuit, one node per variable and latent state,
 *
 *   M_v[z] = E_v(z) · Π_children c  Σ_y W_c[z, y] · M_c[y],    root = Σ_z π[z] · M_root[z],
 *
 * smooth and structured-decomposable, with nodes of equal numbers kept apart so that EM may go on from it.
 */
import type { Circuit } from "../circuit/circuit.ts";
import type { LatentTree } from "../learn/latent-tree.ts";
import { tableBuilder } from "./clt.ts";

/** The circuit of a latent tree with these parameters. O(parameters). */
export function latentTreeCircuit(
  tree: LatentTree,
  parameters: ArrayLike<number>,
  names?: readonly string[],
): Circuit {
  const { latents: h, order, parents, arities } = tree;
  const builder = tableBuilder(arities, names, false);
  const row = (from: number, length: number) => Array.from({ length }, (_, i) => parameters[from + i]);
  const factors: number[][][] = arities.map(() => Array.from({ length: h }, () => []));
  for (let i = order.length - 1; i >= 0; i--) {
    const v = order[i];
    const own = Array.from({ length: h }, (_, z) => {
      const probabilities = unit(row(tree.emissions[v] + z * arities[v], arities[v]));
      const input = builder.input(
        v,
        arities[v] === 2
          ? { family: "bernoulli", p: probabilities[1] }
          : { family: "categorical", probabilities },
      );
      return builder.product([input, ...factors[v][z]]);
    });
    const u = parents[v];
    const logs = (z: number) => unit(row(tree.transitions[v] + z * h, h)).map(Math.log);
    if (u < 0) return builder.build(builder.sum(own, logs(0)));
    for (let z = 0; z < h; z++) factors[u][z].push(builder.sum(own, logs(z)));
  }
  // Every tree has a root, which comes first in its order.
  return builder.build(builder.product([]));
}

/** The numbers divided by their sum: training keeps rows at 1 up to rounding only. */
function unit(numbers: readonly number[]): number[] {
  const total = numbers.reduce((a, b) => a + b, 0);
  return numbers.map((x) => Math.min(1, x / total));
}
