import { betaCdf, betaQuantile, betaUpperTail } from "@credence/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

const shape = fc.double({ min: -1, max: 6, noNaN: true }).map((e) => 10 ** e);
const probability = fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true });

it("the quantile inverts the distribution function", () => {
  fc.assert(
    fc.property(shape, shape, probability, (a, b, p) => {
      const x = betaQuantile(p, a, b);
      fc.pre(x > 1e-300 && x < 1);
      // p lies between the values two doubles below and two above: x cannot be told more finely.
      const below = Math.max(0, x - 2 * x * Number.EPSILON);
      const above = Math.min(1, x + 2 * x * Number.EPSILON);
      expect(betaCdf(below, a, b)).toBeLessThanOrEqual(p * (1 + tolerance.rounding));
      expect(betaCdf(above, a, b)).toBeGreaterThanOrEqual(p * (1 - tolerance.rounding));
    }),
  );
});

it("mirror image: P(X ≤ x) under (a, b) is P(X > 1 − x) under (b, a)", () => {
  fc.assert(
    fc.property(shape, shape, fc.integer({ min: 1, max: 1023 }), (a, b, i) => {
      const x = i / 1024;
      expect(close(betaCdf(x, a, b), betaUpperTail(1 - x, b, a), tolerance.rounding, 1e-300)).toBe(true);
    }),
  );
});

// I_x(a, b) − I_x(a + 1, b) = x^a (1 − x)^b Γ(a + b)/(Γ(a + 1) Γ(b))
it("satisfies the recurrence in a, for whole a and b", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 30 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (a, b, x) => {
        let term = x ** a * (1 - x) ** b;
        for (let k = 1; k < b; k++) term *= (a + k) / k;
        expect(close(betaCdf(x, a, b) - betaCdf(x, a + 1, b), term, tolerance.rounding)).toBe(true);
      },
    ),
  );
});
