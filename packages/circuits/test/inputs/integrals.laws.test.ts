import {
  type Circuit,
  circuitBuilder,
  crossEntropy,
  type Distribution,
  type Domain,
  entropy,
  klDivergence,
  logInnerProduct,
  logPartition,
  multiply,
  power,
} from "@credence/circuits";
import { vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { alone, count, densityOf, real, total } from "./oracle.ts";

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const near = (a: number, b: number) => close(a, b, tolerance.reference, tolerance.referenceAbsolute);

/** Steps between 0 and 8, some of them empty. */
const steps: fc.Arbitrary<Distribution> = fc
  .array(fc.constantFrom<number>(0, 1, 2, 5), { minLength: 2, maxLength: 6 })
  .filter((raw) => raw.some((x) => x > 0))
  .map((raw) => {
    const sum = raw.reduce((a, b) => a + b);
    const edges = Array.from({ length: raw.length + 1 }, (_, i) => (8 * i) / raw.length);
    return { family: "histogram", edges, masses: raw.map((x) => x / sum) };
  });
const interval: fc.Arbitrary<Distribution> = fc
  .tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 1, max: 4 }))
  .map(([low, width]) => ({ family: "uniform", low, high: low + width }));
const gammas: fc.Arbitrary<Distribution> = fc.oneof(
  fc.record({ family: fc.constant("gamma" as const), shape: number(1.5, 9), rate: number(0.5, 3) }),
  fc.record({ family: fc.constant("exponential" as const), rate: number(0.5, 3) }),
);
const gaussians: fc.Arbitrary<Distribution> = fc.record({
  family: fc.constant("gaussian" as const),
  mean: number(-2, 2),
  std: number(0.3, 2),
});
const counts: fc.Arbitrary<Distribution> = fc.oneof(
  fc.record({ family: fc.constant("poisson" as const), rate: number(0.1, 12) }),
  fc.record({
    family: fc.constant("binomial" as const),
    trials: fc.integer({ min: 0, max: 9 }),
    p: number(0, 1),
  }),
  fc.record({ family: fc.constant("geometric" as const), p: number(0.3, 1) }),
  fc.record({
    family: fc.constant("negativeBinomial" as const),
    successes: number(0.3, 5),
    p: number(0.3, 1),
  }),
);
const geometric: fc.Arbitrary<Distribution> = fc.record({
  family: fc.constant("geometric" as const),
  p: number(0.05, 0.99),
});
const tableDomain: Domain = { kind: "categorical", arity: 5 };
const tables: fc.Arbitrary<Distribution> = fc.oneof(
  fc.integer({ min: 0, max: 4 }).map((state): Distribution => ({ family: "indicator", state })),
  fc.record({
    family: fc.constant("discretizedLogistic" as const),
    mean: number(-1, 5),
    scale: number(0.2, 3),
    states: fc.constant(5),
  }),
  fc
    .array(fc.constantFrom<number>(0, 1, 2, 3), { minLength: 5, maxLength: 5 })
    .filter((raw) => raw.some((x) => x > 0))
    .map((raw): Distribution => {
      const sum = raw.reduce((a, b) => a + b);
      return { family: "categorical", probabilities: raw.map((x) => x / sum) };
    }),
);

/** Shapes of densities, their domains, and where their densities have corners and (to all purposes) ends. */
const shapes: readonly (readonly [
  name: string,
  fc.Arbitrary<Distribution>,
  Domain,
  breaks: (...of: Distribution[]) => readonly number[],
])[] = [
  ["gaussian", gaussians, real, () => [-22, -12, -6, -3, -2, -1, 0, 1, 2, 3, 6, 12, 22]],
  ["gamma", gammas, real, () => [0, 1e-6, 1e-4, 1e-3, 0.01, 0.1, 1, 4, 20, 60, 120]],
  [
    "piecewise constant",
    fc.oneof(steps, interval),
    real,
    (...of) => {
      const edges = of.flatMap((d) => {
        return d.family === "histogram" ? d.edges : d.family === "uniform" ? [d.low, d.high] : [];
      });
      return [...new Set([0, 12, ...edges])].sort((a, b) => a - b);
    },
  ],
  ["count", counts, count, () => [0, 300]],
  ["table", tables, tableDomain, () => [0, 4]],
];

