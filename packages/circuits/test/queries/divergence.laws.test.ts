import {
  cauchySchwarzDivergence,
  chowLiuCircuit,
  crossEntropy,
  hellingerSquared,
  klDivergence,
  l2Distance,
  logInnerProduct,
  renyiDivergence,
  totalVariation,
} from "@credence/circuits";
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
