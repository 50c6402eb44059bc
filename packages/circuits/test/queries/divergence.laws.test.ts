import {
  cauchySchwarzDivergence,
  chowLiuCircuit,
  circuitBuilder,
  compileRules,
  crossEntropy,
  hellingerSquared,
  klDivergence,
  l2Distance,
  logInnerProduct,
  logPartition,
  renyiDivergence,
  totalVariation,
} from "@credence/circuits";
import { parseRules, vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { randomTable } from "../learn/tables.ts";
import { finiteDomains, mixedDomains, randomCircuit, valueAt, worldsOf } from "../random-circuit.ts";

const near = (a: number, b: number) => close(a, b, tolerance.reference, tolerance.referenceAbsolute);
const seeds = fc.integer({ min: 0, max: 1e6 });
const worlds = [...worldsOf(finiteDomains)];
const sum = (f: (world: readonly number[]) => number) => worlds.reduce((total, world) => total + f(world), 0);

describe("comparisons of two circuits", () => {
  it("agree with enumeration, compatible or not", () => {
    fc.assert(
      fc.property(seeds, seeds, fc.boolean(), (a, b, structured) => {
        const [p, q] = [
          randomCircuit(a, finiteDomains, structured),
          randomCircuit(b, finiteDomains, structured),
        ];
        const [P, Q] = [p, q].map((circuit) => (world: readonly number[]) => valueAt(circuit, world));
        expect(
          near(
            Math.exp(logInnerProduct(p, q)),
            sum((x) => P(x) * Q(x)),
          ),
        ).toBe(true);
        expect(
          near(
            l2Distance(p, q) ** 2,
            sum((x) => (P(x) - Q(x)) ** 2),
          ),
        ).toBe(true);
        expect(
          near(
            totalVariation(p, q),
            sum((x) => Math.abs(P(x) - Q(x)) / 2),
          ),
        ).toBe(true);
        expect(near(hellingerSquared(p, q), 1 - sum((x) => Math.sqrt(P(x) * Q(x))))).toBe(true);
        const kl = sum((x) => (P(x) === 0 ? 0 : P(x) * Math.log(P(x) / Q(x))));
        expect(near(klDivergence(p, q), kl)).toBe(true);
        expect(klDivergence(p, p)).toBeLessThan(tolerance.reference);
        expect(cauchySchwarzDivergence(p, p)).toBeLessThan(tolerance.reference);
        expect(renyiDivergence(p, q, 0.5)).toBeGreaterThanOrEqual(-tolerance.reference);
      }),
      { numRuns: 40 },
    );
  });

  it("go through the sums of a deterministic circuit: cross-entropies of trees", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 2 }), (seed, smoothing) => {
        const arities = [2, 3, 2, 4, 2];
        const [p, q] = [1, 2].map(
          (k) => chowLiuCircuit(randomTable(seed + k, 40, arities), { pseudoCount: smoothing / 2 }).circuit,
        );
        expect(q.properties.deterministic).toBe(true);
        const all = [...worldsOf(arities.map((arity) => ({ kind: "categorical", arity })))];
        const expected = all.reduce((total, x) => {
          const weight = valueAt(p, x);
          return weight === 0 ? total : total - weight * Math.log(valueAt(q, x));
        }, 0);
        expect(near(crossEntropy(p, q), expected)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it("of rules whose worlds weigh more or less than any number are those of the worlds", () => {
    for (const weight of [800, -800]) {
      const [p, q] = [weight, weight + 2].map((w) =>
        compileRules(parseRules(`${w} a -> b\n1.5 b -> c\n-2 a & c`)),
      );
      const assignments = [...worldsOf([2, 2, 2].map((arity) => ({ kind: "categorical", arity })))];
      const [P, Q] = [p, q].map((circuit) => {
        const logs = assignments.map(([a, b, c]) => {
          return logPartition(circuit, { a: a === 1, b: b === 1, c: c === 1 }) - logPartition(circuit);
        });
        return logs;
      });
      const kl = P.reduce((total, log, i) => total + Math.exp(log) * (log - Q[i]), 0);
      expect(near(klDivergence(p, q), kl)).toBe(true);
      expect(klDivergence(p, p)).toBeLessThan(tolerance.reference);
      const own = P.reduce((total, log, i) => total + Math.exp(3 * log - 2 * Q[i]), 0);
      expect(near(renyiDivergence(p, q, 3), Math.log(own) / 2)).toBe(true);
      expect(renyiDivergence(p, p, 1e6)).toBeLessThan(tolerance.reference);
    }
  });

  it("of worlds that q excludes: a share that p hardly has is lost in rounding, a larger one is not", () => {
    // Two children with a world in common, so that worlds are gone through.
    const mixed = (log: number) => {
      const builder = circuitBuilder(vocabulary("variable", ["x", "h"]), { share: false });
      const terms = [true, false, false].map((value) =>
        builder.product([builder.literal("x", value), builder.input("h", { family: "bernoulli", p: 0.5 })]),
      );
      return builder.build(builder.sum(terms, [log, 0, 0]));
    };
    const q = mixed(Number.NEGATIVE_INFINITY);
    expect(q.properties.deterministic).toBe(false);
    for (const log of [-800, -30]) {
      expect(near(crossEntropy(mixed(log), q), Math.LN2)).toBe(true);
      expect(klDivergence(mixed(log), q)).toBeLessThan(tolerance.reference);
    }
    expect(crossEntropy(mixed(-20), q)).toBe(Number.POSITIVE_INFINITY);
    expect(klDivergence(mixed(-20), q)).toBe(Number.POSITIVE_INFINITY);
  });

  it("go through pairs of nodes where worlds are too many: orders of Rényi, and Hellinger's distance", () => {
    const build = (shift: number) => {
      const names = Array.from({ length: 24 }, (_, v) => `v${v}`);
      const builder = circuitBuilder(vocabulary("variable", names));
      const own = (v: number) => (v + 1 + shift) / 27;
      const root = builder.product(
        names.map((name, v) =>
          builder.sum(
            [builder.literal(name, false), builder.literal(name, true)],
            [Math.log1p(-own(v)), Math.log(own(v))],
          ),
        ),
      );
      return builder.build(root);
    };
    const [p, q] = [build(0), build(1)];
    // Independent variables: their affinities multiply.
    const affinity = (order: number): number =>
      Array.from({ length: 24 }, (_, v) => {
        const [a, b] = [(v + 1) / 27, (v + 2) / 27];
        return Math.log(a ** order * b ** (1 - order) + (1 - a) ** order * (1 - b) ** (1 - order));
      }).reduce((x, y) => x + y, 0);
    expect(near(hellingerSquared(p, q), -Math.expm1(affinity(0.5)))).toBe(true);
    for (const order of [0.5, 2, 7.5]) {
      expect(near(renyiDivergence(p, q, order), affinity(order) / (order - 1))).toBe(true);
    }
    expect(renyiDivergence(p, p, 3)).toBeLessThan(tolerance.reference);
    const gaussian = (mean: number) => {
      const builder = circuitBuilder(vocabulary("variable", ["x"]), { domains: [{ kind: "real" }] });
      return builder.build(builder.input("x", { family: "gaussian", mean, std: 1 }));
    };
    // 1 - exp(-d²/8) and α d²/2.
    expect(near(hellingerSquared(gaussian(0), gaussian(2)), -Math.expm1(-0.5))).toBe(true);
    expect(near(renyiDivergence(gaussian(0), gaussian(2), 0.25), 0.5)).toBe(true);
    expect(() => totalVariation(p, q)).toThrow(expect.objectContaining({ code: "UNSUPPORTED_QUERY" }));
  });

  it("refuse what they cannot do", () => {
    const [finite, mixed] = [randomCircuit(1, finiteDomains), randomCircuit(1, mixedDomains)];
    expect(() => logInnerProduct(finite, mixed)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
    expect(() => totalVariation(mixed, mixed)).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED_QUERY" }),
    );
    expect(() => renyiDivergence(finite, finite, 1)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });
});
