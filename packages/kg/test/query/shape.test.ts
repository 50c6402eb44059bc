import { parseLstr, parseQuery, type QueryShape, shapeFormulas } from "@credence/kg";
import { describe, expect, it } from "vitest";

const grounding = Object.fromEntries(
  [1, 2, 3, 4, 5, 6].flatMap((i) => [
    [`r${i}`, `rel${i}`],
    [`s${i}`, `entity${i}`],
  ]),
);
const shapes = Object.entries(shapeFormulas) as [QueryShape, string][];

describe("query.shape", () => {
  it("has 24 names", () => {
    expect(shapes).toHaveLength(24);
  });

  it.each(shapes)("recognizes %s, whatever its variables, constants and relations are", (shape, formula) => {
    expect(parseLstr(formula, grounding).shape).toBe(shape);
    // One relation, one entity, other variables: the shape is in the graph alone (up needs its shared step).
    const same = Object.fromEntries(Object.keys(grounding).map((key) => [key, key[0]]));
    expect(parseLstr(formula, same).shape).toBe(shape);
    const turned = formula.replaceAll("e1", "e9").replaceAll("e2", "e1").replaceAll("e9", "e2");
    expect(parseLstr(turned, grounding).shape).toBe(shape);
  });

  it("ignores directions, since ~r turns an edge around", () => {
    expect(parseQuery("?y : r(?y, a)").shape).toBe("1p");
    expect(parseQuery("?y : ~r(a, ?x), s(?y, ?x)").shape).toBe("2p");
    expect(parseQuery("?y : r(a, ?x), s(?x, ?y), t(?y, ?x)").shape).toBe("2m");
  });

  it("is taken from the disjunctive normal form", () => {
    expect(parseQuery("?y : (r(a, ?x) | s(b, ?x)), t(?x, ?y)").shape).toBe("up");
    expect(parseQuery("?y : !(!r(a, ?y) | s(b, ?y))").shape).toBe("2in");
    expect(parseQuery("?y : r(a, ?y) | s(b, ?y)").shape).toBe("2u");
  });

  it.each([
    ["two different last steps", "?y : r(a, ?x), t(?x, ?y) | s(b, ?x), u(?x, ?y)"],
    ["a last step turned around", "?y : r(a, ?x), t(?x, ?y) | s(b, ?x), t(?y, ?x)"],
    ["a self-loop", "?y : r(?y, ?y)"],
    ["no constant", "?y : r(?x, ?y)"],
    ["negation only", "?y : !r(a, ?y)"],
    ["three alternatives", "?y : r(a, ?y) | s(a, ?y) | t(a, ?y)"],
    ["many alternatives", `?y : ${Array(30).fill("(r(a, ?y) | s(a, ?y))").join(", ")}`],
    ["four steps", "?y : r(a, ?u), r(?u, ?v), r(?v, ?w), r(?w, ?y)"],
    ["four conditions", "?y : r(a, ?y), r(b, ?y), r(c, ?y), r(d, ?y)"],
    ["seven conditions", `?y : ${Array(7).fill("r(a, ?y)").join(", ")}`],
    ["the tree reading of pni's complement", "?y : !r(a, ?x), s(?x, ?y), t(b, ?y)"],
  ])("is undefined for %s", (_, text) => {
    expect(parseQuery(text).shape).toBeUndefined();
  });
});
