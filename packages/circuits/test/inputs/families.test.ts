import {
  circuitBuilder,
  type Distribution,
  type Domain,
  logPartition,
  posteriors,
  sample,
} from "@credence/circuits";
import { vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

const real: Domain = { kind: "real" };
const count: Domain = { kind: "count" };

/** A circuit that is one input. */
function alone(distribution: Distribution, domain: Domain) {
  const builder = circuitBuilder(vocabulary("variable", ["x"]), { domains: [domain] });
  return builder.build(builder.input("x", distribution));
}

const families: readonly (readonly [Distribution, Domain, mean: number, variance: number])[] = [
  [{ family: "gaussian", mean: 1.5, std: 0.5 }, real, 1.5, 0.25],
  [{ family: "exponential", rate: 2 }, real, 0.5, 0.25],
  [{ family: "uniform", low: -1, high: 3 }, real, 1, 16 / 12],
  [
    { family: "histogram", edges: [0, 1, 3], masses: [0.25, 0.75] },
    real,
    1.625,
    0.25 * (1.125 ** 2 + 1 / 12) + 0.75 * (0.375 ** 2 + 4 / 12),
  ],
  [{ family: "poisson", rate: 3.5 }, count, 3.5, 3.5],
  [{ family: "binomial", trials: 6, p: 0.3 }, count, 1.8, 1.26],
  [{ family: "geometric", p: 0.4 }, count, 1.5, 3.75],
];

describe.each(families)("%j", (distribution, domain, mean, variance) => {
  const circuit = alone(distribution, domain);
  const density = (x: number) => Math.exp(logPartition(circuit, { x }));
  const mass = (from: number, to: number) => Math.exp(logPartition(circuit, { x: { from, to } }));

  it("has the mean and variance that its densities give", () => {
    const step = 1 / 4096;
    const points =
      domain.kind === "count"
        ? Array.from({ length: 200 }, (_, x) => x)
        : Array.from({ length: 40 * 4096 }, (_, i) => -15 + (i + 0.5) * step);
    const width = domain.kind === "count" ? 1 : step;
    const [total, first] = [0, 1].map((k) => points.reduce((sum, x) => sum + width * density(x) * x ** k, 0));
    const second = points.reduce((sum, x) => sum + width * density(x) * (x - mean) ** 2, 0);
    expect(close(total, 1, tolerance.single)).toBe(true);
    expect(close(first, mean, tolerance.single)).toBe(true);
    const answer = posteriors(circuit);
    if (answer.kind !== "posteriors" || answer.byVariable.x.kind !== "number") expect.unreachable();
    expect(close(answer.byVariable.x.mean, mean, tolerance.reference)).toBe(true);
    expect(close(answer.byVariable.x.variance, second, tolerance.single)).toBe(true);
    expect(close(answer.byVariable.x.variance, variance, tolerance.reference)).toBe(true);
  });

  it("adds its masses up, in the middle and far out", () => {
    expect(close(mass(-50, 1) + mass(1 + tolerance.rounding, 60), 1, tolerance.reference)).toBe(true);
    expect(logPartition(circuit, { x: { from: 0 } })).toBeLessThanOrEqual(0);
    expect(logPartition(circuit, { x: { to: -20 } })).toBeLessThan(-200);
  });

  it("draws samples of its mean, also within an interval", () => {
    const drawn = sample(circuit, 4000, { seed: 1 });
    if (drawn.kind !== "samples") expect.unreachable();
    const average = Float64Array.from(drawn.rows.data).reduce((a, b) => a + b, 0) / 4000;
    expect(Math.abs(average - mean)).toBeLessThan(5 * Math.sqrt(variance / 4000));
    const inside = sample(circuit, 500, { seed: 1, evidence: { x: { from: 0.5, to: 2 } } });
    if (inside.kind !== "samples") expect.unreachable();
    expect(
      inside.rows.data.every((x) => x >= 0.5 - tolerance.reference && x <= 2 + tolerance.reference),
    ).toBe(true);
    const below = inside.rows.data.filter((x) => x <= 1).length / 500;
    expect(Math.abs(below - mass(0.5, 1) / mass(0.5, 2))).toBeLessThan(0.12);
  });
});

it("measures far tails in logs", () => {
  const circuit = alone({ family: "poisson", rate: 2 }, count);
  // P(X >= 200) is its first term up to about 1 %.
  const tail = logPartition(circuit, { x: { from: 200 } });
  expect(tail).toBeGreaterThan(logPartition(circuit, { x: 200 }));
  expect(tail).toBeLessThan(logPartition(circuit, { x: 200 }) + 0.011);
});

it.each([
  [{ family: "gaussian", mean: 0, std: 0 }, real],
  [{ family: "exponential", rate: -1 }, real],
  [{ family: "uniform", low: 1, high: 1 }, real],
  [{ family: "histogram", edges: [0, 1], masses: [0.5] }, real],
  [{ family: "poisson", rate: Number.NaN }, count],
  [{ family: "binomial", trials: 1.5, p: 0.5 }, count],
  [{ family: "geometric", p: 0 }, count],
  [{ family: "poisson", rate: 1 }, real],
  [{ family: "bernoulli", p: 1.5 }, { kind: "binary" }],
  [
    { family: "bernoulli", p: 0.5 },
    { kind: "categorical", arity: 3 },
  ],
  [{ family: "categorical", probabilities: [0.5, 0.6] }, { kind: "binary" }],
  [{ family: "indicator", state: 2 }, { kind: "binary" }],
  [{ family: "wishart" } as unknown as Distribution, real],
] as readonly (readonly [Distribution, Domain])[])("refuses %j", (distribution, domain) => {
  expect(() => alone(distribution, domain)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
});
