import { csrGet, type Logic } from "@credence/core";
import { answer, type Literal, type Term, type TruthModel, toDnf } from "@credence/kg";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { forestQueryArbitrary, logicArbitrary, modelArbitrary } from "./arbitraries.ts";

function literalTruth(
  { atom, negated }: Literal,
  values: Readonly<Record<string, string>>,
  model: TruthModel,
  logic: Logic,
): number {
  const id = (term: Term): number =>
    model.entities.id(term.kind === "variable" ? values[term.name] : term.name);
  const { rows } = model.relation(model.relations.id(atom.relation));
  const truth = csrGet(rows, id(atom.head), id(atom.tail));
  return negated ? logic.not(truth) : truth;
}

describe("explain", () => {
  it("gives a witness at which the literals' t-norm is the disjunct's value, the best of all", () => {
    fc.assert(
      fc.property(modelArbitrary(), forestQueryArbitrary, logicArbitrary, (model, query, logic) => {
        const set = answer(model, query, { logic });
        const disjuncts = toDnf(query);
        for (const one of set) {
          const why = set.explain(one.entity);
          expect(why.answer).toEqual(one);
          const literals = disjuncts[why.disjunct];
          const values = { ...why.witness, [query.free.name]: one.entity };
          const truths = literals.map((literal) => literalTruth(literal, values, model, logic));
          expect(why.literals.map((literal) => literal.truth)).toEqual(truths);
          expect(why.literals.map((literal) => literal.negated)).toEqual(literals.map((l) => l.negated));
          const together = truths.reduce((a, b) => logic.and(a, b), 1);
          expect(close(together, why.value, tolerance.rounding)).toBe(true);
          // A single disjunct is the answer itself; of several, none exceeds their t-conorm.
          if (disjuncts.length === 1) expect(why.value).toBe(one.truth);
          else expect(why.value).toBeLessThanOrEqual(one.truth + tolerance.rounding);
        }
      }),
      { numRuns: 300 },
    );
  });
});
