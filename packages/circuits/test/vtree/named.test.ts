import {
  balancedVtree,
  bisectionVtree,
  cnf,
  leftLinearVtree,
  minFillVtree,
  namedVtree,
  naturalOrder,
  printVtree,
  rightLinearVtree,
  vtreeNames,
} from "@credence/circuits";
import { InvalidArgumentError } from "@credence/core";
import { describe, expect, it } from "vitest";
import { randomClauses } from "../../../../bench/compile/families.ts";

describe("namedVtree", () => {
  const formula = randomClauses(3, 10, 15, 10, 1);

  it("makes the vtree of each name", () => {
    const expected = {
      balanced: balancedVtree(naturalOrder(10)),
      right: rightLinearVtree(naturalOrder(10)),
      left: leftLinearVtree(naturalOrder(10)),
      "min-fill": minFillVtree(formula),
      bisection: bisectionVtree(formula),
    };
    for (const name of vtreeNames) {
      expect(printVtree(namedVtree(formula, name)), name).toBe(printVtree(expected[name]));
    }
    expect(printVtree(namedVtree(formula))).toBe(printVtree(expected["min-fill"]));
  });

  it("bisects where there are too many variables for an elimination order", () => {
    const large = cnf(8193, [[1, 8193]]);
    expect(namedVtree(large).variables).toBe(8193);
    expect(() => namedVtree(large, "min-fill")).toThrow(InvalidArgumentError);
  });

  it.each(vtreeNames)("refuses %s for no variables", (name) => {
    expect(() => namedVtree(cnf(0, []), name)).toThrow(InvalidArgumentError);
  });
});
