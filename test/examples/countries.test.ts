import { answer, fromTriples, observedTruth, parseQuery, queryPlan } from "@credence/kg";
import { describe, expect, it } from "vitest";
import { conformalAnswers } from "../../examples/conformal-answers.ts";
import { countries, questions } from "../../examples/countries.ts";
import { countryTriples } from "../../examples/support/countries-triples.ts";

const triples = countryTriples();

describe("the countries as triples", () => {
  it("keep what shares a name with a country apart from it", () => {
    const kindOf: Readonly<Record<string, string>> = {
      ...{ borders: "country", northOf: "country", hasCapital: "city", speaks: "language" },
      ...{ usesCurrency: "currency", inRegion: "region", inSubregion: "subregion", memberOf: "group" },
    };
    const kinds = new Map<string, Set<string>>();
    const note = (name: string, kind: string) => kinds.set(name, (kinds.get(name) ?? new Set()).add(kind));
    for (const [head, relation, tail] of triples) {
      note(head, "country");
      note(tail, kindOf[relation]);
    }
    expect([...kinds].filter(([, of]) => of.size > 1)).toEqual([]);
    for (const city of ["Djibouti", "Gibraltar", "Luxembourg", "Monaco", "Singapore", "Vatican City"]) {
      expect(triples).toContainEqual([city, "hasCapital", `${city} (city)`]);
    }
  });

  it("state no fact twice, and every border from both sides", () => {
    const facts = new Set(triples.map((triple) => triple.join("\t")));
    expect(facts.size).toBe(triples.length);
    for (const [head, relation, tail] of triples) {
      if (relation === "borders") expect(facts.has([tail, relation, head].join("\t"))).toBe(true);
      if (relation === "northOf") expect(facts.has([tail, relation, head].join("\t"))).toBe(false);
    }
  });
});

describe("the questions", () => {
  it("can be answered exactly and have answers among the facts", () => {
    const facts = observedTruth(fromTriples(triples));
    for (const { query } of questions) {
      expect(queryPlan(parseQuery(query)).conjunctions.length).toBeGreaterThan(0);
      expect(answer(facts, query).top(1)[0].truth).toBe(1);
    }
  });

  it("are of the kinds that the tour promises", () => {
    const shapes = questions.map(({ query }) => parseQuery(query).formula);
    expect(shapes.length).toBeGreaterThanOrEqual(6);
    const kinds = questions.map(({ kind }) => kind).join(" ");
    for (const kind of ["negation", "union", "existential leaf", "two hops", "multi-edge"])
      expect(kinds).toContain(kind);
  });
});

describe("the example from end to end, with little training", () => {
  it("beats the frequency baseline, answers, and covers hidden answers as it promises", async () => {
    const phases = new Set<string>();
    const found = await countries({ seed: 2, epochs: 6, onProgress: ({ phase }) => phases.add(phase) });
    expect(found.evaluation.mrr).toBeGreaterThan(2 * found.baseline.mrr);
    expect([...phases]).toEqual(expect.arrayContaining(["train", "validate", "evaluate"]));
    const { train, valid, test } = found.splits;
    expect(train.size + valid.size + test.size).toBe(found.graph.size);
    // A border is hidden in both directions or in none.
    const borders = train.relations.id("borders");
    const { byHead, byTail } = train.adjacency(borders);
    expect(byHead.indices).toEqual(byTail.indices);
    const asked = found.ask(questions[0].query);
    expect(asked.exact).toBe(true);
    expect(asked.top(1)[0]).toMatchObject({ truth: 1, observed: true });
    const sets = conformalAnswers(found, { alpha: 0.1, seed: 1 });
    expect(sets.coverage).toBeGreaterThanOrEqual(sets.band[0]);
    expect(sets.coverage).toBeLessThanOrEqual(sets.band[1]);
    expect(sets.meanSize).toBeLessThan(sets.meanCandidates / 4);
    expect(sets.examples.length).toBe(3);
    const larger = conformalAnswers(found, { alpha: 0.02, seed: 1 });
    expect(larger.meanSize).toBeGreaterThan(sets.meanSize);
  }, 240_000);
});
