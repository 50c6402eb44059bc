import { type Formula, ParseError, parseFormula, printFormula } from "@credence/core";
import { describe, expect, it } from "vitest";

const name = (n: string): Formula => ({ kind: "var", name: n });
const [a, b, c, d] = ["a", "b", "c", "d"].map(name);

/** The error of a text, with the part of it that the caret points at. */
export function errorOf(parse: (text: string) => unknown, text: string): ParseError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ParseError) return error;
    throw error;
  }
  throw new Error(`${JSON.stringify(text)} was read without an error`);
}

describe("parseFormula", () => {
  it("binds ! & xor | -> <-> from tight to loose", () => {
    const text = "!a & b xor c | d -> a <-> b";
    expect(parseFormula(text)).toEqual(parseFormula("((((((!a) & b) xor c) | d) -> a) <-> b)"));
    expect(printFormula(parseFormula("((((((!a) & b) xor c) | d) -> a) <-> b)"))).toBe(text);
  });

  it("groups implications to the right, equivalences and xor to the left, & and | flat", () => {
    expect(parseFormula("a -> b -> c")).toEqual({
      kind: "implies",
      left: a,
      right: { kind: "implies", left: b, right: c },
    });
    for (const [symbol, kind] of [
      ["<->", "iff"],
      ["xor", "xor"],
    ] as const) {
      expect(parseFormula(`a ${symbol} b ${symbol} c`)).toEqual({
        kind,
        left: { kind, left: a, right: b },
        right: c,
      });
    }
    expect(parseFormula("a & b & c & d")).toEqual({ kind: "and", args: [a, b, c, d] });
    expect(parseFormula("(a | b) | c")).toEqual({
      kind: "or",
      args: [{ kind: "or", args: [a, b] }, c],
    });
  });

  it("reads cardinalities, constants, names of all sorts, comments and line breaks", () => {
    expect(parseFormula("exactlyOne(a, !b, a & b)")).toEqual({
      kind: "exactlyOne",
      args: [a, { kind: "not", of: b }, { kind: "and", args: [a, b] }],
    });
    expect(parseFormula("atMostOne(true)")).toEqual({
      kind: "atMostOne",
      args: [{ kind: "constant", value: true }],
    });
    expect(parseFormula('"a b" # one\n & // two\r\n prev.x')).toEqual({
      kind: "and",
      args: [name("a b"), name("prev.x")],
    });
    expect(parseFormula('"tab\there \\u00e9"')).toEqual(name("tab\there é"));
  });

  it("is not bounded by the machine's stack", () => {
    const n = 50_000;
    for (const text of [
      `${"(".repeat(n)}a${")".repeat(n)}`,
      `${"!".repeat(n)}a`,
      Array(n).fill("a").join(" -> "),
      Array(n).fill("a").join(" xor "),
      `${"exactlyOne(a, ".repeat(n)}b${")".repeat(n)}`,
    ]) {
      const formula = parseFormula(text);
      if (!text.startsWith("(")) expect(printFormula(formula)).toBe(text);
    }
  });

  it.each([
    ["a => b", "UNKNOWN_OPERATOR", 3, "`->`"],
    ["a <=> b", "UNKNOWN_OPERATOR", 3, "`<->`"],
    ["a ∧ b", "UNKNOWN_OPERATOR", 3, "`&`"],
    ["a && b", "UNKNOWN_OPERATOR", 3, "`&`"],
    ["a || b", "UNKNOWN_OPERATOR", 3, "`|`"],
    ["~a", "UNKNOWN_OPERATOR", 1, "`!`"],
    ["¬a", "UNKNOWN_OPERATOR", 1, "`!`"],
    ["a ⊕ b", "UNKNOWN_OPERATOR", 3, "`xor`"],
    ["b <- a", "UNKNOWN_OPERATOR", 3, "`a -> b`"],
    ["b :- a", "UNKNOWN_OPERATOR", 3, "`a -> b`"],
    ["-a", "UNKNOWN_OPERATOR", 1, "`!`"],
    ["'a'", "UNKNOWN_OPERATOR", 1, '"'],
    ["a; b", "UNKNOWN_OPERATOR", 2, "line"],
    ["3d & a", "UNKNOWN_OPERATOR", 1, "quotes"],
    ["a $ b", "UNKNOWN_OPERATOR", 3, "xor"],
    ["TRUE & a", "UNEXPECTED_TOKEN", 1, "true"],
    ["a and b", "UNEXPECTED_TOKEN", 3, "`&`"],
    ["not a", "UNEXPECTED_TOKEN", 5, "`!`"],
    ["stop sign & a", "UNEXPECTED_TOKEN", 6, "quotes"],
    ["a, b", "UNEXPECTED_TOKEN", 2, "&"],
    ["a 2", "UNEXPECTED_TOKEN", 3, "weight"],
    ["a & 2", "UNEXPECTED_TOKEN", 5, "weight"],
    ["a & | b", "UNEXPECTED_TOKEN", 5, "operator"],
    ["a.", "UNEXPECTED_TOKEN", 2, "parseRules"],
    ["a &", "UNEXPECTED_END", 4, "missing"],
    ["", "UNEXPECTED_END", 1, "missing"],
    ["exactlyOne a", "UNEXPECTED_TOKEN", 11, "exactlyOne(a, b, c)"],
    ["exactlyOne()", "UNEXPECTED_TOKEN", 12, "missing"],
    ["exactlyone(a)", "UNKNOWN_FUNCTION", 1, "exactlyOne"],
    ["foo(a)", "UNKNOWN_FUNCTION", 1, "atMostOne"],
    ["(a & b", "UNBALANCED_PARENTHESIS", 1, ")"],
    ["a & (b | (c)", "UNBALANCED_PARENTHESIS", 5, ")"],
    ["exactlyOne(a, b", "UNBALANCED_PARENTHESIS", 1, ")"],
    ["(a &", "UNBALANCED_PARENTHESIS", 1, ")"],
    ["a & b)", "UNBALANCED_PARENTHESIS", 6, "("],
    ['a & "b', "UNCLOSED_QUOTE", 5, '"'],
    ['"a\\q"', "BAD_ESCAPE", 1, "\\\\"],
    ['""', "EMPTY_NAME", 1, "quotes"],
  ])("refuses %j with %s at column %i", (text, code, column, hint) => {
    const error = errorOf(parseFormula, text);
    expect(error).toMatchObject({ code, line: 1, column });
    expect(error.hint).toContain(hint);
    expect(error.frame).toMatch(/\^$/);
    expect(error.frame.split("\n")[1].indexOf("^")).toBe("1 | ".length + column - 1);
  });
});
