/** The chance model, against drawing ranks: under it adjusted and z-scored metrics are 0, and z has variance 1. */
import { rng } from "@credence/core";
import { rankMetrics } from "@credence/kg";
import { expect, it } from "vitest";

/** Four standard errors of a mean of n standardized numbers: exceeded once in sixteen thousand seeds. */
const fourSigma = (n: number): number => 4 / Math.sqrt(n);

it("gives z-scores of mean 0 and variance 1 for ranks drawn by chance", () => {
  const random = rng("chance ranks");
  const candidates = Array.from({ length: 40 }, () => 1 + random.int(60));
  const runs = 4000;
  const draws = Array.from({ length: runs }, () => {
    const metrics = rankMetrics(
      candidates.map((n) => 1 + random.int(n)),
      candidates,
      { hitsAt: [3] },
    );
    return [metrics.zMeanRank, metrics.zMrr, metrics.zHitsAt[3]];
  });
  for (const k of [0, 1, 2]) {
    const mean = draws.reduce((sum, draw) => sum + draw[k], 0) / runs;
    const variance = draws.reduce((sum, draw) => sum + (draw[k] - mean) ** 2, 0) / runs;
    expect(Math.abs(mean)).toBeLessThan(fourSigma(runs));
    // A square of a standardized number varies by at most 2 or so here.
    expect(Math.abs(variance - 1)).toBeLessThan(2 * fourSigma(runs));
  }
});
