import {
  arityOf,
  circuitBuilder,
  type Distribution,
  type Evidence,
  expectation,
  moments,
  posteriors,
  sample,
  type Term,
} from "@credence/circuits";
import { vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { finiteDomains, mixedDomains, randomCircuit } from "../random-circuit.ts";
import { oracle, randomEvidence } from "./random-evidence.ts";

const near = (a: number, b: number) => close(a, b, tolerance.reference, tolerance.referenceAbsolute);
const seeds = fc.integer({ min: 0, max: 1e6 });

/** Random terms over the finite variables: powers and tables, some variables left out. */
const terms: fc.Arbitrary<Term[]> = fc.array(
  fc.record({
    coefficient: fc.integer({ min: -3, max: 3 }),
    factors: fc
      .tuple(
        ...finiteDomains.map((domain) =>
          fc.option(
            fc.oneof(
              fc.integer({ min: 0, max: 3 }),
              fc.array(fc.integer({ min: -5, max: 5 }), {
                minLength: arityOf(domain),
                maxLength: arityOf(domain),
              }),
            ),
            { nil: undefined },
          ),
        ),
      )
      .map((list) => Object.fromEntries(list.map((factor, v) => [`v${v}`, factor]))),
  }),
  { maxLength: 4 },
);

function valueOfTerm({ coefficient = 1, factors = {} }: Term, x: readonly number[]): number {
  return x.reduce((product, s, v) => {
    const factor = factors[`v${v}`] ?? 0;
    return product * (typeof factor === "number" ? s ** factor : factor[s]);
  }, coefficient);
}

describe("expectation", () => {
  it("is the mean over the worlds, of powers and tables of any sign", () => {
    fc.assert(
      fc.property(seeds, terms, (seed, list) => {
        const circuit = randomCircuit(seed, finiteDomains);
        const { evidence, weigh } = randomEvidence(seed);
        const { total, expectation: mean } = oracle(circuit, weigh);
        const answer = expectation(circuit, list, evidence);
        if (total === 0) {
          expect(answer).toMatchObject({ kind: "contradiction", source: "evidence" });
          return;
        }
        if (answer.kind !== "expectation") expect.unreachable();
        list.forEach((term, t) => {
          expect(
            near(
              answer.terms[t],
              mean((x) => valueOfTerm(term, x)),
            ),
          ).toBe(true);
        });
        expect(
          near(
            answer.value,
            answer.terms.reduce((a, b) => a + b, 0),
          ),
        ).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("has the moments of the pairwise query: E[x_i x_j] and E[x_i]", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const circuit = randomCircuit(seed, mixedDomains);
        const evidence: Evidence = seed % 2 === 0 ? {} : { v0: 0.3 };
        const m = moments(circuit, evidence);
        if (m.kind !== "moments") expect.unreachable();
        for (let i = 0; i < 4; i++) {
          for (let j = 0; j < i; j++) {
            const both = expectation(circuit, [{ factors: { [`v${i}`]: 1, [`v${j}`]: 1 } }], evidence);
            if (both.kind !== "expectation") expect.unreachable();
            expect(near(both.value, m.covariance.data[4 * i + j] + m.mean[i] * m.mean[j])).toBe(true);
          }
          const square = expectation(circuit, [{ factors: { [`v${i}`]: 2 } }], evidence);
          if (square.kind !== "expectation") expect.unreachable();
          expect(near(square.value, m.covariance.data[5 * i] + m.mean[i] ** 2)).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  const families: readonly Distribution[] = [
    { family: "gaussian", mean: -0.4, std: 1.3 },
    { family: "exponential", rate: 0.7 },
    { family: "gamma", shape: 2.5, rate: 1.5 },
    { family: "uniform", low: -1, high: 2 },
    { family: "histogram", edges: [-1, 0, 2, 3], masses: [0.5, 0.2, 0.3] },
    { family: "poisson", rate: 2.5 },
    { family: "binomial", trials: 5, p: 0.3 },
    { family: "geometric", p: 0.4 },
    { family: "negativeBinomial", successes: 2.5, p: 0.4 },
  ];
  const circuitOf = (d: Distribution) => {
    const counts = ["poisson", "binomial", "geometric", "negativeBinomial"].includes(d.family);
    const builder = circuitBuilder(vocabulary("variable", ["x"]), {
      domains: [{ kind: counts ? "count" : "real" }],
    });
    return builder.build(builder.input("x", d));
  };
  const power = (d: Distribution, k: number, evidence: Evidence = {}) => {
    const answer = expectation(circuitOf(d), [{ factors: { x: k } }], evidence);
    return answer.kind === "expectation" ? answer.value : Number.NaN;
  };

  it.each(families)("has the mean, the variance and higher powers of %j", (d) => {
    const own = posteriors(circuitOf(d));
    if (own.kind !== "posteriors" || own.byVariable.x.kind !== "number") expect.unreachable();
    const { mean, variance } = own.byVariable.x;
    expect(near(power(d, 1), mean)).toBe(true);
    expect(near(power(d, 2) - mean * mean, variance)).toBe(true);
    // The third and fourth powers against samples, five standard errors wide.
    const drawn = sample(circuitOf(d), 20_000, { seed: 5 });
    if (drawn.kind !== "samples") expect.unreachable();
    for (const k of [3, 4]) {
      const error = Math.sqrt((power(d, 2 * k) - power(d, k) ** 2) / 20_000);
      const found = Array.from(drawn.rows.data).reduce((sum, x) => sum + x ** k / 20_000, 0);
      expect(Math.abs(found - power(d, k))).toBeLessThan(5 * error);
    }
  });

  it("takes numbers that are known, alone, in a set or an interval", () => {
    const poisson = families[5];
    expect(power(poisson, 3, { x: 4 })).toBe(64);
    const [p1, p3] = [2.5, 2.5 ** 3 / 6];
    expect(near(power(poisson, 2, { x: { in: [1, 3] } }), (p1 + 9 * p3) / (p1 + p3))).toBe(true);
    // Given X >= 1 the mean is that of all, divided by P(X >= 1).
    expect(near(power(poisson, 1, { x: { from: 1 } }), 2.5 / -Math.expm1(-2.5))).toBe(true);
    const circuit = circuitOf(poisson);
    expect(expectation(circuit, [], { x: { from: 2 } })).toMatchObject({ value: 0 });
    expect(expectation(circuit, [{ coefficient: 3 }], { x: { from: 2 } })).toMatchObject({ value: 3 });
  });

  it("has high powers, and says where they are beyond the largest number", () => {
    // (3 + 3 · 2^250 + 3^250) / 8
    const binomial = power({ family: "binomial", trials: 3, p: 0.5 }, 250);
    expect(close(binomial / 3 ** 250, (1 + 3 * (2 / 3) ** 250) / 8, tolerance.reference)).toBe(true);
    const gaussian = { family: "gaussian", mean: 0, std: 1 } as const;
    expect(power(gaussian, 1001)).toBe(0);
    const overflow = expect.objectContaining({ code: "OVERFLOW", hint: expect.any(String) });
    expect(() => power(gaussian, 1000)).toThrow(overflow);
    expect(() => power({ ...gaussian, mean: -1 }, 1001)).toThrow(overflow);
    expect(() => power({ family: "poisson", rate: 3 }, 1000)).toThrow(overflow);
  });

  it("refuses factors and coefficients that are none", () => {
    const circuit = randomCircuit(1, finiteDomains);
    const refused = (term: Term, code = "INVALID_ARGUMENT") =>
      expect(() => expectation(circuit, [term])).toThrow(expect.objectContaining({ code }));
    refused({ coefficient: Number.NaN });
    refused({ factors: { v0: -1 } });
    refused({ factors: { v0: 0.5 } });
    refused({ factors: { v1: [1, 2] } });
    refused({ factors: { v1: [1, 2, Number.POSITIVE_INFINITY] } });
    refused({ factors: { v9: 1 } }, "UNKNOWN_NAME");
  });
});
