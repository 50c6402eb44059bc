import { CredenceError, InvalidArgumentError, UnknownNameError } from "@credence/core";
import {
  and,
  atom,
  fromTriples,
  makeQuery,
  not,
  or,
  parseQuery,
  type QueryFormula,
  relationsOf,
  select,
  type Variable,
  variables,
} from "@credence/kg";
import { describe, expect, it } from "vitest";
import { withoutSources } from "./arbitraries.ts";

const graph = fromTriples([
  ["turing", "bornIn", "london"],
  ["turing", "field", "logic"],
]);
const { x, y } = variables("x", "y");

describe("the typed builder", () => {
  it("makes the same query as the text", () => {
    const { bornIn, field } = relationsOf(graph);
    const built = select(x).where(or(bornIn(x, "london"), field(y, "logic")), not(field(x, y)));
    const text = "?x : (bornIn(?x, london) | field(?y, logic)), !field(?x, ?y)";
    expect(built.formula).toEqual(withoutSources(parseQuery(text).formula));
    expect(built.text).toBe(text);
    expect(String(built)).toBe(text);
  });

  it("checks literal names when it compiles", () => {
    const { bornIn } = relationsOf(graph);
    // @ts-expect-error an entity that the graph does not have
    expect(bornIn("tuning", x).head).toEqual({ kind: "constant", name: "tuning" });
    // @ts-expect-error a relation that the graph does not have
    expect(() => relationsOf(graph).bornAt).toThrow(UnknownNameError);
  });

  it("names the closest relations when it runs", () => {
    const relations = relationsOf<string, string>(graph);
    expect(() => relations["bornin"]).toThrow(expect.objectContaining({ suggestions: ["bornIn"] }));
    expect(Object.keys(relations)).toEqual(["bornIn", "field"]);
    expect("bornIn" in relations && !("born" in relations)).toBe(true);
    // Promises and JSON.stringify ask any object for these.
    expect([relations["then"], relations["toJSON"]]).toEqual([undefined, undefined]);
    expect(Reflect.get(relations, Symbol.iterator)).toBeUndefined();
  });

  it("copes with relations named like parts of every object", () => {
    const odd = fromTriples([["a", "__proto__", "b"]]);
    expect(Reflect.get(relationsOf(odd), "__proto__")("a", x)).toEqual(atom("__proto__", "a", x));
  });

  it("leaves a single formula alone", () => {
    const one = atom("r", "a", y);
    expect(and(one)).toBe(one);
    expect(or(one)).toBe(one);
    expect(select(y).where(one).formula).toBe(one);
  });
});

describe("errors of the builder", () => {
  const one = atom("r", "a", y);
  it.each<[string, () => unknown]>([
    ["no conjunct", () => select(y).where()],
    ["no alternative", () => or()],
    ["a term that is none", () => atom("r", 3 as unknown as string, y)],
    ["a free variable that is none", () => makeQuery("y" as unknown as Variable, one)],
    [
      "a constant as the free variable",
      () => makeQuery({ kind: "constant", name: "y" } as unknown as Variable, one),
    ],
    ["a variable that cannot be written", () => select(variables("a b")["a b"]).where(one)],
    ["something that is no formula", () => select(y).where(not("r(a, ?y)" as unknown as QueryFormula))],
    ["an undefined formula", () => makeQuery(y, undefined as unknown as QueryFormula)],
    ["a junction of one", () => makeQuery(y, { kind: "and", args: [one] })],
    ["a relation that is no name", () => makeQuery(y, { ...one, relation: 1 as unknown as string })],
  ])("%s", (_, make) => {
    expect(make).toThrow(InvalidArgumentError);
  });

  it("refuses a body without the free variable", () => {
    expect(() => select(x).where(one)).toThrow(expect.objectContaining({ code: "NOT_EFO1" }));
  });

  it("refuses formulas that nest too deep", () => {
    let deep: QueryFormula = one;
    for (let i = 0; i < 100_000; i++) deep = not(deep);
    expect(() => makeQuery(y, deep)).toThrow(CredenceError);
    expect(() => makeQuery(y, deep)).toThrow(expect.objectContaining({ code: "QUERY_TOO_DEEP" }));
  });
});
