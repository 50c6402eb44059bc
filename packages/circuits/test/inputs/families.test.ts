import {
  type Distribution,
  type Domain,
  entropy,
  logPartition,
  mpe,
  posteriors,
  sample,
} from "@credence/circuits";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { alone, count, densityOf, real, total } from "./oracle.ts";

/** With the mean, the variance, and where the density has its corners and (to all purposes) its ends. */
const families: readonly (readonly [
  Distribution,
  Domain,
  mean: number,
  variance: number,
  breaks: readonly number[],
])[] = [
  [{ family: "gaussian", mean: 1.5, std: 0.5 }, real, 1.5, 0.25, [-3, 1.5, 6]],
  [{ family: "exponential", rate: 2 }, real, 0.5, 0.25, [0, 1, 20]],
  [{ family: "gamma", shape: 3.5, rate: 2 }, real, 1.75, 0.875, [0, 0.25, 1, 3, 30]],
  [{ family: "gamma", shape: 1, rate: 2 }, real, 0.5, 0.25, [0, 1, 20]],
  [{ family: "gamma", shape: 60, rate: 40 }, real, 1.5, 0.0375, [0, 1.5, 6]],
  [{ family: "uniform", low: -1, high: 3 }, real, 1, 16 / 12, [-1, 3]],
  [
    { family: "histogram", edges: [0, 1, 3], masses: [0.25, 0.75] },
    real,
    1.625,
    0.25 * (1.125 ** 2 + 1 / 12) + 0.75 * (0.375 ** 2 + 4 / 12),
    [0, 1, 3],
  ],
  [{ family: "poisson", rate: 3.5 }, count, 3.5, 3.5, [0, 60]],
  [{ family: "binomial", trials: 6, p: 0.3 }, count, 1.8, 1.26, [0, 6]],
  [{ family: "binomial", trials: 100, p: 0.02 }, count, 2, 1.96, [0, 100]],
  [{ family: "geometric", p: 0.4 }, count, 1.5, 3.75, [0, 100]],
  [{ family: "negativeBinomial", successes: 2.5, p: 0.6 }, count, 5 / 3, 25 / 9, [0, 100]],
  [{ family: "negativeBinomial", successes: 0.4, p: 0.2 }, count, 1.6, 8, [0, 400]],
];

describe.each(families)("%j", (distribution, domain, mean, variance, breaks) => {
  const circuit = alone(distribution, domain);
  const density = densityOf(distribution, domain);
  const mass = (from: number, to: number) => Math.exp(logPartition(circuit, { x: { from, to } }));
  const near = (a: number, b: number) => close(a, b, tolerance.reference);

  it("has the moments and the entropy that its densities give", () => {
    expect(near(total(domain, breaks, density), 1)).toBe(true);
    expect(
      near(
        total(domain, breaks, (x) => density(x) * x),
        mean,
      ),
    ).toBe(true);
    expect(
      near(
        total(domain, breaks, (x) => density(x) * (x - mean) ** 2),
        variance,
      ),
    ).toBe(true);
    const answer = posteriors(circuit);
    if (answer.kind !== "posteriors" || answer.byVariable.x.kind !== "number") expect.unreachable();
    expect(near(answer.byVariable.x.mean, mean)).toBe(true);
    expect(near(answer.byVariable.x.variance, variance)).toBe(true);
    const nats = total(domain, breaks, (x) => {
      const p = density(x);
      return p > 0 ? -p * Math.log(p) : 0;
    });
    const own = entropy(circuit);
    if (own.kind !== "entropy") expect.unreachable();
    expect(close(own.nats, nats, tolerance.single)).toBe(true);
  });

  it("gives an interval the sum or integral of its densities", () => {
    const [low, high] = [breaks[0], breaks[breaks.length - 1]];
    for (const [a, b] of [
      [0.1, 0.3],
      [0, 0.05],
      [0.25, 1],
      [0.5, 0.51],
    ]) {
      const [from, to] = [low + a * (high - low), low + b * (high - low)];
      const inside = breaks.filter((x) => x > from && x < to);
      const pieces = domain.kind === "real" ? [from, ...inside, to] : [Math.ceil(from), Math.floor(to)];
      expect(close(mass(from, to), total(domain, pieces, density), tolerance.reference)).toBe(true);
    }
  });

  it("adds its masses up, in the middle and far out", () => {
    expect(close(mass(-50, 1) + mass(1 + tolerance.rounding, 1000), 1, tolerance.reference)).toBe(true);
    expect(logPartition(circuit, { x: { from: 0 } })).toBeLessThanOrEqual(0);
    expect(logPartition(circuit, { x: { to: -20 } })).toBeLessThan(-200);
    expect(logPartition(circuit, { x: { from: -1e6 } })).toBe(0);
  });

  it("has its mode where no density is larger", () => {
    const best = mpe(circuit);
    if (best.kind !== "world") expect.unreachable();
    expect(best).toMatchObject({ exact: true });
    const top = density(best.assignment.x as number);
    const inside = mpe(circuit, { x: { from: 0.6, to: 2.4 } });
    if (inside.kind !== "world") expect.unreachable();
    const topInside = density(inside.assignment.x as number);
    expect(inside.assignment.x).toBeGreaterThanOrEqual(0.6);
    expect(inside.assignment.x).toBeLessThanOrEqual(2.4);
    const [start, step] = domain.kind === "real" ? [-3, 0.01] : [0, 1];
    for (let x = start; x < 8; x += step) {
      expect(density(x)).toBeLessThanOrEqual(top * (1 + tolerance.rounding));
      if (x >= 0.6 && x <= 2.4) expect(density(x)).toBeLessThanOrEqual(topInside * (1 + tolerance.rounding));
    }
  });

  it("draws samples of its law, also within an interval", () => {
    const drawn = sample(circuit, 4000, { seed: 1 });
    if (drawn.kind !== "samples") expect.unreachable();
    const values = Float64Array.from(drawn.rows.data);
    const average = values.reduce((a, b) => a + b, 0) / 4000;
    expect(Math.abs(average - mean)).toBeLessThan(5 * Math.sqrt(variance / 4000));
    // Kolmogorov's distance at some points: 1.95 / √n is passed once in a thousand samples.
    for (const point of [mean / 2, mean, mean + Math.sqrt(variance)]) {
      const below = values.filter((x) => x <= point).length / 4000;
      expect(Math.abs(below - mass(-1000, point))).toBeLessThan(1.95 / Math.sqrt(4000));
    }
    const inside = sample(circuit, 500, { seed: 1, evidence: { x: { from: 0.5, to: 2 } } });
    if (inside.kind !== "samples") expect.unreachable();
    expect(
      inside.rows.data.every((x) => x >= 0.5 - tolerance.reference && x <= 2 + tolerance.reference),
    ).toBe(true);
    const below = inside.rows.data.filter((x) => x <= 1).length / 500;
    expect(Math.abs(below - mass(0.5, 1) / mass(0.5, 2))).toBeLessThan(0.12);
  });
});

