/**
 * The passes over a latent tree by their definition, one row at a time and in logs:
 *
 *   log M_v[z] = log E_v[z, x_v] + Σ_c log U_c[z],   log U_c[z] = log Σ_y exp(log W_c[z, y] + log M_c[y])
 *
 * and down, with P the probability of the row, P(z_v = z, z_c = y | x) = F_v[z] · W_c[z, y] · M_c[y] / U_c[z]. Slow,
 * and right wherever logs are: what the linear passes are tested against, and what decides on rows that they lose.
 */
import { type FloatArray, logSumExp } from "@credence/core";
import type { LatentTree } from "./latent-tree.ts";
import type { StateTable } from "./states.ts";

/**
 * log P(row); -Infinity if it is impossible.
 * @param into where to add the row's expected counts, laid out as the parameters, and how often it counts
 */
export function latentLogs(
  tree: LatentTree,
  parameters: FloatArray,
  table: StateTable,
  row: number,
  into?: { readonly counts: Float64Array; readonly weight: number },
): number {
  const { latents: h, arities, parents, order, transitions, emissions } = tree;
  const stateOf = (v: number): number => table.columns[v * table.rows + row];
  const values = arities.map((arity, v) =>
    Float64Array.from({ length: h }, (_, z) => {
      const x = stateOf(v);
      return x < arity ? Math.log(parameters[emissions[v] + z * arity + x]) : 0;
    }),
  );
  const messages = arities.map(() => new Float64Array(h));
  const terms = new Float64Array(h);
  for (let i = order.length - 1; i > 0; i--) {
    const v = order[i];
    for (let z = 0; z < h; z++) {
      for (let y = 0; y < h; y++) {
        terms[y] = Math.log(parameters[transitions[v] + z * h + y]) + values[v][y];
      }
      messages[v][z] = logSumExp(terms);
      values[parents[v]][z] += messages[v][z];
    }
  }
  const root = order[0];
  for (let z = 0; z < h; z++) terms[z] = Math.log(parameters[transitions[root] + z]) + values[root][z];
  const total = logSumExp(terms);
  if (into === undefined || total === Number.NEGATIVE_INFINITY) return total;
  const { counts, weight } = into;
  const flows = arities.map(() => new Float64Array(h));
  for (let z = 0; z < h; z++) {
    flows[root][z] = weight * Math.exp(terms[z] - total);
    counts[transitions[root] + z] += flows[root][z];
  }
  for (const v of order) {
    if (v !== root) {
      for (let z = 0; z < h; z++) {
        const flow = flows[parents[v]][z];
        if (flow === 0) continue;
        for (let y = 0; y < h; y++) {
          const at = transitions[v] + z * h + y;
          const share = flow * Math.exp(Math.log(parameters[at]) + values[v][y] - messages[v][z]);
          counts[at] += share;
          flows[v][y] += share;
        }
      }
    }
    const [x, arity] = [stateOf(v), arities[v]];
    for (let z = 0; z < h; z++) {
      const at = emissions[v] + z * arity;
      if (x < arity) counts[at + x] += flows[v][z];
      else for (let s = 0; s < arity; s++) counts[at + s] += flows[v][z] * parameters[at + s];
    }
  }
  return total;
}
