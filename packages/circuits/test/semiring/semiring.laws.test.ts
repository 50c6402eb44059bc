import {
  boolean,
  counting,
  gradient,
  interval,
  logReal,
  maxPlus,
  minPlus,
  type Polynomial,
  polynomial,
  provenance,
  real,
  type Semiring,
  unknownPolynomial,
  witness,
} from "@credence/circuits";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

const small = fc.double({ min: 0, max: 8, noNaN: true });
const logs = fc.oneof(fc.double({ min: -8, max: 8, noNaN: true }), fc.constant(Number.NEGATIVE_INFINITY));

const unknowns = fc.constantFrom("x", "y", "z");
/** Small whole coefficients, so that equal polynomials are equal to the last bit. */
const polynomials: fc.Arbitrary<Polynomial> = fc
  .array(fc.tuple(fc.integer({ min: -3, max: 3 }), fc.array(unknowns, { maxLength: 3 })), { maxLength: 3 })
  .map((list) =>
    list.reduce<Polynomial>((sum, [coefficient, factors]) => {
      const start: Polynomial = coefficient === 0 ? [] : [{ coefficient, powers: [] }];
      const term = factors.reduce(
        (product, name) => polynomial.times(product, unknownPolynomial(name)),
        start,
      );
      return polynomial.plus(sum, term);
    }, polynomial.zero),
  );
const witnesses = fc.array(fc.array(unknowns, { maxLength: 3 }), { maxLength: 3 }).map((sets) =>
  sets.reduce(
    (sum, names) =>
      provenance.plus(
        sum,
        names.reduce((all, name) => provenance.times(all, witness(name)), provenance.one),
      ),
    provenance.zero,
  ),
);

function same(a: unknown, b: unknown): boolean {
  if (typeof a === "number" && typeof b === "number") return close(a, b, tolerance.reference);
  if (typeof a === "object" && a !== null) {
    if (Array.isArray(a)) return JSON.stringify(a) === JSON.stringify(b);
    return Object.entries(a).every(([key, value]) => same(value, (b as Record<string, unknown>)[key]));
  }
  return Object.is(a, b);
}

function laws<T>(semiring: Semiring<T>, values: fc.Arbitrary<T>): void {
  const { plus, times, zero, one } = semiring;
  it(`${semiring.name} is a commutative semiring`, () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        expect(same(plus(a, b), plus(b, a))).toBe(true);
        expect(same(times(a, b), times(b, a))).toBe(true);
        expect(same(plus(plus(a, b), c), plus(a, plus(b, c)))).toBe(true);
        expect(same(times(times(a, b), c), times(a, times(b, c)))).toBe(true);
        expect(same(times(a, plus(b, c)), plus(times(a, b), times(a, c)))).toBe(true);
        expect(same(plus(zero, a), a)).toBe(true);
        expect(same(times(one, a), a)).toBe(true);
        expect(same(times(zero, a), zero)).toBe(true);
      }),
    );
  });
}

describe("semirings", () => {
  laws(counting, fc.bigInt({ min: 0n, max: 10n ** 30n }));
  laws(real, small);
  laws(logReal, logs);
  laws(maxPlus, logs);
  laws(
    minPlus,
    logs.map((x) => -x),
  );
  laws(boolean, fc.boolean());
  laws(
    interval,
    fc.tuple(small, small).map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) })),
  );
  laws(polynomial, polynomials);
  laws(provenance, witnesses);
  laws(gradient, fc.record({ value: small, slope: fc.double({ min: -8, max: 8, noNaN: true }) }));
});
