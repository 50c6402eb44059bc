import { InvalidArgumentError } from "@credence/core";
import { answer, fromTriples, observedTruth } from "@credence/kg";
import { describe, expect, it } from "vitest";

const graph = fromTriples([
  ["turing", "bornIn", "london"],
  ["turing", "field", "logic"],
  ["church", "field", "logic"],
]);

describe("observedTruth", () => {
  const truth = observedTruth(graph);

  it("is 1 on the triples and 0 elsewhere", () => {
    const [turing, logic] = ["turing", "logic"].map((name) => graph.entities.id(name));
    const field = graph.relations.id("field");
    expect(truth.observed(turing, field, logic)).toBe(true);
    expect(truth.observed(logic, field, turing)).toBe(false);
    expect(Array.from(truth.relation(field).rows.values)).toEqual([1, 1]);
    expect(truth.crisp).toBe(truth);
  });

  it("answers queries in the closed world", () => {
    const answers = (text: string) =>
      answer(truth, text)
        .top(9)
        .filter((one) => one.truth > 0);
    expect(answers("?x : field(?x, logic), !bornIn(?x, ?y)").map((one) => one.entity)).toEqual([
      "turing",
      "church",
    ]);
    expect(answers("?x : field(?x, logic), !bornIn(?x, london)")).toEqual([
      { entity: "church", truth: 1, rank: 1, observed: true },
    ]);
  });

  it("refuses relation ids that do not exist", () => {
    expect(() => truth.relation(2)).toThrow(InvalidArgumentError);
  });
});
