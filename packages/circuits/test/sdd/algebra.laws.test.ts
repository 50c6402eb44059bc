import {
  type Cnf,
  compileObdd,
  compileSdd,
  obddAnd,
  obddCondition,
  obddExists,
  obddFalse,
  obddIte,
  obddLiteral,
  obddManager,
  obddModelCount,
  obddNot,
  obddOr,
  obddTrue,
  obddXor,
  sddAnd,
  sddCondition,
  sddExists,
  sddFalse,
  sddForAll,
  sddIff,
  sddLiteral,
  sddManager,
  sddModelCount,
  sddNot,
  sddOr,
  sddTrue,
  vtreeOf,
} from "@credence/circuits";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cnfs } from "../cnf/arbitrary.ts";
import { vtreeShapes } from "../vtree/arbitrary.ts";

/** Boolean functions in some canonical form: equal functions are equal numbers. */
interface Algebra {
  readonly top: number;
  readonly bottom: number;
  compile(formula: Cnf): number;
  literal(literal: number): number;
  not(a: number): number;
  and(a: number, b: number): number;
  or(a: number, b: number): number;
  xor(a: number, b: number): number;
  condition(a: number, literals: readonly number[]): number;
  exists(a: number, variables: readonly number[]): number;
  forAll(a: number, variables: readonly number[]): number;
  count(a: number): bigint;
}

const size = 7;

function sdds(shape: Parameters<typeof vtreeOf>[0]): Algebra {
  const manager = sddManager(vtreeOf(shape));
  return {
    top: sddTrue,
    bottom: sddFalse,
    compile: (formula) => compileSdd(manager, formula),
    literal: (literal) => sddLiteral(manager, literal),
    not: (a) => sddNot(manager, a),
    and: (a, b) => sddAnd(manager, a, b),
    or: (a, b) => sddOr(manager, a, b),
    xor: (a, b) => sddNot(manager, sddIff(manager, a, b)),
    condition: (a, literals) => sddCondition(manager, a, literals),
    exists: (a, variables) => sddExists(manager, a, variables),
    forAll: (a, variables) => sddForAll(manager, a, variables),
    count: (a) => sddModelCount(manager, a),
  };
}

function obdds(order: readonly number[]): Algebra {
  const manager = obddManager(order);
  return {
    top: obddTrue,
    bottom: obddFalse,
    compile: (formula) => compileObdd(manager, formula),
    literal: (literal) => obddLiteral(manager, literal),
    not: (a) => obddNot(manager, a),
    and: (a, b) => obddAnd(manager, a, b),
    or: (a, b) => obddOr(manager, a, b),
    xor: (a, b) => obddXor(manager, a, b),
    condition: (a, literals) => obddCondition(manager, a, literals),
    exists: (a, variables) => obddExists(manager, a, variables),
    forAll: (a, variables) => obddNot(manager, obddExists(manager, obddNot(manager, a), variables)),
    count: (a) => obddModelCount(manager, a),
  };
}

const algebras: fc.Arbitrary<Algebra> = fc.oneof(
  vtreeShapes(size).map(sdds),
  fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7], { minLength: size }).map(obdds),
);
const formulas = cnfs(size, 10);
const literals = fc
  .tuple(fc.integer({ min: 1, max: size }), fc.boolean())
  .map(([v, positive]) => (positive ? v : -v));

describe("SDDs and OBDDs are a Boolean algebra, by reference", () => {
  it("with commutative, associative and distributive operations", () => {
    fc.assert(
      fc.property(algebras, formulas, formulas, formulas, (algebra, x, y, z) => {
        const { and, or, xor, not, compile, top, bottom } = algebra;
        const [a, b, c] = [compile(x), compile(y), compile(z)];
        expect(and(a, b)).toBe(and(b, a));
        expect(or(a, b)).toBe(or(b, a));
        expect(and(and(a, b), c)).toBe(and(a, and(b, c)));
        expect(or(or(a, b), c)).toBe(or(a, or(b, c)));
        expect(xor(xor(a, b), c)).toBe(xor(a, xor(b, c)));
        expect(and(a, or(b, c))).toBe(or(and(a, b), and(a, c)));
        expect(or(a, and(a, b))).toBe(a);
        expect(not(and(a, b))).toBe(or(not(a), not(b)));
        expect([not(not(a)), and(a, a), or(a, a), xor(a, a)]).toEqual([a, a, a, bottom]);
        expect([and(a, not(a)), or(a, not(a)), and(a, top), or(a, bottom)]).toEqual([bottom, top, a, a]);
      }),
      { numRuns: 250 },
    );
  });

  it("with counts that add up", () => {
    fc.assert(
      fc.property(algebras, formulas, formulas, (algebra, x, y) => {
        const { and, or, xor, not, compile, count } = algebra;
        const [a, b] = [compile(x), compile(y)];
        expect(count(a) + count(not(a))).toBe(1n << BigInt(size));
        expect(count(or(a, b)) + count(and(a, b))).toBe(count(a) + count(b));
        expect(count(xor(a, b))).toBe(count(or(a, b)) - count(and(a, b)));
      }),
      { numRuns: 250 },
    );
  });

  it("with conditioning and quantification as Shannon and Boole have them", () => {
    fc.assert(
      fc.property(algebras, formulas, formulas, literals, literals, (algebra, x, y, l, m) => {
        const { and, or, condition, exists, forAll, compile, literal, count } = algebra;
        const [a, b] = [compile(x), compile(y)];
        const v = Math.abs(l);
        const [held, denied] = [condition(a, [l]), condition(a, [-l])];
        expect(or(and(literal(l), held), and(literal(-l), denied))).toBe(a);
        expect(exists(a, [v])).toBe(or(held, denied));
        expect(forAll(a, [v])).toBe(and(held, denied));
        expect(condition(and(a, b), [l])).toBe(and(held, condition(b, [l])));
        expect(exists(or(a, b), [v])).toBe(or(exists(a, [v]), exists(b, [v])));
        // A function without the variable passes the quantifier.
        expect(exists(and(a, denied), [v])).toBe(and(exists(a, [v]), denied));
        expect(exists(a, [v, Math.abs(m)])).toBe(exists(exists(a, [Math.abs(m)]), [v]));
        expect(condition(held, [-l])).toBe(held);
        expect(count(and(a, literal(l))) * 2n).toBe(count(held));
        expect(exists(a, [1, 2, 3, 4, 5, 6, 7])).toBe(count(a) > 0n ? algebra.top : algebra.bottom);
      }),
      { numRuns: 250 },
    );
  });
});

describe("Ite", () => {
  it("is what it says in terms of the other operations", () => {
    const order = fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7], { minLength: size });
    fc.assert(
      fc.property(order, formulas, formulas, formulas, (variables, x, y, z) => {
        const manager = obddManager(variables);
        const [f, g, h] = [x, y, z].map((each) => compileObdd(manager, each));
        const expected = obddOr(manager, obddAnd(manager, f, g), obddAnd(manager, obddNot(manager, f), h));
        expect(obddIte(manager, f, g, h)).toBe(expected);
        expect(obddIte(manager, obddNot(manager, f), h, g)).toBe(expected);
        expect(obddIte(manager, f, obddNot(manager, g), obddNot(manager, h))).toBe(
          obddNot(manager, expected),
        );
      }),
      { numRuns: 250 },
    );
  });
});
