import { CredenceError, ParseError } from "@credence/core";
import { and, atom, not, or, parseQuery, type QueryFormula, variables } from "@credence/kg";
import { describe, expect, it } from "vitest";
import { withoutSources } from "./arbitraries.ts";

const { x, y } = variables("x", "y");
const parsed = (text: string): QueryFormula => withoutSources(parseQuery(text).formula);

function failure(text: string): ParseError {
  try {
    parseQuery(text);
  } catch (error) {
    if (error instanceof ParseError) return error;
    throw error;
  }
  throw new Error(`parsed: ${text}`);
}

describe("parseQuery", () => {
  it("reads the example of the documentation", () => {
    const query = parseQuery("?y : won(TuringAward, ?x), !bornIn(?x, Canada), graduatedFrom(?x, ?y)");
    expect(query.free).toEqual(y);
    expect(withoutSources(query.formula)).toEqual(
      and(atom("won", "TuringAward", x), not(atom("bornIn", x, "Canada")), atom("graduatedFrom", x, y)),
    );
    expect(query.shape).toBe("inp");
    expect(query.text).toBe("?y : won(TuringAward, ?x), !bornIn(?x, Canada), graduatedFrom(?x, ?y)");
  });

  it("binds ! before , and & before |, and lets parentheses group", () => {
    const [a, b, c] = ["a", "b", "c"].map((name) => atom(name, "s", y));
    expect(parsed("?y : a(s,?y), b(s,?y) | c(s,?y)")).toEqual(or(and(a, b), c));
    expect(parsed("?y : a(s,?y) | b(s,?y) & c(s,?y)")).toEqual(or(a, and(b, c)));
    expect(parsed("?y : (a(s,?y) | b(s,?y)), c(s,?y)")).toEqual(and(or(a, b), c));
    expect(parsed("?y : !a(s,?y), b(s,?y)")).toEqual(and(not(a), b));
    expect(parsed("?y : !(a(s,?y), b(s,?y))")).toEqual(not(and(a, b)));
    expect(parsed("?y : !!a(s,?y)")).toEqual(not(not(a)));
    expect(parsed("?y : ((a(s,?y)))")).toEqual(a);
  });

  it("turns ~r(a, b) into r(b, a)", () => {
    expect(parsed("?y : ~bornIn(Canada, ?y)")).toEqual(atom("bornIn", y, "Canada"));
    expect(parsed("?y : ~~bornIn(?y, Canada)")).toEqual(atom("bornIn", y, "Canada"));
    expect(parsed("?y : !~r(?x, ?y)")).toEqual(not(atom("r", y, x)));
  });

  it("takes any name in quotes, and most without", () => {
    expect(parsed(`?y : "/people/person/born"(?y, "Côte d'Ivoire")`)).toEqual(
      atom("/people/person/born", y, "Côte d'Ivoire"),
    );
    expect(parsed("?y : /people/person/born(?y, Łódź)")).toEqual(atom("/people/person/born", y, "Łódź"));
    expect(parsed('?y : r("say \\"no\\" \\\\", ?y)')).toEqual(atom("r", 'say "no" \\', y));
    expect(parsed('?y : "?x"("", ?y)')).toEqual(atom("?x", "", y));
    expect(parsed("?1 : 7(42, ?1)")).toEqual(atom("7", "42", { kind: "variable", name: "1" }));
  });

  it("remembers where the names of an atom stand", () => {
    const text = "?y : ~bornIn(Canada, ?y)";
    const formula = parseQuery(text).formula;
    const source = { text, relation: 6, head: 21, tail: 13 };
    expect(formula).toMatchObject({ kind: "atom", source });
  });
});

