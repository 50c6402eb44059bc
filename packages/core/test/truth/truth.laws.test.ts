import { floatArray, godel, kernelsOf, type Logic, logicOf, lukasiewicz, product } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

const hamacher = logicOf("hamacher", (a, b) => (a === 0 && b === 0 ? 0 : (a * b) / (a + b - a * b)));
const truth = fc.oneof(
  // Where products leave the normal range a residuum is no longer a quotient.
  fc.double({ min: 0, max: 1, noNaN: true }).map((x) => (x < 1e-150 ? 0 : x)),
  fc.constantFrom(0, 1, 0.5, 0.1, 1e-150, 1 - 2 ** -53),
);

describe.each<Logic>([godel, product, lukasiewicz, hamacher])("the laws of $name", (logic) => {
  const { and, or, not, implies } = logic;
  const near = (x: number, y: number) => close(x, y, tolerance.rounding);

  it("has a commutative, associative t-norm with unit 1 and zero 0, all but associativity to the last bit", () => {
    fc.assert(
      fc.property(truth, truth, truth, (a, b, c) => {
        expect(and(a, b)).toBe(and(b, a));
        expect(near(and(and(a, b), c), and(a, and(b, c)))).toBe(true);
        expect(near(and(a, 1), a)).toBe(true);
        expect(and(a, 0)).toBeCloseTo(0, 15);
      }),
    );
  });

  it("stays in [0, 1], with and ≤ min and or ≥ max", () => {
    fc.assert(
      fc.property(truth, truth, (a, b) => {
        expect(and(a, b)).toBeGreaterThanOrEqual(0);
        expect(and(a, b)).toBeLessThanOrEqual(Math.min(a, b) * (1 + tolerance.rounding));
        expect(or(a, b)).toBeLessThanOrEqual(1);
        expect(or(a, b)).toBeGreaterThanOrEqual(Math.max(a, b) - tolerance.rounding);
        expect(implies(a, b)).toBeGreaterThanOrEqual(0);
        expect(implies(a, b)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("is monotone", () => {
    fc.assert(
      fc.property(truth, truth, truth, (a, b, c) => {
        const [low, high] = [Math.min(b, c), Math.max(b, c)];
        expect(and(a, low)).toBeLessThanOrEqual(and(a, high) * (1 + tolerance.rounding));
        expect(or(a, low)).toBeLessThanOrEqual(or(a, high) + tolerance.rounding);
        expect(implies(a, low)).toBeLessThanOrEqual(implies(a, high) + tolerance.rounding);
        expect(implies(high, a)).toBeLessThanOrEqual(implies(low, a) + tolerance.rounding);
      }),
    );
  });

  it("obeys De Morgan", () => {
    fc.assert(
      fc.property(truth, truth, (a, b) => {
        expect(near(or(a, b), not(and(not(a), not(b))))).toBe(true);
        expect(near(and(a, b), not(or(not(a), not(b))))).toBe(true);
        expect(or(a, b)).toBe(or(b, a));
        expect(near(not(not(a)), a)).toBe(true);
      }),
    );
  });

  it("is residuated: and(a, c) ≤ b exactly for c ≤ implies(a, b)", () => {
    fc.assert(
      fc.property(truth, truth, truth, (a, b, c) => {
        const limit = implies(a, b);
        if (c <= limit) expect(and(a, c)).toBeLessThanOrEqual(b + tolerance.rounding);
        if (c > limit + tolerance.rounding) expect(and(a, c)).toBeGreaterThan(b);
        if (a <= b) expect(limit).toBe(1);
      }),
    );
  });

  it.each(["float64", "float32"] as const)(
    "has kernels that agree with the definition in %s",
    (precision) => {
      const { andInto, composeMax } = kernelsOf(logic);
      const rounded = (list: readonly number[]) => {
        const array = floatArray(precision, list.length);
        array.set(list);
        return array;
      };
      fc.assert(
        fc.property(fc.array(fc.tuple(truth, truth)), truth, (pairs, a) => {
          const x = rounded(pairs.map(([first]) => first));
          const y = rounded(pairs.map(([, second]) => second));
          const both = x.slice();
          andInto(both, y);
          expect(both).toEqual(rounded(Array.from(x, (value, i) => and(value, y[i]))));
          const best = x.slice();
          composeMax(best, a, y);
          expect(best).toEqual(rounded(Array.from(x, (value, i) => Math.max(value, and(a, y[i])))));
        }),
      );
    },
  );
});

describe("exact corners of the built-in logics", () => {
  it("keeps neutral and absorbing elements to the last bit", () => {
    fc.assert(
      fc.property(truth, fc.constantFrom<Logic>(godel, product, lukasiewicz), (a, { and, or }) => {
        expect(and(a, 1)).toBe(a);
        expect(and(1, a)).toBe(a);
        expect(and(a, 0)).toBe(0);
        expect(or(a, 0)).toBe(a);
        expect(or(0, a)).toBe(a);
        expect(or(a, 1)).toBe(1);
      }),
    );
  });
});

describe("the residuum by bisection", () => {
  const bisected = [product, godel, lukasiewicz].map(
    (logic) => [logicOf(logic.name, logic.and), logic] as const,
  );

  it("agrees with the closed forms", () => {
    fc.assert(
      fc.property(truth, truth, fc.constantFrom(...bisected), (a, b, [found, closed]) => {
        expect(close(found.implies(a, b), closed.implies(a, b), tolerance.rounding)).toBe(true);
      }),
    );
  });

  it("is the adjoint to the last bit", () => {
    fc.assert(
      fc.property(truth, truth, truth, fc.constantFrom(...bisected), (a, b, c, [{ and, implies }]) => {
        expect(and(a, c) <= b).toBe(c <= implies(a, b));
      }),
    );
  });
});