describe("a discretized logistic distribution", () => {
  const domain: Domain = { kind: "categorical", arity: 256 };
  const circuit = alone({ family: "discretizedLogistic", mean: 100.3, scale: 2.5, states: 256 }, domain);

  it("has the probabilities of 40-digit arithmetic, in the middle and at both ends", () => {
    const expected = [
      [90, -5.062491973825493],
      [100, -2.3094728360865933],
      [101, -2.3252547733022615],
      [200, -40.789632931588926],
      [255, -61.68000000000001],
      [0, -39.92],
    ];
    for (const [x, log] of expected) {
      expect(close(logPartition(circuit, { x }), log, tolerance.reference)).toBe(true);
    }
  });

  it("adds up to 1, also where it is wider than its states or narrower than one", () => {
    for (const [mean, scale] of [
      [100.3, 2.5],
      [-50, 80],
      [3, 0.01],
      [400, 1],
    ]) {
      const own = alone({ family: "discretizedLogistic", mean, scale, states: 256 }, domain);
      let sum = 0;
      for (let x = 0; x < 256; x++) sum += Math.exp(logPartition(own, { x }));
      expect(close(sum, 1, tolerance.rounding)).toBe(true);
      const answer = posteriors(own, { x: { from: 10, to: 20 } });
      if (answer.kind !== "posteriors" || answer.byVariable.x.kind !== "states") continue;
      const shares = answer.byVariable.x.probabilities;
      expect(shares.every((p, x) => (p === 0) === (x < 10 || x > 20) || p === 0)).toBe(true);
    }
  });

  it("has its mode at the state that its mean falls on, and samples around it", () => {
    const best = mpe(circuit);
    if (best.kind !== "world") expect.unreachable();
    expect(best.assignment.x).toBe(100);
    const drawn = sample(circuit, 2000, { seed: 4 });
    if (drawn.kind !== "samples") expect.unreachable();
    const average = Float64Array.from(drawn.rows.data).reduce((a, b) => a + b, 0) / 2000;
    // The variance of a logistic law is (π · scale)² / 3.
    expect(Math.abs(average - 100.3)).toBeLessThan((5 * Math.PI * 2.5) / Math.sqrt(3 * 2000));
  });
});

it.each([
  [{ family: "gaussian", mean: 0, std: 0 }, real],
  [{ family: "exponential", rate: -1 }, real],
  [{ family: "gamma", shape: 0, rate: 1 }, real],
  [{ family: "gamma", shape: 2, rate: Number.POSITIVE_INFINITY }, real],
  [{ family: "uniform", low: 1, high: 1 }, real],
  [{ family: "histogram", edges: [0, 1], masses: [0.5] }, real],
  [{ family: "histogram", masses: [1] } as unknown as Distribution, real],
  [{ family: "poisson", rate: Number.NaN }, count],
  [{ family: "binomial", trials: 1.5, p: 0.5 }, count],
  [{ family: "geometric", p: 0 }, count],
  [{ family: "negativeBinomial", successes: -1, p: 0.5 }, count],
  [{ family: "negativeBinomial", successes: 1, p: 0 }, count],
  [{ family: "poisson", rate: 1 }, real],
  [{ family: "gamma", shape: 1, rate: 1 }, count],
  [{ family: "bernoulli", p: 1.5 }, { kind: "binary" }],
  [
    { family: "bernoulli", p: 0.5 },
    { kind: "categorical", arity: 3 },
  ],
  [{ family: "categorical", probabilities: [0.5, 0.6] }, { kind: "binary" }],
  [{ family: "categorical" } as unknown as Distribution, { kind: "binary" }],
  [{ family: "indicator", state: 2 }, { kind: "binary" }],
  [
    { family: "discretizedLogistic", mean: 1, scale: 0, states: 4 },
    { kind: "categorical", arity: 4 },
  ],
  [
    { family: "discretizedLogistic", mean: 1, scale: 1, states: 5 },
    { kind: "categorical", arity: 4 },
  ],
  [{ family: "discretizedLogistic", mean: 1, scale: 1, states: 4 }, real],
  [{ family: "external", slot: -1 }, real],
  [{ family: "wishart" } as unknown as Distribution, real],
  [{ family: "toString" } as unknown as Distribution, real],
  [null as unknown as Distribution, real],
] as readonly (readonly [Distribution, Domain])[])("refuses %j", (distribution, domain) => {
  expect(() => alone(distribution, domain)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
});
