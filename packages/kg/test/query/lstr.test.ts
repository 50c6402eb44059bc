import { InvalidArgumentError, ParseError, vocabulary } from "@credence/core";
import { and, atom, not, or, parseLstr, variables } from "@credence/kg";
import { describe, expect, it } from "vitest";

const { e1, f } = variables("e1", "f");
const names = { r1: "won", r2: "bornIn", r3: "graduatedFrom", s1: "TuringAward", s2: "Canada" };

describe("parseLstr", () => {
  it("reads the formula strings of the benchmarks", () => {
    const query = parseLstr("((r1(s1,e1))&(!(r2(s2,e1))))&(r3(e1,f))", names);
    expect(query.free).toEqual(f);
    expect(query.formula).toEqual(
      and(
        and(atom("won", "TuringAward", e1), not(atom("bornIn", "Canada", e1))),
        atom("graduatedFrom", e1, f),
      ),
    );
    expect(query.shape).toBe("inp");
    expect(String(query)).toBe("?f : (won(TuringAward, ?e1), !bornIn(Canada, ?e1)), graduatedFrom(?e1, ?f)");
  });

  it("takes both names of the free variable", () => {
    expect(parseLstr("r1(s1,f1)", names).free.name).toBe("f1");
    expect(parseLstr("r1(s1,f)", names).free.name).toBe("f");
  });

  it("keeps negations of groups for the normal form (the released conversion drops them)", () => {
    const [a, b] = [atom("won", "TuringAward", f), atom("bornIn", "Canada", f)];
    expect(parseLstr("!((r1(s1,f))|(r2(s2,f)))", names).formula).toEqual(not(or(a, b)));
  });

  it("takes ids together with the vocabularies that name them", () => {
    const entities = vocabulary("entity", ["Ada", "Bob"]);
    const relations = vocabulary("relation", ["knows"]);
    const query = parseLstr("r1(s1,f)", { r1: 0, s1: 1 }, { entities, relations });
    expect(query.formula).toEqual(atom("knows", "Bob", f));
    expect(() => parseLstr("r1(s1,f)", { r1: 0, s1: 2 }, { entities, relations })).toThrow(
      InvalidArgumentError,
    );
    expect(() => parseLstr("r1(s1,f)", { r1: 0, s1: 1 })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT", hint: expect.stringContaining("third argument") }),
    );
  });

  it.each([
    ["r1(s1,e1)", "NOT_EFO1"],
    ["(r1(s1,f1))&(r2(s2,f2))", "NOT_EFO1"],
    ["r1(s1,g)", "UNKNOWN_PLACEHOLDER"],
    ["won(s1,f)", "UNKNOWN_PLACEHOLDER"],
    ["r1(s1,?f)", "UNKNOWN_PLACEHOLDER"],
    ["~r1(s1,f)", "UNKNOWN_PLACEHOLDER"],
    ['r1("s1",f)', "UNKNOWN_PLACEHOLDER"],
    ["f : r1(s1,f)", "UNKNOWN_PLACEHOLDER"],
    ["(r1(s1,f)),(r2(s2,f))", "EXPECTED_CONNECTIVE"],
    ["(r1(s1,f))&", "EXPECTED_FORMULA"],
    ["((r1(s1,f))", "UNBALANCED_QUERY"],
    ["", "EXPECTED_FORMULA"],
  ])("%j is refused as %s", (formula, code) => {
    expect(() => parseLstr(formula, names)).toThrow(ParseError);
    expect(() => parseLstr(formula, names)).toThrow(expect.objectContaining({ code }));
  });

  it("refuses a placeholder without a grounding, also one that every object has", () => {
    expect(() => parseLstr("r4(s1,f)", names)).toThrow(/grounding\.r4/);
    expect(() => parseLstr("r1(s1,f)", Object.create({ r1: "won", s1: "x" }))).toThrow(InvalidArgumentError);
    expect(() => parseLstr(7 as unknown as string, names)).toThrow(InvalidArgumentError);
  });
});
