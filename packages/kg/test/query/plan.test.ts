import { parseQuery, queryPlan } from "@credence/kg";
import { describe, expect, it } from "vitest";

const plan = (text: string) => queryPlan(parseQuery(text));

describe("queryPlan", () => {
  it("eliminates leaves first, into the free variable", () => {
    expect(plan("?y : won(TuringAward, ?x), !bornIn(?x, Canada), graduatedFrom(?x, ?y)").toString()).toBe(
      [
        "?y : won(TuringAward, ?x), !bornIn(?x, Canada), graduatedFrom(?x, ?y)",
        "restrict ?x by won(TuringAward, ?x), !bornIn(?x, Canada)",
        "eliminate ?x into ?y through graduatedFrom(?x, ?y)",
        "read ?y",
      ].join("\n"),
    );
    expect(plan("?f : r(?f, ?a), r(?a, ?b), r(?b, ?c), r(s, ?c)").steps).toEqual([
      "restrict ?c by r(s, ?c)",
      "eliminate ?c into ?b through r(?b, ?c)",
      "eliminate ?b into ?a through r(?a, ?b)",
      "eliminate ?a into ?f through r(?f, ?a)",
      "read ?f",
    ]);
  });

  it("takes several conditions between two variables together, in both directions", () => {
    const [conjunction] = plan("?y : r(?x, ?y), !s(?y, ?x), t(a, ?x)").conjunctions;
    expect(conjunction.eliminations).toHaveLength(1);
    expect(conjunction.eliminations[0].factors).toHaveLength(2);
  });

  it("sorts conditions into scalars, single-variable ones and loops, and finds other components", () => {
    expect(plan("?y : r(a, b), s(?y, ?y), t(?u, ?v), t(?v, c)").steps).toEqual([
      "restrict ?y by s(?y, ?y)",
      "restrict ?v by t(?v, c)",
      "eliminate ?u into ?v through t(?u, ?v)",
      "scale by the best value of ?v",
      "scale by r(a, b)",
      "read ?y",
    ]);
  });

  it("lists alternatives one by one; each has its own variables", () => {
    const { steps, conjunctions } = plan("?y : r(?x, ?y) | !s(a, ?y)");
    expect(conjunctions.map((one) => one.variables)).toEqual([["y", "x"], ["y"]]);
    expect(steps).toEqual([
      "alternative 1: r(?x, ?y)",
      "  eliminate ?x into ?y through r(?x, ?y)",
      "  read ?y",
      "alternative 2: !s(a, ?y)",
      "  restrict ?y by !s(a, ?y)",
      "  read ?y",
      "join the 2 alternatives by the t-conorm",
    ]);
  });

  it.each([
    ["a triangle", "?y : r(?a, ?b), r(?b, ?y), r(?y, ?a)", "?a, ?b"],
    [
      "a cycle that the free variable hangs off",
      "?y : r(?a, ?b), r(?b, ?c), !r(?c, ?a), r(?c, ?y)",
      "?a, ?b, ?c",
    ],
    ["a cycle in a component of its own", "?y : r(s, ?y), r(?a, ?b), r(?b, ?c), r(?c, ?a)", "?a, ?b, ?c"],
    ["a cycle in the second alternative only", "?y : r(s, ?y) | r(?a, ?b), r(?b, ?y), r(?y, ?a)", "?a, ?b"],
  ])("refuses %s", (_, text, given) => {
    expect(() => plan(text)).toThrow(
      expect.objectContaining({ code: "CYCLIC_QUERY", given, hint: expect.any(String) }),
    );
  });

  it("plans long chains and wide stars", () => {
    const chain = Array.from({ length: 2_000 }, (_, i) => `r(?x${i}, ?x${i + 1})`).join(", ");
    expect(plan(`?x0 : ${chain}`).conjunctions[0].eliminations).toHaveLength(2_000);
    const star = Array.from({ length: 2_000 }, (_, i) => `r(?x${i}, ?y)`).join(", ");
    expect(plan(`?y : ${star}`).conjunctions[0].eliminations).toHaveLength(2_000);
  });
});
