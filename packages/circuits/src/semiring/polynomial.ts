/**
 * Polynomials in named unknowns with real coefficients. Evaluated with an unknown per weight, a circuit becomes its
 * network polynomial (Darwiche, "A differential approach to inference in Bayesian networks", JACM 50, 2003), which
 * shows how an answer depends on what was put in; with counts as coefficients this is the most general provenance
 * (Green, Karvounarakis and Tannen, "Provenance semirings", PODS 2007). Sizes may be exponential: for small circuits.
 */
import { UnknownNameError } from "@credence/core";
import type { Semiring } from "./semiring.ts";

/** coefficient · Π unknown^power. */
export interface Monomial {
  readonly coefficient: number;
  /** By ascending name, powers from 1. */
  readonly powers: readonly (readonly [unknown: string, power: number])[];
}

/** A sum of monomials, each set of powers once, in one order; the empty sum is 0. */
export type Polynomial = readonly Monomial[];

/** Sums and products of polynomials. */
export const polynomial: Semiring<Polynomial> = {
  name: "polynomial",
  zero: [],
  one: [{ coefficient: 1, powers: [] }],
  plus: (a, b) => collect([...a, ...b]),
  times: (a, b) =>
    collect(
      a.flatMap((left) =>
        b.map((right) => ({
          coefficient: left.coefficient * right.coefficient,
          powers: multiplied(left.powers, right.powers),
        })),
      ),
    ),
};

/** The polynomial that is one unknown. */
export function unknownPolynomial(name: string): Polynomial {
  return [{ coefficient: 1, powers: [[name, 1]] }];
}

/** The polynomial that is a number. */
export function constantPolynomial(value: number): Polynomial {
  return value === 0 ? [] : [{ coefficient: value, powers: [] }];
}

/**
 * The value of a polynomial. O(its size).
 * @throws UnknownNameError for an unknown without a value
 */
export function evaluatePolynomial(of: Polynomial, values: { readonly [unknown: string]: number }): number {
  return of.reduce((sum, { coefficient, powers }) => {
    return (
      sum +
      powers.reduce((product, [name, power]) => {
        if (!Object.hasOwn(values, name)) throw new UnknownNameError("unknown", name, Object.keys(values));
        return product * values[name] ** power;
      }, coefficient)
    );
  }, 0);
}

/** A polynomial as text: `0.5·a·b² + 2`. */
export function printPolynomial(of: Polynomial): string {
  if (of.length === 0) return "0";
  const parts = of.map(({ coefficient, powers }) => {
    const factors = powers.map(([name, power]) => (power === 1 ? name : `${name}^${power}`));
    return coefficient === 1 && factors.length > 0
      ? factors.join("·")
      : [String(coefficient), ...factors].join("·");
  });
  return parts.join(" + ");
}

type Powers = Monomial["powers"];

function multiplied(a: Powers, b: Powers): Powers {
  const powers = new Map(a);
  for (const [name, power] of b) powers.set(name, (powers.get(name) ?? 0) + power);
  return [...powers].sort(([x], [y]) => (x < y ? -1 : 1));
}

/** Adds up what has the same powers, leaves out what has become 0, and puts the rest into one order. */
function collect(monomials: readonly Monomial[]): Polynomial {
  const sums = new Map<string, Monomial>();
  for (const one of monomials) {
    const key = JSON.stringify(one.powers);
    const coefficient = (sums.get(key)?.coefficient ?? 0) + one.coefficient;
    sums.set(key, { coefficient, powers: one.powers });
  }
  const kept = [...sums].filter(([, { coefficient }]) => coefficient !== 0);
  return kept.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, monomial]) => monomial);
}
