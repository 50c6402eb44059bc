import {
  boolean,
  counting,
  gradient,
  logReal,
  maxPlus,
  minPlus,
  real,
  type Semiring,
} from "@credence/circuits";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

const small = fc.double({ min: 0, max: 8, noNaN: true });
const logs = fc.oneof(fc.double({ min: -8, max: 8, noNaN: true }), fc.constant(Number.NEGATIVE_INFINITY));

function same(a: unknown, b: unknown): boolean {
  if (typeof a === "number" && typeof b === "number") return close(a, b, tolerance.reference);
  if (typeof a === "object" && a !== null) {
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
  laws(gradient, fc.record({ value: small, slope: fc.double({ min: -8, max: 8, noNaN: true }) }));
});
