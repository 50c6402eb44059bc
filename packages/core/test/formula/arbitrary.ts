import type { Formula } from "@credence/core";
import fc from "fast-check";

/** Formulas as the parser makes them: conjunctions and disjunctions of two parts or more. */
export function formulas(name: fc.Arbitrary<string>, depth = 4): fc.Arbitrary<Formula> {
  const { formula } = fc.letrec<{ formula: Formula }>((tie) => {
    const some = (least: number) => fc.array(tie("formula"), { minLength: least, maxLength: 4 });
    return {
      formula: fc.oneof(
        { maxDepth: depth, depthIdentifier: "formula" },
        name.map((n): Formula => ({ kind: "var", name: n })),
        fc.boolean().map((value): Formula => ({ kind: "constant", value })),
        tie("formula").map((of): Formula => ({ kind: "not", of })),
        fc
          .tuple(fc.constantFrom("and" as const, "or" as const), some(2))
          .map(([kind, args]): Formula => ({ kind, args })),
        fc
          .tuple(
            fc.constantFrom("implies" as const, "iff" as const, "xor" as const),
            tie("formula"),
            tie("formula"),
          )
          .map(([kind, left, right]): Formula => ({ kind, left, right })),
        fc
          .tuple(fc.constantFrom("exactlyOne" as const, "atMostOne" as const), some(1))
          .map(([kind, args]): Formula => ({ kind, args })),
      ),
    };
  });
  return formula;
}

/** Names of every sort: words, keywords, dotted names, blanks, quotes, signs, any Unicode. */
export const anyName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "a",
    "b",
    "stop",
    "prev.x",
    "ü_1",
    "true",
    "True",
    "xor",
    "exactlyOne",
    "NaN",
    "inf",
    "and",
  ),
  fc.constantFrom(
    "a b",
    'say "x"',
    "a->b",
    "a.",
    "3d",
    "#",
    "//",
    "line\nbreak",
    "\\",
    "\t",
    "__proto__",
    "é",
  ),
  fc.string({ unit: "binary", minLength: 1, maxLength: 6 }),
);
