/**
 * Rows into clusters: a mixture of k independent distributions, P(x) = Σ_c w_c Π_v P_c(x_v), fitted by EM, every row
 * then in its most probable component. Missing values are left out of the products, and rows count as often as their
 * weights say. O(iterations · k · values).
 */
import type { Rng } from "@credence/core";
import { missing, type StateTable } from "./states.ts";
import { massOf, weighted } from "./weights.ts";

/** The rows of each cluster, ascending; some may be empty. */
export function clusterRows(table: StateTable, clusters: number, random: Rng, iterations = 12): number[][] {
  const { rows, cols, columns, arities } = table;
  const offsets = new Int32Array(cols + 1);
  arities.forEach((arity, v) => {
    offsets[v + 1] = offsets[v] + arity;
  });
  const width = offsets[cols];
  const logs = new Float64Array(clusters * width);
  const weights = new Float64Array(clusters).fill(1 / clusters);
  // Shares of the rows: at first each cluster has a seed row, and rows go by how many values they have in common.
  const shares = new Float64Array(clusters * rows);
  const seeds = Array.from({ length: clusters }, () => random.int(rows));
  for (let r = 0; r < rows; r++) {
    const common = seeds.map((seed) => {
      let same = 0;
      for (let v = 0; v < cols; v++) if (columns[v * rows + r] === columns[v * rows + seed]) same++;
      return same + random();
    });
    shares[common.indexOf(Math.max(...common)) * rows + r] = 1;
  }
  for (let step = 0; step < iterations; step++) {
    maximize(table, shares, offsets, logs, weights);
    expect(table, shares, offsets, logs, weights);
  }
  const members: number[][] = Array.from({ length: clusters }, () => []);
  for (let r = 0; r < rows; r++) {
    let best = 0;
    for (let c = 1; c < clusters; c++) if (shares[c * rows + r] > shares[best * rows + r]) best = c;
    members[best].push(r);
  }
  return members;
}

/** Log probabilities of states, and weights, from the shares of rows. Counts start at 1. */
function maximize(
  table: StateTable,
  shares: Float64Array,
  offsets: Int32Array,
  logs: Float64Array,
  weights: Float64Array,
): void {
  const { rows, cols, columns, arities } = table;
  const width = offsets[cols];
  const mass = massOf(table);
  for (let c = 0; c < weights.length; c++) {
    const own = weighted(shares.subarray(c * rows, (c + 1) * rows), table.weights);
    weights[c] = (own.reduce((a, b) => a + b, 0) + 1) / (mass + weights.length);
    for (let v = 0; v < cols; v++) {
      const counts = logs.subarray(c * width + offsets[v], c * width + offsets[v + 1]).fill(1);
      for (let r = 0; r < rows; r++) {
        const state = columns[v * rows + r];
        if (state !== missing) counts[state] += own[r];
      }
      const total = counts.reduce((a, b) => a + b, 0);
      for (let s = 0; s < arities[v]; s++) counts[s] = Math.log(counts[s] / total);
    }
  }
}

/** Shares of the rows from the parameters. */
function expect(
  { rows, cols, columns }: StateTable,
  shares: Float64Array,
  offsets: Int32Array,
  logs: Float64Array,
  weights: Float64Array,
): void {
  const width = offsets[cols];
  for (let c = 0; c < weights.length; c++) {
    const own = shares.subarray(c * rows, (c + 1) * rows).fill(Math.log(weights[c]));
    for (let v = 0; v < cols; v++) {
      const base = c * width + offsets[v];
      for (let r = 0; r < rows; r++) {
        const state = columns[v * rows + r];
        if (state !== missing) own[r] += logs[base + state];
      }
    }
  }
  for (let r = 0; r < rows; r++) {
    let max = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < weights.length; c++) max = Math.max(max, shares[c * rows + r]);
    let total = 0;
    for (let c = 0; c < weights.length; c++) {
      shares[c * rows + r] = Math.exp(shares[c * rows + r] - max);
      total += shares[c * rows + r];
    }
    for (let c = 0; c < weights.length; c++) shares[c * rows + r] /= total;
  }
}
