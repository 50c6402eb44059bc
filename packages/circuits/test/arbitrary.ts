import { type Rule, rule } from "@credence/core";
import fc from "fast-check";
import { formulas } from "../../core/test/formula/arbitrary.ts";

export const names = ["a", "b", "c", "d", "e", "f", "g"] as const;

const weight = fc.oneof(
  fc.double({ min: -4, max: 4, noNaN: true }),
  fc.constantFrom(0, 1, -1, 800, -800, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
);

/** Random rules over seven variables: all operators, soft (also beyond exp's range) and hard. */
export const ruleSets: fc.Arbitrary<Rule[]> = fc.array(
  fc.tuple(formulas(fc.constantFrom(...names), 3), weight).map(([formula, w]) => rule(formula, w)),
  { maxLength: 6 },
);

/** Evidence of every sort on some of the variables. */
export const evidences: fc.Arbitrary<Record<string, boolean | number>> = fc.dictionary(
  fc.constantFrom(...names),
  fc.oneof(fc.boolean(), fc.constantFrom(0, 1, 0.5), fc.double({ min: 0, max: 1, noNaN: true })),
);

/** Rule text that says which of ten indicators holds, for each prefix. */
export function digits(...prefixes: string[]): string {
  const list = (prefix: string) => Array.from({ length: 10 }, (_, i) => prefix + i).join(", ");
  return prefixes.map((prefix) => `exactlyOne(${list(prefix)}).\n`).join("");
}

/** The pairs (i, j) of digits with their sum modulo 10. */
export const digitSums = Array.from({ length: 100 }, (_, n) => {
  const [i, j] = [Math.floor(n / 10), n % 10];
  return { i, j, k: (i + j) % 10 };
});

/** The weighted rule a + b = c (mod 10) over indicators, as one disjunction. */
export function checkDigit(weight: number): string {
  const cases = digitSums.map(({ i, j, k }) => `(a${i} & b${j} & c${k})`);
  return `${digits("a", "b", "c")}${weight} ${cases.join(" | ")}\n`;
}
