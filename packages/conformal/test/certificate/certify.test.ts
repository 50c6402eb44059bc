import {
  calibrateCertified,
  certificationTable,
  certifySets,
  certifyTop,
  clopperPearsonLower,
  clopperPearsonUpper,
  gaussianShiftDown,
  gaussianShiftUp,
  smoothSync,
  splitQuantile,
  unattackedSets,
  type VoteCounts,
} from "@credence/conformal";
import { binomialUpperQuantile, binomialUpperTail, type CredenceError, rng } from "@credence/core";
import { describe, expect, it } from "vitest";
import { bandClassifier, bandShares } from "./half-plane.ts";

const samples = 400;
const sigma = 0.5;
const radii = [0, 0.1, 0.25, 0.5];

/** Points whose class is drawn from the exact shares around them, and their votes. */
function record(seed: string, rows: number): { counts: VoteCounts; labels: Int32Array; points: number[][] } {
  const stream = rng(seed);
  const points = Array.from({ length: rows }, () => [1.2 * stream.normal()]);
  const labels = Int32Array.from(points, ([x]) => {
    const [middle, above] = bandShares(0.6, x, 0.3);
    const u = stream();
    return u < middle ? 0 : u < middle + above ? 1 : 2;
  });
  const counts = smoothSync(bandClassifier(0.6), points, { classes: 3, sigma, samples, seed });
  return { counts, labels, points };
}

const calibration = record("calibration", 300);
const test = record("test", 200);
const certified = calibrateCertified(calibration.counts, calibration.labels, { alpha: 0.1, eta: 0.01 });

function codeOf(call: () => unknown): string | undefined {
  try {
    call();
  } catch (error) {
    return (error as CredenceError).code;
  }
  return undefined;
}

describe("calibration on votes", () => {
  it("is the split quantile of 1 − share at the exact decimal alpha − eta", () => {
    const { votes, classes } = calibration.counts;
    const scores = Array.from(
      calibration.labels,
      (label, i) => (samples - votes[i * classes + label]) / samples,
    );
    expect(certified.qhat).toBeCloseTo(splitQuantile(scores, 0.09), 14);
    expect(certified.rank).toBe(Math.ceil(301 * 0.91));
    expect(certified.minVotes / samples).toBeCloseTo(1 - certified.qhat, 14);
  });

  it("keeps the books: the budget's entries sum to alpha", () => {
    const { alpha, eta, entries } = certified.budget;
    expect([alpha, eta]).toEqual([0.1, 0.01]);
    expect(entries.map((entry) => entry.level)).toEqual([0.09, 0.005, 0.005]);
    expect(entries.reduce((sum, entry) => sum + entry.level, 0)).toBeCloseTo(alpha, 14);
    expect(calibrateCertified(calibration.counts, calibration.labels, { alpha: 0.2 }).budget.eta).toBeCloseTo(
      0.02,
      14,
    );
  });

  it("keeps every class, and warns, with too few rows", () => {
    const few = { ...calibration.counts, rows: 5, votes: calibration.counts.votes.slice(0, 15) };
    const poor = calibrateCertified(few, calibration.labels.slice(0, 5), { alpha: 0.1, eta: 0.01 });
    expect([poor.qhat, poor.minVotes]).toEqual([Infinity, -Infinity]);
    expect(poor.warning).toContain("11 points");
    for (const { sets } of certifySets(test.counts, poor, radii)) {
      for (const set of sets) expect([...set]).toEqual([0, 1, 2]);
    }
  });
});

