import {
  compileCnf,
  enumerateModels,
  type FormulaToCnfOptions,
  formulaToCnf,
  modelCount,
} from "@credence/circuits";
import { CredenceError, evaluate, type Formula, InvalidArgumentError, parseFormula } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const names = ["a", "b", "c", "d"] as const;
type Name = (typeof names)[number];

const formulas: fc.Arbitrary<Formula<Name>> = fc.letrec<{ formula: Formula<Name> }>((tie) => ({
  formula: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom(...names).map((name): Formula<Name> => ({ kind: "var", name })),
    fc.boolean().map((value): Formula<Name> => ({ kind: "constant", value })),
    tie("formula").map((of): Formula<Name> => ({ kind: "not", of })),
    fc
      .tuple(
        fc.constantFrom("and", "or", "exactlyOne", "atMostOne"),
        fc.array(tie("formula"), { maxLength: 4 }),
      )
      .map(([kind, args]) => ({ kind, args }) as Formula<Name>),
    fc
      .tuple(fc.constantFrom("implies", "iff", "xor"), tie("formula"), tie("formula"))
      .map(([kind, left, right]) => ({ kind, left, right }) as Formula<Name>),
  ),
})).formula;

function worldsOf(all: readonly Formula<Name>[]): number[] {
  return Array.from({ length: 16 }, (_, world) => world).filter((world) => {
    const values = Object.fromEntries(names.map((name, v) => [name, ((world >> v) & 1) === 1]));
    return all.every((formula) => evaluate(formula, values as Record<Name, boolean>));
  });
}

describe("formulaToCnf", () => {
  const several = fc.array(formulas, { minLength: 1, maxLength: 3 });

  it("keeps the number of models with equivalences, and the projected models with implications", () => {
    fc.assert(
      fc.property(several, (all) => {
        const expected = worldsOf(all).length;
        const full = formulaToCnf(all, { variables: names });
        expect(modelCount(compileCnf(full.formula).nnf)).toBe(BigInt(expected));
        for (const encoding of ["tseitin", "plaisted-greenbaum"] as const) {
          const { formula, projected } = formulaToCnf(all, { variables: names, encoding });
          const counted = modelCount(compileCnf(formula, { projected }).nnf);
          expect(counted).toBe(BigInt(expected));
          expect(formula.clauses).toBeLessThanOrEqual(full.formula.clauses);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("has, without auxiliaries, exactly the models of the formulas", () => {
    fc.assert(
      fc.property(several, (all) => {
        let result: ReturnType<typeof formulaToCnf<Name>>;
        try {
          result = formulaToCnf(all, { variables: names, encoding: "direct", clauseLimit: 5000 });
        } catch (error) {
          // Nested parities may be too much; nothing else may be wrong.
          if (!(error instanceof CredenceError && error.code === "CLAUSE_LIMIT")) throw error;
          return;
        }
        expect(result.formula.variables).toBe(4);
        expect([...enumerateModels(result.formula)]).toEqual(worldsOf(all));
      }),
      { numRuns: 300 },
    );
  });

  it("makes one auxiliary of equal parts, and none of what is asserted", () => {
    const { formula, variables, projected } = formulaToCnf(
      parseFormula("(a | b) & (c -> a & b) & (d <-> a & b)"),
    );
    expect(variables.names).toEqual(["a", "b", "c", "d"]);
    expect([...projected]).toEqual([1, 2, 3, 4]);
    expect(formula.variables).toBe(5);
    expect(formulaToCnf(parseFormula("(a | b) & !(c & d)")).formula.variables).toBe(4);
  });

  it("walks deep formulas, and says when distribution is too much", () => {
    const parity = (n: number): Formula => {
      let chain: Formula = { kind: "var", name: "x0" };
      for (let i = 1; i < n; i++) chain = { kind: "xor", left: chain, right: { kind: "var", name: `x${i}` } };
      return chain;
    };
    expect(modelCount(compileCnf(formulaToCnf(parity(60)).formula).nnf)).toBe(2n ** 59n);
    const chain = parity(20_000);
    // All but the last step have an auxiliary with four clauses.
    expect(formulaToCnf(chain).formula.clauses).toBe(4 * 19_998 + 2);
    const direct: FormulaToCnfOptions = { encoding: "direct" };
    expect(() => formulaToCnf(chain, direct)).toThrow(/more than 100000 clauses/);
    expect(() => formulaToCnf(chain, { clauseLimit: 0 })).toThrow(InvalidArgumentError);
    expect(() => formulaToCnf(chain, { encoding: "other" as never })).toThrow(InvalidArgumentError);
  });
});
