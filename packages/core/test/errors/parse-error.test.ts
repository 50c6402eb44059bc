import { caretFrame, ParseError, positionAt } from "@credence/core";
import { describe, expect, it } from "vitest";

describe("positionAt", () => {
  it("counts lines and columns from 1", () => {
    const text = "ab\ncd\r\n\ne";
    const at = (offset: number) => {
      const { line, column } = positionAt(text, offset);
      return [line, column];
    };
    expect([0, 2, 3, 7, 8, 9].map(at)).toEqual([
      [1, 1],
      [1, 3],
      [2, 1],
      [3, 1],
      [4, 1],
      [4, 2],
    ]);
  });
});

describe("caretFrame", () => {
  it("points at the column", () => {
    expect(caretFrame("a\nbcd\ne", { line: 2, column: 3 })).toBe("2 | bcd\n      ^");
  });

  it("shows tabs as spaces and drops a carriage return", () => {
    expect(caretFrame("\tx\r\n", { line: 1, column: 2 })).toBe("1 |  x\n     ^");
  });

  it("cuts long lines around the caret", () => {
    const text = `${"a".repeat(500)}X${"b".repeat(500)}`;
    const [shown, caret] = caretFrame(text, { line: 1, column: 501 }).split("\n");
    expect(shown.length).toBeLessThan(110);
    expect(shown).toMatch(/^1 \| …a+Xb+…$/);
    expect(shown[caret.length - 1]).toBe("X");
  });

  it("points behind the end of a text", () => {
    expect(caretFrame("ab", positionAt("ab", 2))).toBe("1 | ab\n      ^");
  });
});

describe("ParseError", () => {
  const error = new ParseError("p(a)\nq(b", 7, {
    code: "SYNTAX",
    message: "There is no ).",
    hint: "Close it.",
  });

  it("knows its place", () => {
    expect([error.line, error.column, error.name]).toEqual([2, 3, "ParseError"]);
    expect(error.toJSON()).toEqual({
      code: "SYNTAX",
      message: "There is no ).",
      hint: "Close it.",
      line: 2,
      column: 3,
    });
  });

  it("prints the frame last", () => {
    expect(String(error)).toBe("There is no ). [SYNTAX]\n  hint: Close it.\n2 | q(b\n      ^");
  });
});