describe.each(shapes)("two %s inputs", (_, arbitrary, domain, breaks) => {
  it("have the inner product of their densities", () => {
    fc.assert(
      fc.property(arbitrary, arbitrary, (p, q) => {
        const [a, b] = [densityOf(p, domain), densityOf(q, domain)];
        const expected = total(domain, breaks(p, q), (x) => a(x) * b(x));
        expect(near(Math.exp(logInnerProduct(alone(p, domain), alone(q, domain))), expected)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it("have the cross-entropy of their densities, infinite where the first is outside the second", () => {
    fc.assert(
      fc.property(arbitrary, arbitrary, (p, q) => {
        const a = densityOf(p, domain);
        const [one, other] = [alone(p, domain), alone(q, domain)];
        const excluded = (x: number) => logPartition(other, { x }) === Number.NEGATIVE_INFINITY;
        const outside = total(domain, breaks(p, q), (x) => (excluded(x) ? a(x) : 0));
        const found = crossEntropy(one, other);
        if (outside > tolerance.reference) {
          expect(found).toBe(Number.POSITIVE_INFINITY);
          return;
        }
        // A share of the weight that rounding hides counts as none, which is not what its density says.
        fc.pre(outside === 0);
        const expected = total(domain, breaks(p, q), (x) => {
          // Logs of the density itself, which do not underflow.
          return a(x) === 0 ? 0 : -a(x) * logPartition(other, { x });
        });
        expect(close(found, expected, tolerance.singleAccumulated)).toBe(true);
        expect(klDivergence(one, other)).toBeGreaterThanOrEqual(0);
        expect(close(klDivergence(one, one), 0, tolerance.reference)).toBe(true);
        const own = entropy(one);
        if (own.kind !== "entropy") expect.unreachable();
        expect(close(crossEntropy(one, one), own.nats, tolerance.reference)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });
});

/** Points at which to look at densities of a domain. */
function points(domain: Domain): readonly number[] {
  if (domain.kind === "real") return [-1.7, 0.013, 0.4, 1.1, 2.9, 3.3, 5.2, 7.9, 11];
  return domain.kind === "count" ? [0, 1, 2, 5, 11] : [0, 1, 2, 3, 4];
}

const closed: readonly (readonly [string, fc.Arbitrary<Distribution>, Domain])[] = [
  ...shapes.flatMap(([name, arbitrary, domain]) => {
    return name === "count" ? [] : [[name, arbitrary, domain] as const];
  }),
  ["geometric", geometric, count],
];

describe.each(closed)("%s inputs", (_, arbitrary, domain) => {
  it("multiply to one input, which is the product at every value", () => {
    fc.assert(
      fc.property(arbitrary, arbitrary, (p, q) => {
        const [one, other] = [alone(p, domain), alone(q, domain)];
        if (logInnerProduct(one, other) === Number.NEGATIVE_INFINITY) {
          expect(() => multiply(one, other)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
          return;
        }
        const both = multiply(one, other);
        expect(both.inputs).toHaveLength(1);
        for (const x of points(domain)) {
          const expected = Math.exp(logPartition(one, { x }) + logPartition(other, { x }));
          expect(near(Math.exp(logPartition(both, { x })), expected)).toBe(true);
        }
        expect(near(logPartition(both), logInnerProduct(one, other))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it("to any power are an input", () => {
    fc.assert(
      fc.property(arbitrary, fc.constantFrom(0.5, 1, 2, 2.7), (p, k) => {
        const one = alone(p, domain);
        const raised = power(one, k);
        for (const x of points(domain)) {
          const log = logPartition(one, { x });
          expect(near(Math.exp(logPartition(raised, { x })), Math.exp(k * log))).toBe(true);
        }
        expect(raised.inputs).toHaveLength(1);
      }),
      { numRuns: 30 },
    );
  });
});

describe("what is in no family is refused", () => {
  const gaussian: Distribution = { family: "gaussian", mean: 0, std: 1 };
  const thin: Distribution = { family: "gamma", shape: 0.4, rate: 1 };
  const poisson: Distribution = { family: "poisson", rate: 2 };
  const geo: Distribution = { family: "geometric", p: 0.5 };
  const unsupported = expect.objectContaining({ code: "UNSUPPORTED_QUERY" });
  it.each<[string, () => unknown]>([
    ["a gaussian with an exponential input", () => inner(gaussian, { family: "exponential", rate: 1 }, real)],
    ["gamma inputs whose product has no integral", () => inner(thin, thin, real)],
    ["the product of two poisson inputs", () => multiply(alone(poisson, count), alone(poisson, count))],
    [
      "the product of a poisson and a geometric input",
      () => multiply(alone(poisson, count), alone(geo, count)),
    ],
    ["the square of a poisson input", () => power(alone(poisson, count), 2)],
    ["the inverse of a gaussian density", () => power(alone(gaussian, real), -1)],
    ["a power of a gamma density without integral", () => power(alone(thin, real), 2)],
    ["the inverse of a geometric input", () => power(alone(geo, count), 0)],
    ["the cross-entropy of two shapes", () => crossEntropy(alone(gaussian, real), alone(thin, real))],
  ])("%s", (_, ask) => {
    expect(ask).toThrow(unsupported);
  });

  function inner(p: Distribution, q: Distribution, domain: Domain): number {
    return logInnerProduct(alone(p, domain), alone(q, domain));
  }
});

it("tells the supports of unequal inputs apart: two poisson humps far from each other", () => {
  const [p, q] = [
    { family: "poisson", rate: 1 },
    { family: "poisson", rate: 300 },
  ] as const;
  // Σ_x e^-301 300^x / x!² = e^-301 I_0(2 √300), here in logs: √(2π·2√300) is the leading term of I_0.
  const log = logInnerProduct(alone(p, count), alone(q, count));
  const argument = 2 * Math.sqrt(300);
  const leading = argument - 0.5 * Math.log(2 * Math.PI * argument) + Math.log1p(1 / (8 * argument));
  expect(close(log, leading - 301, tolerance.single)).toBe(true);
});

it("multiplies binary inputs of three families", () => {
  const variables = vocabulary("variable", ["x"]);
  const make = (d: Distribution): Circuit => {
    const builder = circuitBuilder(variables);
    return builder.build(builder.input("x", d));
  };
  const bernoulli = make({ family: "bernoulli", p: 0.3 });
  const table = make({ family: "categorical", probabilities: [0.25, 0.75] });
  const yes = make({ family: "indicator", state: 1 });
  expect(near(Math.exp(logInnerProduct(bernoulli, table)), 0.7 * 0.25 + 0.3 * 0.75)).toBe(true);
  expect(near(Math.exp(logPartition(multiply(bernoulli, yes))), 0.3)).toBe(true);
  expect(multiply(bernoulli, yes).literals.some((code) => code === 1)).toBe(true);
});
