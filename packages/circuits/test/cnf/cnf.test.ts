import { clausesOf, cnf, enumerateModels, literalWeights, withEvidence } from "@credence/circuits";
import { InvalidArgumentError } from "@credence/core";
import { describe, expect, it } from "vitest";

describe("cnf", () => {
  it("keeps clauses as written, empty ones too", () => {
    const clauses = [[1, -2], [], [3, 3, -3]];
    expect(clausesOf(cnf(3, clauses))).toEqual(clauses);
  });

  it.each([[[[0]]], [[[4]]], [[[1.5]]], [[[Number.NaN]]]])("refuses %j over three variables", (clauses) => {
    expect(() => cnf(3, clauses)).toThrow(InvalidArgumentError);
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 24 + 1])("refuses %d variables", (variables) => {
    expect(() => cnf(variables, [])).toThrow(/must be an integer from 0/);
  });
});

describe("withEvidence", () => {
  it("keeps the models that agree", () => {
    const models = [...enumerateModels(withEvidence(cnf(3, [[1, 2]]), [-1, 3]))];
    expect(models).toEqual([0b110]);
  });

  it("refuses literals beyond the variables", () => {
    expect(() => withEvidence(cnf(2, []), [3])).toThrow(InvalidArgumentError);
  });
});

describe("enumerateModels", () => {
  it("finds every world of no clauses and none of an empty clause", () => {
    expect([...enumerateModels(cnf(3, []))]).toHaveLength(8);
    expect([...enumerateModels(cnf(3, [[]]))]).toEqual([]);
    expect([...enumerateModels(cnf(0, []))]).toEqual([0]);
  });

  it("refuses what it cannot finish", () => {
    expect(() => enumerateModels(cnf(25, [])).next()).toThrow(/at most 24/);
  });
});

describe("literalWeights", () => {
  it("defaults to 1", () => {
    expect([...literalWeights(2, { "-1": 0.25, "2": -3 })]).toEqual([0.25, 1, 1, -3]);
  });

  it.each([{ "0": 1 }, { "3": 1 }, { x: 1 }, { "1": Number.NaN }, { "1": Number.POSITIVE_INFINITY }])(
    "refuses %j",
    (weights) => {
      expect(() => literalWeights(2, weights as Record<string, number>)).toThrow(InvalidArgumentError);
    },
  );

  it.each([-1, 1.5, 1e9, Number.POSITIVE_INFINITY])("are of no %d variables", (variables) => {
    expect(() => literalWeights(variables, {})).toThrow(InvalidArgumentError);
  });
});