describe("errors of parseQuery", () => {
  const cases: readonly [text: string, code: string, column: number][] = [
    ["", "EMPTY_QUERY", 1],
    ["  \n ", "EMPTY_QUERY", 1],
    ["won(TuringAward, ?x)", "NOT_EFO1", 1],
    [": r(a, ?y)", "NOT_EFO1", 1],
    ["y : r(a, ?y)", "NOT_EFO1", 1],
    ["?x, ?y : r(?x, ?y)", "NOT_EFO1", 3],
    ["?x ?y : r(?x, ?y)", "NOT_EFO1", 4],
    ["?y : r(a, ?x)", "NOT_EFO1", 1],
    ["?y : r(a, b)", "NOT_EFO1", 1],
    ["?y : ?r(a, ?y)", "NOT_EFO1", 6],
    ["?y r(a, ?y)", "EXPECTED_COLON", 4],
    ["?y", "EXPECTED_COLON", 3],
    ["?y :", "EXPECTED_FORMULA", 5],
    ["?y : ?x", "EXPECTED_FORMULA", 6],
    ["?y : r(a, ?y),", "EXPECTED_FORMULA", 15],
    ["?y : r(a, ?y) && r(b, ?y)", "EXPECTED_FORMULA", 16],
    ["?y : | r(a, ?y)", "EXPECTED_FORMULA", 6],
    ["?y : bornIn", "EXPECTED_FORMULA", 12],
    ["?y : born in(a, ?y)", "EXPECTED_FORMULA", 11],
    ["?y : r(a, ?y) r(b, ?y)", "EXPECTED_CONNECTIVE", 15],
    ["?y : (r(a, ?y) r(b, ?y))", "EXPECTED_CONNECTIVE", 16],
    ["?y : r(a, ?y) : r(b, ?y)", "EXPECTED_CONNECTIVE", 15],
    ["?y : ~(r(a, ?y))", "EXPECTED_RELATION", 7],
    ["?y : ~!r(a, ?y)", "EXPECTED_RELATION", 7],
    ["?y : r(, ?y)", "EXPECTED_TERM", 8],
    ["?y : r(!a, ?y)", "EXPECTED_TERM", 8],
    ["?y : r(New York, ?y)", "EXPECTED_TERM", 12],
    ["?y : r(wdt:P31, ?y)", "EXPECTED_TERM", 11],
    ["?y : r(?y)", "NOT_BINARY", 6],
    ["?y : r(a, b, ?y)", "NOT_BINARY", 6],
    ["?y : (r(a, ?y)", "UNBALANCED_QUERY", 6],
    ["?y : r(a, ?y", "UNBALANCED_QUERY", 7],
    ["?y : r(a,", "UNBALANCED_QUERY", 7],
    ["?y : r(a, ?y))", "UNBALANCED_QUERY", 14],
    ["?y : )", "UNBALANCED_QUERY", 6],
    ['?y : r("a, ?y)', "UNBALANCED_QUERY", 8],
    ['?y : r("a\\', "UNBALANCED_QUERY", 8],
    ['?y : r("a\\n", ?y)', "UNKNOWN_ESCAPE", 10],
    ["?y : r(a, ? y)", "EXPECTED_VARIABLE", 11],
    ["? : r(a, ?y)", "EXPECTED_VARIABLE", 1],
  ];
  it.each(cases)("%j is refused as %s at column %i", (text, code, column) => {
    const error = failure(text);
    expect(error.code).toBe(code);
    expect(error.column).toBe(column);
    expect(error.expected).toBeTruthy();
    expect(error.hint).toBeTruthy();
  });

  it("points at the place with a caret, on the right line", () => {
    const error = failure("?y : r(a, ?y),\n     ?x(b, ?y)");
    expect(error.frame).toBe("2 |      ?x(b, ?y)\n         ^");
    expect(error.toJSON()).toMatchObject({ code: "NOT_EFO1", line: 2, column: 6 });
  });

  it("refuses formulas that would exhaust the stack, and takes long chains", () => {
    expect(failure(`?y : ${"(".repeat(100_000)}`).code).toBe("QUERY_TOO_DEEP");
    expect(failure(`?y : ${"!".repeat(100_000)}r(a, ?y)`).code).toBe("QUERY_TOO_DEEP");
    expect(parseQuery(`?y : ${"!".repeat(255)}r(a, ?y)`).formula.kind).toBe("not");
    const chain = parseQuery(`?y : ${Array(20_000).fill("r(a, ?y)").join(", ")}`);
    expect(chain.formula).toMatchObject({ kind: "and", args: { length: 20_000 } });
  });

  it("refuses what is no text", () => {
    expect(() => parseQuery(undefined as unknown as string)).toThrow(CredenceError);
  });
});
