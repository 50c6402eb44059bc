import {
  circuitBuilder,
  type Distribution,
  type Domain,
  type FamilyName,
  logLikelihoods,
} from "@credence/circuits";
import { matrix, rng, vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { isOverStates, stateProbability } from "../../src/inputs/distribution.ts";
import { checkDistribution, numericFamily } from "../../src/inputs/input.ts";
import { estimatorOf } from "../../src/learn/estimates.ts";

const positive = fc.double({ min: 0.2, max: 4, noNaN: true });
const probability = fc.double({ min: 0.05, max: 0.95, noNaN: true });
const unit = (raw: readonly number[]) => raw.map((x) => x / raw.reduce((a, b) => a + b, 0));

/** A distribution of every family that learns, with its domain. */
const families: readonly (readonly [FamilyName, Domain, fc.Arbitrary<Distribution>])[] = [
  ["bernoulli", { kind: "binary" }, probability.map((p): Distribution => ({ family: "bernoulli", p }))],
  [
    "categorical",
    { kind: "categorical", arity: 3 },
    fc.tuple(probability, probability, probability).map((raw): Distribution => {
      return { family: "categorical", probabilities: unit(raw) };
    }),
  ],
  [
    "discretizedLogistic",
    { kind: "categorical", arity: 6 },
    fc.tuple(fc.double({ min: 0, max: 5, noNaN: true }), positive).map(([mean, scale]): Distribution => {
      return { family: "discretizedLogistic", mean, scale, states: 6 };
    }),
  ],
  [
    "histogram",
    { kind: "real" },
    fc.tuple(probability, probability).map((raw): Distribution => {
      return { family: "histogram", edges: [-1, 0.5, 2], masses: unit(raw) };
    }),
  ],
  [
    "gaussian",
    { kind: "real" },
    fc.tuple(fc.double({ min: -2, max: 2, noNaN: true }), positive).map(([mean, std]): Distribution => {
      return { family: "gaussian", mean, std };
    }),
  ],
  [
    "gamma",
    { kind: "real" },
    fc.tuple(positive, positive).map(([shape, rate]): Distribution => ({ family: "gamma", shape, rate })),
  ],
  ["exponential", { kind: "real" }, positive.map((rate): Distribution => ({ family: "exponential", rate }))],
  ["poisson", { kind: "count" }, positive.map((rate): Distribution => ({ family: "poisson", rate }))],
  ["geometric", { kind: "count" }, probability.map((p): Distribution => ({ family: "geometric", p }))],
  [
    "binomial",
    { kind: "count" },
    probability.map((p): Distribution => ({ family: "binomial", trials: 5, p })),
  ],
  [
    "negativeBinomial",
    { kind: "count" },
    fc.tuple(positive, probability).map(([successes, p]): Distribution => {
      return { family: "negativeBinomial", successes, p };
    }),
  ],
];

/** Draws of a distribution. */
function drawsOf(d: Distribution, count: number, seed: number): number[] {
  const random = rng(`draws ${seed}`);
  return Array.from({ length: count }, () => {
    if (!isOverStates(d)) return numericFamily(d).sample(d, random);
    let rest = random();
    let state = 0;
    while (rest >= stateProbability(d, state) && stateProbability(d, state) < rest)
      rest -= stateProbability(d, state++);
    return state;
  });
}

function statistics(d: Distribution, draws: readonly number[]): Float64Array {
  const estimator = estimatorOf(d)!;
  const sums = new Float64Array(estimator.size(d));
  for (const x of draws) estimator.addInto(d, sums, 0, x, 1);
  return sums;
}

function logLikelihood(d: Distribution, domain: Domain, draws: readonly number[]): number {
  const builder = circuitBuilder<string>(vocabulary("variable", ["x"]), { domains: [domain] });
  const circuit = builder.build(builder.input("x", d));
  const rows = matrix(draws.length, 1, Float64Array.from(draws));
  return logLikelihoods(circuit, rows).reduce((a, b) => a + b, 0);
}

describe.each(families)("the estimator of %s", (_, domain, arbitrary) => {
  const seeds = fc.integer({ min: 0, max: 1000 });

  it("finds parameters in their range that no small step improves", () => {
    fc.assert(
      fc.property(arbitrary, seeds, (d, seed) => {
        const draws = drawsOf(d, 60, seed);
        const estimator = estimatorOf(d)!;
        const mean = statistics(d, draws).map((sum) => sum / draws.length);
        const best = estimator.estimate(d, mean, draws.length, 0);
        checkDistribution(best, domain);
        const reached = logLikelihood(best, domain, draws);
        expect(reached).toBeGreaterThanOrEqual(logLikelihood(d, domain, draws) - tolerance.gradient);
        const parameters = estimator.parameters(best);
        if (!parameters.every(Number.isFinite)) return;
        parameters.forEach((_, k) => {
          for (const step of [-0.05, 0.05]) {
            const moved = estimator.withParameters(
              best,
              parameters.map((p, i) => (i === k ? p + step : p)),
            );
            expect(logLikelihood(moved, domain, draws)).toBeLessThanOrEqual(reached + tolerance.gradient);
          }
        });
      }),
      { numRuns: 15 },
    );
  });

  it("has the slopes of the log-likelihood, by finite differences", () => {
    fc.assert(
      fc.property(arbitrary, seeds, (d, seed) => {
        const draws = drawsOf(d, 20, seed);
        const estimator = estimatorOf(d)!;
        const slopes = estimator.slope(d, statistics(d, draws), draws.length);
        const parameters = estimator.parameters(d);
        const h = 1e-5;
        slopes.forEach((slope, k) => {
          const [up, down] = [h, -h].map((step) => {
            const moved = estimator.withParameters(
              d,
              parameters.map((p, i) => (i === k ? p + step : p)),
            );
            return logLikelihood(moved, domain, draws);
          });
          expect(close(slope, (up - down) / (2 * h), 1e3 * tolerance.gradient)).toBe(true);
        });
      }),
      { numRuns: 15 },
    );
  });

  it("goes to parameters and back, and expects what leaves it where it is", () => {
    fc.assert(
      fc.property(arbitrary, (d) => {
        const estimator = estimatorOf(d)!;
        const back = estimator.withParameters(d, estimator.parameters(d));
        const draws = drawsOf(d, 5, 1);
        expect(
          close(logLikelihood(back, domain, draws), logLikelihood(d, domain, draws), tolerance.reference),
        ).toBe(true);
        const expected = estimator.expected(d);
        expect(expected).toHaveLength(estimator.size(d));
        // Missing values pull nowhere.
        for (const slope of estimator.slope(d, expected, 1))
          expect(Math.abs(slope)).toBeLessThan(tolerance.gradient);
        const again = estimator.estimate(d, expected, 3, 0);
        expect(
          close(logLikelihood(again, domain, draws), logLikelihood(d, domain, draws), tolerance.gradient),
        ).toBe(true);
      }),
      { numRuns: 15 },
    );
  });
});
