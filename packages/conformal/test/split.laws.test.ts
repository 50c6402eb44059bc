import {
  aps,
  calibrate,
  coverageBand,
  coverageReport,
  lac,
  margin,
  raps,
  topKScore,
} from "@credence/conformal";
import { binomialUpperTail, rng } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { softmaxRows } from "./rows.ts";

const scores = [lac(), aps(), raps({ penalty: 0.05, kreg: 2 }), topKScore({ randomized: true }), margin()];

describe.each(scores)("$name", (score) => {
  it("sets grow as alpha falls, and agree with the p-values", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 1, max: 99 }),
        fc.integer({ min: 1, max: 99 }),
        (seed, a, b) => {
          const { probabilities, labels } = softmaxRows(`laws ${seed}`, 40, 6);
          const test = softmaxRows(`test ${seed}`, 10, 6);
          const u = (i: number) => rng(`u ${seed} ${i}`)();
          const calibrationDraws = probabilities.map((_, i) => u(i));
          const testDraws = test.probabilities.map((_, i) => u(100 + i));
          const at = (hundredths: number) =>
            calibrate({ probabilities, labels }, { score, alpha: hundredths / 100, u: calibrationDraws });
          const wide = at(Math.min(a, b));
          const narrow = at(Math.max(a, b));
          for (const [i, row] of test.probabilities.entries()) {
            const draw = { u: testDraws[i] };
            const larger = wide.predictSet(row, draw);
            for (const label of narrow.predictSet(row, draw)) expect(larger.has(label)).toBe(true);
            const p = narrow.pValues(row, draw);
            const byPValue = [...row.keys()].filter((j) => p[j] > narrow.alpha);
            expect([...narrow.predictSet(row, draw)]).toEqual(byPValue);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it("covers as often as it must, over 200 seeds", () => {
    const n = 60;
    const nTest = 100;
    const alpha = 0.1;
    const band = coverageBand(n, nTest, alpha, { level: 0.99 });
    let below = 0;
    let outside = 0;
    let total = 0;
    for (let seed = 0; seed < 200; seed++) {
      const calibration = softmaxRows(`calibration ${seed}`, n, 8);
      const test = softmaxRows(`test ${seed}`, nTest, 8);
      const predictor = calibrate(calibration, { score, alpha, rng: rng(seed) });
      const { coverage } = coverageReport(predictor.predictSets(test.probabilities), test.labels);
      total += coverage;
      if (coverage < band.low) below++;
      if (coverage < band.low || coverage > band.high) outside++;
    }
    // Too low happens with probability at most 0.5 % a seed; a binomial tail of 1e-6 is beyond bad luck.
    expect(binomialUpperTail(below - 1, 200, 0.005)).toBeGreaterThan(1e-6);
    expect(total / 200).toBeGreaterThan(1 - alpha - 0.015);
    // Without ties the law is exact on both sides.
    if (score.name === "margin" || score.name === "lac") {
      expect(binomialUpperTail(outside - 1, 200, 1 - band.probability)).toBeGreaterThan(1e-6);
      expect(total / 200).toBeLessThan(band.mean + 0.015);
    }
  });
});
