/**
 * The promise itself: certified sets at a perturbed row hold what the clean row's set holds, as often as
 * promised.
 */
import {
  calibrateCertified,
  certifySets,
  gaussianShiftUp,
  smoothSync,
  unattackedSets,
  type VoteCounts,
} from "@credence/conformal";
import { binomialUpperTail, rng } from "@credence/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { tolerance } from "../../../../test/tolerance.ts";
import { bandClassifier, bandShares } from "./half-plane.ts";

const threshold = 0.6;
const sigma = 0.5;
const classifier = bandClassifier(threshold);

it("exact shares: the shifted set at x' contains the plain set of every x within the radius", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -3, max: 3, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (x, radius, direction, qhat) => {
        const clean = bandShares(threshold, x, sigma);
        const seen = bandShares(threshold, x + radius * direction, sigma);
        for (const [j, share] of clean.entries()) {
          if (1 - share > qhat) continue;
          const bound = gaussianShiftUp(Math.min(1, Math.max(0, seen[j])), radius, sigma);
          expect(1 - bound).toBeLessThanOrEqual(qhat + tolerance.rounding);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

const samples = 300;

function votesAt(points: readonly number[][], seed: string): VoteCounts {
  return smoothSync(classifier, points as number[][], { classes: 3, sigma, samples, seed });
}

it("sampled: the certified set misses a label of the clean set no more often than eta", () => {
  const stream = rng("sampled");
  const eta = 0.1;
  const calibrationPoints = Array.from({ length: 200 }, () => [1.2 * stream.normal()]);
  const calibrationVotes = votesAt(calibrationPoints, "calibration votes");
  const labels = calibrationPoints.map(([x]) => (x > threshold ? 1 : x < -threshold ? 2 : 0));
  const certified = calibrateCertified(calibrationVotes, labels, { alpha: 0.2, eta });
  const clean = Array.from({ length: 600 }, () => [1.2 * stream.normal()]);
  for (const radius of [0.2, 0.5]) {
    const moved = clean.map(([x]) => [x + (stream() < 0.5 ? radius : -radius)]);
    const plain = unattackedSets(votesAt(clean, `clean ${radius}`), certified);
    const [{ sets }] = certifySets(votesAt(moved, `moved ${radius}`), certified, [radius]);
    let misses = 0;
    let pairs = 0;
    for (let i = 0; i < clean.length; i++) {
      for (const label of plain.at(i)) {
        pairs++;
        if (!sets.at(i).includes(label)) misses++;
      }
    }
    expect(pairs).toBeGreaterThan(400);
    expect(binomialUpperTail(misses - 1, pairs, eta)).toBeGreaterThan(1e-6);
  }
});

it("end to end: under the worst shift of every row, certified sets cover and plain sets do not", () => {
  const stream = rng("end to end");
  const alpha = 0.1;
  const radius = 0.5;
  const draw = (rows: number) => {
    const points = Array.from({ length: rows }, () => [1.2 * stream.normal()]);
    return { points, labels: points.map(([x]) => (x > threshold ? 1 : x < -threshold ? 2 : 0)) };
  };
  let covered = 0;
  let plainCovered = 0;
  let rows = 0;
  for (let round = 0; round < 8; round++) {
    const calibration = draw(300);
    const certified = calibrateCertified(votesAt(calibration.points, `c ${round}`), calibration.labels, {
      alpha,
      eta: 0.02,
    });
    const test = draw(200);
    // The adversary knows the classifier: it moves every row towards the nearest other class.
    const attacked = test.points.map(([x]) => [
      Math.abs(x) > threshold ? x - Math.sign(x) * radius : x + (Math.sign(x) || 1) * radius,
    ]);
    const seen = votesAt(attacked, `t ${round}`);
    const [{ sets }] = certifySets(seen, certified, [radius]);
    const plain = unattackedSets(seen, certified);
    for (const [i, label] of test.labels.entries()) {
      rows++;
      if (sets.at(i).includes(label)) covered++;
      if (plain.at(i).includes(label)) plainCovered++;
    }
  }
  // Rounds share no data, but rows of a round share a calibration: allow for its spread.
  expect(covered / rows).toBeGreaterThan(1 - alpha - 0.02);
  expect(plainCovered / rows).toBeLessThan(1 - alpha - 0.05);
});
