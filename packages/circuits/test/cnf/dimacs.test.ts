import { clausesOf, parseDimacs } from "@credence/circuits";
import { ParseError } from "@credence/core";
import { describe, expect, it } from "vitest";

function failure(text: string): ParseError {
  try {
    parseDimacs(text);
  } catch (error) {
    if (error instanceof ParseError) return error;
    throw error;
  }
  throw new Error("parsed");
}

describe("parseDimacs", () => {
  it("reads clauses over lines, comments anywhere, Windows line ends, and a SATLIB ending", () => {
    const text =
      "c made by hand\r\n\r\np cnf 4 3\r\n1 -2\r\nc inside a clause\r\n 3 0 -4\r\n0 2 0\r\n%\r\n0\r\n";
    const { cnf, warnings, weights, projected } = parseDimacs(text);
    expect(clausesOf(cnf)).toEqual([[1, -2, 3], [-4], [2]]);
    expect(cnf.variables).toBe(4);
    expect([warnings, weights, projected]).toEqual([[], undefined, undefined]);
  });

  it("reads empty clauses", () => {
    expect(clausesOf(parseDimacs("p cnf 3 2\n1 2 0\n 0\n").cnf)).toEqual([[1, 2], []]);
  });

  it("corrects the header's counts and says so", () => {
    const { cnf, warnings } = parseDimacs("p cnf 2 5\n1 -3 0\n");
    expect([cnf.variables, cnf.clauses]).toEqual([3, 1]);
    expect(warnings).toHaveLength(2);
    expect(warnings.join()).toMatch(/announces 5 clauses.*variable 3/s);
  });

  it.each([
    [
      "competition",
      "p cnf 2 0\nc p weight 1 0.25 0\nc p weight -1 3/4 0\nc p weight 2 -2e0 0\nc p weight -2 1 0\n",
    ],
    ["Cachet", "p cnf 2 0\nw 1 0.25\nw 2 -2 0\nw -2 1 0\n"],
    ["PySDD", "c weights .25 0.75 -2 1\np cnf 2 0\n"],
  ])("reads weights as in %s files", (_, text) => {
    const { weights, warnings } = parseDimacs(text);
    expect([...weights!]).toEqual([0.75, 0.25, 1, -2]);
    expect(warnings).toEqual([]);
  });

  it("reads Cachet's -1 as no weight, and warns where one side is missing", () => {
    expect([...parseDimacs("p cnf 1 0\nw 1 -1\n").weights!]).toEqual([1, 1]);
    const { weights, warnings } = parseDimacs("p cnf 1 0\nc p weight -1 0.5 0\n");
    expect([...weights!]).toEqual([0.5, 1]);
    expect(warnings).toEqual(["Literal -1 has a weight and 1 has none: 1 is used."]);
  });

  it("reads sentences that begin like data as comments", () => {
    const text = "c weights are from the paper\nc ind the independent ones\nc weights\np cnf 1 0\n";
    expect(parseDimacs(text)).toMatchObject({ warnings: [], cnf: { variables: 1 } });
    expect(Object.keys(parseDimacs(text))).toEqual(["cnf", "warnings"]);
  });

  it("reads the projections of ApproxMC and GANAK", () => {
    expect([...parseDimacs("c ind 3 1 0\nc ind 2 0\np cnf 4 0\n").projected!]).toEqual([1, 2, 3]);
    expect(failure("c ind 3 1\np cnf 4 0\n")).toMatchObject({ code: "DIMACS_SHOW", line: 1, column: 10 });
  });

  it("reads projections, also empty ones", () => {
    expect([...parseDimacs("p cnf 5 0\nc p show 10 2 0\nc p show 2 0\n").projected!]).toEqual([2, 10]);
    expect([...parseDimacs("p cnf 5 0\nc p show 0\n").projected!]).toEqual([]);
  });

  it.each([
    ["", "DIMACS_HEADER", 1, 1],
    ["1 2 0\n", "DIMACS_HEADER", 1, 1],
    ["p cnf 1 0\np cnf 1 0\n", "DIMACS_HEADER", 2, 1],
    ["p dnf 1 1\n1 0\n", "DIMACS_HEADER", 1, 3],
    ["p cnf x 1\n", "DIMACS_HEADER", 1, 9],
    ["p cnf 99999999999 1\n", "DIMACS_HEADER", 1, 19],
    ["p cnf 2 1 7\n", "DIMACS_HEADER", 1, 9],
    ["p cnf 2 1\n1 x 0\n", "DIMACS_LITERAL", 2, 3],
    ["p cnf 2 1\n1 99999999 0\n", "DIMACS_LITERAL", 2, 3],
    ["p cnf 2 1\n1 2\n", "DIMACS_TRUNCATED", 3, 1],
    ["p cnf 2 0\nc p weight 1 abc 0\n", "DIMACS_WEIGHT", 2, 14],
    ["p cnf 2 0\nc p weight 1 1e999 0\n", "DIMACS_WEIGHT", 2, 14],
    ["p cnf 2 0\nc p weight 1 0.5\n", "DIMACS_WEIGHT", 2, 17],
    ["p cnf 2 0\nc p weight\n", "DIMACS_WEIGHT", 2, 11],
    ["p cnf 2 0\nw 1 0.5 1\n", "DIMACS_WEIGHT", 2, 9],
    ["p cnf 2 0\nc weights 0.5\n", "DIMACS_WEIGHT", 2, 14],
    ["p cnf 2 0\nc p show 1 2\n", "DIMACS_SHOW", 2, 13],
    ["p cnf 2 0\nc p show -1 0\n", "DIMACS_SHOW", 2, 10],
  ])("refuses %j with %s at line %d, column %d", (text, code, line, column) => {
    const error = failure(text);
    expect([error.code, error.line, error.column]).toEqual([code, line, column]);
    expect(error.expected).toBeTruthy();
  });
});
