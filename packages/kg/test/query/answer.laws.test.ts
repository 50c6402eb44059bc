import { csrFromEntries, csrGet, rng } from "@credence/core";
import {
  answer,
  bruteForce,
  makeQuery,
  parseQuery,
  type Query,
  type QueryFormula,
  type TruthModel,
  toDnf,
  truthModelFromMatrices,
} from "@credence/kg";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  expectClose,
  forestQueryArbitrary,
  logicArbitrary,
  logics,
  modelArbitrary,
  nestedQueryArbitrary,
} from "./arbitraries.ts";

/**
 * The answers of a query by classical semantics alone: the formula as it stands, neither normalized nor fuzzy,
 * true for some values of the existential variables.
 */
function symbolicAnswers(model: TruthModel, query: Query): number[] {
  const ids = model.entities.names.map((_, id) => id);
  const names = [...new Set([...namesIn(query.formula)])].filter((name) => name !== query.free.name);
  const holds = (formula: QueryFormula, values: ReadonlyMap<string, number>): boolean => {
    if (formula.kind === "not") return !holds(formula.of, values);
    if (formula.kind !== "atom") {
      const [all, one] = [formula.kind === "and", (arg: QueryFormula) => holds(arg, values)];
      return all ? formula.args.every(one) : formula.args.some(one);
    }
    const [head, tail] = [formula.head, formula.tail].map((term) =>
      term.kind === "variable" ? values.get(term.name)! : model.entities.id(term.name),
    );
    return model.observed(head, model.relations.id(formula.relation), tail);
  };
  const some = (rest: readonly string[], values: ReadonlyMap<string, number>): boolean =>
    rest.length === 0
      ? holds(query.formula, values)
      : ids.some((id) => some(rest.slice(1), new Map(values).set(rest[0], id)));
  return ids.filter((id) => some(names, new Map([[query.free.name, id]])));
}

function namesIn(formula: QueryFormula): string[] {
  if (formula.kind === "not") return namesIn(formula.of);
  if (formula.kind !== "atom") return formula.args.flatMap(namesIn);
  return [formula.head, formula.tail].flatMap((term) => (term.kind === "variable" ? [term.name] : []));
}

const maxConjunctions = 100_000;