describe("certified sets", () => {
  it("are the four steps of the certificate, class by class", () => {
    const { votes, classes, rows } = test.counts;
    for (const { radius, sets, budget } of certifySets(test.counts, certified, radii)) {
      expect(budget).toBe(certified.budget);
      for (let i = 0; i < rows; i++) {
        const expected = [0, 1, 2].filter((j) => {
          const seen = clopperPearsonUpper(votes[i * classes + j], samples, 0.005);
          const clean = gaussianShiftUp(seen, radius, sigma);
          const shown = binomialUpperQuantile(0.005, samples, clean);
          return (samples - shown) / samples <= certified.qhat;
        });
        expect([...sets.at(i)]).toEqual(expected);
      }
    }
  });

  it("grow with the radius and contain the unattacked sets", () => {
    const plain = unattackedSets(test.counts, certified);
    const all = certifySets(test.counts, certified, radii);
    for (let i = 0; i < test.counts.rows; i++) {
      let inner: ArrayLike<number> = plain.at(i);
      for (const { sets } of all) {
        const outer = sets.at(i);
        expect(Array.from(inner).every((label) => outer.includes(label))).toBe(true);
        inner = outer;
      }
    }
  });

  it("accept more samples at test time than at calibration, and are then smaller", () => {
    const options = { classes: 3, sigma, seed: "many", samples: 4000 };
    const many = smoothSync(bandClassifier(0.6), test.points, options);
    const [few] = certifySets(test.counts, certified, [0.25]);
    const [more] = certifySets(many, certified, [0.25]);
    expect(more.sets.labels.length).toBeLessThan(few.sets.labels.length);
    expect(codeOf(() => unattackedSets(many, certified))).toBe("CALIBRATION_MISMATCH");
  });

  it("refuse negative radii, other functions and votes that do not add up", () => {
    expect(codeOf(() => certifySets(test.counts, certified, [-0.1]))).toBe("INVALID_ARGUMENT");
    expect(codeOf(() => certifySets({ ...test.counts, sigma: 0.25 }, certified, [0.1]))).toBe(
      "CALIBRATION_MISMATCH",
    );
    expect(codeOf(() => certifySets({ ...test.counts, sigma: 0 }, certified, [0.1]))).toBe(
      "INVALID_ARGUMENT",
    );
    const five = { rows: 1, classes: 5, samples: 1, sigma, votes: Int32Array.of(1, 0, 0, 0, 0) };
    expect(codeOf(() => certifySets(five, certified, [0.1]))).toBe("CALIBRATION_MISMATCH");
    expect(codeOf(() => certifySets({ ...five, votes: Int32Array.of(1, 1, 0, 0, 0) }, certified, []))).toBe(
      "INVALID_VOTES",
    );
    expect(codeOf(() => certifySets({ ...five, votes: Int32Array.of(2, -1, 0, 0, 0) }, certified, []))).toBe(
      "INVALID_VOTES",
    );
    expect(codeOf(() => certifySets({ ...five, votes: Int32Array.of(1) }, certified, []))).toBe(
      "INVALID_ARGUMENT",
    );
  });

  it("refuse budgets that cannot be kept and labels that do not fit", () => {
    const { counts, labels } = calibration;
    const attempt = (options: { alpha: number; eta?: number }) =>
      codeOf(() => calibrateCertified(counts, labels, options));
    expect(attempt({ alpha: 0 })).toBe("INVALID_ARGUMENT");
    expect(attempt({ alpha: 1 })).toBe("INVALID_ARGUMENT");
    expect(attempt({ alpha: 0.1, eta: 0.1 })).toBe("INVALID_ARGUMENT");
    expect(attempt({ alpha: 0.1, eta: 0 })).toBe("INVALID_ARGUMENT");
    expect(codeOf(() => calibrateCertified(counts, labels.slice(1), { alpha: 0.1 }))).toBe("LENGTH_MISMATCH");
    expect(
      codeOf(() =>
        calibrateCertified(
          counts,
          labels.map(() => 3),
          { alpha: 0.1 },
        ),
      ),
    ).toBe("LABEL_OUT_OF_RANGE");
    const none = { ...counts, rows: 0, votes: new Int32Array(0) };
    expect(codeOf(() => calibrateCertified(none, [], { alpha: 0.1 }))).toBe("EMPTY_CALIBRATION");
  });
});

describe("certified top-1", () => {
  it("is the shifted lower bound above one half", () => {
    const named = certifyTop(test.counts, { labels: test.labels });
    const chosen = certifyTop(test.counts);
    for (let i = 0; i < test.counts.rows; i++) {
      const row = test.counts.votes.subarray(3 * i, 3 * i + 3);
      expect(named.top[i]).toBe(test.labels[i]);
      expect(named.lower[i]).toBe(clopperPearsonLower(row[named.top[i]], samples, 0.001));
      expect(row[chosen.top[i]]).toBe(Math.max(...row));
      expect(chosen.lower[i]).toBe(clopperPearsonLower(row[chosen.top[i]], samples, 0.0005));
      for (const radius of radii) {
        const holds = gaussianShiftDown(named.lower[i], radius, sigma) > 0.5;
        expect(named.radius[i] > radius).toBe(holds);
      }
    }
    const share = named.radius.filter((r) => r > 0.25).length / test.counts.rows;
    expect(named.certifiedAt(0.25)).toBe(share);
    expect(codeOf(() => named.certifiedAt(-1))).toBe("INVALID_ARGUMENT");
    expect(codeOf(() => certifyTop(test.counts, { level: 0 }))).toBe("INVALID_ARGUMENT");
    expect(codeOf(() => certifyTop(test.counts, { labels: [1] }))).toBe("LENGTH_MISMATCH");
    expect(codeOf(() => certifyTop(test.counts, { labels: test.labels.map(() => -1) }))).toBe(
      "LABEL_OUT_OF_RANGE",
    );
  });

  it("is wrong no more often than its level, also for the class that the same votes chose", () => {
    // Two classes of share one half each are the worst case: no certificate is right.
    const level = 0.2;
    const rows = 20_000;
    const stream = rng("halves");
    const votes = new Int32Array(2 * rows);
    for (let i = 0; i < rows; i++) {
      for (let k = 0; k < 41; k++) votes[2 * i + (stream() < 0.5 ? 0 : 1)]++;
    }
    const wrong = certifyTop({ rows, classes: 2, samples: 41, sigma, votes }, { level });
    const count = wrong.radius.filter((radius) => radius > 0).length;
    expect(count).toBeGreaterThan(0);
    expect(binomialUpperTail(count - 1, rows, level)).toBeGreaterThan(1e-6);
  });
});

it("the table has one row for each radius, from the parts", () => {
  const table = certificationTable(test.counts, test.labels, certified, radii);
  expect(table.map((row) => row.delta)).toEqual(radii);
  const top = certifyTop(test.counts, { labels: test.labels });
  for (const [k, { sets }] of certifySets(test.counts, certified, radii).entries()) {
    expect(table[k].sigma).toBe(sigma);
    expect(table[k].top1).toBe(top.certifiedAt(radii[k]));
    expect(table[k].setSize).toBe(sets.labels.length / test.counts.rows);
    const hits = Array.from(test.labels).filter((label, i) => sets.at(i).includes(label)).length;
    expect(table[k].coverage).toBe(hits / test.counts.rows);
  }
});
