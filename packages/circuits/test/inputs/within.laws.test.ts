import { type Distribution, type Domain, entropy, expectation, posteriors } from "@credence/circuits";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { alone, count, densityOf, real, total } from "./oracle.ts";

/** With an interval, and the corners (and the end) of the density inside it. */
const cases: readonly (readonly [
  Distribution,
  Domain,
  from: number,
  to: number,
  breaks: readonly number[],
])[] = [
  [{ family: "gaussian", mean: 1.5, std: 0.5 }, real, 1, 2.2, [1, 2.2]],
  [{ family: "gaussian", mean: 1.5, std: 0.5 }, real, -2, 1, [-2, 1]],
  [{ family: "gaussian", mean: -3, std: 0.5 }, real, 2, 4, [2, 2.5, 4]],
  [{ family: "exponential", rate: 2 }, real, 0.25, 1, [0.25, 1]],
  [{ family: "gamma", shape: 3.5, rate: 2 }, real, 0.5, 6, [0.5, 6]],
  [{ family: "gamma", shape: 3.5, rate: 2 }, real, 1, 1.5, [1, 1.5]],
  [{ family: "gamma", shape: 0.4, rate: 1 }, real, 0.5, 3, [0.5, 3]],
  [{ family: "uniform", low: -1, high: 3 }, real, 0, 5, [0, 3]],
  [{ family: "histogram", edges: [0, 1, 3], masses: [0.25, 0.75] }, real, 0.5, 2, [0.5, 1, 2]],
  [{ family: "poisson", rate: 3.5 }, count, 2, 9, [2, 9]],
  [{ family: "binomial", trials: 6, p: 0.3 }, count, 3, 6, [3, 6]],
  [{ family: "geometric", p: 0.4 }, count, 5, 60, [5, 60]],
  [{ family: "negativeBinomial", successes: 0.4, p: 0.2 }, count, 0, 12, [0, 12]],
];

describe.each(cases)("%j within an interval", (distribution, domain, from, to, breaks) => {
  const circuit = alone(distribution, domain);
  const density = densityOf(distribution, domain);
  const evidence = { x: { from, to } };
  const mean = (g: (x: number) => number) =>
    total(domain, breaks, (x) => density(x) * g(x)) / total(domain, breaks, density);
  const near = (a: number, b: number) => close(a, b, tolerance.reference);

  it("has the mean, variance, powers and entropy that its densities give", () => {
    const answer = posteriors(circuit, evidence);
    if (answer.kind !== "posteriors" || answer.byVariable.x.kind !== "number") expect.unreachable();
    const first = mean((x) => x);
    expect(near(answer.byVariable.x.mean, first)).toBe(true);
    expect(
      near(
        answer.byVariable.x.variance,
        mean((x) => (x - first) ** 2),
      ),
    ).toBe(true);
    for (const k of [1, 2, 5]) {
      const found = expectation(circuit, [{ factors: { x: k } }], evidence);
      if (found.kind !== "expectation") expect.unreachable();
      expect([
        k,
        near(
          found.value,
          mean((x) => x ** k),
        ),
      ]).toEqual([k, true]);
    }
    const whole = total(domain, breaks, density);
    const h = entropy(circuit, evidence);
    if (h.kind !== "entropy") expect.unreachable();
    expect(near(h.nats, -mean((x) => Math.log(density(x) / whole)))).toBe(true);
  });
});

describe("laws of a single count", () => {
  it.each([
    [{ family: "binomial", trials: 5, p: 1 }, 5],
    [{ family: "binomial", trials: 5, p: 0 }, 0],
    [{ family: "geometric", p: 1 }, 0],
    [{ family: "negativeBinomial", successes: 2, p: 1 }, 0],
  ] as const)(
    "%j has the powers of its count, whole or within an interval around it",
    (distribution, only) => {
      const circuit = alone(distribution, count);
      for (const k of [1, 2, 3]) {
        for (const evidence of [{}, { x: { from: only - 2, to: only + 1 } }]) {
          const found = expectation(circuit, [{ factors: { x: k } }], evidence);
          if (found.kind !== "expectation") expect.unreachable();
          expect(near(found.value, only ** k)).toBe(true);
        }
      }
    },
  );
  const near = (a: number, b: number) => close(a, b, tolerance.rounding);
});

describe("far from the mean, and in narrow intervals", () => {
  const moments = (d: Distribution, from: number, to?: number) => {
    const answer = posteriors(alone(d, real), { x: to === undefined ? { from } : { from, to } });
    if (answer.kind !== "posteriors" || answer.byVariable.x.kind !== "number") expect.unreachable();
    return answer.byVariable.x;
  };

  it("an exponential variable forgets where it started", () => {
    const { mean, variance } = moments({ family: "exponential", rate: 2 }, 1000);
    expect(mean).toBeCloseTo(1000.5, 9);
    expect(variance).toBeCloseTo(0.25, 8);
  });

  it("a gaussian one is nearly exponential, and uniform between neighbors", () => {
    const z = 40;
    const { mean, variance } = moments({ family: "gaussian", mean: 0, std: 1 }, z);
    // Series of φ(z)/Q(z) - z and of 1 + z φ/Q - (φ/Q)² in 1/z.
    const hazard = z + 1 / z - 2 / z ** 3 + 10 / z ** 5 - 74 / z ** 7;
    expect(close(mean - z, hazard - z, tolerance.reference)).toBe(true);
    expect(close(variance, 1 / z ** 2 - 6 / z ** 4 + 50 / z ** 6 - 518 / z ** 8, tolerance.gradient)).toBe(
      true,
    );
    const narrow = moments({ family: "gaussian", mean: 0, std: 1 }, 1, 1 + 2 ** -20);
    expect(close(narrow.variance, 2 ** -40 / 12, tolerance.gradient, 0)).toBe(true);
  });

  it("laws keep their variance where their masses are far below the smallest number", () => {
    expect(moments({ family: "exponential", rate: 1 }, 1e140)).toMatchObject({ mean: 1e140, variance: 1 });
    expect(moments({ family: "gamma", shape: 2.5, rate: 2 }, 1e14)).toMatchObject({
      mean: 1e14 + 0.5,
      variance: expect.closeTo(0.25, 10),
    });
    // 1 / z² and the mirror image.
    const right = moments({ family: "gaussian", mean: 0, std: 1 }, 1e8);
    const left = moments({ family: "gaussian", mean: 0, std: 1 }, Number.NEGATIVE_INFINITY, -1e8);
    expect(close(right.variance, 1e-16, tolerance.reference, 0)).toBe(true);
    expect(left).toEqual({ ...right, mean: -right.mean });
  });
});