describe("answer", () => {
  it("is the definition, for unions of forests under every logic", () => {
    fc.assert(
      fc.property(modelArbitrary(), forestQueryArbitrary, logicArbitrary, (model, query, logic) => {
        expectClose(answer(model, query, { logic }).truth, bruteForce(model, query, { logic }));
      }),
      { numRuns: 1_000 },
    );
  });

  it("is the definition for negation and alternatives anywhere", () => {
    fc.assert(
      fc.property(modelArbitrary(), nestedQueryArbitrary, logicArbitrary, (model, query, logic) => {
        fc.pre(toDnf(query, { maxConjunctions }).length < 500);
        const options = { logic, maxConjunctions };
        expectClose(answer(model, query, options).truth, bruteForce(model, query, options));
      }),
      { numRuns: 300 },
    );
  });

  it("is the classical answer set on 0/1 matrices, under every logic", () => {
    const queries = fc.oneof(forestQueryArbitrary, nestedQueryArbitrary);
    fc.assert(
      fc.property(modelArbitrary({ crisp: true }), queries, (model, query) => {
        fc.pre(toDnf(query, { maxConjunctions }).length < 500);
        const expected = new Float64Array(model.entities.size);
        for (const id of symbolicAnswers(model, query)) expected[id] = 1;
        for (const logic of logics) {
          const { truth } = answer(model, query, { logic, maxConjunctions });
          expect(truth).toEqual(expected);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("marks as observed what the observed triples alone imply, everything else false", () => {
    fc.assert(
      fc.property(modelArbitrary(), forestQueryArbitrary, (model, query) => {
        const implied = symbolicAnswers(model.crisp, query).map((id) => model.entities.name(id));
        const observed = [...answer(model, query)].filter((one) => one.observed).map((one) => one.entity);
        expect(new Set(observed)).toEqual(new Set(implied));
      }),
      { numRuns: 200 },
    );
  });

  it("ranks by truth, ties by entity id, equal truths on the best of their places", () => {
    fc.assert(
      fc.property(modelArbitrary(), forestQueryArbitrary, fc.nat({ max: 8 }), (model, query, k) => {
        const set = answer(model, query);
        const all = [...set];
        expect(new Set(all.map((one) => one.entity)).size).toBe(model.entities.size);
        all.forEach((one, i) => {
          const id = model.entities.id(one.entity);
          expect(one.truth).toBe(set.truth[id]);
          expect(one.rank).toBe(1 + set.truth.filter((value) => value > one.truth).length);
          const next = all[i + 1];
          if (next === undefined) return;
          const later = next.truth < one.truth || model.entities.id(next.entity) > id;
          expect(next.truth <= one.truth && later).toBe(true);
        });
        expect(set.top(k)).toEqual(all.slice(0, k));
        expect(set.top(k, { omitObserved: true })).toEqual(all.filter((one) => !one.observed).slice(0, k));
      }),
      { numRuns: 200 },
    );
  });

  it("is 1 on whatever follows from observed triples without negation", () => {
    fc.assert(
      fc.property(modelArbitrary(), forestQueryArbitrary, logicArbitrary, (model, query, logic) => {
        const positive = makeQuery(query.free, withoutNegation(query.formula));
        const set = answer(model, positive, { logic });
        for (const one of set) if (one.observed) expect(one.truth).toBe(1);
      }),
      { numRuns: 200 },
    );
  });

  it("does not depend on the order of conditions, nor on the names of existential variables", () => {
    fc.assert(
      fc.property(modelArbitrary(), forestQueryArbitrary, logicArbitrary, (model, query, logic) => {
        const renamed = parseQuery(query.toString().replaceAll("?x", "?other"));
        const turned = makeQuery(renamed.free, reversed(renamed.formula));
        expectClose(answer(model, turned, { logic }).truth, answer(model, query, { logic }).truth);
      }),
      { numRuns: 200 },
    );
  });

  it("agrees with dense matrix composition on a graph of a few hundred entities", () => {
    const n = 300;
    const draw = rng("sparse");
    const entries = { row: [] as number[], col: [] as number[], value: [] as number[] };
    for (let i = 0; i < 6 * n; i++) {
      entries.row.push(draw.int(n));
      entries.col.push(Math.floor(n * draw() ** 2));
      entries.value.push(draw() < 0.1 ? 1 : draw());
    }
    const r = csrFromEntries(n, n, entries, { duplicates: "max" });
    const model = truthModelFromMatrices(
      Array.from({ length: n }, (_, i) => `e${i}`),
      { r },
    );
    const at = (a: number, b: number): number => csrGet(r, a, b);
    const ids = Array.from({ length: n }, (_, i) => i);
    for (const logic of logics) {
      const step = (from: readonly number[], through: (a: number, b: number) => number): number[] =>
        ids.map((b) => ids.reduce((most, a) => Math.max(most, logic.and(from[a], through(a, b))), 0));
      const start = ids.map((b) => at(7, b));
      const ones = ids.map(() => 1);
      const not = (a: number, b: number): number => logic.not(at(a, b));
      const truthOf = (text: string): Float64Array => answer(model, text, { logic }).truth;
      expectClose(truthOf("?y : r(e7, ?x), r(?x, ?y)"), step(start, at));
      expectClose(truthOf("?z : r(e7, ?x), r(?x, ?y), r(?y, ?z)"), step(step(start, at), at));
      expectClose(truthOf("?y : r(e7, ?x), !r(?x, ?y)"), step(start, not));
      expectClose(truthOf("?z : r(e7, ?x), !r(?x, ?y), r(?y, ?z)"), step(step(start, not), at));
      expectClose(truthOf("?y : !r(?x, ?y)"), step(ones, not));
      expectClose(
        truthOf("?y : r(e7, ?x), r(?x, ?y), !r(?y, ?x)"),
        step(start, (a, b) => logic.and(at(a, b), not(b, a))),
      );
    }
  });
});

function withoutNegation(formula: QueryFormula): QueryFormula {
  if (formula.kind === "atom") return formula;
  if (formula.kind === "not") return withoutNegation(formula.of);
  return { kind: formula.kind, args: formula.args.map(withoutNegation) };
}

function reversed(formula: QueryFormula): QueryFormula {
  if (formula.kind === "atom") return formula;
  if (formula.kind === "not") return { kind: "not", of: reversed(formula.of) };
  return { kind: formula.kind, args: formula.args.map(reversed).reverse() };
}
