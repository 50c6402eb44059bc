import { and, atom, not, or, parseLstr, parseQuery, printLiteral, toDnf, toNnf } from "@credence/kg";
import { describe, expect, it } from "vitest";
import { withoutSources } from "./arbitraries.ts";

const dnf = (text: string): string[] =>
  toDnf(parseQuery(text)).map((literals) => literals.map(printLiteral).join(", "));

describe("toNnf", () => {
  it("moves negations to the atoms", () => {
    const [a, b, c] = ["a", "b", "c"].map((name) => atom(name, "s", "t"));
    expect(toNnf(not(or(a, not(and(b, c)))))).toEqual(and(not(a), and(b, c)));
    expect(toNnf(not(not(not(a))))).toEqual(not(a));
  });
});

describe("toDnf", () => {
  it("distributes and over or, in order", () => {
    expect(dnf("?y : (a(s,?y) | b(s,?y)), (c(s,?y) | d(s,?y))")).toEqual([
      "a(s, ?y), c(s, ?y)",
      "a(s, ?y), d(s, ?y)",
      "b(s, ?y), c(s, ?y)",
      "b(s, ?y), d(s, ?y)",
    ]);
  });

  it("keeps the negations that the released conversion loses (fault P5)", () => {
    expect(dnf("?y : !(a(s,?y) | b(s,?y))")).toEqual(["!a(s, ?y), !b(s, ?y)"]);
    expect(dnf("?y : !a(s,?y), (b(s,?y) | c(s,?y))")).toEqual(["!a(s, ?y), b(s, ?y)", "!a(s, ?y), c(s, ?y)"]);
    const grounding = { r1: "a", r2: "b", s1: "s", s2: "s" };
    const query = parseLstr("!((r1(s1,f))&(!(r2(s2,f))))", grounding);
    expect(toDnf(query).map((c) => c.map(printLiteral))).toEqual([["!a(s, ?f)"], ["b(s, ?f)"]]);
  });

  it("keeps repeated atoms: they count twice", () => {
    expect(dnf("?y : a(s,?y), a(s,?y)")).toEqual(["a(s, ?y), a(s, ?y)"]);
  });

  it("is fast on long chains and refuses explosions before making them", () => {
    const chain = Array(20_000).fill("a(s,?y)").join(", ");
    expect(toDnf(parseQuery(`?y : ${chain}`))[0]).toHaveLength(20_000);
    const choices = Array(2_000).fill("(a(s,?y) | b(s,?y))").join(", ");
    expect(() => toDnf(parseQuery(`?y : ${choices}`))).toThrow(
      expect.objectContaining({ code: "QUERY_TOO_LARGE", given: "Infinity" }),
    );
    const three = parseQuery("?y : a(s,?y) | b(s,?y) | c(s,?y)");
    expect(() => toDnf(three, { maxConjunctions: 2 })).toThrow(expect.objectContaining({ given: 3 }));
    expect(toDnf(three, { maxConjunctions: 3 })).toHaveLength(3);
    expect(() => toDnf(three, { maxConjunctions: 0 })).toThrow(/maxConjunctions/);
  });

  it("leaves the AST alone", () => {
    const query = parseQuery("?y : !(a(s,?y) | b(s,?y))");
    const before = withoutSources(query.formula);
    toDnf(query);
    expect(withoutSources(query.formula)).toEqual(before);
  });
});
