import { InvalidArgumentError, ParseError } from "@credence/core";
import { and, atom, not, or, parseQuery, query, variables } from "@credence/kg";
import { describe, expect, it } from "vitest";
import { withoutSources } from "./arbitraries.ts";

const { x, y } = variables("x", "y");

describe("query`...`", () => {
  it("is parseQuery where nothing is put in", () => {
    const made = query`?y : won(TuringAward, ?x), graduatedFrom(?x, ?y)`;
    expect(made).toMatchObject({ text: "?y : won(TuringAward, ?x), graduatedFrom(?x, ?y)", shape: "2p" });
  });

  it("takes names of any characters as they are", () => {
    for (const name of ["Canada", "Côte d'Ivoire", 'a"b\\', "?x", "r(a, ?y) | s", ""]) {
      const made = query`?y : ${name}(${name}, ?y)`;
      expect(withoutSources(made.formula)).toEqual(atom(name, name, y));
      expect(withoutSources(parseQuery(made.text).formula)).toEqual(atom(name, name, y));
    }
  });

  it("takes variables, in the head too, and formulas as one condition", () => {
    const either = or(atom("r", "a", x), not(atom("s", x, y)));
    const made = query`${y} : ${either}, !${either}, t(${x}, ${y})`;
    expect(made.free).toEqual(y);
    expect(withoutSources(made.formula)).toEqual(and(either, not(either), atom("t", x, y)));
    expect(withoutSources(parseQuery(made.text).formula)).toEqual(withoutSources(made.formula));
  });

  it("never joins a value with the text around it", () => {
    expect(() => query`?y : born${"In"}(a, ?y)`).toThrow(ParseError);
    expect(() => query`?y : r(a, ?${"y"})`).toThrow(expect.objectContaining({ code: "EXPECTED_VARIABLE" }));
  });

  it("shows the values in the frames of errors", () => {
    expect(() => query`?y : r(${"New York"} City, ?y)`).toThrow(
      expect.objectContaining({
        code: "EXPECTED_TERM",
        frame: '1 | ?y : r("New York" City, ?y)\n                      ^',
      }),
    );
    expect(() => query`?y : r(${atom("s", x, y)}, ?y)`).toThrow(
      expect.objectContaining({ code: "EXPECTED_TERM" }),
    );
    expect(() => query`?y : ${x}(a, ?y)`).toThrow(expect.objectContaining({ code: "NOT_EFO1" }));
  });

  it("refuses values that are neither name, variable nor formula", () => {
    expect(() => query`?y : r(${3 as unknown as string}, ?y)`).toThrow(InvalidArgumentError);
    expect(() => query`?y : r(${undefined as unknown as string}, ?y)`).toThrow(InvalidArgumentError);
  });
});
